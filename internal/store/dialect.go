package store

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"amend/fault"
)

// Duplicate is the fault of a verb whose row would be the second of its kind: a unique
// or primary key refused it.
var Duplicate = fault.New(fault.Conflict, "duplicate")

// An engine is one of the two databases. Everything that differs between them is behind
// it; the SQL text is the same, but for the variants of the schema.
type engine interface {
	source

	// reading is the source of one attempt of a verb; done must follow, and nothing is
	// asked of it afterwards. It may wait until the verb had better decide.
	reading(ctx context.Context) (from source, done func(), err error)

	// snapshot runs read on a source whose answers all show the same moment.
	snapshot(ctx context.Context, read func(source) error) error

	// shape is how many goroutines may call commit at once, and how many acts each brings at most.
	shape() (writers, group int)

	// commit stores the acts in their order and sets each one's err: a refused act
	// leaves the others alone. When it returns, what has no err is on disk.
	commit(group []*act)

	// asRun is what a statement is run as, without what makes a One fail.
	asRun(st statement) []statement

	// exclusively runs change as one transaction that no other process interleaves.
	exclusively(ctx context.Context, change func(session) error) error

	// listen begins to ring the bell for wakes of other nodes; notify tells them of ours.
	listen()
	notify()

	// variant is the word in the name of a schema file that is for this database alone.
	variant() string

	// ledgerCount is the query that counts the tables called migration: 0 or 1.
	ledgerCount() string

	close() error
}

// A session is the inside of an exclusive transaction.
type session interface {
	source
	script(sql string) error
	exec(q string, args ...any) error
}

// memory is the URL of a database that lives in this process. What follows is its name:
// stores that are open on the same name at the same time share it; without a name nobody does.
const memory = "sqlite::memory:"

// openEngine chooses the database by its URL.
func (s *Store) openEngine(ctx context.Context, url string) (engine, error) {
	readers := readerCount
	if s.solo != nil {
		readers = 1
	}
	var e *sqliteEngine
	var err error
	switch name, inMemory := strings.CutPrefix(url, memory); {
	case inMemory:
		e, err = openSQLiteMemory(ctx, name, readers)
	case strings.HasPrefix(url, "sqlite:///"):
		e, err = openSQLiteFile(ctx, strings.TrimPrefix(url, "sqlite://"), readers)
	default:
		return openServer(ctx, url, s.log, s.bell)
	}
	if err != nil {
		return nil, err
	}
	e.moment = s.solo
	return e, nil
}

func openServer(ctx context.Context, url string, log *slog.Logger, bell *bell) (engine, error) {
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres(ctx, url, log, bell)
	}
	return nil, fault.New(fault.Invalid, "database_url") // the URL may hold a password: it is not repeated
}

// failed is a statement's error, with its number for the reader of the log. It never
// holds an argument.
func failed(number int, err error) error {
	return fmt.Errorf("statement %d: %w", number+1, err)
}
