package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
)

// AddSystem connects a system. Its secret is sealed. Records it follows are raised as they
// change; Load raises those that exist already.
func (d *Desk) AddSystem(ctx context.Context, by access.Actor, s downstream.System, secret []byte) error {
	if f := by.May(access.ManageSystems); f != nil {
		return f
	}
	if err := s.Check(d.house.Catalog); err != nil {
		return err
	}
	if _, err := d.outside.Connector(s, secret); err != nil {
		return err
	}
	return d.store.Write(ctx, "system "+string(s.ID), func(tx *store.Tx) error {
		var sealed []byte
		if len(secret) > 0 {
			sealed = d.keys.SealFor("system", tx.Rand(), secret, []byte(s.ID))
		}
		if err := tx.AddSystem(s, sealed); err != nil {
			return err
		}
		if s.Paused { // connected before it may be called
			s.Pause = downstream.Pause{By: by.ID, Since: tx.Now()}
			tx.PauseSystem(s)
		}
		return logAct(tx, by, "system.add", "", nil, "system", string(s.ID), "connector", s.Connector)
	})
}

func (d *Desk) secretOf(row store.SystemRow) ([]byte, error) {
	if len(row.Sealed) == 0 {
		return nil, nil
	}
	return d.keys.OpenFor("system", row.Sealed, []byte(row.ID))
}

// Load asks a system to hear of every record that it follows: the first load of a new one,
// or a repair. Records are raised in pages, each an act of its own; it answers how many.
func (d *Desk) Load(ctx context.Context, by access.Actor, id downstream.SystemID) (int, error) {
	if f := by.May(access.RetryDeliveries); f != nil {
		return 0, f
	}
	s, err := d.store.View(ctx).System(id)
	if err != nil {
		return 0, err
	}
	total := 0
	for _, kind := range s.Kinds {
		for after := customer.ID(""); ; {
			page, err := d.store.View(ctx).RecordIDs(kind, after, loadPage)
			if err != nil || len(page) == 0 {
				if err != nil {
					return total, err
				}
				break
			}
			if err := d.raisePage(ctx, by, s.ID, page); err != nil {
				return total, err
			}
			total, after = total+len(page), page[len(page)-1].ID
		}
	}
	return total, nil
}

// loadPage is how many records one act of a load raises.
const loadPage = 500

func (d *Desk) raisePage(ctx context.Context, by access.Actor, id downstream.SystemID, page []store.RecordVersion) error {
	return d.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
		for _, rec := range page {
			tx.RaiseDelivery(id, rec.ID, rec.Version)
		}
		return logAct(tx, by, "system.load", "", nil, "system", string(id))
	})
}

// tellException tells the owner of a system that a delivery needs a person.
func (d *Desk) tellException(tx *store.Tx, s downstream.System, x downstream.Exception) error {
	missed := change.Request{ID: x.Change, Record: x.Record}
	return d.tellStaff(tx, "department:"+s.Owner, notify.Exception, missed,
		"system", s.Name, "reason", string(x.Why), "time", notify.Stamp(x.Since), "link", d.house.StaffURL+"/systems/"+string(s.ID))
}

// Skip decides that a system goes without one delivery, with a reason, on record.
func (d *Desk) Skip(ctx context.Context, by access.Actor, id downstream.SystemID, record customer.ID, reason string) error {
	if f := by.May(access.RetryDeliveries); f != nil {
		return f
	}
	if len(reason) > maxReason {
		return fault.New(fault.Invalid, "too_long", "field", "reason", "max", maxReason)
	}
	return d.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
		is, err := tx.Delivery(id, record)
		if err != nil {
			return err
		}
		if is.State != downstream.Stopped {
			return fault.New(fault.Conflict, "delivery_not_stopped", "system", id)
		}
		x := downstream.Exception{System: id, Record: record}
		if err := x.Resolve(by, downstream.Skipped, reason, tx.Now()); err != nil {
			return err
		}
		tx.ResolveException(x)
		return logAct(tx, by, "delivery.skip", record, nil, "system", string(id))
	})
}
