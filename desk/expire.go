package desk

import (
	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
	"amend/notify"
)

// expire ends a request whose timer ran out: the old value stays, and the customer and the
// one who filed are told. One click files it again.
func (d *Desk) expire(tx *store.Tx, r *change.Request) error {
	ev, err := r.Expire(change.PartyOf(access.Amend()), tx.Now())
	if err != nil {
		return err
	}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return err
	}
	err = d.tellCustomer(tx, *r, notify.Expired, func(t telling, to notify.Recipient) []string {
		return []string{"ref", r.Ref(), "link", t.link(access.Status, to)}
	})
	if err != nil || r.Filed.Sort != access.Staff {
		return err
	}
	return d.tellStaff(tx, "person:"+r.Filed.ID, notify.StaffTask, *r, d.taskParams(tx, *r, "expired")...)
}

// giveUp closes a change that the customer never confirmed: its values are worth no more
// than a corroborated one from then on, so that the next cycle asks again.
func (d *Desk) giveUp(tx *store.Tx, r *change.Request) error {
	ev, err := r.GiveUp(change.PartyOf(access.Amend()), tx.Now())
	if err != nil {
		return err
	}
	rec, err := tx.Record(r.Record)
	if err != nil {
		return err
	}
	did := alteration{entry: tx.NewID()}
	if effects := capped(*r, rec); len(effects) > 0 {
		if did.effects, _, err = tx.Alter(rec.ID, effects, did.entry); err != nil {
			return err
		}
	}
	return d.seal(tx, *r, ev, did)
}

// capped lowers what the request wrote, and nobody changed since, to grade C.
func capped(r change.Request, rec customer.Record) []customer.Effect {
	var effects []customer.Effect
	for _, it := range r.Items {
		v, held := rec.Values[it.Key]
		if !held || rec.Base(it.Key) != r.Version || !v.Grade.AtLeast(customer.GradeB) {
			continue
		}
		v.Grade = customer.GradeC
		effects = append(effects, customer.Effect{Key: it.Key, Value: &v, Keep: true})
	}
	return effects
}

// forget destroys the key of a record that never came to be, and with it what was filed.
func (d *Desk) forget(tx *store.Tx, r *change.Request, due change.Due) error {
	r.Ring(due)
	ev := change.Event{Verb: change.Forgotten, By: change.PartyOf(access.Amend()), At: tx.Now()}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return err
	}
	tx.Unreserve(r.Record)
	return nil
}

// failed ends a request that cannot be proven any more, and tells the customer and whoever filed it.
func (d *Desk) failed(tx *store.Tx, r *change.Request, by change.Party, code string) error {
	ev, err := r.Fail(by, code, tx.Now())
	if err != nil {
		return err
	}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return err
	}
	if err := d.tellRejected(tx, *r); err != nil || r.Filed.Sort != access.Staff {
		return err
	}
	return d.tellStaff(tx, "person:"+r.Filed.ID, notify.StaffTask, *r, d.taskParams(tx, *r, "failed")...)
}
