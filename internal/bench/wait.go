package bench

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
	"amend/internal/work"
)

// idleChanges is how many changes are made one by one, each when nothing else is going on.
const idleChanges = 200

// acknowledged is how long it takes, on an idle machine and with the real work loop, from the
// commit of a change until a system's acknowledgement of it is on disk.
func (r *race) acknowledged(ctx context.Context) (Line, error) {
	if _, err := r.ground.drained(ctx, following()); err != nil {
		return Line{}, err
	}
	if err := r.ground.loop(ctx, nil); err != nil {
		return Line{}, err
	}
	w := &watch{systems: len(following()), acked: make(chan time.Time, 64), idle: make(chan struct{}, 1)}
	if err := errors.Join(r.ground.close(), r.ground.open(ctx, w.look)); err != nil {
		return Line{}, err
	}
	running, stop := context.WithCancel(ctx)
	loop := work.New(work.Config{Desk: r.ground.desk, Timer: w.timer})
	var ends sync.WaitGroup
	ends.Go(func() { loop.Run(running) })
	line, err := r.timed(ctx, w)
	stop()
	ends.Wait()
	return line, errors.Join(err, r.ground.close(), r.ground.open(ctx, r.tape.record))
}

// timed makes the changes, and waits for the loop between them.
func (r *race) timed(ctx context.Context, w *watch) (Line, error) {
	n := min(idleChanges, r.o.Changes)
	var waits []time.Duration
	for _, id := range r.picks(n) {
		if err := w.rests(ctx); err != nil {
			return Line{}, err
		}
		if err := r.ground.prefer(ctx, id, r.turn.Add(1)); err != nil {
			return Line{}, err
		}
		committed := time.Now()
		for range w.systems {
			select {
			case at := <-w.acked:
				waits = append(waits, max(at.Sub(committed), time.Microsecond))
			case <-ctx.Done():
				return Line{}, ctx.Err()
			}
		}
	}
	total := time.Duration(0)
	for _, wait := range waits {
		total += wait
	}
	s := sampled(len(waits), total, 0, waits)
	line := alone("sync", "from commit to acknowledged, idle", "deliveries/s", []sample{s})
	return line.judged(most("p99", 5)), nil
}

// A watch sees, through the store's tap and the loop's timer, when a delivery was acknowledged
// and when the loop has nothing to do.
type watch struct {
	systems int
	acked   chan time.Time
	idle    chan struct{}
}

// look is the tap: an acknowledgement is the one act that saves a delivery.
func (w *watch) look(act []store.Statement) {
	for _, st := range act {
		if strings.HasPrefix(st.Query, "UPDATE delivery SET acked_version") {
			w.acked <- time.Now()
		}
	}
}

// keeping is how long the loop's other timer waits, which renews what it holds.
const keeping = 5 * time.Second

// timer is the loop's: it is asked for a wait when nothing was found to do, and beside that
// for its patience with a turn.
func (w *watch) timer(d time.Duration) <-chan time.Time {
	if d < keeping && d != work.Patience {
		select {
		case w.idle <- struct{}{}:
		default:
		}
	}
	return time.After(d)
}

// rests waits until the loop has looked and found nothing.
func (w *watch) rests(ctx context.Context) error {
	select { // what was said before the last change counts no more
	case <-w.idle:
	default:
	}
	select {
	case <-w.idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// besideDead is what three systems take by the work loop while a fourth, owed as much, does
// not answer.
func (r *race) besideDead(ctx context.Context, o *outskirts) (Line, error) {
	at, err := deadAddress()
	if err != nil {
		return Line{}, err
	}
	const dead = overHTTP + "-dead"
	err = errors.Join(r.ground.hook(ctx, dead, at, o.receivers[0].Secret()), r.ground.loop(ctx, nil))
	if err != nil {
		return Line{}, err
	}
	var well, beside []sample
	for range r.o.Rounds {
		people := r.some(r.o.Changes / 4)
		a, err := r.looped(ctx, people, nil)
		if err != nil {
			return Line{}, err
		}
		b, err := r.looped(ctx, people, []downstream.SystemID{dead})
		if err != nil {
			return Line{}, err
		}
		well, beside = append(well, a), append(beside, b)
	}
	line := alone("sync", "beside a system that is dead", "deliveries/s", beside)
	kept := 100 * median(beside, rateOf) / median(well, rateOf)
	line.Facts = append(line.Facts, Fact{"without it", "deliveries/s", median(well, rateOf)}, Fact{"kept", "%", kept})
	return line.judged(least("kept", 95)), nil
}

// looped lets the work loop tell the three systems of people. The dead are owed them too, and
// are tried afresh.
func (r *race) looped(ctx context.Context, people []customer.ID, dead []downstream.SystemID) (sample, error) {
	if err := r.ground.raise(ctx, append(following(), dead...), people); err != nil {
		return sample{}, err
	}
	err := r.ground.store.Write(ctx, "", func(tx *store.Tx) error {
		for _, id := range dead {
			tx.MarkSystem(id, time.Time{}, time.Time{}, 0)
		}
		return nil
	})
	if err != nil {
		return sample{}, err
	}
	owed := len(people) * len(following())
	before, began := cpuTime(), time.Now()
	err = r.ground.loop(ctx, following())
	return sampled(owed, time.Since(began), cpuTime()-before, nil), err
}

// loop lets the work loop do what is due until systems wait for nothing; without systems,
// until nothing is due at all.
func (g *ground) loop(ctx context.Context, systems []downstream.SystemID) error {
	loop := work.New(work.Config{Desk: g.desk})
	defer loop.Release(ctx)
	for {
		w, err := g.desk.Waiting(ctx)
		if err != nil {
			return err
		}
		owed := slices.ContainsFunc(w.Systems, func(id downstream.SystemID) bool { return slices.Contains(systems, id) })
		if systems != nil && !owed {
			return nil
		}
		did, err := loop.Once(ctx)
		if err != nil || did == 0 {
			return err
		}
	}
}
