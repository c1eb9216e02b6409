package desk

import (
	"context"

	"amend/internal/store"
)

// KeepAnswer keeps the answer to a request that carried an idempotency key, sealed, so
// that a repeat hears the same. It is the one thing that a door may have written that is
// no act: nothing of the house moves. Story: repeat.txtar.
func (d *Desk) KeepAnswer(ctx context.Context, key string, request []byte, status int, answer []byte) error {
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		tx.KeepAnswer(key, request, status, answer)
		return nil
	})
}
