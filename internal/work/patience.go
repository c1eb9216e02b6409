package work

import (
	"context"
	"sync"
	"time"
)

// Patience is how long a round waits for one turn. A turn that takes longer, because the
// system, the mail server or the witness that it calls is silent, is left to itself, and the
// others go on: a code must not wait for somebody's time-out.
const Patience = time.Second

// errands are the turns that are under way, by shard. One that was left to itself is not begun
// again before it has ended.
type errands struct {
	mu      sync.Mutex
	away    map[string]bool
	left    sync.WaitGroup
	someone chan struct{} // holds one while a turn that was left to itself has ended since
}

func (e *errands) begin(shard string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.away[shard] {
		return false
	}
	e.away[shard] = true
	return true
}

func (e *errands) end(shard string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.away, shard)
}

// An outcome is what a turn answered.
type outcome struct {
	did int
	err error
}

// patiently gives one kind its turn and waits for it, but not for long.
func (l *Loop) patiently(ctx context.Context, t turn) (int, error) {
	if !l.errands.begin(t.shard) {
		return 0, nil
	}
	over, alone := make(chan outcome), make(chan struct{})
	l.errands.left.Go(func() {
		did, err := l.turn(ctx, t)
		l.errands.end(t.shard)
		select {
		case over <- outcome{did, err}:
		case <-alone:
			select {
			case l.errands.someone <- struct{}{}:
			default:
			}
		}
	})
	select {
	case o := <-over:
		return o.did, o.err
	case <-l.timer(Patience):
		close(alone)
		return 0, nil
	}
}
