package bench

import (
	"context"
	"sync"

	"amend/downstream"
)

// The budgets of one turn, as the work loop has them.
const (
	deliverBudget = 200
	tellBudget    = 100
)

// Hands do what falls due beside those who act, one goroutine for each kind of work: they
// stop when they have found nothing to do after being told to rest.
type hands struct {
	ctx     context.Context // ends for everybody when one fails
	fail    context.CancelCauseFunc
	woken   func() <-chan struct{}
	resting chan struct{}
	all     sync.WaitGroup
}

func (g *ground) hire(ctx context.Context) *hands {
	h := &hands{woken: g.desk.Woken, resting: make(chan struct{})}
	h.ctx, h.fail = context.WithCancelCause(ctx)
	return h
}

// keep does one kind of work until rest.
func (h *hands) keep(do func(context.Context) (int, error)) {
	h.all.Go(func() {
		for h.ctx.Err() == nil {
			woken := h.woken()
			did, err := do(h.ctx)
			if err != nil {
				h.fail(err)
				return
			}
			if did > 0 {
				continue
			}
			select {
			case <-h.resting:
				return
			default:
			}
			select {
			case <-woken:
			case <-h.resting:
			case <-h.ctx.Done():
			}
		}
	})
}

// rest waits until nothing is left to do, and answers the first failure.
func (h *hands) rest() error {
	close(h.resting)
	h.all.Wait()
	err := context.Cause(h.ctx)
	h.fail(nil)
	return err
}

// delivering tells one system what it must hear.
func (g *ground) delivering(id downstream.SystemID) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return g.desk.Deliver(ctx, id, deliverBudget) }
}

// telling hands messages to the post.
func (g *ground) telling(ctx context.Context) (int, error) { return g.desk.Tell(ctx, tellBudget) }

// sequencing gives entries their places in the log.
func (g *ground) sequencing(ctx context.Context) (int, error) { return g.desk.Sequence(ctx) }

// following are the systems that ground.connect adds.
func following() []downstream.SystemID { return []downstream.SystemID{"crm", "erp", "mailing"} }
