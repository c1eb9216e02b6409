// Package approve says who must agree, and who may not: levels, four eyes, delegates,
// and the draw for a second look.
package approve

import (
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/org"
)

// May refuses everybody who may not decide level l of r at now: who lacks the role, who had
// a hand in the request, who stands in for somebody who had, and whose department was heard
// already where the people must be of different ones. For a delegate it answers
// on whose behalf they decide.
func May(r change.Request, l change.Level, by access.Actor, staff org.Staff, now time.Time) (onBehalf string, err error) {
	if by.Sort != access.Staff {
		return "", fault.New(fault.Denied, "staff_only")
	}
	if code := barred(r, by.ID, staff, now); code != "" {
		return "", fault.New(fault.Denied, code, "change", r.ID, "who", Others(r, l, staff, now))
	}
	from, has := carries(r, l, by, staff, now)
	switch {
	case !has:
		return "", fault.New(fault.Denied, "wrong_role", "role", l.Role, "who", Others(r, l, staff, now))
	case !apart(r, l, by.Department):
		return "", fault.New(fault.Denied, "same_department", "change", r.ID, "who", Others(r, l, staff, now))
	}
	return from, nil
}

// carries reports whether a person has the role of l: their own, or that of somebody who has
// not been heard yet and for whom they stand in.
func carries(r change.Request, l change.Level, by access.Actor, staff org.Staff, now time.Time) (onBehalf string, has bool) {
	if by.Has(access.Role(l.Role)) {
		return "", true
	}
	for _, from := range staff.ActsFor(by.ID, now) {
		p, known := staff.Person(from)
		if known && p.Has(access.Role(l.Role)) && !spoke(r, from) {
			return from, true
		}
	}
	return "", false
}

// apart reports whether somebody of a department may decide l beside those who did: a level
// that wants its people apart hears one of each, and nobody whose department is not known.
func apart(r change.Request, l change.Level, department string) bool {
	return !l.Apart || department != "" && !slices.Contains(r.DepartmentsOf(l.Name), department)
}

// barred says why a person may not decide r, as a fault's code, or "" if nothing stands
// against it: neither they nor anybody whom they stand in for had a hand in it.
func barred(r change.Request, id string, staff org.Staff, now time.Time) string {
	if code := involved(r, id); code != "" {
		return code
	}
	if slices.ContainsFunc(staff.ActsFor(id, now), func(from string) bool { return involved(r, from) != "" }) {
		return "stands_in"
	}
	return ""
}

// involved says how a person had a hand in r, as a fault's code, or "" if they had none:
// nobody decides on what they filed, collected or proved, even if the proof no longer counts.
func involved(r change.Request, id string) string {
	if r.Filed.ID == id || (r.Collector != nil && r.Collector.ID == id) {
		return "own_request"
	}
	if gave(r.Proofs, id) || gave(r.Unproven, id) {
		return "own_proof"
	}
	return ""
}

func gave(proofs []change.Proof, id string) bool {
	return slices.ContainsFunc(proofs, func(p change.Proof) bool { return p.By.ID == id })
}

// spoke reports whether a person has decided r as it is now, themselves or through a delegate.
func spoke(r change.Request, id string) bool {
	_, decided := r.DecidedBy(id)
	return decided
}

// Others names the people who may decide l of r now, for the one who may not.
func Others(r change.Request, l change.Level, staff org.Staff, now time.Time) string {
	var names []string
	for _, p := range staff.WhoMay(access.Role(l.Role)) {
		if staff.OnDuty(p.ID, now) && barred(r, p.ID, staff, now) == "" && !spoke(r, p.ID) && apart(r, l, p.Department) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// MayVote refuses everybody who took part in r from deciding a dispute about it, and who
// stands in at now for somebody who did: besides those with a hand in the request, everyone
// who decided or asked, and who froze it.
func MayVote(r change.Request, by access.Actor, staff org.Staff, now time.Time) error {
	if by.Sort != access.Staff {
		return fault.New(fault.Denied, "staff_only")
	}
	took := func(id string) bool { return tookPart(r, id) }
	if took(by.ID) || slices.ContainsFunc(staff.ActsFor(by.ID, now), took) {
		return fault.New(fault.Denied, "took_part", "change", r.ID)
	}
	return nil
}

func tookPart(r change.Request, id string) bool {
	decided := slices.ContainsFunc(slices.Concat(r.Decisions, r.Voided), func(d change.Decision) bool {
		return d.By.ID == id || d.For == id
	})
	asked := slices.ContainsFunc(r.Questions, func(q change.Question) bool { return q.By.ID == id })
	froze := r.Dispute != nil && (r.Dispute.By.ID == id || gave(r.Dispute.Proofs, id))
	return involved(r, id) != "" || decided || asked || froze
}

// sampled is how many of the 65,536 draws take a decided request for a second look: one in fifty.
const sampled = 1 << 16 / 50

// Sampled draws a decided request for a second look from 16 bits of entropy.
func Sampled(entropy uint16) bool { return entropy < sampled }
