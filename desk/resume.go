package desk

import (
	"context"

	"amend/access"
	"amend/downstream"
	"amend/internal/store"
)

// Resume lets a paused system be called again: whatever waits for it is due at once, and what
// had failed before begins its tries anew. Story: paused.txtar.
func (d *Desk) Resume(ctx context.Context, by access.Actor, id downstream.SystemID) error {
	if f := by.May(access.ManageSystems); f != nil {
		return f
	}
	return d.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
		row, err := tx.System(id)
		if err != nil {
			return err
		}
		if row.System, err = row.Resuming(); err != nil {
			return err
		}
		if err := tx.SaveSystem(row); err != nil {
			return err
		}
		tx.ResumeSystem(id, by)
		return logAct(tx, by, "system.resume", "", nil, "system", string(id))
	})
}
