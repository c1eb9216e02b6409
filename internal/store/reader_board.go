package store

import (
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
)

// A Board says how the house stands: known, managed, controlled (row L4).
type Board struct {
	Open        []Count         `json:"open"` // requests that can still change a record, by state
	Late        []ChangeLine    `json:"late"` // waited longer than their level or dispute allows
	Frozen      []ChangeLine    `json:"frozen"`
	NotInSync   []Count         `json:"not_in_sync"`    // records that a system still has to hear of, by system
	Paused      []PausedSystem  `json:"paused_systems"` // that nobody calls now: what waits for them waits on purpose
	Exceptions  []ExceptionView `json:"exceptions"`
	Quarantined []Stuck         `json:"quarantined"` // requests whose timer failed too often
	Tasks       []TaskView      `json:"tasks"`
	Warnings    []string        `json:"warnings"` // codes for lang: calendar_year_unknown, messages_not_taken
}

// A Count is how many there are of one name.
type Count struct {
	Name  string `json:"name"`
	Count int64  `json:"count"`
}

// A PausedSystem is a system that nobody calls, by whose word and since when. Why is said
// beside the system itself.
type PausedSystem struct {
	System downstream.SystemID `json:"system"`
	Name   string              `json:"name"`
	Must   bool                `json:"must"`
	By     string              `json:"by"` // id of the actor
	Since  time.Time           `json:"since,omitzero"`
}

// An ExceptionView is a delivery that stopped, with who owns it.
type ExceptionView struct {
	System downstream.SystemID `json:"system"`
	Record customer.ID         `json:"record_id"`
	Change change.ID           `json:"change,omitempty"`
	Why    downstream.Why      `json:"why"`
	Code   string              `json:"code,omitempty"`
	Owner  string              `json:"owner"`
	Since  string              `json:"since"`
}

// A Stuck is a quarantined row, with the code of its last error.
type Stuck struct {
	ID       string `json:"id"`
	Why      string `json:"why"`
	Attempts int64  `json:"attempts"`
}

// boardLines bounds every list of the board.
const boardLines = 100

// Board answers how the house stands. Each query of it reads an index of what is open.
func (r *Reader) Board(ctx context.Context, by access.Actor) (Board, error) {
	b := Board{Warnings: []string{}}
	if err := may(by, access.ReadBoard); err != nil {
		return b, err
	}
	err := r.store.Snapshot(ctx, func(v View) (err error) {
		if b.Open, err = v.counts(`SELECT state, COUNT(*) FROM change_request WHERE open = 1 GROUP BY state ORDER BY state`); err != nil {
			return err
		}
		if b.NotInSync, err = v.counts(`SELECT name, SUM(n) FROM (
				SELECT system_id AS name, COUNT(*) AS n FROM delivery WHERE due_at IS NOT NULL GROUP BY system_id
				UNION ALL SELECT system_id, COUNT(*) FROM exception WHERE resolved_at IS NULL GROUP BY system_id
			) AS owed GROUP BY name ORDER BY name`); err != nil {
			return err
		}
		if b.Paused, err = v.pausedSystems(); err != nil {
			return err
		}
		if err := v.boardChanges(by, &b); err != nil {
			return err
		}
		if health, err := v.Health(r.store.Now()); err != nil {
			return err
		} else if health.Untaken > 0 {
			b.Warnings = append(b.Warnings, "messages_not_taken")
		}
		return v.boardRest(&b)
	})
	now := r.store.Now().In(r.calendar.Zone())
	for _, year := range []int{now.Year(), now.AddDate(0, 1, 0).Year()} {
		if !r.calendar.Known(year) && !slices.Contains(b.Warnings, "calendar_year_unknown") {
			b.Warnings = append(b.Warnings, "calendar_year_unknown")
		}
	}
	return b, err
}

func (v View) counts(q string) ([]Count, error) {
	some, err := list(v, "counts", func(row Row) (c Count, err error) {
		err = row.Scan(&c.Name, &c.Count)
		return c, err
	}, q)
	return append([]Count{}, some...), err
}

func (v View) pausedSystems() ([]PausedSystem, error) {
	rows, err := v.Systems()
	paused := []PausedSystem{}
	for _, s := range rows {
		if s.Paused {
			paused = append(paused, PausedSystem{System: s.ID, Name: s.Name, Must: s.Must, By: s.Pause.By, Since: s.Pause.Since})
		}
	}
	return paused, err
}

// boardChanges lists what is late, which somebody was alerted about already, and what is frozen.
func (v View) boardChanges(by access.Actor, b *Board) (err error) {
	const columns = `SELECT c.id, c.submission, c.lane, c.kind, c.record_id, c.state, COALESCE(c.level, ''), c.filed_by, c.filed_at FROM change_request c `
	b.Late, err = v.changeLines(by, columns+`WHERE c.open = 1 AND c.state IN ('reviewing', 'disputed')
		AND EXISTS (SELECT 1 FROM entry e WHERE e.change_id = c.id AND e.verb = 'escalate') ORDER BY c.id LIMIT $1`)
	if err != nil {
		return err
	}
	b.Frozen, err = v.changeLines(by, columns+`WHERE c.state = 'disputed' ORDER BY c.id LIMIT $1`)
	return err
}

func (v View) changeLines(by access.Actor, q string) ([]ChangeLine, error) {
	some, err := list(v, "requests", changeLine(by), q, boardLines)
	return append([]ChangeLine{}, some...), err
}

func (v View) boardRest(b *Board) error {
	exceptions, err := v.Exceptions(boardLines)
	if err != nil {
		return err
	}
	b.Exceptions = []ExceptionView{}
	for _, x := range exceptions {
		b.Exceptions = append(b.Exceptions, ExceptionView{System: x.System, Record: x.Record, Change: x.Change, Why: x.Why, Code: x.Code, Owner: x.Owner, Since: x.Since.Format("2006-01-02T15:04:05Z")})
	}
	stuck, err := v.Quarantined(boardLines)
	if err != nil {
		return err
	}
	b.Quarantined = []Stuck{}
	for _, s := range stuck {
		b.Quarantined = append(b.Quarantined, Stuck(s))
	}
	tasks, err := v.OpenTasks(boardLines)
	b.Tasks = []TaskView{}
	for _, t := range tasks {
		b.Tasks = append(b.Tasks, taskOf(t))
	}
	return err
}
