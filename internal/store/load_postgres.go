package store

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/jackc/pgx/v5"
)

// loadPostgres fills the database in one transaction, under the lock that migrations take:
// a server that is started meanwhile waits, and finds all of it or nothing.
func loadPostgres(ctx context.Context, o Options, fill func(context.Context, loader) error) (err error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	e, err := openServer(ctx, o.URL, log, newBell())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.close()) }()
	if err := vacantServer(ctx, e, e); err != nil {
		return err
	}
	return e.exclusively(ctx, func(in session) error {
		if err := vacantServer(ctx, in, e); err != nil {
			return err
		}
		to := postgresLoader{in.(pgSession)}
		if err := fill(ctx, to); err != nil {
			return err
		}
		return to.script("ANALYZE") // or its first questions would be answered by reading whole tables
	})
}

// vacantServer refuses a database that Amend has been in, even if nothing was written.
func vacantServer(ctx context.Context, from source, e engine) error {
	var tables int64
	if err := (View{ctx: ctx, from: from}).Row(e.ledgerCount()).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return notVacant()
	}
	return nil
}

// postgresLoader is the transaction that becomes the database.
type postgresLoader struct{ pgSession }

func (postgresLoader) variant() string { return (*postgresEngine)(nil).variant() }

func (l postgresLoader) insert(ctx context.Context, t table, next func() ([]any, error)) error {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	rows := &copied{next: next}
	_, err := l.tx.CopyFrom(ctx, pgx.Identifier{t.Name}, names, rows)
	if rows.err != nil {
		return rows.err // the server only repeats it
	}
	return pgFault(err)
}

// copied are rows on their way in a COPY.
type copied struct {
	next func() ([]any, error)
	row  []any
	err  error
}

// Next serves pgx.CopyFromSource.
func (c *copied) Next() bool {
	c.row, c.err = c.next()
	if errors.Is(c.err, io.EOF) {
		c.err = nil
		return false
	}
	return c.err == nil
}

// Values serves pgx.CopyFromSource.
func (c *copied) Values() ([]any, error) { return c.row, nil }

// Err serves pgx.CopyFromSource.
func (c *copied) Err() error { return c.err }
