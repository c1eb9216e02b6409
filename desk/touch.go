package desk

import (
	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
)

// mayAnswerFor refuses everybody but the one who filed r and its customer.
func mayAnswerFor(tx *store.Tx, by access.Actor, r change.Request) error {
	if by.IsCustomer() {
		return tx.SeesChange(by, r)
	}
	if by.ID != r.Filed.ID {
		return fault.New(fault.Denied, "customer_only", "change", r.ID)
	}
	return nil
}

// spend uses up an act token, in the transaction of the act that it allows.
func spend(tx *store.Tx, by access.Actor) {
	if by.Via == "link" && by.Link.Purpose != access.Status {
		tx.UseLink(by.Link.ID)
	}
}

// takesProofs refuses codes for a request that is over: neither are they sent, nor do late
// ones prove anything. A frozen one takes the proofs that its dispute needs.
func takesProofs(r change.Request) error {
	if r.Open() || r.Frozen() {
		return nil
	}
	return fault.New(fault.Conflict, "no_open_request", "change", r.ID)
}
