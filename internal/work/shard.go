package work

import (
	"context"
	"encoding/hex"
	"io"
	"slices"
	"sync"
	"time"
)

// holderName names this process among the holders of shards. A source that fails leaves
// the zeros: two such processes would only share their shards.
func holderName(from io.Reader) string {
	var raw [8]byte
	_, _ = io.ReadFull(from, raw[:])
	return hex.EncodeToString(raw[:])
}

// leases remembers until when this process holds each shard, and which it works on now.
type leases struct {
	mu    sync.Mutex
	until map[string]time.Time
	busy  map[string]bool
}

// hold runs do while this process holds the shard; while another does, it does nothing.
func (l *Loop) hold(ctx context.Context, shard string, do func() error) error {
	if ok, err := l.claim(ctx, shard); !ok || err != nil {
		return err
	}
	l.leases.mark(shard, true)
	defer l.leases.mark(shard, false)
	return do()
}

// claim takes the shard, or renews it once a third of its time has gone. One that seems to
// last for longer than it was taken for shows that the clock went back: it is taken again.
func (l *Loop) claim(ctx context.Context, shard string) (bool, error) {
	if left := l.leases.left(shard, l.desk.Now()); left > lease*2/3 && left <= lease {
		return true, nil
	}
	until, ok, err := l.desk.ClaimShard(ctx, shard, l.holder, lease)
	l.leases.set(shard, until)
	return ok, err
}

// Release gives every shard back, so that the next process need not wait for the leases.
func (l *Loop) Release(ctx context.Context) {
	for _, shard := range l.leases.held(l.desk.Now()) {
		if _, _, err := l.desk.ClaimShard(ctx, shard, l.holder, 0); err != nil {
			l.log.WarnContext(ctx, "lease not released", "shard", shard, "error", err)
		}
		l.leases.set(shard, time.Time{})
	}
}

// keep renews the shards that are being worked on, so that a slow system does not cost
// them: the verbs in between may take longer than a lease.
func (l *Loop) keep(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.timer(lease / 3):
		}
		for _, shard := range l.leases.working() {
			if _, err := l.claim(ctx, shard); err != nil && ctx.Err() == nil {
				l.log.WarnContext(ctx, "lease not renewed", "shard", shard, "error", err)
			}
		}
	}
}

func (s *leases) left(shard string, now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.until[shard].Sub(now)
}

func (s *leases) set(shard string, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.until[shard] = until
}

func (s *leases) mark(shard string, busy bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy == nil {
		s.busy = map[string]bool{}
	}
	if busy {
		s.busy[shard] = true
	} else {
		delete(s.busy, shard)
	}
}

func (s *leases) held(now time.Time) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var shards []string
	for shard, until := range s.until {
		if until.After(now) {
			shards = append(shards, shard)
		}
	}
	slices.Sort(shards) // in one order, so that equal runs are equal
	return shards
}

func (s *leases) working() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	shards := make([]string, 0, len(s.busy))
	for shard := range s.busy {
		shards = append(shards, shard)
	}
	slices.Sort(shards)
	return shards
}
