package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
	"amend/internal/store"
)

// A world is one run: the database with its nodes, the people, and everything outside.
type world struct {
	ctx     context.Context // lives as long as the world
	asks    context.Context // of whoever asked for the run, who may have lost interest
	config  Config
	stage   *Stage
	fault   Fault
	chance  chance
	entropy *rand.ChaCha8
	keys    *keys.Master
	house   desk.House

	url    string
	now    time.Time    // the true time; every node's clock is off by its own skew
	anchor *store.Store // keeps the database while every node is down; the judge reads through it
	nodes  []*node
	depth  int  // of acts inside acts
	calm   bool // everything outside works, and no machine stops
	weather

	post    *post
	far     map[string]*far
	systems []string       // ids of the connected systems, oldest first
	joined  map[string]int // how many entries there were when each was connected
	log     logbook
	ledger  ledger

	crew    []access.Actor
	app     access.Actor
	records []customer.ID // on record
	kinds   map[customer.ID]customer.Kind
	asked   map[string][]asked // codes asked for, by request
	serial  int                // makes every value another one
	keyed   int                // idempotency keys given out

	heard   map[string]bool   // entries that somebody was told are stored
	heads   []string          // signed heads of the log that somebody kept
	wrapped map[string][]byte // keys that a planted fault kept, by record
	planted bool              // what is to be broken is
	out     Outcome
	breaks  []Break
}

// weather is how rough a run is.
type weather struct {
	stop  int // a machine stops at one moment of so many; 0: never
	race  int // another node acts between decision and storing, one time in so many
	lost  int // percent of answers from outside that go wrong
	twice int // percent of acts whose answer is asked for again
}

// forecast draws the weather of a run: calm days are as likely as storms.
func (w *world) forecast() weather {
	return weather{
		stop: pick(w.chance, []int{0, 1200, 400, 150}), race: pick(w.chance, []int{0, 12, 4}),
		lost: pick(w.chance, []int{0, 5, 15, 30}), twice: pick(w.chance, []int{0, 2, 5}),
	}
}

// options open the database for a node or the anchor.
func (w *world) options(solo func(store.Moment)) store.Options {
	return store.Options{URL: w.url, Keys: w.keys, Catalog: w.house.Catalog, Clock: w.tick, Rand: w.entropy, Log: w.log.logger(), Solo: solo}
}

// step is the least time between two readings of any clock: two acts may fall together on
// two nodes, but a clock that stands still would hide every order.
const step = 37 * time.Microsecond

// tick reads the true time.
func (w *world) tick() time.Time {
	w.now = w.now.Add(step)
	return w.now
}

// pass lets time go by.
func (w *world) pass(d time.Duration) { w.now = w.now.Add(d) }

// view reads as the judge does, beside every node.
func (w *world) view() store.View { return w.anchor.View(w.ctx) }

// idle answers a node that is in the middle of nothing, nil if all are.
func (w *world) idle() *node {
	var free []*node
	for _, n := range w.nodes {
		if !n.busy {
			free = append(free, n)
		}
	}
	if len(free) == 0 {
		return nil
	}
	return pick(w.chance, free)
}

// maxBreaks bounds what is remembered: the first ones tell the story.
const maxBreaks = 20

// broken notes that an invariant does not hold.
func (w *world) broken(i Invariant, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	w.trace("BROKEN %d: %s", i, what)
	if len(w.breaks) < maxBreaks {
		w.breaks = append(w.breaks, Break{i, what})
	}
}

// trace tells whoever follows the run.
func (w *world) trace(format string, args ...any) {
	if w.config.Trace != nil {
		fmt.Fprintf(w.config.Trace, "%s %*s%s\n", w.now.Format("01-02 15:04:05.000000"), 2*w.depth, "", fmt.Sprintf(format, args...))
	}
}

// outcome sums the run up.
func (w *world) outcome() Outcome {
	sum := sha256.New()
	for _, e := range w.ledger.entries {
		hash := sha256.Sum256(e.leaf)
		sum.Write(hash[:])
	}
	o := w.out
	o.Seed, o.Requests, o.Acts, o.Entries = w.config.Seed, len(w.ledger.requests), w.ledger.acts, len(w.ledger.entries)
	o.Digest, o.Breaks = hex.EncodeToString(sum.Sum(nil)[:16]), w.breaks
	return o
}

func (w *world) close() error {
	var errs []error
	for _, n := range w.nodes {
		errs = append(errs, n.end())
	}
	return errors.Join(append(errs, w.anchor.Close())...)
}

// request reads one request, as it is.
func (w *world) request(id change.ID) (change.Request, bool) {
	r, err := w.view().Change(id)
	return r, err == nil
}
