package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"amend/access"
	"amend/customer"
	"amend/desk"
)

// Apply measures the engine: one preference field of one customer is filed, decided,
// applied, logged and raised for three systems by one act. The floor stores the very
// statements that ours were stored with, on a twin of the database.
func Apply(ctx context.Context, o Options) (lines []Line, err error) {
	r, err := newRace(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	for _, clients := range o.Clients {
		line, err := r.apply(ctx, clients)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// A race is ours and the floor on twins of one database.
type race struct {
	o      Options
	place  place
	ground *ground
	floor  *floor
	twin   string // its database
	tape   *tape
	turn   atomic.Int64 // of acts: the value that the next one writes
	chance *rand.Rand
}

// newRace is found, with the floor on a twin of that.
func newRace(ctx context.Context, o Options, prepare ...func(context.Context, *ground) error) (_ *race, err error) {
	r, err := found(ctx, o, prepare...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close(ctx))
		}
	}()
	if err := r.ground.close(); err != nil {
		return nil, err
	}
	if r.twin, err = r.place.twin(ctx, r.ground.url, "floor"); err != nil {
		return nil, err
	}
	if r.floor, err = openFloor(ctx, r.twin); err != nil {
		return nil, err
	}
	return r, r.ground.open(ctx, r.tape.record)
}

// found copies the house with its customers, connects the systems, and lets prepare do what else must be
// there before anything is measured.
func found(ctx context.Context, o Options, prepare ...func(context.Context, *ground) error) (_ *race, err error) {
	r := &race{o: o, tape: &tape{}, chance: rand.New(rand.NewPCG(o.Seed, 1))}
	if r.place, err = openPlace(o.URL); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.close(ctx))
		}
	}()
	if r.ground, err = o.stock.copied(ctx, o, r.place, r.tape.record); err != nil {
		return nil, err
	}
	err = r.ground.connect(ctx)
	for _, step := range prepare {
		if err == nil {
			err = step(ctx, r.ground)
		}
	}
	return r, err
}

func (r *race) close(ctx context.Context) error {
	var errs []error
	if r.ground != nil {
		errs = append(errs, r.ground.close())
	}
	if r.floor != nil {
		errs = append(errs, r.floor.close())
	}
	return errors.Join(append(errs, r.place.clear(ctx))...)
}

// apply lets ours and the floor take turns.
func (r *race) apply(ctx context.Context, clients int) (Line, error) {
	n := r.o.changes(clients)
	var floor, ours []sample
	for range r.o.Rounds {
		a, b, err := r.round(ctx, clients, n)
		if err != nil {
			return Line{}, err
		}
		ours, floor = append(ours, a), append(floor, b)
	}
	line := versus("apply", fmt.Sprintf("%d clients", clients), "changes/s", floor, ours)
	return line.judged(applyGoals(clients)...), nil
}

func (r *race) round(ctx context.Context, clients, n int) (ours, floor sample, err error) {
	people := r.picks(n)
	r.tape.turn(true)
	ours, err = crowd(clients, n, func(_, i int) error { return r.ground.prefer(ctx, people[i], r.turn.Add(1)) })
	r.tape.turn(false)
	if err != nil {
		return ours, floor, err
	}
	acts := r.tape.take()
	floor, err = crowd(clients, len(acts), func(_, i int) error { return r.floor.do(acts[i]) })
	return ours, floor, err
}

// picks draws n customers, evenly.
func (r *race) picks(n int) []customer.ID {
	picked := make([]customer.ID, n)
	for i := range picked {
		picked[i] = r.ground.people[r.chance.IntN(len(r.ground.people))]
	}
	return picked
}

func applyGoals(clients int) []Goal {
	goals := []Goal{least("ratio", 0.85)}
	switch clients {
	case 32:
		goals = append(goals, most("p99", 20))
	case 128:
		goals = append(goals, most("p99", 50))
	}
	return goals
}

// interests is the value that the turn-th act writes.
func interests(turn int64) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`["travel","window seat %d"]`, turn))
}

// prefer changes one preference of a customer who is signed in at the company's own site.
// Every turn writes another value, so that no act finds nothing to change.
func (g *ground) prefer(ctx context.Context, id customer.ID, turn int64) error {
	by := access.Actor{ID: string(id), Sort: access.Customer, Via: "bench"}
	_, err := g.desk.Propose(ctx, by, desk.Proposal{
		Record: id, Channel: "portal", Reason: "as the customer likes it",
		Items: []desk.Proposed{{Key: "interests", Value: interests(turn)}},
	})
	return err
}
