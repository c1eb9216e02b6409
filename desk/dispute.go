package desk

import (
	"context"
	"time"

	"amend/access"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
)

// disputeWithin is how soon a person decides a dispute, in working hours, as the customer is told.
const disputeWithin = "2"

// Dispute freezes a request: no verb but Decide works on it, its fields are locked, and
// holds are placed. It needs no proof, because it changes nothing; staff may freeze too,
// and do no more than that. Stories: disputed.txtar, frozen.txtar.
func (d *Desk) Dispute(ctx context.Context, by access.Actor, id change.ID, reason string) error {
	act := access.Freeze
	if by.IsCustomer() {
		act = access.DisputeIt
	}
	if f := by.May(act); f != nil {
		return f
	}
	if len(reason) > maxReason {
		return fault.New(fault.Invalid, "too_long", "field", "reason", "max", maxReason)
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if err := tx.SeesChange(by, *r); err != nil {
			return err
		}
		spend(tx, by)
		return d.freeze(tx, by, r, reason)
	})
}

func (d *Desk) freeze(tx *store.Tx, by access.Actor, r *change.Request, reason string) error {
	ev, err := r.Freeze(change.PartyOf(by), reason, tx.Now())
	if err != nil {
		return err
	}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return err
	}
	if err := d.holdForDispute(tx, *r); err != nil {
		return err
	}
	kind := notify.Frozen
	if !r.AppliedAt.IsZero() {
		kind = notify.FrozenAfter
	}
	err = d.tellCustomer(tx, *r, kind, func(t telling, _ notify.Recipient) []string {
		return []string{"ref", r.Ref(), "time", t.time(notify.Second, tx.Now()), "place", d.house.Book.Place(t.lang, cameBy(by)), "hours", disputeWithin}
	})
	if err != nil {
		return err
	}
	return d.tellStaff(tx, "role:"+string(access.Steward), notify.StaffTask, *r, d.taskParams(tx, *r, "decide_dispute")...)
}

// cameBy is where somebody who freezes is: a customer by a link or signed in is on our
// site, staff froze for somebody on the phone.
func cameBy(by access.Actor) string {
	if by.IsCustomer() {
		return "portal"
	}
	return "hotline"
}

// holdForDispute blocks what a takeover would use next, until the dispute is decided.
func (d *Desk) holdForDispute(tx *store.Tx, r change.Request) error {
	return d.place(tx, r, r.Record, []change.HoldRule{{Action: "password_reset"}, {Action: "payout"}}, "disputed", time.Time{})
}
