package desk

import (
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
)

// Apply writes a request whose gates are all met into the golden record: fields, version,
// deliveries, holds, notices and the log entry, in one transaction. If a field moved since
// the review it is not written: the request shows the conflict and waits for a person.
// Stories: phone.txtar, same_field.txtar.
func (d *Desk) Apply(ctx context.Context, id change.ID) error {
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		ready := *r
		if _, err := ready.Apply(change.PartyOf(access.Amend()), 0, tx.Now()); err != nil {
			return err
		}
		return d.applyNow(tx, r, change.Event{})
	})
}

// applyNow applies r in the transaction of the calling verb. filed is the event of a
// request that is filed and applied by one act; otherwise its verb is empty.
func (d *Desk) applyNow(tx *store.Tx, r *change.Request, filed change.Event) error {
	rec, err := d.target(tx, *r)
	if err != nil {
		return err
	}
	if moved := r.Moved(rec); len(moved) > 0 {
		return d.collide(tx, r, moved)
	}
	if by, err := frozenBy(tx, *r); err != nil || by != "" {
		return d.waitFor(tx, *r, filed, by, err)
	}
	busy, err := d.mustWait(tx, *r, rec)
	switch {
	case err != nil:
		return err
	case busy && filed.Verb == "":
		tx.RescheduleChange(*r, mustRetry(*r, tx.Now()))
		return nil
	case busy:
		filed.Verb = change.Proposed
		return d.seal(tx, *r, filed, alteration{commits: commitItems(r.Items)})
	}
	if err := d.assertFloor(tx, *r, rec); err != nil {
		return d.fallBelow(tx, r, filed, err)
	}
	if err := (&filing{d: d, tx: tx, rec: rec, items: r.Items}).unique(); err != nil { // somebody else was first
		return d.fallBelow(tx, r, filed, err)
	}
	if err := d.claim(tx, *r); err != nil {
		return err
	}
	return d.write(tx, r, rec, filed)
}

// claim makes sure that of two requests that write one identity number at the same time the
// second finds the first: neither saw the other when it looked.
func (d *Desk) claim(tx *store.Tx, r change.Request) error {
	for _, it := range r.Items {
		field, _ := d.house.Catalog.Of(it.Key)
		if it.Now == "" || !identifies(field) {
			continue
		}
		if err := tx.Claim(field, it.Now, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// target is the record that r changes: one on record, or the reserved one that r creates.
func (d *Desk) target(tx *store.Tx, r change.Request) (customer.Record, error) {
	if r.Kind == change.Create && r.AppliedAt.IsZero() {
		return tx.Reserved(r.Record, r.RecordKind)
	}
	return tx.Record(r.Record)
}

func (d *Desk) write(tx *store.Tx, r *change.Request, rec customer.Record, filed change.Event) error {
	before, err := opener(tx, rec, r.Items)
	if err != nil {
		return err
	}
	did := alteration{entry: tx.NewID()}
	effects := effectsOf(*r, rec, tx.Now())
	sealed, after, err := tx.Alter(rec.ID, effects, did.entry)
	if err != nil {
		return err
	}
	did.effects, did.commits = sealed, commitEffects(effects, r.Items)
	ev, err := r.Apply(change.PartyOf(access.Amend()), after.Version, tx.Now())
	if err != nil {
		return err
	}
	if filed.Verb != "" {
		ev = filed
	}
	if len(r.Decisions) > 0 {
		d.sample(tx, r)
	}
	if err := d.seal(tx, *r, ev, did); err != nil {
		return err
	}
	if err := d.follow(tx, *r, after); err != nil {
		return err
	}
	return d.tellApplied(tx, *r, before, after)
}

// effectsOf turns the items into what they do to the record: each value with where it came
// from and what it is worth. A weak authority's own contact becomes proven from here on.
func effectsOf(r change.Request, rec customer.Record, now time.Time) []customer.Effect {
	effects := make([]customer.Effect, 0, len(r.Items)+1)
	for _, it := range r.Items {
		e := customer.Effect{Key: it.Key}
		if it.Now != "" {
			v := r.Value(it, now)
			e.Value = &v
		}
		effects = append(effects, e)
	}
	for _, p := range r.Proofs {
		v, held := rec.Values[p.Contact]
		if !p.Weak || !held || slices.Contains(r.Keys(), p.Contact) {
			continue
		}
		v.Grade, v.ProvenSince, v.CheckedAt = customer.GradeB, now, now
		effects = append(effects, customer.Effect{Key: p.Contact, Value: &v, Keep: true})
	}
	return effects
}

// follow raises the deliveries of every system that subscribes, and places the holds.
func (d *Desk) follow(tx *store.Tx, r change.Request, rec customer.Record) error {
	if err := d.placeHolds(tx, r, rec.ID); err != nil {
		return err
	}
	return d.raise(tx, rec, r.Keys(), len(r.Plan.Holds) > 0)
}

// raise tells every system that subscribes to keys that the record moved, and where there
// are holds every other one that follows its kind.
func (d *Desk) raise(tx *store.Tx, rec customer.Record, keys []customer.Key, holds bool) error {
	systems, err := tx.Systems()
	if err != nil {
		return err
	}
	for _, s := range systems {
		switch {
		case s.Wants(d.scope(rec.Kind, keys)):
			tx.RaiseDelivery(s.ID, rec.ID, rec.Version)
		case holds && slices.Contains(s.Kinds, rec.Kind):
			tx.RaiseDelivery(s.ID, rec.ID, 0)
		}
	}
	return nil
}

func (d *Desk) scope(kind customer.Kind, keys []customer.Key) downstream.Scope {
	return downstream.Scope{Kind: kind, Catalog: d.house.Catalog, Keys: keys}
}

// secondLook is the kind of task in which an uninvolved person checks what was decided.
const secondLook = "second_look"

// sample draws two in a hundred decided requests for a second look, by somebody who
// answers for the field.
func (d *Desk) sample(tx *store.Tx, r *change.Request) {
	b := random(tx.Rand(), 2)
	if r.Sampled = approve.Sampled(uint16(b[0])<<8 | uint16(b[1])); !r.Sampled {
		return
	}
	tx.AddTask(store.Task{
		ID: tx.NewID(), Kind: secondLook, Record: r.Record, Change: r.ID, Role: string(access.Owner),
		OpenedAt: tx.Now(), DueAt: d.house.Calendar.Add(tx.Now(), 5*d.house.Calendar.Day()),
	})
}
