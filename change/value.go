package change

import (
	"slices"
	"time"

	"amend/access"
	"amend/customer"
)

// Value is the value that item it becomes when r applies at now: where it came from, what proved
// it, and what it is worth.
func (r Request) Value(it Item, now time.Time) customer.Value {
	v := customer.Value{
		Content: it.Now, Source: r.Source, Channel: r.Channel, By: r.Filed.ID, Cause: string(r.ID),
		Grade: r.grade(it.Key), Since: now, CheckedAt: now, Salt: it.Salt,
	}
	for _, p := range r.Proofs {
		if !slices.Contains(v.Proofs, string(p.Method)) {
			v.Proofs = append(v.Proofs, string(p.Method))
		}
	}
	if r.Reached(it.Key) {
		v.ProvenSince = now
	}
	return v
}

// grade is what the proofs make of a value: A by document or register, B through a
// channel, else what the filer's own standing is worth.
func (r Request) grade(k customer.Key) customer.Grade {
	for _, p := range r.Proofs {
		if p.Gate == Evidence && !p.Method.ThroughContact() && !r.Reached(k) {
			return customer.GradeA
		}
	}
	if len(r.Proofs) > 0 {
		return customer.GradeB
	}
	if r.Filed.Sort == access.Customer {
		return customer.GradeB // signed in, or by a link that reached them
	}
	return customer.GradeD
}
