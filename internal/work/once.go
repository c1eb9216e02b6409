package work

import (
	"context"
	"errors"
	"fmt"
	"time"

	"amend/change"
	"amend/downstream"
	"amend/fault"
)

// The budgets: how many rows of a kind one round does before the next kind has its turn.
const (
	requestBudget  = 100
	deliveryBudget = 50 // of each system
	noticeBudget   = 100
	holdBudget     = 100
)

// tidyEvery is how often what only serves repeats and counting is dropped.
const tidyEvery = 24 * time.Hour

// Once does what is due now, each kind in its turn and within its budget, and answers how
// many rows it did. The failures of one kind never keep the others from their turn.
func (l *Loop) Once(ctx context.Context) (int, error) {
	total := 0
	var errs []error
	turn := func(kind, shard string, do func(context.Context) (int, error)) {
		did, err := l.turn(ctx, shard, do)
		if did > 0 || err != nil {
			l.done(kind, did, err)
		}
		if err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "work failed", "kind", kind, "shard", shard, "error", err)
			errs = append(errs, fmt.Errorf("%s: %w", kind, err))
		}
		total += did
	}
	turn("log", "log", l.sequence)
	turn("request", "request", l.requests)
	systems, err := l.desk.SystemsToTell(ctx)
	if err != nil {
		errs = append(errs, err)
	}
	for _, id := range systems {
		turn("delivery", "system "+string(id), l.deliveries(id))
	}
	turn("notice", "notice", func(ctx context.Context) (int, error) { return l.desk.Tell(ctx, noticeBudget) })
	turn("hold", "hold", func(ctx context.Context) (int, error) { return l.desk.EndHolds(ctx, holdBudget) })
	if l.desk.Now().Sub(l.tidied) >= tidyEvery {
		turn("tidy", "tidy", l.tidy)
	}
	return total, errors.Join(errs...)
}

// turn gives one kind its turn if this process may work on its shard; a panic in it is its
// own failure and nobody else's.
func (l *Loop) turn(ctx context.Context, shard string, do func(context.Context) (int, error)) (did int, err error) {
	if ctx.Err() != nil {
		return 0, nil
	}
	_, err = l.hold(ctx, shard, func() error {
		return caught(func() (err error) {
			did, err = do(ctx)
			return err
		})
	})
	return did, err
}

// errPanic is what a panic becomes: its own words may hold anything, so they are dropped.
var errPanic = fault.New(fault.Internal, "panic")

// caught runs do and turns its panic into errPanic.
func caught(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errPanic
			if cause, ok := r.(error); ok && fault.CodeOf(cause) != "" {
				err = fmt.Errorf("%w: %s", errPanic, fault.CodeOf(cause))
			}
		}
	}()
	return do()
}

// sequence places new entries in the log, and shows the head to the witness if it moved.
func (l *Loop) sequence(ctx context.Context) (int, error) {
	did, err := l.desk.Sequence(ctx)
	if err != nil || did == 0 {
		return did, err
	}
	return did, l.desk.Witness(ctx)
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
	err := caught(func() error { return l.desk.Due(ctx, id) })
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
	l.tidied = l.desk.Now()
	return 0, nil
}
