package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
)

// Log measures the record of what happened: giving entries their places, what that costs the
// changes beside it, replaying the whole log, and proving that one entry is in it.
func Log(ctx context.Context, o Options) (lines []Line, err error) {
	r, err := found(ctx, o, func(ctx context.Context, g *ground) error { _, err := g.sequenced(ctx); return err })
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	for _, measure := range []func(context.Context) (Line, error){r.sequencer, r.besideSequencer, r.verified, r.proofs, r.warmProofs} {
		line, err := measure(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// sequenced gives every entry that waits its place.
func (g *ground) sequenced(ctx context.Context) (sample, error) {
	before, began, total := cpuTime(), time.Now(), 0
	for {
		n, err := g.desk.Sequence(ctx)
		if err != nil || n == 0 {
			return sampled(total, time.Since(began), cpuTime()-before, nil), err
		}
		total += n
	}
}

// logClients are how many change customers where entries are made.
const logClients = 32

// sequencer is how many entries get their places, beside how many the changes made.
func (r *race) sequencer(ctx context.Context) (Line, error) {
	var changed, placed []sample
	for range r.o.Rounds {
		a, err := r.prefers(ctx, logClients, r.o.Changes)
		if err != nil {
			return Line{}, err
		}
		b, err := r.ground.sequenced(ctx)
		if err != nil {
			return Line{}, err
		}
		changed, placed = append(changed, a), append(placed, b)
	}
	line := alone("log", "sequencer", "entries/s", placed)
	line.Facts = append(line.Facts, Fact{"times apply", "×", median(placed, rateOf) / median(changed, rateOf)})
	return line.judged(least("times apply", 10)), nil
}

// besideSequencer is what is left of the changes while their entries get their places.
func (r *race) besideSequencer(ctx context.Context) (Line, error) {
	var undisturbed, beside []sample
	for range r.o.Rounds {
		a, err := r.prefers(ctx, logClients, r.o.Changes)
		if err != nil {
			return Line{}, err
		}
		if _, err := r.ground.sequenced(ctx); err != nil {
			return Line{}, err
		}
		h := r.ground.hire(ctx)
		h.keep(r.ground.sequencing)
		b, err := r.prefers(h.ctx, logClients, r.o.Changes)
		if err = errors.Join(err, h.rest()); err != nil {
			return Line{}, err
		}
		undisturbed, beside = append(undisturbed, a), append(beside, b)
	}
	line := alone("log", "changes beside the sequencer", "changes/s", beside)
	kept := 100 * median(beside, rateOf) / median(undisturbed, rateOf)
	line.Facts = append(line.Facts, Fact{"alone", "changes/s", median(undisturbed, rateOf)}, Fact{"kept", "%", kept})
	return line.judged(least("kept", 95)), nil
}

// verifyAtMost bounds the leaves that are held in memory, so that reading them is no part of
// what is measured.
const verifyAtMost = 500_000

// verified is the replay of the log from its first leaf, reading apart; where all of it was
// held, it must match the signed head.
func (r *race) verified(ctx context.Context) (Line, error) {
	head, err := r.head(ctx)
	if err != nil {
		return Line{}, err
	}
	leaves, err := r.leaves(ctx, min(head.Size, verifyAtMost))
	if err != nil {
		return Line{}, err
	}
	var ours []sample
	for range r.o.Rounds {
		var replay audit.Replay
		before := cpuTime()
		elapsed, err := took(func() error {
			for _, leaf := range leaves {
				if err := replay.Add(leaf); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil && replay.Size() == head.Size {
			err = replay.Match(head)
		}
		if err != nil {
			return Line{}, err
		}
		ours = append(ours, sampled(len(leaves), elapsed, cpuTime()-before, nil))
	}
	return alone("log", "replay", "entries/s", ours).judged(least("ours", 500_000)), nil
}

func (r *race) head(ctx context.Context) (audit.Checkpoint, error) {
	key, err := r.ground.desk.LogKey(ctx)
	if err != nil {
		return audit.Checkpoint{}, err
	}
	log, err := note.NewVerifier(key)
	if err != nil {
		return audit.Checkpoint{}, err
	}
	_, signed, err := r.ground.store.View(ctx).Head()
	if err != nil {
		return audit.Checkpoint{}, err
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), log)
	return head, err
}

func (r *race) leaves(ctx context.Context, n int64) ([][]byte, error) {
	const page = 10_000
	var all [][]byte
	for int64(len(all)) < n {
		read, err := r.ground.store.View(ctx).Leaves(int64(len(all)), int(min(page, n-int64(len(all)))))
		if err != nil || len(read) == 0 {
			return nil, errors.Join(err, fmt.Errorf("the log ends at %d of %d", len(all), n))
		}
		for _, l := range read {
			all = append(all, l.Leaf)
		}
	}
	return all, nil
}
