package policy

import (
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// credible are the proofs of the past that may speak for the customer, in order of time.
func (c *assertion) credible() []change.Proof {
	proofs := slices.DeleteFunc(slices.Clone(c.r.Proofs), func(p change.Proof) bool {
		return p.New || p.At.IsZero() || p.At.After(c.g.Now)
	})
	slices.SortStableFunc(proofs, func(a, b change.Proof) int { return a.At.Compare(b.At) })
	return proofs
}

// isSolid reports whether p is an original sighted, a document or a register match, seen
// by somebody else than the customer.
func (c *assertion) isSolid(p change.Proof) bool {
	if p.Gate != change.Evidence || p.New || p.At.IsZero() || p.At.After(c.g.Now) {
		return false
	}
	return attested(p)
}

func attested(p change.Proof) bool {
	switch p.Method {
	case change.Sighted:
		return p.By.Sort == access.Staff
	case change.Document, change.Registry:
		return p.By.Sort != access.Customer && p.By.ID != ""
	}
	return false
}

// answers reports whether p shows that the contact proposed under key answers.
func (c *assertion) answers(p change.Proof, key customer.Key) bool {
	return p.Gate == change.Reachability && p.New && p.Contact == key && p.Method.ThroughContact() &&
		!p.At.IsZero() && !p.At.After(c.g.Now)
}

// authorised reports whether seen holds authority that is worth at least worth, for every guarded item.
func (c *assertion) authorised(seen []change.Proof, worth string) bool {
	for i, p := range seen {
		if p.Gate != change.Authority || !c.speaks(p, worth) {
			continue
		}
		alone := !slices.ContainsFunc(c.guarded, func(f Facts) bool { return !speaksAlone(p.Method, f) })
		if alone || slices.ContainsFunc(slices.Concat(seen[:i], seen[i+1:]), func(q change.Proof) bool { return c.second(p, q) }) {
			return true
		}
	}
	return false
}

// second reports whether q is another proof beside p: another method, another hand.
func (c *assertion) second(p, q change.Proof) bool {
	return q.Gate == change.Authority && q.Method != p.Method && (attested(q) || c.speaks(q, Weak))
}

// speaks reports whether p came through a contact point on record that is worth at least worth.
func (c *assertion) speaks(p change.Proof, worth string) bool {
	v, ok := c.through(p)
	if !ok || p.By.ID == c.r.Filed.ID && p.By.Sort != access.Customer {
		return false // who files a change cannot make the call that authorises it
	}
	if c.r.Collector != nil && p.By.ID == c.r.Collector.ID && p.By.Sort != access.Customer {
		return false
	}
	if !v.ProvenSince.IsZero() {
		return c.provenBefore(v) && (worth == Weak || !p.Weak)
	}
	return worth == Weak && !v.HeldSince.IsZero() && c.r.FiledAt.Sub(v.HeldSince) >= heldDays*day
}

func (c *assertion) provenBefore(v customer.Value) bool {
	if c.contact {
		return c.r.FiledAt.Sub(v.ProvenSince) >= provenDays*day
	}
	return v.ProvenSince.Before(c.r.FiledAt)
}

// through answers the value on record that p came through: of a type that fits the
// method, not doubted, answered by the customer or, for a call, attested by staff.
func (c *assertion) through(p change.Proof) (customer.Value, bool) {
	v, have := c.g.Holder.Values[p.Contact]
	f, ok := c.g.Catalog.Of(p.Contact)
	if !have || !ok || v.Content == "" || v.Grade == customer.GradeE || slices.Contains(c.g.Doubted, p.Contact) {
		return v, false
	}
	byCustomer := p.By.Sort == access.Customer
	switch p.Method {
	case change.SMSCode:
		ok = f.Type == customer.Phone && byCustomer
	case change.MailCode:
		ok = f.Type == customer.Email && byCustomer
	case change.Letter:
		ok = f.Type == customer.Address && byCustomer
	case change.Callback:
		ok = f.Type == customer.Phone && p.By.Sort == access.Staff
	default:
		ok = false
	}
	return v, ok
}

// recovered reports whether seen holds two independent other proofs: one solid, and one
// more by another hand. A call or a letter counts once, to a contact on record for 30 days.
func (c *assertion) recovered(seen []change.Proof) bool {
	for _, p := range seen {
		if !c.isSolid(p) {
			continue
		}
		if slices.ContainsFunc(seen, func(q change.Proof) bool { return q.By.ID != p.By.ID && (c.isSolid(q) || c.calls(q)) }) {
			return true
		}
	}
	return false
}

func (c *assertion) calls(p change.Proof) bool {
	if p.Gate != change.Evidence || (p.Method != change.Callback && p.Method != change.Letter) {
		return false
	}
	v, ok := c.through(p)
	since := v.Since
	if !v.HeldSince.IsZero() {
		since = v.HeldSince
	}
	return ok && !since.IsZero() && c.r.FiledAt.Sub(since) >= provenDays*day
}
