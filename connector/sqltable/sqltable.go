// Package sqltable keeps a table of the customer's own database in step: one upsert for
// each record, guarded by the delivery's sequence number so that a late one changes
// nothing, and read back on the same connection. PostgreSQL and SQLite are spoken.
package sqltable

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"amend/downstream"
	"amend/internal/dial"
)

// maxTime bounds one delivery, read-back included.
const maxTime = 10 * time.Second

// Config is what a table needs.
type Config struct {
	Settings json.RawMessage // Settings as JSON
	Secret   string          // the database's URL: postgres://user:password@host/db?sslmode=verify-full, or sqlite:file.db
	Guard    *dial.Guard     // every network connection is judged by it
	Folder   string          // where SQLite files may stand; "" permits none
}

// Connector writes one table. It keeps a small pool of connections open until Close,
// and is safe for concurrent use.
type Connector struct {
	db    *sql.DB
	table table
}

// New reads the settings and the URL. Nothing is opened yet.
func New(c Config) (*Connector, error) {
	t, err := readSettings(c.Settings)
	if err != nil {
		return nil, err
	}
	db, err := open(c)
	if err != nil {
		return nil, err
	}
	return &Connector{db: db, table: t}, nil
}

// Close closes the pool.
func (c *Connector) Close() error { return c.db.Close() }

// Deliver brings the record's row to the envelope's state. Holds have no place in a
// table: the answer says that they were not carried.
func (c *Connector) Deliver(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	return c.bounded(ctx, e, c.write)
}

// Test writes e's row as Deliver would, reads it back, and takes all of it back: whether the
// database can be reached, lets us write, has every column and takes such values is known,
// and no row stays.
func (c *Connector) Test(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	return c.bounded(ctx, e, c.try)
}

// bounded does one write within its time, and classes what failed.
func (c *Connector) bounded(ctx context.Context, e downstream.Envelope, write func(context.Context, downstream.Envelope) (downstream.Answer, error)) (downstream.Answer, error) {
	if !e.Gone && !c.table.holdsAll(e.Fields) {
		return downstream.Answer{Outcome: downstream.Permanent, Code: "no_column"}, nil
	}
	inner, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	a, err := write(inner, e)
	switch {
	case err == nil:
		return a, nil
	case ctx.Err() != nil:
		return downstream.Answer{}, ctx.Err()
	}
	return answerOf(err), nil
}

func (c *Connector) write(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return downstream.Answer{}, err
	}
	defer conn.Close()
	return c.put(ctx, conn, e)
}

// try writes e inside a transaction that is never committed.
func (c *Connector) try(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return downstream.Answer{}, err
	}
	defer func() { _ = tx.Rollback() }() // a connection that fails here has forgotten it, too
	return c.put(ctx, tx, e)
}

// A session is where statements run: a connection, or a transaction on one.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (c *Connector) put(ctx context.Context, in session, e downstream.Envelope) (downstream.Answer, error) {
	q, args := c.table.statement(e)
	res, err := in.ExecContext(ctx, q, args...)
	if err != nil {
		return downstream.Answer{}, err
	}
	changed, err := res.RowsAffected()
	if err != nil {
		return downstream.Answer{}, err
	}
	seq, read, err := c.readBack(ctx, in, e)
	if err != nil {
		return downstream.Answer{}, err
	}
	return judge(e, changed > 0, seq, read), nil
}

// Show is the row that e is written as: column by column, the table's name above it.
func (c *Connector) Show(e downstream.Envelope) ([]byte, error) { return c.table.show(e) }

// absent is the sequence number of a row that does not exist.
const absent = -1

// readBack is what the row holds now, where it was just written.
func (c *Connector) readBack(ctx context.Context, in session, e downstream.Envelope) (int64, []downstream.Member, error) {
	q, members := c.table.query(e)
	seq, texts := int64(0), make([]sql.NullString, len(members))
	into := []any{&seq}
	for i := range texts {
		into = append(into, &texts[i])
	}
	err := in.QueryRowContext(ctx, q, string(e.Record)).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return absent, []downstream.Member{}, nil
	}
	for i := range members {
		members[i].Content = contentOf(texts[i])
	}
	return seq, members, err
}

// judge reads the outcome from what is there, rather than from a count alone: no row
// changed means stale, unless something in the database swallowed the write.
func judge(e downstream.Envelope, changed bool, seq int64, read []downstream.Member) downstream.Answer {
	a := downstream.Answer{Seq: max(seq, 0), ReadBack: read}
	switch {
	case changed && (seq == e.Seq || e.Gone):
		a.Outcome, a.Code = downstream.OK, "written"
	case seq == e.Seq, seq == absent && e.Gone:
		a.Outcome, a.Code = downstream.Same, "same"
	case seq > e.Seq:
		a.Outcome, a.Code = downstream.Same, "stale"
	default:
		a.Outcome, a.Code = downstream.Permanent, "write_swallowed"
	}
	return a
}
