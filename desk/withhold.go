package desk

import (
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/policy"
)

// This file holds what keeps a ready change from the record: a dispute, a must system, the
// floor, a conflict.

// frozenBy answers the disputed request that locks a field of r, "" if none does.
func frozenBy(tx *store.Tx, r change.Request) (change.ID, error) {
	open, err := tx.OpenChanges(r.Record)
	for _, f := range open {
		if f.ID != r.ID && f.Frozen() && overlaps(f, r.Keys()) {
			return f.ID, err
		}
	}
	return "", err
}

// lockedRetry is how soon a change is tried again whose field a dispute locks.
const lockedRetry = time.Hour

// waitFor leaves a change waiting for the decision of a dispute; filing one is refused.
func (d *Desk) waitFor(tx *store.Tx, r change.Request, filed change.Event, by change.ID, err error) error {
	switch {
	case err != nil:
		return err
	case filed.Verb != "":
		return fault.New(fault.Conflict, "field_frozen", "change", by)
	}
	tx.RescheduleChange(r, tx.Now().Add(lockedRetry))
	return nil
}

// How soon a change is tried again that waits for a must system: the longer it has waited, the
// less often, because a system that is away for an hour is not back in five seconds.
const (
	mustSoonest = 5 * time.Second
	mustLatest  = 10 * time.Minute
	mustShare   = 8 // of the time that it has waited
)

func mustRetry(r change.Request, now time.Time) time.Time {
	_, ready, _ := r.OpenGate(now)
	return now.Add(min(max(now.Sub(ready)/mustShare, mustSoonest), mustLatest))
}

// fallBelow ends a request that may no longer apply: what its proofs came through has lost
// its worth since. Nothing is written. Filing such a request is refused instead.
func (d *Desk) fallBelow(tx *store.Tx, r *change.Request, filed change.Event, why error) error {
	code := fault.CodeOf(why)
	if filed.Verb != "" || code == "" {
		return why
	}
	return d.failed(tx, r, change.PartyOf(access.Amend()), code)
}

// collide records a conflict and asks a steward to look.
func (d *Desk) collide(tx *store.Tx, r *change.Request, moved []customer.Key) error {
	ev, err := r.Collide(moved, tx.Now())
	if err != nil {
		return err
	}
	return d.seal(tx, *r, ev, alteration{})
}

// mustWait holds a change back while a must system still has the one before in flight, so
// that each can be taken back by itself.
func (d *Desk) mustWait(tx *store.Tx, r change.Request, rec customer.Record) (bool, error) {
	systems, err := tx.Systems()
	if err != nil {
		return false, err
	}
	for _, s := range systems {
		if !s.Must || !s.Wants(d.scope(rec.Kind, r.Keys())) {
			continue
		}
		delivery, err := tx.Delivery(s.ID, rec.ID)
		if err != nil {
			return false, err
		}
		if !s.MayApply(delivery) {
			return true, nil
		}
	}
	return false, nil
}

// assertFloor is the floor as a runtime assertion: it does not trust the plan.
func (d *Desk) assertFloor(tx *store.Tx, r change.Request, rec customer.Record) error {
	holder, err := tx.Holder(rec)
	if err != nil {
		return err
	}
	cs, err := d.channels(tx, holder)
	if err != nil {
		return err
	}
	g := policy.Ground{Now: tx.Now(), Catalog: d.house.Catalog, Version: rec.Version, Holder: holder, Doubted: cs.doubted()}
	for _, h := range r.Plan.Holds {
		g.Holds = append(g.Holds, h.Action)
	}
	if f := policy.CheckFloor(r, g); f != nil {
		return f
	}
	return nil
}
