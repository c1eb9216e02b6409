package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/internal/store"
	"amend/notify"
)

// Due does what time makes happen to a request: apply it, screen it again, remind, alert,
// expire, ask for confirmation again, or close. Each rings once. It never approves.
// Stories: late.txtar, expired.txtar, unconfirmed.txtar.
func (d *Desk) Due(ctx context.Context, id change.ID) error {
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		_, dues := r.Next(tx.Now())
		for _, due := range dues {
			if !d.ringsAt(due).After(tx.Now()) {
				return d.ring(tx, r, due)
			}
		}
		tx.RescheduleChange(*r, d.soonest(dues)) // it was found due, and is not
		return nil
	})
}

func (d *Desk) ring(tx *store.Tx, r *change.Request, due change.Due) error {
	switch due.What {
	case change.DueApply:
		return d.applyNow(tx, r, change.Event{})
	case change.DueSettle:
		return d.settle(tx, r)
	case change.DueExpire:
		return d.expire(tx, r)
	case change.DueClose:
		return d.giveUp(tx, r)
	case change.DueForget:
		return d.forget(tx, r, due)
	case change.DueScreen:
		if rec, err := d.target(tx, *r); err != nil {
			return err
		} else if moved := r.Moved(rec); len(moved) > 0 {
			return d.collide(tx, r, moved)
		}
	}
	r.Ring(due)
	ev := change.Event{Verb: verbOf(due.What), By: change.PartyOf(access.Amend()), At: tx.Now(), Facts: map[string]string{"timer": due.Key}}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return err
	}
	return d.alarm(tx, *r, due)
}

func verbOf(w change.What) change.Verb {
	switch w {
	case change.DueScreen:
		return change.Screened
	case change.DueRemind:
		return change.Reminded
	case change.DueAsk:
		return change.AskedAgain
	}
	return change.Escalated
}

// alarm tells whoever a timer is for.
func (d *Desk) alarm(tx *store.Tx, r change.Request, due change.Due) error {
	switch due.What {
	case change.DueRemind:
		return d.tellCustomer(tx, r, notify.Reminder, func(t telling, to notify.Recipient) []string {
			return []string{"ref", r.Ref(), "time", t.time(notify.On, r.Question().Expires()), "link", t.link(access.Status, to)}
		})
	case change.DueAsk:
		rec, err := d.contactsOf(tx, r)
		if err != nil {
			return err
		}
		t := d.telling(tx, r, rec)
		return t.askConfirm(t.reply())
	case change.DueEscalate, change.DueDecide:
		return d.escalate(tx, r, due)
	}
	return nil
}

// escalate alerts the pool of those who may decide, and the owners of the fields; a second
// alert reaches the leads. Silence never approves.
func (d *Desk) escalate(tx *store.Tx, r change.Request, due change.Due) error {
	level := r.OpenRole(tx.Now())
	if due.What == change.DueDecide {
		level = string(access.Steward)
	}
	params := []string{"ref", r.Ref(), "level", level, "time", notify.Stamp(d.ringsAt(due)), "link", d.house.StaffURL + "/changes/" + string(r.ID)}
	if err := d.tellStaff(tx, "role:"+level, notify.Escalation, r, params...); err != nil {
		return err
	}
	told := map[string]bool{}
	for _, k := range r.Keys() {
		f, _ := d.house.Catalog.Of(k)
		for _, audience := range []string{"department:" + f.Owner, "lead:" + f.Owner} {
			if f.Owner == "" || told[audience] {
				continue
			}
			told[audience] = true
			if err := d.tellStaff(tx, audience, notify.Escalation, r, params...); err != nil {
				return err
			}
		}
	}
	return nil
}
