package simulate

import (
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
)

// byIntruders is what code inside the program would do that goes round the desk: it has
// every key and breaks one promise.
func byIntruders() []Fault {
	return []Fault{
		{Name: "record_without_its_act", Breaks: 3, How: "a record is written with an entry, and without request, deliveries and notices", now: halfApply, late: true},
		{Name: "value_without_cause", Breaks: 4, How: "a value comes on record with a cause that nobody knows", now: causeless, late: true},
		{Name: "own_approval", Breaks: 5, How: "a request is approved by whoever filed it", now: ownApproval, often: true},
		{Name: "second_end", Breaks: 5, How: "a request that has ended ends again, otherwise", now: secondEnd, late: true},
		{Name: "applied_unseen", Breaks: 6, How: "a request is applied on another version than the one it was reviewed on", now: appliedUnseen, late: true},
		{Name: "no_entry", Breaks: 10, How: "a request is saved without an entry", now: noEntry, late: true},
		{Name: "value_in_leaf", Breaks: 11, How: "an entry names a customer's value among its public facts", now: valueInLeaf, late: true},
	}
}

// inside writes through a node's own store, so that the act is seen like any other.
func (w *world) inside(verb func(*store.Tx) error) bool {
	n := w.idle()
	if n == nil {
		return false
	}
	err := w.on(n, func(ctx context.Context) error { return n.store.Write(ctx, "", verb) })
	if err != nil {
		w.trace("the intruder: %v", err)
	}
	return err == nil
}

// fresh begins an entry of the program itself.
func fresh(tx *store.Tx, verb string, record customer.ID, id change.ID) store.Entry {
	var e store.Entry
	e.ID, e.At, e.Verb, e.Actor, e.Sort, e.Record, e.Change = tx.NewID(), tx.Now(), verb, "system", string(access.System), string(record), string(id)
	return e
}

// write puts a liking on record, by an entry, for a cause.
func write(tx *store.Tx, record customer.ID, cause string, about change.ID) error {
	if _, err := tx.Record(record); err != nil {
		return err
	}
	v := customer.Value{Content: `["chess"]`, Grade: customer.GradeD, Source: "staff", Channel: "api", Cause: cause, Since: tx.Now(), CheckedAt: tx.Now(), Salt: []byte("0123456789abcdef")}
	e := fresh(tx, "apply", record, about)
	var err error
	if e.Effects, _, err = tx.Alter(record, []customer.Effect{{Key: "interests", Value: &v}}, e.ID); err != nil {
		return err
	}
	return tx.Append(e)
}

func halfApply(w *world) bool {
	r, ok := w.which(func(r change.Request) bool { return !r.AppliedAt.IsZero() && r.RecordKind == customer.Person })
	return ok && w.inside(func(tx *store.Tx) error { return write(tx, r.Record, string(r.ID), r.ID) })
}

func causeless(w *world) bool {
	return len(w.records) > 0 && w.inside(func(tx *store.Tx) error { return write(tx, w.records[0], "nobody", "") })
}

// which finds the newest request that fits.
func (w *world) which(fits func(change.Request) bool) (change.Request, bool) {
	for _, id := range slices.Backward(w.ledger.requests) {
		if r, ok := w.request(change.ID(id)); ok && fits(r) {
			return r, true
		}
	}
	return change.Request{}, false
}

// save writes a request as somebody made it, with its entry.
func save(tx *store.Tx, r change.Request, verb string, with func(*store.Entry)) error {
	body, err := tx.SealChange(r)
	if err != nil {
		return err
	}
	state, _ := r.Next(tx.Now())
	e := fresh(tx, verb, r.Record, r.ID)
	e.Body = body
	if with != nil {
		with(&e)
	}
	tx.SaveChange(r, e.ID, state, r.OpenRole(tx.Now()), time.Time{})
	return tx.Append(e)
}

func ownApproval(w *world) bool {
	r, ok := w.which(func(r change.Request) bool {
		state, _ := r.Next(w.now)
		return state == change.Reviewing && r.Filed.Sort == access.Staff && r.Conflict == nil
	})
	if !ok {
		return false
	}
	level, err := r.OpenLevel(w.now)
	if err != nil {
		return false
	}
	r.Decisions = append(r.Decisions, change.Decision{Level: level.Name, Verdict: change.Approved, By: r.Filed, Hash: r.Hash(), At: w.now})
	return w.inside(func(tx *store.Tx) error { return save(tx, r, "approve", nil) })
}

func secondEnd(w *world) bool {
	r, ok := w.which(func(r change.Request) bool { return r.End == change.Confirmed })
	if !ok {
		return false
	}
	r.End, r.EndCode, r.EndedAt = change.Unconfirmed, "unconfirmed", w.now
	return w.inside(func(tx *store.Tx) error { return save(tx, r, "close", nil) })
}

func appliedUnseen(w *world) bool {
	r, ok := w.which(func(r change.Request) bool {
		return r.Open() && !r.Frozen() && r.Kind == change.Update && r.Items[0].Now != ""
	})
	return ok && w.inside(func(tx *store.Tx) error {
		if _, err := tx.Record(r.Record); err != nil {
			return err
		}
		is, e := r, ""
		is.Items = slices.Clone(r.Items)
		is.Items[0].Base++
		var effects []customer.Effect
		for _, it := range is.Items {
			v := is.Value(it, tx.Now())
			effects = append(effects, customer.Effect{Key: it.Key, Value: &v})
		}
		e = tx.NewID()
		sealed, after, err := tx.Alter(r.Record, effects, e)
		if err != nil {
			return err
		}
		is.AppliedAt, is.Version = tx.Now(), after.Version
		return save(tx, is, "apply", func(x *store.Entry) { x.ID, x.Effects = e, sealed })
	})
}

func noEntry(w *world) bool {
	r, ok := w.which(func(r change.Request) bool { return r.Open() })
	return ok && w.inside(func(tx *store.Tx) error {
		state, _ := r.Next(tx.Now())
		tx.SaveChange(r, tx.NewID(), state, "", time.Time{})
		return nil
	})
}

func valueInLeaf(w *world) bool {
	return len(w.records) > 0 && w.inside(func(tx *store.Tx) error {
		rec, err := tx.Record(w.records[0])
		if err != nil {
			return err
		}
		e := fresh(tx, "note", rec.ID, "")
		e.Facts = []audit.Fact{{Name: "name", Value: string(rec.Get("legal_name"))}}
		return tx.Append(e)
	})
}
