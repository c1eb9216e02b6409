package desk

import (
	"context"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// Replay asks a system to hear of one record again, as it is now, whatever the system holds:
// a repair for a single customer, where Load is one for all. Test:
// TestOneRecordIsSentAgainAlone.
func (d *Desk) Replay(ctx context.Context, by access.Actor, id downstream.SystemID, record customer.ID) error {
	if f := by.May(access.RetryDeliveries); f != nil {
		return f
	}
	return d.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
		s, err := tx.System(id)
		if err != nil {
			return err
		}
		rec, err := tx.Record(record)
		switch {
		case err != nil:
			return err
		case !slices.Contains(s.Kinds, rec.Kind):
			return fault.New(fault.Conflict, "record_not_followed", "system", id).On("record")
		}
		tx.RaiseDelivery(id, record, rec.Version)
		return logAct(tx, by, "delivery.replay", record, nil, "system", string(id))
	})
}
