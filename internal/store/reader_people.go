package store

import (
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/fault"
	"amend/org"
)

// A Member is somebody who works here, or did. What concerns their account is for whoever
// manages people; it is zero for others.
type Member struct {
	Colleague
	Left    time.Time // disabled since then; zero: works here
	Mail    string
	Since   time.Time
	SetUp   bool      // has set a password
	Used    time.Time // when a code of their app was used last, to half a minute
	Invited time.Time // a one-time link of theirs may be used until then
	Tokens  int64     // bearer tokens that work
	Away    []Away    // now and to come
}

// An Away is a time in which somebody does not answer, and who decides for them.
type Away struct {
	org.Absence
	Delegate string // id; "" for nobody
}

// Members answers everybody who works here or did, by name.
func (r *Reader) Members(ctx context.Context, by access.Actor) ([]Member, error) {
	if err := may(by, access.ReadPeople); err != nil {
		return nil, err
	}
	var out []Member
	err := r.store.Snapshot(ctx, func(v View) (err error) {
		const q = `SELECT ` + actorColumns + `, a.mail, a.created_at, a.disabled_at, s.set_at, COALESCE(s.step, 0) FROM actor a LEFT JOIN secret s ON s.actor_id = a.id
			WHERE a.sort = 'staff' ORDER BY a.name`
		if out, err = list(v, "people", scanMember, q); err != nil {
			return err
		}
		if err := v.credentialsOf(out, r.store.Now()); err != nil {
			return err
		}
		return v.absencesOf(out, r.store.Now())
	})
	if by.May(access.ManagePeople) != nil {
		for i, m := range out {
			out[i] = Member{Colleague: m.Colleague, Left: m.Left, Away: m.Away}
		}
	}
	return out, err
}

// Member answers one of them.
func (r *Reader) Member(ctx context.Context, by access.Actor, id string) (Member, error) {
	all, err := r.Members(ctx, by)
	if err != nil {
		return Member{}, err
	}
	i := slices.IndexFunc(all, func(m Member) bool { return m.ID == id })
	if i < 0 {
		return Member{}, fault.New(fault.NotFound, "no_member")
	}
	return all[i], nil
}

// codeStep is how long a code of an authenticator app lasts: the step of a secret that was
// used last says when (RFC 6238).
const codeStep = 30 * time.Second

func scanMember(row Row) (m Member, err error) {
	var sort, roles string
	var set time.Time
	var step int64
	err = row.Scan(&m.ID, &m.Name, &sort, &roles, &m.Department, &m.Mail, &m.Since, &m.Left, &set, &step)
	m.Roles, m.SetUp = splitRoles(roles), !set.IsZero()
	if step > 0 {
		m.Used = time.Unix(step*int64(codeStep/time.Second), 0).UTC()
	}
	return m, err
}

// credentialsOf adds the one-time links and the tokens that still work.
func (v View) credentialsOf(all []Member, now time.Time) error {
	const q = `SELECT actor_id, kind, expires_at FROM credential WHERE revoked_at IS NULL AND used_at IS NULL AND (expires_at IS NULL OR expires_at > $1)`
	return v.each("credentials", func(row Row) error {
		var id string
		var kind CredentialKind
		var expires time.Time
		err := row.Scan(&id, &kind, &expires)
		i := slices.IndexFunc(all, func(m Member) bool { return m.ID == id })
		switch {
		case i < 0:
		case kind == TokenCredential:
			all[i].Tokens++
		case expires.After(all[i].Invited):
			all[i].Invited = expires
		}
		return err
	}, q, now)
}

// absencesOf says who is away and who stands in.
func (v View) absencesOf(all []Member, now time.Time) error {
	staff, err := v.Staff()
	if err != nil {
		return err
	}
	for i := range all {
		m := &all[i]
		m.Absent = m.Left.IsZero() && !staff.OnDuty(m.ID, now)
		if d, ok := staff.DelegateOf(m.ID, now); ok {
			m.Delegate = d.ID
		}
		for _, a := range staff.Absences {
			if a.Person == m.ID && (a.Until.IsZero() || a.Until.After(now)) {
				m.Away = append(m.Away, Away{Absence: a, Delegate: standIn(staff, a)})
			}
		}
	}
	return nil
}

// standIn is who decides during an absence.
func standIn(staff org.Staff, a org.Absence) string {
	for _, d := range staff.Delegations {
		if d.From == a.Person && d.Since.Equal(a.From) && d.Until.Equal(a.Until) {
			return d.To
		}
	}
	return ""
}

// Names answers what everybody who ever acted is called, people and clients, by id.
func (r *Reader) Names(ctx context.Context, by access.Actor) (map[string]string, error) {
	if err := may(by, access.ReadPeople); err != nil {
		return nil, err
	}
	names := map[string]string{access.Amend().ID: access.Amend().Name}
	return names, r.store.View(ctx).each("names", func(row Row) error {
		var id, name string
		err := row.Scan(&id, &name)
		names[id] = name
		return err
	}, `SELECT id, name FROM actor`)
}

// A TokenLine is one bearer token: whose it is, never the token.
type TokenLine struct {
	ID      string
	Holder  access.Actor
	Made    time.Time
	Expires time.Time // zero: never
	Revoked time.Time // zero: it works
}
