package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/policy"
)

// Judged calls with for every item that was filed since a time, with what the policy was told
// of it and what came of it: the history that a draft of a policy is tried on. It holds fields
// and enumerations, never a value. It streams: a year of requests takes no more memory than one.
func (r *Reader) Judged(ctx context.Context, by access.Actor, since time.Time, with func(policy.Recorded) error) error {
	if err := may(by, access.ReadPolicy); err != nil {
		return err
	}
	const q = `SELECT j.change_id, j.item, j.facts, c.state FROM judged j JOIN change_request c ON c.id = j.change_id
		WHERE j.change_id >= $1 ORDER BY j.change_id, j.item`
	return r.store.View(ctx).each("judged items", func(row Row) error {
		var one policy.Recorded
		var state change.State
		if err := row.Scan(&one.Change, &one.Item, &one.Facts, &state); err != nil {
			return err
		}
		one.End = endOf(state)
		return with(one)
	}, q, idAt(since))
}

// endOf is how a request in a state came out.
func endOf(s change.State) policy.End {
	switch s {
	case change.Applied, change.Confirmed, change.Unconfirmed:
		return policy.Applied
	case change.Disputed, change.Kept:
		return policy.Disputed
	case change.Reverted:
		return policy.PutBack
	case change.Refused, change.Withdrawn, change.Expired, change.Failed, change.Superseded:
		return policy.NotDone
	}
	return policy.StillOpen
}

// PolicyVersions answers every version that the house made, the newest first.
func (r *Reader) PolicyVersions(ctx context.Context, by access.Actor) ([]PolicyVersion, error) {
	if err := may(by, access.ReadPolicy); err != nil {
		return nil, err
	}
	return r.store.View(ctx).PolicyVersions()
}

// A DecisionPace is how long a decision takes here: the median between one and the next of the
// same person, breaks left out.
type DecisionPace struct {
	Median time.Duration
	Of     int // gaps that it is the median of
}

// DecisionPace answers it for everybody's decisions since a time. Nobody is named: it is how a
// policy's work is told in hours, never how a person is judged.
func (r *Reader) DecisionPace(ctx context.Context, by access.Actor, since time.Time) (DecisionPace, error) {
	if err := may(by, access.ReadPolicy); err != nil {
		return DecisionPace{}, err
	}
	var gaps []time.Duration
	var who string
	var last time.Time
	err := r.store.View(ctx).each("decisions", func(row Row) error {
		var actor string
		var at time.Time
		if err := row.Scan(&actor, &at); err != nil {
			return err
		}
		if gap := at.Sub(last); actor == who && gap < paceBreak {
			gaps = append(gaps, gap)
		}
		who, last = actor, at
		return nil
	}, `SELECT actor_id, at FROM verdict WHERE at >= $1 ORDER BY actor_id, at`, since)
	if err != nil {
		return DecisionPace{}, fmt.Errorf("read the pace of decisions: %w", err)
	}
	slices.Sort(gaps)
	return DecisionPace{Median: median(gaps), Of: len(gaps)}, nil
}
