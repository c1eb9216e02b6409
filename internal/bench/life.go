package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"amend/internal/store"
)

// Life measures whole lives of a change: a phone number that is changed on the hotline, two
// codes, an approval, the apply, three systems and every message. A life is lived when
// the last of that is on disk. The floor stores the same acts, each after those of its life.
func Life(ctx context.Context, o Options) (lines []Line, err error) {
	c := &crew{}
	r, err := newRace(ctx, o, func(ctx context.Context, g *ground) error {
		c.g = g
		o.say("开户 %d 位客户", "enrolling %d customers", o.lives(2))
		return c.gather(ctx, o.lives(2))
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	for _, clients := range []int{1, 8, 32} {
		line, err := r.lives(ctx, c, clients)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// lives is how many lives one round leads: each is some sixteen acts.
func (o Options) lives(clients int) int { return max(o.changes(clients)/8, 1) }

func (r *race) lives(ctx context.Context, c *crew, clients int) (Line, error) {
	n := r.o.lives(clients)
	var ours, floor []sample
	var acts [][]store.Statement
	for range r.o.Rounds {
		a, err := r.led(ctx, c, clients, n)
		if err != nil {
			return Line{}, err
		}
		acts = r.tape.take()
		b, err := r.floor.replay(clients+len(following())+1, n, acts, c.shared())
		if err != nil {
			return Line{}, err
		}
		ours, floor = append(ours, a), append(floor, b)
	}
	line := versus("life", fmt.Sprintf("%d clients", clients), "lives/s", floor, ours)
	line.Facts = append(line.Facts, Fact{"commits", "a life", float64(len(acts)) / float64(n)}, Fact{"statements", "a life", float64(counted(acts)) / float64(n)})
	if err := r.weigh(ctx, c, clients, &line); err != nil {
		return Line{}, err
	}
	return line.judged(lifeGoals(r.place.database(), clients)...), nil
}

// led is one round of ours: clients lead lives while a hand for each system, and one for the
// messages, do what falls due. It ends when nothing is due any more.
func (r *race) led(ctx context.Context, c *crew, clients, n int) (sample, error) {
	c.g.ahead += rest
	r.tape.turn(true)
	defer r.tape.turn(false)
	h := c.g.hire(ctx)
	h.keep(c.g.telling)
	for _, id := range following() {
		h.keep(c.g.delivering(id))
	}
	before, began := cpuTime(), time.Now()
	s, err := crowd(clients, n, func(_, i int) error { return c.live(h.ctx, c.people[i]) })
	if err = errors.Join(err, h.rest()); err != nil {
		return s, err
	}
	all := sampled(n, time.Since(began), cpuTime()-before, nil)
	all.p50, all.p99 = s.p50, s.p99
	return all, c.lived(ctx, c.people[0])
}

// weigh adds how many pages a life dirties, where the log of the database shows it: a further
// round, of which every act is committed by itself.
func (r *race) weigh(ctx context.Context, c *crew, clients int, line *Line) error {
	path, ok := r.floorFile()
	if !ok {
		return nil
	}
	n := max(r.o.lives(clients)/8, 1)
	if _, err := r.led(ctx, c, clients, n); err != nil {
		return err
	}
	pages, err := dirtied(path, r.tape.take())
	line.Facts = append(line.Facts, Fact{"pages", "a life", float64(pages) / float64(n)})
	return err
}

func counted(acts [][]store.Statement) (n int) {
	for _, act := range acts {
		n += len(act)
	}
	return n
}

// shared are the ids that acts of different lives have in common, and that put none of them
// behind another.
func (c *crew) shared() map[string]bool {
	return map[string]bool{c.agent.ID: true, c.seer.ID: true, c.approver.ID: true, c.second.ID: true}
}

func lifeGoals(database string, clients int) []Goal {
	goals := []Goal{least("ratio", 0.60)}
	switch {
	case clients != 32:
	case database == "sqlite":
		goals = append(goals, least("ours", 700))
	default:
		goals = append(goals, least("ours", 1000))
	}
	return goals
}
