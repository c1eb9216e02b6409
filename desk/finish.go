package desk

import (
	"context"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
)

// Finish records that a person did a task of a request: called, posted a letter, looked
// again. What was to be told that way counts as told, or as not. A call-back is no such
// task: its outcome is an attestation. Test: TestFinishedTaskIsOnRecordAndItsNoticeIsTold.
func (d *Desk) Finish(ctx context.Context, by access.Actor, id change.ID, task, outcome string) error {
	if f := by.May(access.ReadChanges); f != nil {
		return f
	}
	if by.Sort != access.Staff {
		return fault.New(fault.Denied, "staff_only")
	}
	if outcome != "done" && outcome != "failed" {
		return fault.New(fault.Invalid, "unknown_outcome", "field", "outcome")
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		t, err := tx.Task(id, task)
		if err != nil {
			return err
		}
		if t.Kind == string(change.Callback) {
			return fault.New(fault.Conflict, "callback_is_attested", "change", id)
		}
		if !by.Has(access.Role(t.Role)) {
			return fault.New(fault.Denied, "wrong_role", "role", t.Role, "who", t.Role)
		}
		if err := mayLookAgain(tx, by, *r, t); err != nil {
			return err
		}
		tx.FinishTask(t, by.ID, outcome)
		ev := change.Event{Verb: change.Finished, By: change.PartyOf(by), At: tx.Now(), Facts: map[string]string{
			"task": t.Kind, "contact": string(t.Contact), "outcome": outcome,
		}}
		return d.seal(tx, *r, ev, alteration{})
	})
}

// mayLookAgain keeps whoever took part in a request from checking their own work.
func mayLookAgain(tx *store.Tx, by access.Actor, r change.Request, t store.Task) error {
	if t.Kind != secondLook {
		return nil
	}
	staff, err := tx.Staff()
	if err != nil {
		return err
	}
	return approve.MayVote(r, by, staff, tx.Now())
}
