package store

import (
	"context"
	"hash/maphash"
	"sync"
)

// stripeCount is how many locks the keys share: far more than verbs run at once, so that
// two keys rarely meet on one.
const stripeCount = 1024

// stripes are locks chosen by key. They make the verbs of a hot record queue up instead of
// deciding on the same rows and failing; they are a courtesy, not what keeps rows right.
type stripes struct {
	once  sync.Once
	seed  maphash.Seed
	locks [stripeCount]chan struct{}
}

// lock waits for the key's lock, as long as ctx lives. The empty key has none.
func (s *stripes) lock(ctx context.Context, key string) (unlock func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if key == "" {
		return func() {}, nil
	}
	s.once.Do(s.make)
	held := s.locks[maphash.String(s.seed, key)%stripeCount]
	select {
	case held <- struct{}{}:
		return func() { <-held }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *stripes) make() {
	s.seed = maphash.MakeSeed()
	for i := range s.locks {
		s.locks[i] = make(chan struct{}, 1)
	}
}
