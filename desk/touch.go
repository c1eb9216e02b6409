package desk

import (
	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
)

// mayTouch refuses a customer's credential for anybody else's request. A foreign request
// and one that does not exist answer alike.
func (d *Desk) mayTouch(tx *store.Tx, by access.Actor, r change.Request) error {
	return d.maySee(tx.View, by, r)
}

// mayAnswerFor refuses everybody but the one who filed r and its customer.
func (d *Desk) mayAnswerFor(tx *store.Tx, by access.Actor, r change.Request) error {
	if by.IsCustomer() {
		return d.mayTouch(tx, by, r)
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
