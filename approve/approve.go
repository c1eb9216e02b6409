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

// May refuses everybody who may not decide level l of r at now: who lacks the role, and
// who had a hand in the request. For a delegate it answers on whose behalf they decide.
func May(r change.Request, l change.Level, by access.Actor, staff org.Staff, now time.Time) (onBehalf string, err error) {
	if by.Sort != access.Staff {
		return "", fault.New(fault.Denied, "staff_only")
	}
	if fellow := involved(r, by.ID); fellow != "" {
		return "", fault.New(fault.Denied, fellow, "change", r.ID, "who", Others(r, l, staff, now))
	}
	if by.Has(access.Role(l.Role)) {
		return "", nil
	}
	for _, from := range staff.ActsFor(by.ID, now) {
		p, ok := staff.Person(from)
		if ok && slices.Contains(p.Roles, access.Role(l.Role)) && involved(r, from) == "" {
			return from, nil
		}
	}
	return "", fault.New(fault.Denied, "wrong_role", "role", l.Role, "who", Others(r, l, staff, now))
}

// involved says how a person had a hand in r, as a fault's code, or "" if they had none:
// nobody decides on what they filed, collected, proved or decided.
func involved(r change.Request, id string) string {
	if r.Filed.ID == id || (r.Collector != nil && r.Collector.ID == id) {
		return "own_request"
	}
	for _, p := range r.Proofs {
		if p.By.ID == id {
			return "own_proof"
		}
	}
	return ""
}

// Others names the people who may decide l of r now, for the one who may not.
func Others(r change.Request, l change.Level, staff org.Staff, now time.Time) string {
	var names []string
	for _, p := range staff.WhoMay(access.Role(l.Role)) {
		if involved(r, p.ID) == "" && staff.OnDuty(p.ID, now) {
			names = append(names, p.Name)
		}
	}
	return strings.Join(names, ", ")
}

// MayVote refuses everybody who took part in r from deciding a dispute about it:
// besides those with a hand in the request, everyone who approved it.
func MayVote(r change.Request, by access.Actor) error {
	if by.Sort != access.Staff {
		return fault.New(fault.Denied, "staff_only")
	}
	if code := involved(r, by.ID); code != "" {
		return fault.New(fault.Denied, code, "change", r.ID)
	}
	took := slices.ContainsFunc(append(slices.Clone(r.Decisions), r.Voided...), func(d change.Decision) bool {
		return d.By.ID == by.ID || d.For == by.ID
	})
	if took || (r.Dispute != nil && r.Dispute.By.ID == by.ID) || slices.ContainsFunc(disputeProofs(r), func(p change.Proof) bool { return p.By.ID == by.ID }) {
		return fault.New(fault.Denied, "took_part", "change", r.ID)
	}
	return nil
}

func disputeProofs(r change.Request) []change.Proof {
	if r.Dispute == nil {
		return nil
	}
	return r.Dispute.Proofs
}

// sampleRate is the share of decided requests drawn for a second look, in 10,000.
const sampleRate = 200

// Sampled draws r for a second look from 16 bits of entropy.
func Sampled(entropy uint16) bool { return int(entropy)%10_000 < sampleRate }
