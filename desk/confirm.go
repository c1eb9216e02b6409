package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/internal/store"
)

// Confirm is the customer's word that the result is right; only their own credential
// gives it. Story: phone.txtar.
func (d *Desk) Confirm(ctx context.Context, by access.Actor, id change.ID) error {
	if f := by.May(access.ConfirmIt); f != nil {
		return f
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if err := tx.SeesChange(by, *r); err != nil {
			return err
		}
		spend(tx, by)
		ev, err := r.Confirm(change.PartyOf(by), tx.Now())
		if err != nil {
			return err
		}
		return d.seal(tx, *r, ev, alteration{})
	})
}
