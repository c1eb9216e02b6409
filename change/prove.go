package change

import (
	"slices"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
)

// mustBeOpen refuses every act on a request that is over, or frozen. A late code hears
// the same as a wrong reference: no open request.
func (r Request) mustBeOpen() error {
	switch {
	case r.Frozen():
		return fault.New(fault.Conflict, "frozen", "change", r.ID)
	case !r.Open():
		return fault.New(fault.Conflict, "no_open_request", "change", r.ID)
	}
	return nil
}

// Prove adds a proof. Proofs are taken while the request verifies, in any order, for gates still open.
func (r *Request) Prove(p Proof) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	if err := r.needs(p); err != nil {
		return Event{}, err
	}
	r.Proofs = append(r.Proofs, p)
	return r.event(p.verb(), p.By, p.At, "gate", string(p.Gate), "method", string(p.Method), "contact", string(p.Contact)), nil
}

// verb is how the log calls the proof: the customer proves, staff attest.
func (p Proof) verb() Verb {
	if p.By.Sort == access.Customer {
		return Proved
	}
	return Attested
}

// needs refuses a proof that no open gate asks for.
func (r Request) needs(p Proof) error {
	for _, g := range r.Wants(p.At) {
		if g.Kind != p.Gate {
			continue
		}
		if g.Kind == Reachability && p.New && slices.Contains(g.Keys, p.Contact) && !r.Reached(p.Contact) {
			return nil
		}
		inherited := g.Kind == Authority && p.Weak && !r.Plan.Weak
		if g.Kind != Reachability && !p.New && !inherited && offers(g, p.Method) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "proof_not_needed", "method", p.Method)
}

func offers(g Gate, m Method) bool {
	return slices.ContainsFunc(g.Any, func(c Combo) bool { return slices.Contains(c.Of, m) })
}

// Offers reports whether an open gate of kind asks for method m.
func (r Request) Offers(kind GateKind, m Method, now time.Time) bool {
	return slices.ContainsFunc(r.Wants(now), func(g Gate) bool {
		return g.Kind == kind && (kind == Reachability || offers(g, m))
	})
}

// Contacts are the contact keys whose new value must answer and has not yet.
func (r Request) Contacts(now time.Time) []customer.Key {
	var keys []customer.Key
	for _, g := range r.Wants(now) {
		if g.Kind != Reachability {
			continue
		}
		for _, k := range g.Keys {
			if !r.Reached(k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}
