package store

import (
	"errors"
	"fmt"
	"time"

	"amend/customer"
)

// Health is how the queues and the log are doing: what operators watch. Nothing of it
// names a customer.
type Health struct {
	Unsequenced       int64     // entries without a place in the log
	OldestUnsequenced time.Time // when the oldest of them was written; zero if there is none
	LogSize           int64     // entries under the newest checkpoint
	HeadAt            time.Time // when that was signed
	DueChanges        int64     // requests whose time has come
	OldestDue         time.Time // since when the most overdue one waits
	DueDeliveries     int64     // of systems that nobody paused
	OldestDelivery    time.Time
	DueNotices        int64
	OldestNotice      time.Time
	Untaken           int64 // messages that were tried, and that no channel has taken yet
	Exceptions        int64 // open: deliveries that need a person
	OldestException   time.Time
	OldestUnpaused    time.Time // the oldest exception of a system that no person paused
	Quarantined       int64     // requests whose timer failed five times
	BackedAt          time.Time // when the newest backup was made; zero: never
}

// logLate is how old an entry may be that has no place in the log. The sequencer needs a
// second; a minute means it stands still.
const logLate = time.Minute

// LogLate reports whether the log stands still.
func (h Health) LogLate(now time.Time) bool {
	return !h.OldestUnsequenced.IsZero() && now.Sub(h.OldestUnsequenced) > logLate
}

// Health counts; every query of it is answered by a partial index of what is open or due.
func (v View) Health(now time.Time) (Health, error) {
	var h Health
	systems, err := v.Systems()
	if err != nil {
		return h, err
	}
	called, paused := without(systems, 2, func(s SystemRow) bool { return s.Paused })
	unpaused, byPeople := without(systems, 1, func(s SystemRow) bool { return s.Paused && !s.Pause.ByItself() })
	for _, c := range []struct {
		q    string
		args []any
		into []any
	}{
		{`SELECT COUNT(*), MIN(e.at) FROM entry_new n JOIN entry e ON e.id = n.entry_id`, nil, []any{&h.Unsequenced, &h.OldestUnsequenced}},
		{`SELECT COUNT(*), MIN(due_at) FROM change_request WHERE due_at <= $1`, []any{now}, []any{&h.DueChanges, &h.OldestDue}},
		{`SELECT COUNT(*), MIN(due_at) FROM delivery WHERE due_at <= $1` + called, append([]any{now}, paused...), []any{&h.DueDeliveries, &h.OldestDelivery}},
		{`SELECT COUNT(*), MIN(due_at) FROM notice WHERE due_at <= $1`, []any{now}, []any{&h.DueNotices, &h.OldestNotice}},
		{`SELECT COUNT(*) FROM notice WHERE due_at IS NOT NULL AND attempts > 0`, nil, []any{&h.Untaken}},
		{`SELECT COUNT(*), MIN(opened_at) FROM exception WHERE resolved_at IS NULL`, nil, []any{&h.Exceptions, &h.OldestException}},
		{`SELECT MIN(opened_at) FROM exception WHERE resolved_at IS NULL` + unpaused, byPeople, []any{&h.OldestUnpaused}},
		{`SELECT COUNT(*) FROM change_request WHERE ` + quarantined, nil, []any{&h.Quarantined}},
	} {
		if err := v.Row(c.q, c.args...).Scan(c.into...); err != nil {
			return h, fmt.Errorf("read health: %w", err)
		}
	}
	err = v.Row(`SELECT size, at FROM checkpoint ORDER BY size DESC LIMIT 1`).Scan(&h.LogSize, &h.HeadAt)
	if err != nil && !errors.Is(err, ErrNoRow) {
		return h, fmt.Errorf("read health: %w", err)
	}
	h.BackedAt, err = v.backedAt()
	return h, err
}

// backedAt answers when the newest backup was made, zero for never.
func (v View) backedAt() (time.Time, error) {
	text, err := v.Meta(BackedAt)
	if errors.Is(err, ErrNoRow) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		err = fmt.Errorf("read %s: %w", BackedAt, err)
	}
	return at, err
}

// without is the end of a question, from its nth argument on, that leaves out some systems:
// what waits for one that a person paused waits on purpose, and nobody is woken for it.
func without(systems []SystemRow, n int, these func(SystemRow) bool) (q string, out []any) {
	for _, s := range systems {
		if these(s) {
			out = append(out, s.ID)
		}
	}
	if len(out) > 0 {
		q = ` AND system_id NOT IN ` + marks(n, len(out))
	}
	return q, out
}

// quarantined says quarantineAfter in the literal form that a partial index is found by.
const quarantined = `attempts >= 5 AND due_at IS NULL`

// A Quarantined is a request whose timer failed too often to be tried again by itself.
type Quarantined struct {
	ID       string
	Why      string // a code or the name of an error, never a value
	Attempts int64
}

// Quarantined answers quarantined requests, at most limit.
func (v View) Quarantined(limit int) ([]Quarantined, error) {
	return list(v, "quarantine", func(row Row) (x Quarantined, err error) {
		err = row.Scan(&x.ID, &x.Why, &x.Attempts)
		return x, err
	}, `SELECT id, COALESCE(last_error, ''), attempts FROM change_request WHERE `+quarantined+` ORDER BY id LIMIT $1`, limit)
}

// Attempts answers how often the timer of a request has failed.
func (v View) Attempts(id string) (int, error) {
	var n int
	if err := v.Row(`SELECT attempts FROM change_request WHERE id = $1`, id).Scan(&n); err != nil {
		return 0, fmt.Errorf("read attempts: %w", err)
	}
	return n, nil
}

// Causeless gives each the live values that no request and no migration run accounts for:
// there is none in a database that only Amend wrote to. It opens every record.
func (v View) Causeless(each func(customer.ID, customer.Key) error) error {
	known := map[string]bool{}
	for after := customer.ID(""); ; {
		ids, err := scanIDs[customer.ID](v, `SELECT id FROM golden_record WHERE id > $1 ORDER BY id LIMIT $2`, after, rebuildPage)
		if err != nil || len(ids) == 0 {
			return err
		}
		for _, id := range ids {
			if err := v.causeless(id, known, each); err != nil {
				return err
			}
		}
		after = ids[len(ids)-1]
		if len(known) > maxKnownCauses {
			clear(known)
		}
	}
}

// maxKnownCauses bounds what Causeless remembers: a run's values share one cause.
const maxKnownCauses = 10_000

func (v View) causeless(id customer.ID, known map[string]bool, each func(customer.ID, customer.Key) error) error {
	rec, err := v.Record(id)
	if err != nil {
		return err
	}
	for k, value := range rec.Values {
		ok, seen := known[value.Cause]
		if !seen {
			if ok, err = v.isCause(value.Cause); err != nil {
				return err
			}
			known[value.Cause] = ok
		}
		if ok {
			continue
		}
		if err := each(id, k); err != nil {
			return err
		}
	}
	return nil
}

// isCause reports whether a request that was applied, or a migration run, has this id.
func (v View) isCause(id string) (bool, error) {
	const q = `SELECT (SELECT COUNT(*) FROM change_request WHERE id = $1 AND applied_version IS NOT NULL) + (SELECT COUNT(*) FROM import_run WHERE id = $1)`
	var n int64
	if err := v.Row(q, id).Scan(&n); err != nil {
		return false, fmt.Errorf("look for a cause: %w", err)
	}
	return n > 0, nil
}
