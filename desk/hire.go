package desk

import (
	"context"
	"slices"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
)

// Hire names a person, on behalf of who manages people, and answers their one-time sign-in
// link: it is shown once and kept as a hash. Test: TestHiredPersonIsOnRecordWithWhoHiredThem.
func (d *Desk) Hire(ctx context.Context, by, a access.Actor, mail string) (access.Actor, string, error) {
	if f := by.May(access.ManagePeople); f != nil {
		return a, "", f
	}
	if slices.ContainsFunc(a.Roles, client) {
		return a, "", fault.New(fault.Invalid, "role_of_client")
	}
	a.Sort = access.Staff
	return d.let(ctx, by, a, mail, store.SignInCredential)
}

// Grant names a client or a person and answers a bearer token for them; whoever is known by
// that name gets one more. Nobody is given a token with which to decide: who made it could
// decide in another's name.
func (d *Desk) Grant(ctx context.Context, by, a access.Actor) (access.Actor, string, error) {
	if f := by.May(access.ManageTokens); f != nil {
		return a, "", f
	}
	a.Sort = access.Staff
	if slices.ContainsFunc(a.Roles, client) {
		a.Sort = access.Client
	}
	known, err := d.store.View(ctx).ActorNamed(a.Name)
	if err == nil && slices.Equal(known.Roles, a.Roles) {
		a = known
	}
	if Decides(a) {
		return a, "", fault.New(fault.Invalid, "token_decides").On("roles")
	}
	return d.let(ctx, by, a, "", store.TokenCredential)
}

// Decides reports whether somebody's word settles what another asked for.
func Decides(a access.Actor) bool {
	return slices.ContainsFunc([]access.Act{access.Approve, access.DecideDispute, access.ActivatePolicy, access.ApproveImport}, func(act access.Act) bool { return a.May(act) == nil })
}

// Invite makes a new one-time sign-in link for a person who lost their password or app.
func (d *Desk) Invite(ctx context.Context, by access.Actor, person string) (access.Actor, string, error) {
	if f := by.May(access.ManagePeople); f != nil {
		return access.Actor{}, "", f
	}
	who, err := d.store.View(ctx).ActorOf(person)
	if err == nil && who.Sort != access.Staff {
		err = fault.New(fault.NotFound, "no_member")
	}
	if err != nil {
		return who, "", err
	}
	return d.let(ctx, by, who, "", store.SignInCredential)
}

// let gives a credential to a, who is named first if they have no id yet. Operators hear of
// it, so that nobody lets somebody in alone and unseen.
func (d *Desk) let(ctx context.Context, by, a access.Actor, mail string, kind store.CredentialKind) (access.Actor, string, error) {
	if f := org.CheckRoles(a.Roles); f != nil {
		return a, "", f.On("roles")
	}
	if err := named(a); err != nil {
		return a, "", err
	}
	var secret string
	who := a
	err := d.store.Write(ctx, "people", func(tx *store.Tx) error {
		if who = a; a.ID == "" {
			who.ID = tx.NewID()
			tx.AddActor(who, mail)
		}
		secret = d.credential(tx, who, kind)
		if err := logAct(tx, by, "people.add", "", nil, "actor", who.ID, "roles", spaced(who.Roles), "credential", string(kind)); err != nil {
			return err
		}
		return d.tellStaff(tx, "role:"+string(access.Operator), notify.Credential, change.Request{}, "name", who.Name, "role", spaced(who.Roles), "by", by.Name, "time", notify.Stamp(tx.Now()))
	})
	return who, secret, err
}
