package desk

import (
	"context"
	"errors"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

// Needs answers what a change of each value would need if its customer asked for it now,
// whatever the new value: people read it before they begin. What the record does not hold
// is planned as an addition. Nothing is stored. Test:
// TestNeedsSayWhatProposeWouldAskFor.
func (d *Desk) Needs(ctx context.Context, by access.Actor, id customer.ID, keys []customer.Key) (map[customer.Key]change.Plan, error) {
	if f := by.May(access.FileChange); f != nil {
		return nil, f
	}
	in, err := d.Policy(ctx)
	if err != nil {
		return nil, err
	}
	plans := make(map[customer.Key]change.Plan, len(keys))
	err = d.store.Write(ctx, "", func(tx *store.Tx) error {
		clear(plans)
		f := &filing{d: d, tx: tx, by: by, p: Proposal{Record: id, Channel: "portal"}, policy: in}
		if err := f.load(); err != nil {
			return err
		}
		var err error
		if f.ch, err = d.channels(tx, f.holder); err != nil {
			return err
		}
		if err := f.gather(); err != nil {
			return err
		}
		for _, k := range keys {
			if _, known := d.house.Catalog.Of(k); !known {
				return fault.New(fault.Invalid, "unknown_field").On(string(k))
			}
			_, plans[k] = f.planOf(newItem(tx, f.rec, k, "?"))
		}
		return errPreviewed
	})
	if errors.Is(err, errPreviewed) {
		err = nil
	}
	return plans, err
}
