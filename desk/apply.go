package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/policy"
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
		tx.RescheduleChange(*r, tx.Now().Add(mustRetry))
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
	return d.write(tx, r, rec, filed)
}

// frozenBy answers the disputed request that locks a field of r, "" if none does.
func frozenBy(tx *store.Tx, r change.Request) (change.ID, error) {
	frozen, err := tx.Frozen(r.Record)
	for _, f := range frozen {
		if f.ID != r.ID && overlaps(f, r.Keys()) {
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

// mustRetry is how soon a change is tried again that waits for a must system.
const mustRetry = 5 * time.Second

// fallBelow ends a request that may no longer apply: what its proofs came through has lost
// its worth since. Nothing is written. Filing such a request is refused instead.
func (d *Desk) fallBelow(tx *store.Tx, r *change.Request, filed change.Event, why error) error {
	code := fault.CodeOf(why)
	if filed.Verb != "" || code == "" {
		return why
	}
	return d.failed(tx, r, change.PartyOf(access.Amend()), code)
}

// failed ends a request that cannot be proven any more, and tells the customer and whoever filed it.
func (d *Desk) failed(tx *store.Tx, r *change.Request, by change.Party, code string) error {
	ev, err := r.Fail(by, code, tx.Now())
	if err != nil {
		return err
	}
	if err := d.seal(tx, *r, ev, alteration{}); err != nil {
		return err
	}
	if err := d.tellRejected(tx, *r); err != nil || r.Filed.Sort != access.Staff {
		return err
	}
	return d.tellStaff(tx, "person:"+r.Filed.ID, notify.StaffTask, *r, d.taskParams(tx, *r, "failed")...)
}

// target is the record that r changes: one on record, or the reserved one that r creates.
func (d *Desk) target(tx *store.Tx, r change.Request) (customer.Record, error) {
	if r.Kind == change.Create && r.AppliedAt.IsZero() {
		return tx.Reserved(r.Record, r.RecordKind)
	}
	return tx.Record(r.Record)
}

func (d *Desk) write(tx *store.Tx, r *change.Request, rec customer.Record, filed change.Event) error {
	before, err := d.holder(tx, rec)
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
	holder, err := d.holder(tx, rec)
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

// follow raises the deliveries of every system that subscribes, and places the holds.
func (d *Desk) follow(tx *store.Tx, r change.Request, rec customer.Record) error {
	systems, err := tx.Systems()
	if err != nil {
		return err
	}
	if err := d.placeHolds(tx, r, rec.ID); err != nil {
		return err
	}
	for _, s := range systems {
		switch {
		case s.Wants(d.scope(rec.Kind, r.Keys())):
			tx.RaiseDelivery(s.ID, rec.ID, rec.Version)
		case len(r.Plan.Holds) > 0 && slices.Contains(s.Kinds, rec.Kind):
			tx.RaiseDelivery(s.ID, rec.ID, 0)
		}
	}
	return nil
}

func (d *Desk) scope(kind customer.Kind, keys []customer.Key) downstream.Scope {
	return downstream.Scope{Kind: kind, Catalog: d.house.Catalog, Keys: keys}
}

// tellApplied tells the customer what was changed and asks whether it is right, every
// contact of the last 90 days of a contact change, and the departments that subscribe.
func (d *Desk) tellApplied(tx *store.Tx, r change.Request, before, after customer.Record) error {
	if before.Kind != customer.Account {
		before = withFormer(before, after)
	}
	t := d.telling(tx, r, before)
	if err := t.everyone(true, tx.Now()); err != nil {
		return err
	}
	to := t.reply()
	if !r.WasAccepted() { // filed and applied at once: the three messages travel together
		if err := t.send(notify.Accepted, to, "ref", r.Ref(), "list", t.list()); err != nil {
			return err
		}
	}
	if err := t.send(notify.Changed, to, "ref", r.Ref(), "list", t.list(), "time", t.time(notify.At, tx.Now())); err != nil {
		return err
	}
	if err := t.askConfirm(to); err != nil {
		return err
	}
	return d.tellDepartments(tx, r)
}

// withFormer is the record as it was before, for an existing one; for a new one, as it is.
func withFormer(before, after customer.Record) customer.Record {
	if before.Version == 0 {
		return after
	}
	return before
}

// askConfirm asks whether the result is right. A contact that may not have a link that
// closes the request, such as one just enrolled, is told how else.
func (t telling) askConfirm(to notify.Recipient) error {
	if !to.May(access.Confirm) {
		return t.send(notify.ConfirmCall, to, "ref", t.r.Ref(), "list", t.list())
	}
	return t.send(notify.Confirm, to, "ref", t.r.Ref(), "list", t.list(), "link", t.link(access.Confirm, to))
}

// tellDepartments tells each department that subscribes to what r changed (row N2).
func (d *Desk) tellDepartments(tx *store.Tx, r change.Request) error {
	for _, told := range notify.Subscribers(d.house.Rules, d.house.Catalog, r) {
		t := d.telling(tx, r, customer.Record{})
		err := d.tellStaff(tx, "department:"+told.Department, notify.StaffChange, r, "ref", r.Ref(), "record", string(r.Record),
			"fields", d.labels(told.Keys), "time", t.time(notify.At, tx.Now()), "link", d.house.BaseURL+"/changes/"+string(r.ID))
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) labels(keys []customer.Key) string {
	s := ""
	for i, k := range keys {
		f, _ := d.house.Catalog.Of(k)
		if i > 0 {
			s += ", "
		}
		s += label(f, d.house.Lang)
	}
	return s
}

// sample draws two in a hundred decided requests for a second look, by somebody who
// answers for the field.
func (d *Desk) sample(tx *store.Tx, r *change.Request) {
	b := random(tx.Rand(), 2)
	if r.Sampled = approve.Sampled(uint16(b[0])<<8 | uint16(b[1])); !r.Sampled {
		return
	}
	tx.AddTask(store.Task{
		ID: tx.NewID(), Kind: "second_look", Record: r.Record, Change: r.ID, Role: string(access.Owner),
		OpenedAt: tx.Now(), DueAt: d.house.Calendar.Add(tx.Now(), 5*d.house.Calendar.Day()),
	})
}

// onRequest runs a verb on one request. Verbs on the same request wait for each other
// instead of failing; whatever else they meet, compare-and-set decides.
func (d *Desk) onRequest(ctx context.Context, id change.ID, verb func(*store.Tx, *change.Request) error) error {
	return d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		r, err := tx.Change(id)
		if err != nil {
			return err
		}
		was := r
		if err := verb(tx, &r); err != nil {
			return fmt.Errorf("request %s: %w", id, err)
		}
		return change.Follows(was, r)
	})
}
