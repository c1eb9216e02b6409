package store

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"amend/customer"
)

// The search tokens of a load belong in as many places as there are tokens. Each draft of a
// load leaves its own as one sorted run, which costs little, and many runs are merged at a
// time. Until then whoever asks who holds a token looks into every run too, so that who is
// in an unfinished load is met like anybody else. There are some hundred runs at most, and
// none while nothing is loaded.

// spool is how a token is left in a run.
const spool = `INSERT INTO token_new (run, hash, record_id) VALUES ($1, $2, $3)`

// Spooled answers how many search tokens a draft has spooled.
func (tx *Tx) Spooled() int { return tx.spooled }

// endRun puts the tokens of a draft in the order in which they will stand.
func (tx *Tx) endRun() {
	i, spooled := tx.bulk[spool]
	if !spooled {
		return
	}
	slices.SortFunc(tx.act.statements[i].rows, func(a, b []any) int { return cmp.Compare(a[1].(int64), b[1].(int64)) })
	tx.Exec(`INSERT INTO token_run (run, load) VALUES ($1, $2)`, tx.run, tx.load)
}

// runsOfSlice is how many runs a merge takes a slice more for: some ten thousand tokens are
// sorted by one act, which is short, and takes no more memory than that however large the
// index is.
const runsOfSlice = 4

// MergeSlices answers in how many acts the spooled tokens of a load should be merged; 0 if
// there are none.
func (v View) MergeSlices(load string) (n int, err error) {
	var spooled int
	err = v.Row(`SELECT COUNT(*) FROM token_run WHERE load = $1`, load).Scan(&spooled)
	if err != nil {
		err = fmt.Errorf("count runs: %w", err)
	}
	return (spooled + runsOfSlice - 1) / runsOfSlice, err
}

// MergeTokens puts one slice of the spooled search tokens of a load in their places, and with
// the last one ends its runs. Whoever calls it holds the load's run by compare-and-set, in
// the same act and before.
func (tx *Tx) MergeTokens(load string, slice, of int) {
	const spooled = ` token_new WHERE run IN (SELECT run FROM token_run WHERE load = $1) AND hash BETWEEN $2 AND $3`
	width := math.MaxUint64/uint64(of) + 1 // 0 for a single slice: all of them
	first := int64(uint64(slice)*width ^ 1<<63)
	last := int64(uint64(slice+1)*width - 1 ^ 1<<63)
	if slice == of-1 {
		last = math.MaxInt64
	}
	tx.alter(merging)
	tx.Exec(`INSERT INTO token (hash, record_id) SELECT hash, record_id FROM`+spooled+` ORDER BY hash, record_id ON CONFLICT DO NOTHING`, load, first, last)
	tx.Exec(`DELETE FROM`+spooled, load, first, last)
	if slice == of-1 {
		tx.Exec(`DELETE FROM token_run WHERE load = $1`, load)
	}
}

// unmerged answers the runs that are not merged yet.
func (v View) unmerged() ([]string, error) {
	return scanIDs[string](v, `SELECT run FROM token_run`)
}

// dropTokens takes tokens of a record away, wherever they stand. A merge that carries them
// from their run to their place meanwhile is waited for: in the middle of it they stand in
// both, and one of them cannot be seen. An act waits before it writes any token itself.
func (tx *Tx) dropTokens(id customer.ID, gone []int64) {
	if len(gone) == 0 {
		return
	}
	unmerged, err := tx.unmerged()
	tx.fail(err)
	if len(unmerged) > 0 {
		tx.rely(merging)
	}
	for _, t := range gone {
		for _, run := range unmerged {
			tx.Exec(`DELETE FROM token_new WHERE run = $1 AND hash = $2 AND record_id = $3`, run, t, id)
		}
		tx.Exec(`DELETE FROM token WHERE hash = $1 AND record_id = $2`, t, id)
	}
}

// sharing is the question whether anybody but a record holds a value, by its search token.
type sharing struct {
	but   customer.ID
	token int64
}

func (v View) ask(s sharing) (bool, error) {
	const q = `SELECT record_id FROM token WHERE hash = $1 AND record_id <> $2
		UNION ALL SELECT other FROM (SELECT (SELECT n.record_id FROM token_new n WHERE n.run = r.run AND n.hash = $1 AND n.record_id <> $2 LIMIT 1) AS other
			FROM token_run r) AS spooled WHERE other IS NOT NULL LIMIT 1`
	var other string
	err := v.Row(q, s.token, s.but).Scan(&other)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for shared values: %w", err)
	}
	return true, nil
}
