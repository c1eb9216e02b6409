package store

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"modernc.org/sqlite"
)

const (
	// readerCount is how many connections read. A read lasts microseconds, and more than a
	// few per core only take memory.
	readerCount = 8

	// sqliteGroup bounds the verbs of one transaction, so that the last of them does not
	// wait for long: at some 50 µs each, 128 are shorter than a slow disk's flush.
	sqliteGroup = 128

	// busyTries is how often a transaction that another process kept out for five
	// seconds (the busy_timeout) asks again.
	busyTries = 3
)

// The result codes of SQLite that are looked at; the low byte is the primary one.
const (
	sqliteBusy       = 5
	sqliteFull       = 13
	sqliteConstraint = 19
	sqliteWrite      = 778
	sqlitePrimaryKey = 1555
	sqliteUnique     = 2067
)

// sqliteEngine is SQLite: one connection that writes, used by one goroutine, and a pool
// that reads beside it, which write-ahead logging allows.
type sqliteEngine struct {
	writer   *sqliteConn
	readers  *sqliteReaders
	opened   int           // how many readers there are
	deciding chan struct{} // holds the verbs that decide
	moment   func(Moment)  // told of each act that is stored alone; nil in service
}

// openSQLiteFile opens path, creating the file for its owner alone, in a directory for its owner alone.
func openSQLiteFile(ctx context.Context, path string, readers int) (*sqliteEngine, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // SQLite gives the log files the same mode
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return openSQLite(ctx, "file:"+(&url.URL{Path: path}).EscapedPath(), "WAL", readers)
}

// openSQLiteMemory opens a database that lives as long as a Store is open on its name. It
// has no write-ahead log: a writer waits for the readers.
func openSQLiteMemory(ctx context.Context, name string, readers int) (*sqliteEngine, error) {
	if name == "" {
		name = rand.Text()
	}
	return openSQLite(ctx, "file:/"+url.PathEscape(name)+"?vfs=memdb", "MEMORY", readers)
}

func openSQLite(ctx context.Context, dsn, journal string, readers int) (*sqliteEngine, error) {
	e := &sqliteEngine{readers: newSQLiteReaders(readers), deciding: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1))}
	var err error
	e.writer, err = openSQLiteConn(dsn,
		"PRAGMA busy_timeout = 5000",
		"PRAGMA journal_mode = "+journal,
		"PRAGMA synchronous = FULL", // in WAL, only FULL flushes every commit
		"PRAGMA foreign_keys = ON",
		"PRAGMA secure_delete = ON",  // an erased key must not survive in a free page
		"PRAGMA temp_store = MEMORY", // what a savepoint may undo stays out of /var/tmp, which is another disk to fill
		"PRAGMA cache_size = -32768",
		"PRAGMA journal_size_limit = 67108864",
	)
	if err != nil {
		return nil, err
	}
	for range readers {
		c, err := openSQLiteConn(dsn,
			"PRAGMA busy_timeout = 5000",
			"PRAGMA query_only = ON",
			"PRAGMA cache_size = -512",
		)
		if err != nil {
			return nil, errors.Join(err, e.close())
		}
		e.readers.give(c)
		e.opened++
	}
	return e, ctx.Err()
}

func (e *sqliteEngine) answer(ctx context.Context, q string, args []any) (*Rows, error) {
	c, err := e.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	defer e.readers.give(c)
	return c.answer(ctx, q, args)
}

func (e *sqliteEngine) snapshot(ctx context.Context, read func(source) error) (err error) {
	c, err := e.readers.take(ctx)
	if err != nil {
		return err
	}
	defer e.readers.give(c)

	if _, err := c.exec("BEGIN"); err != nil {
		return err
	}
	defer func() {
		_, end := c.exec("ROLLBACK")
		err = errors.Join(err, end)
	}()
	return read(c)
}

func (e *sqliteEngine) asRun(st statement) []statement {
	switch {
	case st.serverOnly, st.condition:
		return nil
	case st.rows == nil:
		return []statement{st}
	}
	each := make([]statement, len(st.rows))
	for i, row := range st.rows {
		each[i] = statement{query: st.query, args: row}
	}
	return each
}

