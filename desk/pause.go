package desk

import (
	"context"
	"strings"

	"amend/access"
	"amend/audit"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// Pause stops a system from being called until a person resumes it, for a reason. What it
// must hear is raised meanwhile as ever and waits, so nothing is lost; holds that are placed
// reach it when it is resumed, and a must system holds back the next change of each record
// that waits for it. A batch under way ends within a second. Story: paused.txtar.
func (d *Desk) Pause(ctx context.Context, by access.Actor, id downstream.SystemID, reason string) error {
	if f := by.May(access.ManageSystems); f != nil {
		return f
	}
	if reason = strings.TrimSpace(reason); len(reason) > maxReason {
		return fault.New(fault.Invalid, "too_long", "field", "reason", "max", maxReason)
	}
	return d.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
		row, err := tx.System(id)
		if err != nil {
			return err
		}
		if row.System, err = row.Pausing(by, reason, tx.Now()); err != nil {
			return err
		}
		if err := tx.SaveSystem(row); err != nil {
			return err
		}
		e := newEntry(tx, by, "system.pause")
		e.Facts = []audit.Fact{{Name: "system", Value: string(id)}}
		e.Commits = pausedFor(tx, row.System)
		return tx.Append(e)
	})
}

// pausedFor keeps why a system is paused, and commits to it. A reason is no secret, so the
// salt is the pause's own id: whoever alters the words later is found.
func pausedFor(tx *store.Tx, s downstream.System) []audit.Commitment {
	return []audit.Commitment{audit.Commit([]byte(tx.PauseSystem(s)), "reason", s.Pause.Reason)}
}
