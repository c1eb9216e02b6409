package store

import (
	"context"
	"sync"
	"time"
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

// reading shows a whole verb one moment. That is not for its safety, which is
// compare-and-set: at each first read after a commit SQLite throws away what it has
// cached, so the reads of a verb had better begin once.
//
// Verbs decide on one core fewer than there are. The writer is the one that everybody waits
// for, and would queue for a core behind them after every call of the system: measured on
// two cores with 32 clients, it stores a third more that way.
func (e *sqliteEngine) reading(ctx context.Context) (source, func(), error) {
	r := &sqliteReading{engine: e}
	inTurn := func() { r.done(); <-e.deciding }
	select {
	case e.deciding <- struct{}{}:
		return r, inTurn, nil
	default:
	}
	patience := time.NewTimer(decidePatience)
	defer patience.Stop()
	select {
	case e.deciding <- struct{}{}:
		return r, inTurn, nil
	case <-patience.C:
		return r, r.done, nil
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
}

// decidePatience is how long a verb waits for its turn. Who decides for longer than that
// waits for something itself, such as a disk, and must not hold up the others.
const decidePatience = 100 * time.Millisecond

// sqliteReading takes a reader when it is first asked.
type sqliteReading struct {
	engine *sqliteEngine
	conn   *sqliteConn
}

func (r *sqliteReading) answer(ctx context.Context, q string, args []any) (*Rows, error) {
	if r.conn == nil {
		c, err := r.engine.readers.take(ctx)
		if err != nil {
			return nil, err
		}
		if _, err := c.exec("BEGIN"); err != nil {
			r.engine.readers.give(c)
			return nil, err
		}
		r.conn = c
	}
	return r.conn.answer(context.Background(), q, args) // a verb asks for little: to be ready to break off costs more
}

func (r *sqliteReading) done() {
	if r.conn == nil {
		return
	}
	_, _ = r.conn.exec("ROLLBACK") // it has written nothing: what fails here ends by itself
	r.engine.readers.give(r.conn)
	r.conn = nil
}
