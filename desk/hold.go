package desk

import (
	"context"
	"errors"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
)

// placeHolds places the holds of a plan at its apply. One that was placed while the
// request cooled is counted from here instead of placed twice.
func (d *Desk) placeHolds(tx *store.Tx, r change.Request, id customer.ID) error {
	return d.place(tx, r, id, r.Plan.Holds, holdReason(r), tx.Now())
}

// holdReason is why a plan's holds are placed, as a code for lang.
func holdReason(r change.Request) string {
	if r.Plan.Lost {
		return "recovery"
	}
	return "change"
}

// place makes sure that each action is blocked for r: applied is when the time of a hold
// begins to count; zero blocks until released.
func (d *Desk) place(tx *store.Tx, r change.Request, id customer.ID, rules []change.HoldRule, reason string, applied time.Time) error {
	if len(rules) == 0 {
		return nil
	}
	holds, err := tx.Holds(id)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		i := slices.IndexFunc(holds, func(h downstream.Hold) bool {
			return h.Change == r.ID && h.Action == rule.Action && h.Reason == reason && !h.Over(tx.Now())
		})
		h := downstream.Hold{ID: tx.NewID(), Record: id, Action: rule.Action, Reason: reason, Change: r.ID, From: tx.Now()}
		if i >= 0 {
			h = holds[i]
		}
		if !applied.IsZero() {
			h.Count(applied, rule.For)
		}
		if i >= 0 {
			tx.SaveHold(h)
		} else {
			tx.PlaceHold(h)
		}
	}
	return d.raiseHolds(tx, id)
}

// release ends the holds that r placed for a reason, and tells every system.
func (d *Desk) release(tx *store.Tx, r change.Request, reason string) error {
	holds, err := tx.Holds(r.Record)
	if err != nil {
		return err
	}
	released := false
	for _, h := range holds {
		if h.Change != r.ID || h.Reason != reason || h.Over(tx.Now()) {
			continue
		}
		if err := h.Release(access.Amend(), tx.Now()); err != nil {
			return err
		}
		tx.SaveHold(h)
		released = true
	}
	if !released {
		return nil
	}
	return d.raiseHolds(tx, r.Record)
}

// raiseHolds lets every system that knows the record hear of its holds.
func (d *Desk) raiseHolds(tx *store.Tx, id customer.ID) error {
	deliveries, err := tx.Deliveries(id)
	if err != nil {
		return err
	}
	for _, have := range deliveries {
		tx.RaiseDelivery(have.System, id, 0)
	}
	return nil
}

// EndHolds ends the holds whose time has come and tells every system, one act for each record.
func (d *Desk) EndHolds(ctx context.Context, limit int) (int, error) {
	due, err := d.store.View(ctx).DueHolds(d.store.Now(), limit)
	if err != nil {
		return 0, err
	}
	ended := 0
	var errs []error
	for _, h := range due {
		if err := d.endHold(ctx, h); err != nil {
			errs = append(errs, err)
			continue
		}
		ended++
	}
	return ended, errors.Join(errs...)
}

func (d *Desk) endHold(ctx context.Context, h downstream.Hold) error {
	return d.store.Write(ctx, string(h.Record), func(tx *store.Tx) error {
		h.ReleasedAt = tx.Now()
		tx.EndHold(h)
		if err := d.raiseHolds(tx, h.Record); err != nil {
			return err
		}
		return logAct(tx, access.Amend(), "hold.end", h.Record, nil, "hold", h.ID, "action", h.Action, "reason", h.Reason)
	})
}
