package bench

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/url"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"modernc.org/sqlite"

	"amend/internal/store"
)

// A tape records what acts were stored with, in the order of their commits.
type tape struct {
	mu   sync.Mutex
	on   bool
	acts [][]store.Statement
}

func (t *tape) record(act []store.Statement) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.on {
		t.acts = append(t.acts, act)
	}
}

// turn switches the recording on or off.
func (t *tape) turn(on bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.on = on
}

// take answers what was recorded since the last take.
func (t *tape) take() [][]store.Statement {
	t.mu.Lock()
	defer t.mu.Unlock()
	acts := t.acts
	t.acts = nil
	return acts
}

// A floor stores recorded acts with the driver alone: the same statements, rows and bytes,
// on a twin of the same database, in groups, and nothing decided, sealed or read.
type floor struct {
	queue  chan floorAct
	ends   sync.WaitGroup
	finish func() error
}

type floorAct struct {
	statements []store.Statement
	done       chan error
}

// The shape of the groups is the store's own.
const (
	floorGroupSQLite   = 128
	floorGroupPostgres = 64
	floorWriters       = 2 // of PostgreSQL
	floorTries         = 5 // of one group there
)

func openFloor(ctx context.Context, at string) (*floor, error) {
	if path, ok := strings.CutPrefix(at, "sqlite://"); ok {
		return openFloorSQLite(path)
	}
	return openFloorPostgres(ctx, at)
}

// do stores one act and waits until it is on disk.
func (f *floor) do(statements []store.Statement) error {
	a := floorAct{statements, make(chan error, 1)}
	f.queue <- a
	return <-a.done
}

func (f *floor) close() error {
	close(f.queue)
	f.ends.Wait()
	return f.finish()
}

// serve gives commit what waits, in groups.
func (f *floor) serve(most int, commit func([]floorAct) error) {
	for first := range f.queue {
		group := []floorAct{first}
	gather:
		for len(group) < most {
			select {
			case a, ok := <-f.queue:
				if !ok {
					break gather
				}
				group = append(group, a)
			default:
				break gather
			}
		}
		err := commit(group)
		for _, a := range group {
			a.done <- err
		}
	}
}

func openFloorSQLite(path string) (*floor, error) {
	w, err := openFloorWriter(path)
	if err != nil {
		return nil, err
	}
	f := &floor{queue: make(chan floorAct, 1024), finish: w.conn.Close}
	f.ends.Go(func() { f.serve(floorGroupSQLite, w.commit) })
	return f, nil
}

func openFloorWriter(path string) (*floorWriter, error) {
	conn, err := (&sqlite.Driver{}).Open("file:" + (&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return nil, err
	}
	w := &floorWriter{conn: conn, prepared: map[string]driver.StmtExecContext{}}
	for _, pragma := range []string{"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON", "PRAGMA secure_delete = ON", "PRAGMA cache_size = -32768"} {
		if err := w.exec(pragma, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return w, nil
}

// floorWriter is one connection with its statements prepared.
type floorWriter struct {
	conn     driver.Conn
	prepared map[string]driver.StmtExecContext
	named    []driver.NamedValue
}

func (w *floorWriter) exec(q string, args []any) error {
	stmt, ok := w.prepared[q]
	if !ok {
		plain, err := w.conn.Prepare(q)
		if err != nil {
			return err
		}
		stmt = plain.(driver.StmtExecContext)
		w.prepared[q] = stmt
	}
	w.named = w.named[:0]
	for i, arg := range args {
		w.named = append(w.named, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	_, err := stmt.ExecContext(context.Background(), w.named)
	return err
}

func (w *floorWriter) commit(group []floorAct) error {
	if err := w.exec("BEGIN IMMEDIATE", nil); err != nil {
		return err
	}
	for _, a := range group {
		for _, st := range a.statements {
			if err := w.exec(st.Query, st.Args); err != nil {
				return errors.Join(err, w.exec("ROLLBACK", nil))
			}
		}
	}
	return w.exec("COMMIT", nil)
}

func openFloorPostgres(ctx context.Context, at string) (*floor, error) {
	config, err := pgxpool.ParseConfig(at)
	if err != nil {
		return nil, err
	}
	config.MaxConns = floorWriters
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	f := &floor{queue: make(chan floorAct, 1024), finish: func() error { pool.Close(); return nil }}
	for range floorWriters {
		f.ends.Go(func() {
			f.serve(floorGroupPostgres, func(group []floorAct) error { return pipelined(ctx, pool, group) })
		})
	}
	return f, nil
}

// pipelined sends the group, again if it met another one that took its rows in another order.
func pipelined(ctx context.Context, pool *pgxpool.Pool, group []floorAct) error {
	for try := 1; ; try++ {
		err := pipeline(ctx, pool, group)
		var said *pgconn.PgError
		if !errors.As(err, &said) || said.Code != deadlock || try == floorTries {
			return err
		}
	}
}

// deadlock is the code that PostgreSQL answers to one of two that wait for each other.
const deadlock = "40P01"

// pipeline sends the group with one Sync, which the server commits as one transaction.
func pipeline(ctx context.Context, pool *pgxpool.Pool, group []floorAct) error {
	var batch pgx.Batch
	for _, a := range group {
		for _, st := range a.statements {
			batch.Queue(st.Query, st.Args...)
		}
	}
	return pool.SendBatch(ctx, &batch).Close()
}
