package store

import (
	"context"
	"sync"
)

// sqliteReaders are the connections that read. The one that was given back last is given
// out first: what it has cached since the last commit is still of use.
type sqliteReaders struct {
	free chan struct{} // holds one for each connection that may be taken
	gone chan struct{} // closed when nobody may read any more
	mu   sync.Mutex
	rest []*sqliteConn
}

func newSQLiteReaders(n int) *sqliteReaders {
	return &sqliteReaders{free: make(chan struct{}, n), gone: make(chan struct{})}
}

// take answers a connection, which give must follow.
func (r *sqliteReaders) take(ctx context.Context) (*sqliteConn, error) {
	select {
	case <-r.free:
		return r.pop(), nil
	case <-r.gone:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *sqliteReaders) pop() *sqliteConn {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := len(r.rest) - 1
	c := r.rest[last]
	r.rest = r.rest[:last]
	return c
}

func (r *sqliteReaders) give(c *sqliteConn) {
	r.mu.Lock()
	r.rest = append(r.rest, c)
	r.mu.Unlock()
	r.free <- struct{}{}
}
