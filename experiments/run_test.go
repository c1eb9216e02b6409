package experiments

import (
	"flag"
	"testing"
	"time"
)

var (
	full = flag.Bool("full", false, "run each experiment in its full size")
	keep = flag.String("keep", "", "folder that keeps the outcomes as JSON")
	seed = flag.Uint64("seed", 20261122, "of whatever an experiment draws")
)

// A run is one experiment that is under way.
type run struct {
	*testing.T
	outcome Outcome
	began   time.Time
}

// begin starts an experiment. When its test ends, the outcome is kept, also of one that failed.
func begin(t *testing.T, trial Trial) *run {
	t.Helper()
	r := &run{T: t, began: time.Now(), outcome: Outcome{
		Trial: trial, Test: t.Name(), Full: *full, Seed: *seed, At: time.Now().UTC().Truncate(time.Second), Commit: Commit(), Machine: Machine(),
	}}
	t.Cleanup(r.end)
	return r
}

// size is how much of something this run does.
func (r *run) size(short, whole int) int {
	if *full {
		return whole
	}
	return short
}

// count keeps a number for the page.
func (r *run) count(n int, zh, en string) {
	r.outcome.Counts = append(r.outcome.Counts, Count{Words{zh, en}, int64(n)})
}

// must ends the experiment if its own machinery fails.
func (r *run) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *run) end() {
	r.outcome.Held = !r.Failed()
	r.outcome.Took = time.Since(r.began).Seconds()
	for _, c := range r.outcome.Counts {
		r.Logf("%-32s %d", c.What.EN, c.N)
	}
	if *keep == "" {
		return
	}
	if err := r.outcome.Keep(*keep); err != nil {
		r.Error(err)
	}
}
