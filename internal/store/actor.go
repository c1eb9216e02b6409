package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/fault"
	"amend/org"
)

// CredentialKind tells a bearer token from a one-time sign-in link.
type CredentialKind string

// The kinds of credential.
const (
	TokenCredential  CredentialKind = "token"
	SignInCredential CredentialKind = "sign_in"
)

// AddActor writes a named person or client. A name is given once.
func (tx *Tx) AddActor(a access.Actor, mail string) {
	const q = `INSERT INTO actor (id, name, sort, roles, department, mail, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`
	tx.One(fault.New(fault.Conflict, "name_taken", "name", a.Name), q, a.ID, a.Name, a.Sort, joinRoles(a.Roles), a.Department, mail, tx.Now())
}

// AddCredential stores the hash of a token or sign-in link of an actor.
func (tx *Tx) AddCredential(hash []byte, actor string, kind CredentialKind, expires time.Time) {
	const q = `INSERT INTO credential (hash, id, actor_id, kind, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`
	tx.Exec(q, hash, tx.NewID(), actor, kind, tx.Now(), expires)
}

const actorColumns = `a.id, a.name, a.sort, a.roles, a.department`

func scanActor(row Row) (access.Actor, error) {
	var a access.Actor
	var roles string
	err := row.Scan(&a.ID, &a.Name, &a.Sort, &roles, &a.Department)
	a.Roles = splitRoles(roles)
	return a, err
}

func splitRoles(words string) []access.Role {
	var roles []access.Role
	for r := range strings.FieldsSeq(words) {
		roles = append(roles, access.Role(r))
	}
	return roles
}

// Bearer answers the actor whose token has this hash.
func (v View) Bearer(hash []byte, now time.Time) (access.Actor, error) {
	const q = `SELECT ` + actorColumns + ` FROM credential c JOIN actor a ON a.id = c.actor_id
		WHERE c.hash = $1 AND c.kind = 'token' AND c.revoked_at IS NULL AND a.disabled_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > $2)`
	a, err := scanActor(v.Row(q, hash, now))
	if errors.Is(err, ErrNoRow) {
		return a, fault.New(fault.Unauthenticated, "token_unknown")
	}
	if err != nil {
		return a, fmt.Errorf("read credential: %w", err)
	}
	return a, nil
}

// ActorNamed answers the actor of a name.
func (v View) ActorNamed(name string) (access.Actor, error) {
	a, err := scanActor(v.Row(`SELECT `+actorColumns+` FROM actor a WHERE a.name = $1 AND a.disabled_at IS NULL`, name))
	if errors.Is(err, ErrNoRow) {
		return a, fault.New(fault.NotFound, "no_person", "name", name)
	}
	if err != nil {
		return a, fmt.Errorf("read actor: %w", err)
	}
	return a, nil
}

// Actors answers every named person and client that is not disabled, by name.
func (v View) Actors() ([]access.Actor, error) {
	return list(v, "actors", scanActor, `SELECT `+actorColumns+` FROM actor a WHERE a.disabled_at IS NULL ORDER BY a.name`)
}

// Staff answers who works here now, with absences and delegations.
func (v View) Staff() (org.Staff, error) {
	var s org.Staff
	var err error
	s.People, err = list(v, "staff", func(row Row) (org.Person, error) {
		var p org.Person
		var sort, roles string
		err := row.Scan(&p.ID, &p.Name, &sort, &roles, &p.Department, &p.Mail, &p.Lang)
		p.Roles = splitRoles(roles)
		return p, err
	}, `SELECT `+actorColumns+`, a.mail, COALESCE(p.value, '') FROM actor a
		LEFT JOIN preference p ON p.actor_id = a.id AND p.name = 'lang' WHERE a.disabled_at IS NULL AND a.sort = 'staff' ORDER BY a.name`)
	if err != nil {
		return s, err
	}
	return s, v.absences(&s)
}

// Audience answers the members of staff whom a notice is for: "role:approver",
// "department:sales", "lead:sales" or "person:ID".
func (v View) Audience(audience string, now time.Time) ([]org.Person, error) {
	s, err := v.Staff()
	if err != nil {
		return nil, err
	}
	sort, name, _ := strings.Cut(audience, ":")
	return slices.DeleteFunc(s.People, func(p org.Person) bool {
		switch sort {
		case "role":
			return !p.Has(access.Role(name))
		case "department":
			return p.Department != name
		case "lead":
			return p.Department != name || !p.Has(access.Owner)
		}
		return p.ID != name
	}), nil
}

func (v View) absences(s *org.Staff) error {
	return v.each("absences", func(row Row) error {
		var a org.Absence
		var delegate string
		if err := row.Scan(&a.Person, &a.From, &a.Until, &delegate); err != nil {
			return err
		}
		s.Absences = append(s.Absences, a)
		if delegate != "" {
			s.Delegations = append(s.Delegations, org.Delegation{From: a.Person, To: delegate, Since: a.From, Until: a.Until})
		}
		return nil
	}, `SELECT actor_id, from_at, until_at, delegate FROM absence`)
}

// AddAbsence records that a person is away, and who decides for them meanwhile.
func (tx *Tx) AddAbsence(a org.Absence, delegate string) {
	const q = `INSERT INTO absence (id, actor_id, from_at, until_at, delegate) VALUES ($1, $2, $3, $4, $5)`
	tx.Exec(q, tx.NewID(), a.Person, a.From, a.Until, delegate)
}

func joinRoles(roles []access.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
