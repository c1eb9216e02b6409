package store

import (
	"context"
	"slices"
	"time"

	"amend/access"
)

// Health answers how the queues and the log are doing.
func (r *Reader) Health(ctx context.Context, by access.Actor) (h Health, err error) {
	if err := may(by, access.ReadBoard); err != nil {
		return h, err
	}
	err = r.store.Snapshot(ctx, func(v View) (err error) {
		h, err = v.Health(r.store.Now())
		return err
	})
	return h, err
}

// A FlowDay is how the requests that were filed on one day went.
type FlowDay struct {
	Day    time.Time // when it began, in the company's zone
	Filed  int
	Over   int           // of them: over by now
	Same   int           // of them: over on that very day
	Median time.Duration // from filing to the end, of those that are over
}

// flowRead bounds how many requests a flow reads: 350 a day for two weeks.
const flowRead = 5000

// Flow answers how the requests of the last days went, the oldest day first. Where more were
// filed than one look reads, it begins later.
func (r *Reader) Flow(ctx context.Context, by access.Actor, days int) ([]FlowDay, error) {
	if err := may(by, access.ReadBoard); err != nil {
		return nil, err
	}
	// The end of a request is the first act that ends one; a dispute may end it by another.
	const q = `SELECT c.filed_at, COALESCE(
			(SELECT MIN(e.at) FROM entry e WHERE e.change_id = c.id AND e.change_id <> ''
				AND e.verb IN ('apply', 'propose+apply', 'reject', 'withdraw', 'expire', 'supersede', 'fail')),
			(SELECT e.at FROM entry e WHERE e.id = c.entry AND c.open = 0))
		FROM change_request c WHERE c.id >= $1 ORDER BY c.id DESC LIMIT $2`
	zone := r.calendar.Zone()
	y, m, d := r.store.Now().In(zone).Date()
	flow := make([]FlowDay, days)
	for i := range flow {
		flow[i].Day = time.Date(y, m, d-days+1+i, 0, 0, 0, 0, zone)
	}
	taken, read := make([][]time.Duration, days), 0
	err := r.store.View(ctx).each("flow", func(row Row) error {
		var filed, over time.Time
		err := row.Scan(&filed, &over)
		read++
		if i := dayOf(flow, filed); i >= 0 {
			flow[i].add(filed, over)
			if !over.IsZero() {
				taken[i] = append(taken[i], over.Sub(filed))
			}
		}
		return err
	}, q, idAt(flow[0].Day), flowRead)
	for i := range flow {
		flow[i].Median = median(taken[i])
	}
	if read == flowRead {
		flow = wholeDays(flow)
	}
	return flow, err
}

// dayOf answers the index of the day that a moment lies in, -1 for none.
func dayOf(flow []FlowDay, at time.Time) int {
	for i := len(flow) - 1; i >= 0; i-- {
		if !at.Before(flow[i].Day) {
			return i
		}
	}
	return -1
}

func (d *FlowDay) add(filed, over time.Time) {
	d.Filed++
	if over.IsZero() {
		return
	}
	d.Over++
	if over.Before(d.Day.AddDate(0, 0, 1)) {
		d.Same++
	}
}

// wholeDays leaves out the days before the oldest request that was read, and its own: it may
// have had more.
func wholeDays(flow []FlowDay) []FlowDay {
	for i, d := range flow {
		if d.Filed > 0 {
			return flow[min(i+1, len(flow)-1):]
		}
	}
	return flow
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// A Pace is how one person decides today. It is shown to nobody else.
type Pace struct {
	Decided int
	Median  time.Duration // from one decision to the next; 0: fewer than two
	Last    time.Time     // when the last one took effect, of today or of a day before
}

// The bounds of a pace: whoever stops for longer has a break, and what waited longer than a
// quarter is not looked for.
const (
	paceBreak = 15 * time.Minute
	paceBack  = 90 * 24 * time.Hour
)

// Pace answers how the reader decides today.
func (r *Reader) Pace(ctx context.Context, by access.Actor) (Pace, error) {
	zone := r.calendar.Zone()
	y, m, d := r.store.Now().In(zone).Date()
	today := time.Date(y, m, d, 0, 0, 0, 0, zone)
	const q = `SELECT at FROM verdict WHERE actor_id = $1 AND change_id >= $2 AND at >= $3 ORDER BY at`
	times, err := list(r.store.View(ctx), "verdicts", func(row Row) (at time.Time, err error) {
		err = row.Scan(&at)
		return at, err
	}, q, by.ID, idAt(today.Add(-paceBack)), today)
	if err != nil {
		return Pace{}, err
	}
	if len(times) == 0 {
		var last time.Time
		const q = `SELECT MAX(at) FROM verdict WHERE actor_id = $1 AND change_id >= $2`
		err = r.store.View(ctx).Row(q, by.ID, idAt(today.Add(-paceBack))).Scan(&last)
		return Pace{Last: last}, err
	}
	var gaps []time.Duration
	for i := 1; i < len(times); i++ {
		if gap := times[i].Sub(times[i-1]); gap < paceBreak {
			gaps = append(gaps, gap)
		}
	}
	return Pace{Decided: len(times), Median: median(gaps), Last: times[len(times)-1]}, nil
}
