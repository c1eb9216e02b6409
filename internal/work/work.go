// Package work is the loop that does what time and other people's machines make happen: it
// places entries in the log, rings requests whose time has come, tells systems and people,
// and tidies up. The rows are the queue; every act is a verb of the desk.
package work

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"sync"
	"time"

	"amend/desk"
)

// Config says whose work is done and where time and entropy come from.
type Config struct {
	Desk  *desk.Desk
	Log   *slog.Logger                              // nil: silence
	Rand  io.Reader                                 // names this process among the holders of shards; nil: crypto/rand
	Timer func(time.Duration) <-chan time.Time      // nil: time.After
	Done  func(kind string, rows int, failed error) // told after every kind that had something to do; nil: nobody
}

// The pace of a loop that finds nothing to do. A wake ends any wait.
const (
	firstWait = 100 * time.Millisecond
	lastWait  = 2 * time.Second
)

// lease is how long a shard is held. It is renewed when a third of it has gone, so that
// two renewals may fail before anybody else may take it.
const lease = 30 * time.Second

// Loop works for one process. Several may run on one database: each shard of the work has
// one holder at a time.
type Loop struct {
	desk      *desk.Desk
	log       *slog.Logger
	timer     func(time.Duration) <-chan time.Time
	done      func(kind string, rows int, failed error)
	holder    string
	leases    leases
	errands   errands
	mu        sync.Mutex // over the following: a turn may outlast its round
	tidied    time.Time  // when answers and counters were last dropped
	seen      time.Time  // the latest that the clock ever showed here
	witnessed bool       // the witness has seen the head that we know of
}

// New makes a loop; nothing happens before Run or Once.
func New(c Config) *Loop {
	l := &Loop{desk: c.Desk, log: c.Log, timer: c.Timer, done: c.Done}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.timer == nil {
		l.timer = time.After
	}
	if l.done == nil {
		l.done = func(string, int, error) {}
	}
	from := c.Rand
	if from == nil {
		from = rand.Reader
	}
	l.holder = holderName(from)
	l.leases.until = map[string]time.Time{}
	l.errands.away, l.errands.someone = map[string]bool{}, make(chan struct{}, 1)
	return l
}

// Run works until ctx ends, and answers when the last act is done. What fails is logged,
// and tried again at the next round: no failure ends the loop.
func (l *Loop) Run(ctx context.Context) {
	keeping := make(chan struct{})
	go func() {
		defer close(keeping)
		l.keep(ctx)
	}()
	wait := firstWait
	for ctx.Err() == nil {
		woken := l.desk.Woken() // taken before looking, so that no wake falls between
		did, err := l.round(ctx, l.patiently)
		if did > 0 && err == nil {
			wait = firstWait
			continue
		}
		select {
		case <-ctx.Done():
		case <-woken:
			wait = firstWait
		case <-l.errands.someone:
			wait = firstWait
		case <-l.timer(wait):
			wait = min(2*wait, lastWait)
		}
	}
	<-keeping
	l.errands.left.Wait()
	l.Release(context.WithoutCancel(ctx))
}
