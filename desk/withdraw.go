package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/internal/store"
	"amend/notify"
)

// Withdraw takes a request back, by the one who filed it or by the customer, any time
// before it applies. Story: withdrawn.txtar.
func (d *Desk) Withdraw(ctx context.Context, by access.Actor, id change.ID) error {
	if f := by.May(access.Withdraw); f != nil {
		return f
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if err := mayAnswerFor(tx, by, *r); err != nil {
			return err
		}
		ev, err := r.Withdraw(change.PartyOf(by), tx.Now())
		if err != nil {
			return err
		}
		if err := d.seal(tx, *r, ev, alteration{}); err != nil {
			return err
		}
		return d.tellCustomer(tx, *r, notify.Withdrawn, func(telling, notify.Recipient) []string {
			return []string{"ref", r.Ref()}
		})
	})
}
