package desk

import (
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/audit"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

// hintWithin is how many working days a hint may wait for a steward. A hint without a date
// is how a record goes stale although somebody knew (row C11).
const hintWithin = 2

// Hint puts on record that a value may have changed, in the words of whoever heard it, and
// makes it somebody's task. Without words it says that the value looks wrong, which is one
// press of a button (row D3); while one such is open for the field, another adds nothing. It
// changes nothing of the record: a steward judges it. Tests:
// TestHintIsATaskWithADateAndItsWordsAreSealed, TestDoubtIsOneActAndOneTaskForEachField.
func (d *Desk) Hint(ctx context.Context, by access.Actor, id customer.ID, k customer.Key, words string) error {
	if f := by.May(access.FileChange); f != nil {
		return f
	}
	switch {
	case by.Sort != access.Staff:
		return fault.New(fault.Denied, "staff_only")
	case len(words) > maxReason:
		return fault.New(fault.Invalid, "too_long", "field", "words", "max", maxReason)
	}
	return d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		rec, err := tx.Record(id)
		if err != nil {
			return err
		}
		field, known := d.house.Catalog.Of(k)
		if f := admits(field, known, rec.Kind, k); f != nil {
			return f.On("field")
		}
		if words == "" {
			if open, err := tx.Hints(id); err != nil || doubted(open, k) {
				return err
			}
		}
		e := newEntry(tx, by, "hint")
		e.Record, e.Facts = string(id), []audit.Fact{{Name: "field", Value: string(k)}}
		if words != "" {
			if e.Body, err = tx.SealWords(id, e.ID, words); err != nil {
				return err
			}
		}
		tx.AddTask(store.Task{
			ID: e.ID, Kind: store.HintTask, Record: id, Contact: k, Role: string(access.Steward),
			OpenedAt: tx.Now(), DueAt: d.house.Calendar.Add(tx.Now(), time.Duration(hintWithin)*d.house.Calendar.Day()),
		})
		return tx.Append(e)
	})
}

// doubted reports whether an open hint speaks of a field.
func doubted(open []store.Task, k customer.Key) bool {
	return slices.ContainsFunc(open, func(t store.Task) bool { return t.Contact == k })
}

// JudgeHint ends a hint: it was right, and a request was filed or the customer was asked; or
// there was nothing in it.
func (d *Desk) JudgeHint(ctx context.Context, by access.Actor, id customer.ID, hint, outcome string) error {
	if f := by.May(access.ManageSignals); f != nil {
		return f
	}
	if outcome != "followed" && outcome != "dismissed" {
		return fault.New(fault.Malformed, "bad_parameter", "field", "outcome")
	}
	return d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		t, err := tx.Task("", hint)
		if err != nil {
			return err
		}
		if t.Record != id || t.Kind != store.HintTask {
			return fault.New(fault.NotFound, "no_task")
		}
		tx.JudgeHint(hint, by.ID, outcome)
		return logAct(tx, by, "hint.judge", id, nil, "hint", hint, "field", string(t.Contact), "outcome", outcome)
	})
}
