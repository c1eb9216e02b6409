package org

import (
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/fault"
)

// Person is somebody of the company who may sign in.
type Person struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Roles      []access.Role `json:"roles"`
	Department string        `json:"department,omitempty"` // name of a Department
	Mail       string        `json:"mail,omitempty"`       // work address: tasks and alerts
	Lang       string        `json:"lang,omitempty"`       // the language they chose; "": the house's
	Disabled   bool          `json:"disabled,omitempty"`   // kept for the log's sake, may do nothing
}

// Has reports whether p carries role r and may still act.
func (p Person) Has(r access.Role) bool { return !p.Disabled && slices.Contains(p.Roles, r) }

// Department answers for fields and people. Its name is how records speak of it.
type Department struct {
	Name string `json:"name"`           // stable, ASCII: "finance"
	Lead string `json:"lead,omitempty"` // id of the person whom escalation reaches last
	Zh   string `json:"zh"`             // as people read it
	En   string `json:"en"`
}

// Absence is a time in which somebody does not answer. Until is not part of it; a zero
// Until means: until further notice.
type Absence struct {
	Person string    `json:"person"`
	From   time.Time `json:"from"`
	Until  time.Time `json:"until,omitzero"`
}

// Delegation lets one person act for another for a time that is always bounded, on record.
// It is not passed on: a stand-in has no stand-in.
type Delegation struct {
	From  string    `json:"from"` // who hands over
	To    string    `json:"to"`   // who acts
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

// Staff is everybody who answers, with what is known of their time.
type Staff struct {
	People      []Person
	Departments []Department
	Absences    []Absence
	Delegations []Delegation
}

// Person answers who id is.
func (s Staff) Person(id string) (Person, bool) {
	i := slices.IndexFunc(s.People, func(p Person) bool { return p.ID == id })
	if i < 0 {
		return Person{}, false
	}
	return s.People[i], true
}

// OnDuty reports whether id can be expected to answer: known, not disabled, not absent.
// Working hours do not matter here; deadlines count working time anyway.
func (s Staff) OnDuty(id string, now time.Time) bool {
	p, ok := s.Person(id)
	return ok && !p.Disabled && !slices.ContainsFunc(s.Absences, func(a Absence) bool {
		return a.Person == id && within(now, a.From, a.Until)
	})
}

// DelegateOf is who acts for id now: the stand-in on duty who was named last.
func (s Staff) DelegateOf(id string, now time.Time) (Person, bool) {
	var found Delegation
	for _, d := range s.Delegations {
		if d.From == id && s.runs(d, now) && s.OnDuty(d.To, now) && !d.Since.Before(found.Since) {
			found = d
		}
	}
	return s.Person(found.To)
}

// ActsFor lists the ids of those for whom id may act now, in order: a decision of a
// stand-in names one of them.
func (s Staff) ActsFor(id string, now time.Time) []string {
	var ids []string
	for _, d := range s.Delegations {
		if d.To == id && s.runs(d, now) && s.OnDuty(id, now) {
			ids = append(ids, d.From)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Lead is who leads a department, if that person may still act.
func (s Staff) Lead(department string) (Person, bool) {
	for _, d := range s.Departments {
		if d.Name == department {
			p, ok := s.Person(d.Lead)
			return p, ok && !p.Disabled
		}
	}
	return Person{}, false
}

// WhoMay lists those who carry role, by name, so that a refusal can say whom to ask.
func (s Staff) WhoMay(role access.Role) []Person {
	var out []Person
	for _, p := range s.People {
		if p.Has(role) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Person) int {
		if c := strings.Compare(a.Name, b.Name); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// CheckDelegation answers nil if d may be put on record: two known people, a bounded time,
// and no duties together that one account could not hold.
func (s Staff) CheckDelegation(d Delegation) *fault.Error {
	from, ok := s.Person(d.From)
	to, known := s.Person(d.To)
	switch {
	case !ok || !known || from.Disabled || to.Disabled:
		return fault.New(fault.Invalid, "delegate_unknown")
	case d.From == d.To:
		return fault.New(fault.Invalid, "delegate_self")
	case !d.Until.After(d.Since):
		return fault.New(fault.Invalid, "delegation_period")
	}
	return checkDuties(slices.Concat(from.Roles, to.Roles))
}

// Covered reports whether somebody stands in for a person during a part of away already.
// Who stands in for a filer may not decide: a second one would let the filer choose who may.
func (s Staff) Covered(away Absence) bool {
	return slices.ContainsFunc(s.Delegations, func(d Delegation) bool {
		return d.From == away.Person && d.Since.Before(away.Until) && away.From.Before(d.Until)
	})
}

// runs reports whether d is in force: within its bounded time, and not beyond the day its giver was disabled.
func (s Staff) runs(d Delegation, now time.Time) bool {
	from, ok := s.Person(d.From)
	return ok && !from.Disabled && !d.Until.IsZero() && within(now, d.Since, d.Until)
}

// within takes a zero until for no end.
func within(now, since, until time.Time) bool {
	return !now.Before(since) && (until.IsZero() || now.Before(until))
}
