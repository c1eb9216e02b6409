package desk

import (
	"slices"
	"time"

	"amend/access"
	"amend/org"
	"amend/policy"
)

// Able answers who can be asked to decide and to attest at a time, as a policy is checked
// against it: a stand-in has the roles of whoever is away, and an owner leads their department.
func Able(s org.Staff, now time.Time) policy.Staff {
	var able policy.Staff
	for _, p := range s.People {
		m := policy.Member{ID: p.ID, Department: p.Department, Roles: slices.Clone(p.Roles), Away: !s.OnDuty(p.ID, now)}
		for _, from := range s.ActsFor(p.ID, now) {
			if other, known := s.Person(from); known && !s.OnDuty(from, now) {
				m.Roles = append(m.Roles, other.Roles...)
			}
		}
		able.People = append(able.People, m)
		if p.Has(access.Owner) && p.Department != "" {
			able.Leads = append(able.Leads, p.Department)
		}
	}
	return able
}
