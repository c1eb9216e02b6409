package bench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
)

// Sync measures deliveries: to systems that take everything at once, over HTTP on loopback,
// beside the apply that raises them, from a commit to its acknowledgement, and beside a
// system that is dead.
func Sync(ctx context.Context, o Options) (lines []Line, err error) {
	r, err := newRace(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	outside, err := newOutskirts()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, outside.close()) }()
	for _, measure := range []func(context.Context) (Line, error){
		r.sinks, r.beside, r.acknowledged,
		func(ctx context.Context) (Line, error) { return r.overHooks(ctx, outside) },
		func(ctx context.Context) (Line, error) { return r.besideDead(ctx, outside) },
	} {
		line, err := measure(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// raisePage is how many deliveries of one system one act raises.
const raisePage = 500

// raise lets each system be owed a delivery of each of people.
func (g *ground) raise(ctx context.Context, systems []downstream.SystemID, people []customer.ID) error {
	for _, id := range systems {
		for from := 0; from < len(people); from += raisePage {
			err := g.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
				for _, p := range people[from:min(from+raisePage, len(people))] {
					tx.RaiseDelivery(id, p, 0)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// some draws n different customers, or all there are.
func (r *race) some(n int) []customer.ID {
	people := r.ground.people
	n = min(n, len(people))
	drawn := make([]customer.ID, n)
	for i, at := range r.chance.Perm(len(people))[:n] {
		drawn[i] = people[at]
	}
	return drawn
}

// sinks is what three systems take that take everything: the floor stores what acknowledging
// it stored.
func (r *race) sinks(ctx context.Context) (Line, error) {
	systems := following()
	var floor, ours []sample
	for range r.o.Rounds {
		people := r.some(r.o.Changes)
		r.tape.turn(true)
		err := r.ground.raise(ctx, systems, people)
		raised := r.tape.take()
		var a sample
		if err == nil {
			a, err = r.ground.drained(ctx, systems)
		}
		r.tape.turn(false)
		acts := r.tape.take()
		if err != nil {
			return Line{}, err
		}
		if _, err := r.floor.replay(1, len(raised), raised, nil); err != nil {
			return Line{}, err
		}
		b, err := r.floor.replay(len(systems), len(systems)*len(people), acts, nil)
		if err != nil {
			return Line{}, err
		}
		ours, floor = append(ours, a), append(floor, b)
	}
	line := versus("sync", "three systems that take everything", "deliveries/s", floor, ours)
	return line.judged(least("ours", 60_000)), nil
}

// drained lets a hand for each system work until nothing is due.
func (g *ground) drained(ctx context.Context, systems []downstream.SystemID) (sample, error) {
	var done atomic.Int64
	before, began := cpuTime(), time.Now()
	h := g.hire(ctx)
	for _, id := range systems {
		h.keep(g.counting(id, &done))
	}
	err := h.rest()
	return sampled(int(done.Load()), time.Since(began), cpuTime()-before, nil), err
}

// counting is delivering, counted.
func (g *ground) counting(id downstream.SystemID, done *atomic.Int64) func(context.Context) (int, error) {
	deliver := g.delivering(id)
	return func(ctx context.Context) (int, error) {
		n, err := deliver(ctx)
		done.Add(int64(n))
		return n, err
	}
}

// besideClients is how many change customers while systems are told.
const besideClients = 32

// beside is what systems are told of while customers are changed, and what is left of the
// changes.
func (r *race) beside(ctx context.Context) (Line, error) {
	systems, n := following(), r.o.changes(besideClients)
	var changed, undisturbed, told []sample
	for range r.o.Rounds {
		a, err := r.prefers(ctx, besideClients, n)
		if err != nil {
			return Line{}, err
		}
		if _, err := r.ground.drained(ctx, systems); err != nil {
			return Line{}, err
		}
		if err := r.ground.raise(ctx, systems, r.some(n)); err != nil {
			return Line{}, err
		}
		b, c, err := r.prefersBeside(ctx, systems, n)
		if err != nil {
			return Line{}, err
		}
		undisturbed, changed, told = append(undisturbed, a), append(changed, b), append(told, c)
	}
	line := alone("sync", "beside 32 clients that change", "deliveries/s", told)
	kept := 100 * median(changed, rateOf) / median(undisturbed, rateOf)
	line.Facts = append(line.Facts, Fact{"changes alone", "changes/s", median(undisturbed, rateOf)}, Fact{"changes kept", "%", kept})
	return line.judged(least("ours", 10_000), least("changes kept", 65)), nil
}

func rateOf(s sample) float64 { return s.rate }

// prefers is apply, alone.
func (r *race) prefers(ctx context.Context, clients, n int) (sample, error) {
	people := r.picks(n)
	return crowd(clients, n, func(_, i int) error { return r.ground.prefer(ctx, people[i], r.turn.Add(1)) })
}

// prefersBeside is apply while a hand for each system delivers; told is what was delivered
// in that time.
func (r *race) prefersBeside(ctx context.Context, systems []downstream.SystemID, n int) (changed, told sample, err error) {
	var done atomic.Int64
	h := r.ground.hire(ctx)
	for _, id := range systems {
		h.keep(r.ground.counting(id, &done))
	}
	began := time.Now()
	changed, err = r.prefers(h.ctx, besideClients, n)
	told = sampled(int(done.Load()), time.Since(began), 0, nil)
	return changed, told, errors.Join(err, h.rest())
}

// overHooks is what three systems take over signed webhooks on loopback.
func (r *race) overHooks(ctx context.Context, o *outskirts) (Line, error) {
	systems, err := o.connect(ctx, r.ground)
	if err != nil {
		return Line{}, err
	}
	var ours []sample
	for range r.o.Rounds {
		if err := r.ground.raise(ctx, systems, r.some(r.o.Changes)); err != nil {
			return Line{}, err
		}
		s, err := r.ground.drained(ctx, systems)
		if err != nil {
			return Line{}, err
		}
		ours = append(ours, s)
	}
	if heard, owed := o.calls(), r.o.Rounds*len(systems)*min(r.o.Changes, len(r.ground.people)); heard != owed {
		return Line{}, fmt.Errorf("the receivers were called %d times for %d deliveries", heard, owed)
	}
	return alone("sync", "three webhooks on loopback", "deliveries/s", ours).judged(least("ours", 5_000)), nil
}
