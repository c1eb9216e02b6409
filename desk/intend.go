package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
)

// Intend records a person's verdict on the open level, for the content that they saw; it
// takes effect after change.UndoWithin, unless they undo it. It asks at once whatever
// Approve and Reject ask. Story: undone.txtar.
func (d *Desk) Intend(ctx context.Context, by access.Actor, id change.ID, v change.Decision) error {
	act := access.Approve
	if v.Verdict == change.Rejected {
		act = access.Reject
	}
	if f := by.May(act); f != nil {
		return f
	}
	if err := worded(v); err != nil {
		return err
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		onBehalf, err := d.mayDecide(tx, by, *r)
		if err != nil {
			return err
		}
		v.By, v.For, v.At = change.PartyOf(by), onBehalf, tx.Now()
		ev, err := r.Intend(v, tx.Now().Add(change.UndoWithin))
		if err != nil {
			return err
		}
		return d.seal(tx, *r, ev, alteration{})
	})
}

// worded refuses a verdict without the words that it needs.
func worded(v change.Decision) error {
	if len(v.Comment) > maxComment {
		return fault.New(fault.Invalid, "too_long", "field", "comment", "max", maxComment)
	}
	if _, known := reasons()[v.Reason]; !known && v.Verdict == change.Rejected {
		return fault.New(fault.Invalid, "unknown_reason", "field", "reason_code")
	}
	return nil
}

// Undo takes a verdict back before it takes effect, by the person who gave it. Story:
// undone.txtar.
func (d *Desk) Undo(ctx context.Context, by access.Actor, id change.ID) error {
	if f := by.May(access.Approve); f != nil && by.May(access.Reject) != nil {
		return f
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		ev, err := r.Undo(change.PartyOf(by), tx.Now())
		if err != nil {
			return err
		}
		return d.seal(tx, *r, ev, alteration{})
	})
}

// settle lets a verdict take effect. Whoever gave it must still be one who may: a role that
// was taken from them meanwhile counts at once.
func (d *Desk) settle(tx *store.Tx, r *change.Request) error {
	who, err := tx.PersonOf(r.Pending.By.ID)
	if err == nil {
		aside := *r
		aside.Pending = nil
		_, err = d.mayDecide(tx, who, aside)
	}
	if kind := fault.KindOf(err); err != nil && kind != fault.Denied && kind != fault.Unauthenticated && kind != fault.Conflict {
		return err
	}
	if err != nil {
		return d.seal(tx, *r, r.Drop(fault.CodeOf(err), tx.Now()), alteration{})
	}
	ev, err := r.Settle(tx.Now())
	if err != nil {
		return err
	}
	if ev.Verb == change.Undone {
		return d.seal(tx, *r, ev, alteration{})
	}
	return d.decided(tx, r, ev)
}

// decided seals a verdict that took effect, and tells the customer if it ended the request.
func (d *Desk) decided(tx *store.Tx, r *change.Request, ev change.Event) error {
	if r.End != "" {
		d.sample(tx, r)
	}
	tx.AddVerdict(r.Decisions[len(r.Decisions)-1], r.ID)
	if err := d.seal(tx, *r, ev, alteration{}); err != nil || r.End == "" {
		return err
	}
	return d.tellRejected(tx, *r)
}
