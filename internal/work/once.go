package work

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"amend/change"
	"amend/desk"
	"amend/downstream"
	"amend/fault"
)

// The budgets: how many rows of a kind one round does before the next kind has its turn.
const (
	requestBudget  = 100
	deliveryBudget = 200 // of each system; one flush for so many, and a slow one is left sooner
	noticeBudget   = 100
	holdBudget     = 100
)

// tidyEvery is how often what only serves repeats and counting is dropped.
const tidyEvery = 24 * time.Hour

// Once does what is due now, each kind in its turn and within its budget, and answers how
// many rows it did. The failures of one kind never keep the others from their turn.
func (l *Loop) Once(ctx context.Context) (int, error) { return l.round(ctx, l.turn) }

// round is Once, with a way to give a turn.
func (l *Loop) round(ctx context.Context, give func(context.Context, turn) (int, error)) (int, error) {
	waits, err := l.desk.Waiting(ctx)
	if err != nil {
		return 0, err
	}
	total := 0
	var errs []error
	for _, t := range l.turns(waits) {
		did, err := give(ctx, t)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.kind, err))
		}
		total += did
	}
	return total, errors.Join(errs...)
}

// A turn is one kind of work on one shard.
type turn struct {
	kind, shard string
	do          func(context.Context) (int, error)
}

// turns lists the kinds that have something to do, in the order they are done.
func (l *Loop) turns(waits desk.Waiting) []turn {
	var list []turn
	add := func(wanted bool, kind, shard string, do func(context.Context) (int, error)) {
		if wanted {
			list = append(list, turn{kind, shard, do})
		}
	}
	add(waits.Requests, "request", "request", l.requests)
	for _, id := range waits.Systems {
		add(true, "delivery", "system "+string(id), l.deliveries(id))
	}
	add(waits.Notices, "notice", "notice", func(ctx context.Context) (int, error) { return l.desk.Tell(ctx, noticeBudget) })
	add(waits.Holds, "hold", "hold", func(ctx context.Context) (int, error) { return l.desk.EndHolds(ctx, holdBudget) })
	now := l.desk.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	add(waits.Entries || !l.witnessed, "log", "log", l.sequence)                      // nobody outside waits for an entry's place
	add(now.Sub(l.tidied) >= tidyEvery || now.Before(l.seen), "tidy", "tidy", l.tidy) // or the clock went back
	if now.After(l.seen) {
		l.seen = now
	}
	return list
}

// turn gives one kind its turn if this process may work on its shard; a panic in it is its
// own failure and nobody else's.
func (l *Loop) turn(ctx context.Context, t turn) (did int, err error) {
	if ctx.Err() != nil {
		return 0, nil
	}
	err = l.hold(ctx, t.shard, func() error {
		return l.caught(ctx, func() (err error) {
			did, err = t.do(ctx)
			return err
		})
	})
	if err != nil && ctx.Err() != nil {
		return did, nil // stopped by our own caller: what was not done is due still
	}
	if err != nil {
		l.log.ErrorContext(ctx, "work failed", "kind", t.kind, "shard", t.shard, "error", err)
	}
	l.done(t.kind, did, err)
	return did, err
}

// errPanic is what a panic becomes: its own words may hold anything, so they are dropped.
var errPanic = fault.New(fault.Internal, "panic")

// caught runs do and turns its panic into errPanic. The log gets where it happened.
func (l *Loop) caught(ctx context.Context, do func() error) (err error) {
	defer func() {
		if recover() != nil {
			l.log.ErrorContext(ctx, "panic", "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	err = do()
	var aside *desk.Panic
	if errors.As(err, &aside) {
		l.log.ErrorContext(ctx, "panic", "stack", aside.Stack)
	}
	return err
}

// sequence places new entries in the log and shows the head to the witness, again and
// again until the witness has it.
func (l *Loop) sequence(ctx context.Context) (int, error) {
	did, err := l.desk.Sequence(ctx)
	if err != nil {
		return did, err
	}
	l.saw(false)
	if err := l.desk.Witness(ctx); err != nil {
		return did, err
	}
	l.saw(true)
	return did, nil
}

// saw notes whether the witness has seen the head.
func (l *Loop) saw(head bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.witnessed = head
}

// requests rings every request whose time has come. One that fails is put off, and its
// neighbours go on.
func (l *Loop) requests(ctx context.Context) (int, error) {
	due, err := l.desk.DueRequests(ctx, requestBudget)
	if err != nil {
		return 0, err
	}
	for _, id := range due {
		if err := l.request(ctx, id); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

func (l *Loop) request(ctx context.Context, id change.ID) error {
	err := l.caught(ctx, func() error { return l.desk.Due(ctx, id) })
	if err == nil || ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable {
		return err // the database's trouble is not the row's
	}
	l.log.ErrorContext(ctx, "request put off", "change", id, "error", err)
	return l.desk.PostponeDue(ctx, id, reason(err))
}

// reason is what is kept of a failure: its code, or that it had none.
func reason(err error) string {
	if code := fault.CodeOf(err); code != "" {
		return code
	}
	return "internal"
}

func (l *Loop) deliveries(id downstream.SystemID) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return l.desk.Deliver(ctx, id, deliveryBudget) }
}

func (l *Loop) tidy(ctx context.Context) (int, error) {
	if err := l.desk.Tidy(ctx); err != nil {
		return 0, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tidied = l.desk.Now()
	l.seen = l.tidied
	return 0, nil
}
