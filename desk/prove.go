package desk

import (
	"context"
	"fmt"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/verify"
)

// Prove answers a challenge with its code, by the customer's own credential. A wrong code
// is counted and on record; the sixth guess finds the channel at rest. A late code answers
// "no open request". Stories: phone.txtar, codes.txtar, takeover.txtar.
func (d *Desk) Prove(ctx context.Context, by access.Actor, id change.ID, challenge, code string) error {
	if f := by.May(access.ProveByCode); f != nil {
		return f
	}
	var wrong error // a wrong code is an act that is stored, and then answered as a fault
	err := d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		wrong = nil
		if err := tx.SeesChange(by, *r); err != nil {
			return err
		}
		if err := takesProofs(*r); err != nil {
			return err
		}
		c, err := tx.Challenge(id, challenge)
		if err != nil {
			return err
		}
		if err := mayAnswer(by, c); err != nil {
			return err
		}
		wrong, err = d.answer(tx, by, r, c, code)
		return err
	})
	if err != nil {
		return err
	}
	return wrong
}

// mayAnswer keeps a link that was sent to a proposed contact to proving that contact: it
// may have reached a stranger.
func mayAnswer(by access.Actor, c verify.Challenge) error {
	if by.Via != "link" || by.Link.Purpose != access.Address {
		return nil
	}
	if c.New && c.Contact == customer.Key(by.Link.Contact) {
		return nil
	}
	return fault.New(fault.Denied, "link_other_purpose")
}

// answer checks a code. wrong is what the customer hears if it does not hold.
func (d *Desk) answer(tx *store.Tx, by access.Actor, r *change.Request, c verify.Challenge, code string) (wrong, err error) {
	was, err := tries(tx, c)
	if err != nil {
		return nil, err
	}
	if err := was.Allow(tx.Now()); err != nil {
		return nil, err
	}
	if !c.Open(tx.Now()) {
		return nil, fault.New(fault.Conflict, "code_over")
	}
	if !d.keys.CodeHolds(c.ID, code, c.MAC) {
		return d.miss(tx, by, r, c, was)
	}
	tx.UseChallenge(c.ID)
	if was.Channel.Misses > 0 {
		if err := tx.SaveGuard(c.Record, guarded(c), was.Channel, was.Hit().Channel); err != nil {
			return nil, err
		}
	}
	return nil, d.accept(tx, by, r, c)
}

// accept adds what the right code proves.
func (d *Desk) accept(tx *store.Tx, by access.Actor, r *change.Request, c verify.Challenge) error {
	party := change.PartyOf(by)
	party.Sort = access.Customer
	proof := c.Proof(party, tx.Now())
	spend(tx, by)
	return d.addProof(tx, r, c.Gate, proof)
}

// addProof adds a proof to the gate that it serves, or to the dispute of a frozen request.
func (d *Desk) addProof(tx *store.Tx, r *change.Request, gate change.GateKind, proof change.Proof) error {
	add := r.Prove
	if gate == disputeGate {
		add = r.ProveDispute
	}
	ev, err := add(proof)
	if err != nil {
		return err
	}
	return d.seal(tx, *r, ev, alteration{})
}

// miss counts a wrong code, on record.
func (d *Desk) miss(tx *store.Tx, by access.Actor, r *change.Request, c verify.Challenge, was verify.Tries) (wrong, err error) {
	is, left := was.Miss(tx.Now())
	if err := tx.SaveGuard(c.Record, guarded(c), was.Channel, is.Channel); err != nil {
		return nil, err
	}
	if err := tx.SaveGuard(c.Record, everyChannel(c), was.All, is.All); err != nil {
		return nil, err
	}
	ev := change.Event{Verb: change.Missed, By: change.PartyOf(by), At: tx.Now(), Facts: map[string]string{
		"method": string(c.Method), "contact": string(c.Contact), "left": fmt.Sprint(left),
	}}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return nil, err
	}
	if left > 0 {
		return fault.New(fault.Invalid, "wrong_code", "left", left), nil
	}
	return is.Allow(tx.Now()), d.tellGuessed(tx, *r)
}

// tellGuessed tells every contact of the last 90 days that somebody guessed codes.
func (d *Desk) tellGuessed(tx *store.Tx, r change.Request) error {
	rec, err := d.contactsOf(tx, r)
	if err != nil {
		return err
	}
	t := d.telling(tx, r, rec)
	for _, to := range notify.Audience(rec, d.house.Catalog, r, tx.Now()) {
		if to.New || to.To == "" || to.Channel == notify.Letter {
			continue // the proposed contact may be the guesser's; a letter comes too late to help
		}
		if err := t.send(notify.WrongCodes, to, "time", t.time(notify.At, tx.Now()), "act", t.replaces(), "link", t.link(access.Dispute, to)); err != nil {
			return err
		}
	}
	return nil
}

// NotMine is a stranger's word that a proposed contact is theirs: the request cannot be
// proven through it any more, and ends. It shows the stranger nothing.
func (d *Desk) NotMine(ctx context.Context, by access.Actor, id change.ID) error {
	if f := by.May(access.NotMine); f != nil {
		return f
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if err := tx.SeesChange(by, *r); err != nil {
			return err
		}
		spend(tx, by)
		if !r.Open() {
			return d.freeze(tx, by, r, "not_mine")
		}
		return d.failed(tx, r, change.PartyOf(by), "contact_not_mine")
	})
}
