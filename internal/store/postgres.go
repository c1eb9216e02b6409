package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"amend/fault"
)

const (
	// postgresReaders bounds the connections that read, unless the URL says
	// pool_max_conns. Measured: 8 to 16 in all serve two cores; more are slower.
	postgresReaders = 8

	// postgresWriters and postgresGroup: while one pipeline waits for its flush, the next
	// gathers; more than 64 verbs in one only make a refused group dearer.
	postgresWriters = 2
	postgresGroup   = 64

	// storeTimeout bounds one group, a hung connection included; lockTimeout, inside it,
	// how long the server lets a statement wait for another node's row.
	storeTimeout = 60 * time.Second
	lockTimeout  = "10s"

	// migrateLock is the advisory lock of migrations: "amend" as a number.
	migrateLock = 0x616d656e64
)

// postgresEngine is PostgreSQL: a pool that reads, a pool that writes, and one connection
// that listens for the wakes of other nodes.
type postgresEngine struct {
	readers *pgxpool.Pool
	writers *pgxpool.Pool
	log     *slog.Logger
	bell    *bell

	questions chan *question // of the verbs that decide

	node   string        // this process, so that it ignores its own wakes
	told   chan struct{} // holds one wake that the other nodes have not been told of
	ctx    context.Context
	cancel context.CancelFunc
	ends   sync.WaitGroup
}

func openPostgres(ctx context.Context, url string, log *slog.Logger, bell *bell) (engine, error) {
	readers, err := postgresPool(ctx, url, func(c *pgxpool.Config) {
		if c.MaxConns < postgresReaders {
			c.MaxConns = postgresReaders
		}
		c.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	})
	if err != nil {
		return nil, err
	}
	writers, err := postgresPool(ctx, url, func(c *pgxpool.Config) {
		c.MaxConns = postgresWriters
		c.ConnConfig.RuntimeParams["default_transaction_isolation"] = "read committed"
		c.ConnConfig.RuntimeParams["lock_timeout"] = lockTimeout
	})
	if err != nil {
		readers.Close()
		return nil, err
	}
	return newPostgres(readers, writers, log, bell), nil
}

func newPostgres(readers, writers *pgxpool.Pool, log *slog.Logger, bell *bell) *postgresEngine {
	e := &postgresEngine{
		readers: readers,
		writers: writers,
		log:     log,
		bell:    bell,
		node:    rand.Text(),
		told:    make(chan struct{}, 1),

		questions: make(chan *question), // nobody queues in it: who is not taken along may still ask alone
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.ends.Go(e.askGroups)
	return e
}

func postgresPool(ctx context.Context, url string, shape func(*pgxpool.Config)) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.New(fault.Invalid, "database_url") // the URL may hold a password: it is not repeated
	}
	config.ConnConfig.RuntimeParams["application_name"] = "amend"
	config.ConnConfig.RuntimeParams["random_page_cost"] = "1.1" // we look things up by key: a plan that reads a whole table is a mistake
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheStatement
	shape(config)
	return pgxpool.NewWithConfig(ctx, config)
}

func (e *postgresEngine) answer(ctx context.Context, q string, args []any) (*Rows, error) {
	return pgAnswer(ctx, e.readers, q, args)
}

func (e *postgresEngine) reading(context.Context) (source, func(), error) {
	return &postgresReading{engine: e}, func() {}, nil
}

func (e *postgresEngine) snapshot(ctx context.Context, read func(source) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, e.readers, options, func(tx pgx.Tx) error {
		return read(pgSession{tx})
	})
}

// exclusively holds an advisory lock, so that of many nodes that start at once one migrates.
func (e *postgresEngine) exclusively(ctx context.Context, change func(session) error) error {
	return pgx.BeginFunc(ctx, e.writers, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL lock_timeout = 0"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrateLock)); err != nil {
			return err
		}
		return change(pgSession{tx})
	})
}

func (e *postgresEngine) asRun(st statement) []statement {
	switch {
	case st.serverOnly, st.condition:
		return nil
	case st.rows != nil:
		st = st.unnested()
	}
	return []statement{st}
}

func (e *postgresEngine) shape() (writers, group int) { return postgresWriters, postgresGroup }
func (e *postgresEngine) variant() string             { return "postgres" }

func (e *postgresEngine) ledgerCount() string {
	return `SELECT count(*) FROM information_schema.tables
		WHERE table_schema = current_schema() AND table_name = 'migration'`
}

func (e *postgresEngine) close() error {
	e.cancel()
	e.ends.Wait()
	e.writers.Close()
	e.readers.Close()
	return nil
}

// pgSession is the inside of a transaction.
type pgSession struct{ tx pgx.Tx }

func (s pgSession) answer(ctx context.Context, q string, args []any) (*Rows, error) {
	return pgAnswer(ctx, s.tx, q, args)
}

// script runs many statements in one message of the simple protocol, which takes no arguments.
func (s pgSession) script(sql string) error {
	return pgFault(errOf(s.tx.Conn().PgConn().Exec(context.Background(), sql).ReadAll()))
}

func (s pgSession) exec(q string, args ...any) error {
	return pgFault(errOf(s.tx.Exec(context.Background(), q, args...)))
}

func errOf[T any](_ T, err error) error { return err }

// pgQuerier is a pool or a transaction.
type pgQuerier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

func pgAnswer(ctx context.Context, from pgQuerier, q string, args []any) (*Rows, error) {
	answer, err := from.Query(ctx, q, args...)
	if err != nil {
		return nil, unanswered(err)
	}
	return pgRows(answer)
}

func pgRows(answer pgx.Rows) (*Rows, error) {
	defer answer.Close()
	rows := &Rows{columns: len(answer.FieldDescriptions())}
	for answer.Next() {
		values, err := answer.Values()
		if err != nil {
			return nil, unanswered(err)
		}
		for _, v := range values {
			rows.values = append(rows.values, pgValue(v))
		}
	}
	if err := answer.Err(); err != nil {
		return nil, unanswered(err)
	}
	return rows, nil
}

// unanswered is the error of a read: a server that is away is no fault of the program.
func unanswered(err error) error {
	clean := pgFault(err)
	if isConnection(err) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "no_database"), clean)
	}
	return clean
}
