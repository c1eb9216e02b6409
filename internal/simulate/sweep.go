package simulate

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
)

// A Sweep is many seeds, each on a goroutine of its own, as many at once as there are cores.
type Sweep struct {
	From, To uint64 // the seeds, both included
	Requests int    // of each; 0: 100
	Fault    string // the planted fault; the sweep ends once it is found
	Workers  int    // 0: one for each core

	// Told is told of every run as it ends, one at a time and in no order; nil: nobody. The
	// first break ends the sweep; of a planted fault, the first time it is found.
	Told func(Outcome)
}

// A Sum is what became of a sweep.
type Sum struct {
	Seeds    int
	Requests int
	Acts     int
	Entries  int
	Stops    int
	Races    int
	Repeats  int
	First    *Outcome // the broken run of the smallest seed; of a planted fault, the run that found it
}

// garbage is how many times what is live may lie about before it is collected. A world is
// small and short: a sweep had better spend memory than time.
const garbage = 8

// Sweep plays the seeds and sums them up.
func (s *Stage) Sweep(ctx context.Context, c Sweep) (Sum, error) {
	planted, err := plantedBy(c.Fault)
	if err != nil {
		return Sum{}, err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100 * garbage))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	seeds, outcomes := make(chan uint64), make(chan Outcome)
	var workers sync.WaitGroup
	for range max(1, c.workers()) {
		workers.Go(func() { s.play(ctx, c, seeds, outcomes) })
	}
	go func() { // ends with the seeds, or with ctx
		defer close(seeds)
		for seed := c.From; seed <= c.To && ctx.Err() == nil; seed++ {
			select {
			case seeds <- seed:
			case <-ctx.Done():
			}
		}
	}()
	go func() {
		workers.Wait()
		close(outcomes)
	}()
	return c.collect(planted, outcomes, stop), nil
}

func (c Sweep) workers() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// play runs seeds until there are none. A run that was stopped half way says nothing.
func (s *Stage) play(ctx context.Context, c Sweep, seeds <-chan uint64, outcomes chan<- Outcome) {
	for seed := range seeds {
		o, err := s.Run(ctx, Config{Seed: seed, Requests: c.Requests, Fault: c.Fault})
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			o = Outcome{Seed: seed, Breaks: []Break{{Program, err.Error()}}}
		}
		outcomes <- o
	}
}

// collect sums up the runs as they end.
func (c Sweep) collect(planted Fault, outcomes <-chan Outcome, stop context.CancelFunc) Sum {
	var sum Sum
	for o := range outcomes {
		sum.Seeds, sum.Requests, sum.Acts, sum.Entries = sum.Seeds+1, sum.Requests+o.Requests, sum.Acts+o.Acts, sum.Entries+o.Entries
		sum.Stops, sum.Races, sum.Repeats = sum.Stops+o.Stops, sum.Races+o.Races, sum.Repeats+o.Repeats
		found := len(o.Breaks) > 0
		if planted.Name != "" {
			found = o.Broke(planted.Breaks)
		}
		if found && (sum.First == nil || o.Seed < sum.First.Seed) {
			sum.First = &o
		}
		if c.Told != nil {
			c.Told(o)
		}
		if found {
			stop()
		}
	}
	return sum
}
