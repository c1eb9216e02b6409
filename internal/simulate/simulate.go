// Package simulate plays the whole program on one goroutine, stepped by a seed: the real
// store, desk and work loop on a database in memory, with an invented clock, entropy and
// outside world, and people who do whatever people do.
//
// Between any two steps a node may stop, or another one act; answers are lost and come
// twice; channels and systems fail in every way they can. After each run every invariant of
// the product is checked. Equal seeds make equal runs, entry by entry, so that whatever
// broke once breaks again for whoever looks at it. The life of a run: world.go builds it,
// walk.go steps it, settle.go lets it come to rest, check.go judges it, and faults.go lists
// what is broken on purpose to see that the judge would notice.
package simulate

import (
	"context"
	"fmt"
	"io"
	"strings"

	"amend/fault"
)

// Config says what to play.
type Config struct {
	Seed     uint64
	Requests int       // change requests to be filed; 0: 100
	Fault    string    // the planted fault, by name; "": none
	Trace    io.Writer // told of every step; nil: nobody
}

// requestsByDefault are enough for every kind of life to meet every other.
const requestsByDefault = 100

// Outcome is what became of one run.
type Outcome struct {
	Seed     uint64
	Requests int    // filed
	Acts     int    // stored
	Entries  int    // in the log
	Stops    int    // of a node in the middle of something
	Races    int    // another node acted between decision and storing
	Repeats  int    // asked again after a lost answer, or heard twice
	Digest   string // of the hashes of all entries, in the order of commits
	Breaks   []Break
}

// Break is an invariant that did not hold.
type Break struct {
	Invariant Invariant
	What      string // ids and codes, never a value
}

// Invariant is the number of an invariant in the product's paper; Program, Floor and Rest
// stand beside them.
type Invariant int

// What is promised beside the numbered invariants.
const (
	Program Invariant = 0  // nothing fails by itself
	Floor   Invariant = 15 // no guarded field moves without the proofs of the floor
	Rest    Invariant = 16 // nothing is stuck once the world is quiet
)

// Broke reports whether i is among those that did not hold.
func (o Outcome) Broke(i Invariant) bool {
	for _, b := range o.Breaks {
		if b.Invariant == i {
			return true
		}
	}
	return false
}

// Run plays one seed to its end on the caller's goroutine.
func (s *Stage) Run(ctx context.Context, c Config) (Outcome, error) {
	planted, err := plantedBy(c.Fault)
	if err != nil {
		return Outcome{}, err
	}
	if c.Requests <= 0 {
		c.Requests = requestsByDefault
	}
	w, err := s.open(ctx, c, planted)
	if err != nil {
		return Outcome{}, fmt.Errorf("seed %d: %w", c.Seed, err)
	}
	defer w.close()
	if err := w.begin(); err != nil {
		return Outcome{}, fmt.Errorf("seed %d: %w", c.Seed, err)
	}
	w.walk()
	w.settle()
	if planted.last != nil {
		planted.last(w)
	}
	w.check()
	return w.outcome(), ctx.Err()
}

// plantedBy answers the fault of a name.
func plantedBy(name string) (Fault, error) {
	if name == "" {
		return Fault{}, nil
	}
	var known []string
	for _, f := range Faults() {
		if f.Name == name {
			return f, nil
		}
		known = append(known, f.Name)
	}
	return Fault{}, fault.New(fault.Invalid, "unknown_planted_fault", "name", name, "known", strings.Join(known, ", "))
}
