package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
)

// A SystemLine is one connected system with what waits for it.
type SystemLine struct {
	SystemView
	Queue  int64     // records that it still has to hear of
	Oldest time.Time // since when the one that waits longest does; zero: none waits
	Broken int64     // deliveries that stopped and need a person
	Pace   DayPace   // how long deliveries waited, hour by hour
}

// SystemLines answers every connected system with what waits for it: counted over what is
// open, which indexes know, never over everything that was ever delivered. How long
// deliveries waited was counted when they arrived.
func (r *Reader) SystemLines(ctx context.Context, by access.Actor) ([]SystemLine, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return nil, err
	}
	var lines []SystemLine
	err := r.store.Snapshot(ctx, func(v View) error {
		rows, err := v.Systems()
		if err != nil {
			return err
		}
		at := make(map[downstream.SystemID]*SystemLine, len(rows))
		lines = make([]SystemLine, len(rows))
		for i, s := range rows {
			lines[i] = SystemLine{SystemView: systemOf(by, s)}
			at[s.ID] = &lines[i]
		}
		paces, err := v.paces(r.store.Now())
		if err != nil {
			return err
		}
		for id, l := range at {
			l.Pace = paces[id]
		}
		return v.countOpen(at)
	})
	return lines, err
}

// countOpen counts what each system waits for. A delivery that failed waits since it failed
// first, not since it was tried last.
func (v View) countOpen(at map[downstream.SystemID]*SystemLine) error {
	const owed = `SELECT system_id, COUNT(*), MIN(COALESCE(failing_since, due_at)) FROM delivery WHERE due_at IS NOT NULL GROUP BY system_id`
	err := v.each("deliveries", func(row Row) error {
		var l SystemLine
		err := row.Scan(&l.ID, &l.Queue, &l.Oldest)
		if to, known := at[l.ID]; known {
			to.Queue, to.Oldest = l.Queue, l.Oldest
		}
		return err
	}, owed)
	if err != nil {
		return err
	}
	const broken = `SELECT system_id, COUNT(*) FROM exception WHERE resolved_at IS NULL GROUP BY system_id`
	return v.each("exceptions", func(row Row) error {
		var l SystemLine
		err := row.Scan(&l.ID, &l.Broken)
		if to, known := at[l.ID]; known {
			to.Broken = l.Broken
		}
		return err
	}, broken)
}

// pastPauses is how many pauses of a system Pauses answers.
const pastPauses = 10

// Pauses answers the newest pauses of a system, the newest first.
func (r *Reader) Pauses(ctx context.Context, by access.Actor, id downstream.SystemID) ([]PastPause, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return nil, err
	}
	return r.store.View(ctx).Pauses(id, pastPauses)
}

// Tried answers what became of the newest test of a system; nil if it was never tested.
func (r *Reader) Tried(ctx context.Context, by access.Actor, id downstream.SystemID) (*Tried, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return nil, err
	}
	return r.store.View(ctx).Tried(id)
}

// An Arrival is one applied request, and how every system that follows it stands towards it.
// It says which fields changed and no value.
type Arrival struct {
	ID      change.ID
	Ref     string
	Fields  []customer.Key
	Applied time.Time
	Systems []Complete
}

// arrivals is how many requests Arrivals answers.
const arrivals = 20

// Arrivals answers the newest requests that were applied, the newest first. Every one of
// its systems is there, whether or not a delivery exists: none can be forgotten.
func (r *Reader) Arrivals(ctx context.Context, by access.Actor) ([]Arrival, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return nil, err
	}
	var out []Arrival
	err := r.store.Snapshot(ctx, func(v View) error {
		systems, err := v.systems()
		if err != nil {
			return err
		}
		ids, err := scanIDs[change.ID](v, `SELECT id FROM change_request WHERE applied_version > 0 ORDER BY id DESC LIMIT $1`, arrivals)
		if err != nil {
			return err
		}
		for _, id := range ids {
			a, err := r.arrival(v, systems, id)
			if fault.KindOf(err) == fault.NotFound {
				continue // its record's key was destroyed since
			}
			if err != nil {
				return err
			}
			out = append(out, a)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b Arrival) int { return b.Applied.Compare(a.Applied) })
	return out, err
}

