package store

import (
	"time"

	"amend/access"
	"amend/downstream"
	"amend/fault"
)

// PauseSystem keeps why a system is paused, until it is resumed, and answers the pause's id.
func (tx *Tx) PauseSystem(s downstream.System) string {
	id := tx.NewID()
	const q = `INSERT INTO system_pause (id, system_id, by_id, since, reason, resumed_by) VALUES ($1, $2, $3, $4, $5, '') ON CONFLICT DO NOTHING`
	tx.One(fault.New(fault.Conflict, "system_paused", "system", s.ID), q, id, s.ID, s.Pause.By, s.Pause.Since, s.Pause.Reason)
	return id
}

// ResumeSystem ends the pause of a system, where one is kept: what waits for it is owed
// afresh. A delivery that failed before the pause begins its tries anew, because the horizon
// is for a system that is away, not for one that nobody called.
func (tx *Tx) ResumeSystem(id downstream.SystemID, by access.Actor) {
	tx.Exec(`UPDATE system_pause SET resumed_by = $2, resumed_at = $3 WHERE system_id = $1 AND resumed_at IS NULL`, id, by.ID, tx.Now())
	const q = `UPDATE delivery SET due_at = $2, attempts = 0, refusals = 0, failing_since = NULL
		WHERE system_id = $1 AND due_at IS NOT NULL AND failing_since IS NOT NULL`
	tx.Exec(q, id, tx.Now())
	tx.MarkSystem(id, time.Time{}, time.Time{}, 0)
	tx.RestartLost(id)
}

// A PastPause is a pause that is over, or lasts.
type PastPause struct {
	downstream.Pause
	Until time.Time // zero: it lasts
	EndBy string    // what whoever resumed it is called
}

// Pauses answers the newest pauses of a system, the newest first.
func (v View) Pauses(id downstream.SystemID, limit int) ([]PastPause, error) {
	const q = `SELECT p.by_id, COALESCE(a.name, ''), p.since, p.reason, p.resumed_at, COALESCE(r.name, '') FROM system_pause p
		LEFT JOIN actor a ON a.id = p.by_id LEFT JOIN actor r ON r.id = p.resumed_by WHERE p.system_id = $1 ORDER BY p.id DESC LIMIT $2`
	return list(v, "pauses", func(row Row) (p PastPause, err error) {
		err = row.Scan(&p.By, &p.Name, &p.Since, &p.Reason, &p.Until, &p.EndBy)
		p.Pause = named(p.Pause)
		return p, err
	}, q, id, limit)
}

// named is p with what Amend is called, which is no row.
func named(p downstream.Pause) downstream.Pause {
	if p.ByItself() {
		p.Name = access.Amend().Name
	}
	return p
}