func (e *sqliteEngine) shape() (writers, group int) { return 1, sqliteGroup }

// commit stores the group, again from the start if another process was in the way.
func (e *sqliteEngine) commit(group []*act) {
	for try := 1; ; try++ {
		err := e.transact(func() error { return e.together(group) })
		if errors.Is(err, errRefused) {
			err = e.transact(func() error { return e.apart(group) })
		}
		if err == nil {
			return
		}
		if !isBusy(err) || try == busyTries {
			for _, a := range group {
				if a.err == nil {
					a.err = unsettled(err)
				}
			}
			return
		}
	}
}

// transact runs fill between BEGIN and COMMIT. BEGIN IMMEDIATE takes the write lock at
// once: an upgrade later could be refused for having read too early.
func (e *sqliteEngine) transact(fill func() error) error {
	if _, err := e.writer.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	committed := false
	defer func() {
		if !committed {
			// It fails where SQLite has already rolled back by itself, and then there is nothing to undo.
			_, _ = e.writer.exec("ROLLBACK")
		}
	}()
	if err := fill(); err != nil {
		return err
	}
	if _, err := e.writer.exec("COMMIT"); err != nil {
		return &uncommitted{err}
	}
	committed = true
	return nil
}

// uncommitted is the error of a COMMIT.
type uncommitted struct{ error }

func (u *uncommitted) Unwrap() error { return u.error }

// unsettled is what the verbs of a transaction are told that ended in err. A COMMIT that
// could not write has left an incomplete log, which counts for nothing. One that could not
// flush may have left a complete one: until the next commit writes over it, whoever opens
// the file after a stop finds it stored.
func unsettled(err error) error {
	var ended *uncommitted
	var said *sqlite.Error
	if !errors.As(err, &ended) {
		return notStored(err)
	}
	if errors.As(err, &said) {
		switch code := said.Code(); {
		case code == sqliteWrite, code&0xff == sqliteFull, code&0xff == sqliteBusy, code&0xff == sqliteConstraint:
			return notStored(err)
		}
	}
	return maybeStored(err)
}

// errRefused says that an act of a group was refused, so that all must go again, apart.
var errRefused = errors.New("an act was refused")

// together runs the acts as one, without savepoints, which would copy every page that an
// act touches: refusals are rare.
func (e *sqliteEngine) together(group []*act) error {
	for _, a := range group {
		a.err = nil // of a try that another process was in the way of
		if err := e.writer.run(a.statements); err != nil {
			return errRefused
		}
	}
	e.tell(Written)
	return nil
}

func (e *sqliteEngine) tell(at Moment) {
	if e.moment != nil {
		e.moment(at)
	}
}

// apart runs each act inside a savepoint. Its error means that SQLite gave up the whole
// transaction (a full disk, an I/O error): then no act is stored.
func (e *sqliteEngine) apart(group []*act) error {
	for _, a := range group {
		if _, err := e.writer.exec("SAVEPOINT verb"); err != nil {
			return err
		}
		a.err = e.writer.run(a.statements)
		if a.err != nil {
			if _, err := e.writer.exec("ROLLBACK TO verb"); err != nil {
				return errors.Join(a.err, err)
			}
		}
		if _, err := e.writer.exec("RELEASE verb"); err != nil {
			return err
		}
	}
	e.tell(Written)
	return nil
}

// exclusively needs no lock of its own: SQLite has one writer at a time.
func (e *sqliteEngine) exclusively(_ context.Context, change func(session) error) error {
	return e.transact(func() error { return change(sqliteSession{e.writer}) })
}

func (e *sqliteEngine) listen()         {} // another process that writes the same file is seen by polling
func (e *sqliteEngine) notify()         {}
func (e *sqliteEngine) variant() string { return "sqlite" }

func (e *sqliteEngine) ledgerCount() string {
	return `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migration'`
}

// close waits for the readers that are out.
func (e *sqliteEngine) close() error {
	close(e.readers.gone)
	var errs []error
	for range e.opened {
		<-e.readers.free
		errs = append(errs, e.readers.pop().close())
	}
	return errors.Join(append(errs, e.writer.close())...) // the writer last: it folds the log into the file
}

func isBusy(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == sqliteBusy
}
