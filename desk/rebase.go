package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/internal/store"
)

// Rebase sets a conflicting request on the record as it is now, by a person who saw base,
// now and proposed. Its approvals are void. Story: same_field.txtar.
func (d *Desk) Rebase(ctx context.Context, by access.Actor, id change.ID) error {
	if f := by.May(access.Rebase); f != nil {
		return f
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		rec, err := d.target(tx, *r)
		if err != nil {
			return err
		}
		ev, err := r.Rebase(change.PartyOf(by), rec, tx.Now())
		if err != nil {
			return err
		}
		return d.seal(tx, *r, ev, alteration{})
	})
}
