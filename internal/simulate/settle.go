package simulate

import (
	"context"
	"time"

	"amend/access"
	"amend/change"
	"amend/desk"
)

// The bounds of coming to rest.
const (
	restWithin = 500 * 24 * time.Hour // longer than every timer and every effective date
	maxRounds  = 80                   // of the loop without much time going by
	maxJumps   = 400
	otherLease = 10 * time.Minute // a shard that another node held is free then, whatever clocks say
)

// settle lets the world come to rest: everything outside works, no machine stops, people do
// what is left for them to do, and time goes by until nothing falls due any more.
func (w *world) settle() {
	w.calm = true
	w.pass(otherLease)
	until := w.now.Add(restWithin)
	for i := range maxJumps {
		w.quiet(w.nodes[i%len(w.nodes)])
		if i%4 == 0 {
			w.mend()
		}
		at, any := w.nextDue()
		if !any || at.After(until) || w.asks.Err() != nil {
			return
		}
		if jump := at.Sub(w.now); jump > 0 {
			w.pass(jump)
		}
		w.pass(maxSkew + 36*time.Hour) // every node's clock is behind it then, and what falls due soon comes along
	}
	w.broken(Rest, "there is always something due")
}

// quiet works on one node until it finds nothing to do. The shards are free before: time
// has gone by.
func (w *world) quiet(n *node) {
	for range maxRounds {
		if w.work(n) == 0 {
			w.keepHead()
			return
		}
		w.pass(5 * time.Second)
	}
	w.broken(Rest, "the work never ends")
}

// mend is what people do in the end: they decide every dispute and look after every
// delivery that stopped.
func (w *world) mend() {
	for _, r := range w.frozen() {
		outcome := change.Resume
		if !r.AppliedAt.IsZero() {
			outcome = change.Keep
		}
		for _, by := range w.crew {
			if w.send("decide", func(ctx context.Context, d *desk.Desk) error { return d.Decide(ctx, by, r.ID, outcome, "in the end") }) == nil {
				break
			}
		}
	}
	open, err := w.view().Exceptions(1000)
	if err != nil {
		w.broken(Program, "read exceptions: %v", err)
	}
	ivy := w.one(access.Integrator)
	for _, x := range open {
		_ = w.send("retry", func(ctx context.Context, d *desk.Desk) error { return d.Retry(ctx, ivy, x.System, x.Record) })
	}
}

// frozen answers the requests that a dispute holds.
func (w *world) frozen() []change.Request {
	var all []change.Request
	rows, err := w.view().Rows(`SELECT id FROM change_request WHERE state = 'disputed' ORDER BY id`)
	if err != nil {
		w.broken(Program, "read disputes: %v", err)
		return nil
	}
	for rows.Next() {
		var id change.ID
		if rows.Scan(&id) != nil {
			continue
		}
		if r, ok := w.request(id); ok {
			all = append(all, r)
		}
	}
	return all
}

// nextDue answers when something falls due next.
func (w *world) nextDue() (time.Time, bool) {
	const q = `SELECT MIN(at) FROM (
		SELECT MIN(due_at) AS at FROM change_request WHERE due_at IS NOT NULL
		UNION ALL SELECT MIN(due_at) FROM delivery WHERE due_at IS NOT NULL
		UNION ALL SELECT MIN(due_at) FROM notice WHERE due_at IS NOT NULL
		UNION ALL SELECT MIN(due_at) FROM hold WHERE due_at IS NOT NULL)`
	var at time.Time
	if err := w.view().Row(q).Scan(&at); err != nil {
		w.broken(Program, "look what is due: %v", err)
	}
	return at, !at.IsZero()
}

// keepHead remembers the signed head of the log, as a witness would.
func (w *world) keepHead() {
	_, head, err := w.view().Head()
	if err != nil {
		w.broken(Program, "read the head: %v", err)
		return
	}
	if n := len(w.heads); head != "" && (n == 0 || w.heads[n-1] != head) {
		w.heads = append(w.heads, head)
	}
}