func (r *Reader) arrival(v View, systems []downstream.System, id change.ID) (Arrival, error) {
	req, err := v.Change(id)
	if err != nil {
		return Arrival{}, err
	}
	deliveries, err := v.Deliveries(req.Record)
	if err != nil {
		return Arrival{}, err
	}
	a := Arrival{ID: id, Ref: req.Ref(), Fields: req.Keys(), Applied: req.AppliedAt}
	for _, l := range downstream.Completeness(systems, deliveries, r.scope(req), req.Version) {
		a.Systems = append(a.Systems, Complete{System: l.System, Name: l.Name, Must: l.Must, Owner: l.Owner, Acked: l.Acked, Confirmed: l.Confirmed, Why: l.Why, Code: l.Code, Holds: l.Holds, Pause: l.Pause})
	}
	return a, nil
}

// A Broken is a delivery that stopped, with who owns it and what became of it.
type Broken struct {
	downstream.Exception
	Name string // of the system
	Ref  string // of the request that first missed the system
}

// The bounds of the lists of stopped deliveries: how many are answered, and among how many
// of the newest those that were resolved in one way are looked for.
const (
	brokenLines  = 100
	brokenWindow = 2000
)

const brokenColumns = `SELECT x.system_id, x.record_id, x.change_id, x.why, x.code, x.owner, x.opened_at, x.remedy, x.note, x.resolved_by, x.resolved_at,
		COALESCE(c.submission, ''), COALESCE(c.lane, 0)`

// Exceptions answers the deliveries that need a person, the oldest first; system "" is all.
func (r *Reader) Exceptions(ctx context.Context, by access.Actor, system downstream.SystemID) ([]Broken, error) {
	if err := may(by, access.ReadSystems); err != nil {
		return nil, err
	}
	const q = brokenColumns + ` FROM exception x LEFT JOIN change_request c ON c.id = x.change_id
		WHERE x.resolved_at IS NULL AND (x.system_id = $1 OR $1 = '') ORDER BY x.opened_at, x.id LIMIT $2`
	return r.store.View(ctx).broken(q, system, brokenLines)
}

// Skipped answers the newest deliveries of which a person decided that the system goes
// without, and why.
func (r *Reader) Skipped(ctx context.Context, by access.Actor) ([]Broken, error) {
	if err := may(by, access.ReadBoard); err != nil {
		return nil, err
	}
	const q = brokenColumns + ` FROM (SELECT * FROM exception ORDER BY id DESC LIMIT $1) AS x LEFT JOIN change_request c ON c.id = x.change_id
		WHERE x.remedy = 'skipped' ORDER BY x.resolved_at DESC LIMIT $2`
	return r.store.View(ctx).broken(q, brokenWindow, brokenLines)
}

func (v View) broken(q string, args ...any) ([]Broken, error) {
	systems, err := v.Systems()
	if err != nil {
		return nil, err
	}
	return list(v, "exceptions", func(row Row) (x Broken, err error) {
		var c change.Request
		err = row.Scan(&x.System, &x.Record, &x.Change, &x.Why, &x.Code, &x.Owner, &x.Since, &x.Remedy, &x.Note, &x.ResolvedBy, &x.ResolvedAt, &c.Submission, &c.Lane)
		x.Name, x.Ref = nameOf(systems, x.System), c.Ref()
		return x, err
	}, q, args...)
}

func nameOf(systems []SystemRow, id downstream.SystemID) string {
	for _, s := range systems {
		if s.ID == id {
			return s.Name
		}
	}
	return string(id)
}

// A DoneTask is a task of a person that is over, and how.
type DoneTask struct {
	TaskView
	By string // id of whoever did it
}

// FinishedTasks answers the newest tasks that people finished, the newest first.
func (r *Reader) FinishedTasks(ctx context.Context, by access.Actor) ([]DoneTask, error) {
	if err := may(by, access.ReadBoard); err != nil {
		return nil, err
	}
	tasks, err := r.store.View(ctx).tasks(`WHERE done_at IS NOT NULL ORDER BY id DESC LIMIT $1`, brokenLines)
	out := make([]DoneTask, len(tasks))
	for i, t := range tasks {
		out[i] = DoneTask{TaskView: taskOf(t), By: t.DoneBy}
	}
	slices.SortFunc(out, func(a, b DoneTask) int { return cmp.Or(b.DoneAt.Compare(a.DoneAt), cmp.Compare(a.ID, b.ID)) })
	return out, err
}
