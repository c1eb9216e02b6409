package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
)

// signInLives is how long a one-time sign-in link may be used.
const signInLives = 24 * time.Hour

// AddPerson names a person and answers their one-time sign-in link. It needs no token,
// because the first person has none; existing operators are told.
func (d *Desk) AddPerson(ctx context.Context, a access.Actor, mail string) (access.Actor, string, error) {
	a.Sort = access.Staff
	if slices.ContainsFunc(a.Roles, client) {
		return a, "", fault.New(fault.Invalid, "role_of_client")
	}
	return d.addActor(ctx, a, mail, store.SignInCredential)
}

// AddToken makes a bearer token for a named person or client. A name that exists gets one
// more token; a new name becomes a person, or a client if the role is a client's.
func (d *Desk) AddToken(ctx context.Context, a access.Actor) (access.Actor, string, error) {
	a.Sort = access.Staff
	if slices.ContainsFunc(a.Roles, client) {
		a.Sort = access.Client
	}
	return d.addActor(ctx, a, "", store.TokenCredential)
}

// AddLink makes a new one-time sign-in link for a person.
func (d *Desk) AddLink(ctx context.Context, name string) (string, error) {
	_, secret, err := d.addActor(ctx, access.Actor{Name: name}, "", store.SignInCredential)
	return secret, err
}

func client(r access.Role) bool { return r == access.App || r == access.Portal }

func (d *Desk) addActor(ctx context.Context, a access.Actor, mail string, kind store.CredentialKind) (access.Actor, string, error) {
	if err := named(a); err != nil {
		return a, "", err
	}
	var secret string
	err := d.store.Write(ctx, "people", func(tx *store.Tx) error {
		known, err := tx.ActorNamed(a.Name)
		switch {
		case err == nil && len(a.Roles) > 0 && !slices.Equal(known.Roles, a.Roles):
			return fault.New(fault.Conflict, "name_taken", "name", a.Name)
		case err == nil:
			a = known
		case fault.KindOf(err) != fault.NotFound || len(a.Roles) == 0:
			return err
		default:
			a.ID = tx.NewID()
			tx.AddActor(a, mail)
		}
		secret = d.credential(tx, a, kind)
		if err := logAct(tx, access.Amend(), "people.add", "", nil, "actor", a.ID, "roles", spaced(a.Roles), "credential", string(kind)); err != nil {
			return err
		}
		return d.tellOperators(tx, a)
	})
	return a, secret, err
}

// named refuses names and duties that cannot be: a name is what people and logs call somebody.
func named(a access.Actor) error {
	if a.Name == "" || len(a.Name) > 64 || strings.ContainsFunc(a.Name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault.New(fault.Invalid, "bad_name", "field", "name")
	}
	for _, r := range a.Roles {
		if !slices.Contains(access.Roles(), r) {
			return fault.New(fault.Invalid, "unknown_role", "field", "role")
		}
	}
	if len(a.Roles) == 0 {
		return nil
	}
	if f := org.CheckRoles(a.Roles); f != nil {
		return f
	}
	return nil
}

func (d *Desk) credential(tx *store.Tx, a access.Actor, kind store.CredentialKind) string {
	if kind == store.SignInCredential {
		token := keys.NewLinkToken(tx.Now(), tx.Rand())
		tx.RevokeInvitations(a.ID)
		tx.AddCredential(keys.LinkHash(token), a.ID, kind, tx.Now().Add(signInLives))
		return d.house.StaffURL + "/sign-in/" + token
	}
	token := keys.NewBearer(tx.Rand())
	hash, _ := keys.BearerHash(token)
	tx.AddCredential(hash, a.ID, kind, time.Time{})
	return token
}

// tellOperators tells those who run the house that somebody was added.
func (d *Desk) tellOperators(tx *store.Tx, a access.Actor) error {
	return d.tellStaff(tx, "role:"+string(access.Operator), notify.Credential, change.Request{}, "name", a.Name, "role", spaced(a.Roles), "by", access.Amend().Name, "time", notify.Stamp(tx.Now()))
}

// spaced writes codes as the log and the notices of staff store them.
func spaced[T ~string](codes []T) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = string(c)
	}
	return strings.Join(words, " ")
}

// Absent puts on record that somebody is away, and who decides for them meanwhile.
func (d *Desk) Absent(ctx context.Context, by access.Actor, away org.Absence, delegate string) error {
	act := access.Delegate
	if by.ID != away.Person {
		act = access.ManagePeople
	}
	if f := by.May(act); f != nil {
		return f
	}
	return d.store.Write(ctx, "people", func(tx *store.Tx) error {
		staff, err := tx.Staff()
		if err != nil {
			return err
		}
		if delegate != "" {
			if by.ID == away.Person && staff.Covered(away) {
				return fault.New(fault.Conflict, "delegation_twice")
			}
			if f := staff.CheckDelegation(org.Delegation{From: away.Person, To: delegate, Since: away.From, Until: away.Until}); f != nil {
				return f
			}
		}
		tx.AddAbsence(away, delegate)
		return logAct(tx, by, "people.absent", "", nil, "actor", away.Person, "delegate", delegate)
	})
}
