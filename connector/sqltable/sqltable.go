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
	if !e.Gone && !c.table.holdsAll(e.Fields) {
		return downstream.Answer{Outcome: downstream.Permanent, Code: "no_column"}, nil
	}
	inner, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	a, err := c.write(inner, e)
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
	q, args := c.table.statement(e)
	res, err := conn.ExecContext(ctx, q, args...)
	if err != nil {
		return downstream.Answer{}, err
	}
	changed, err := res.RowsAffected()
	if err != nil {
		return downstream.Answer{}, err
	}
	seq, read, err := c.readBack(ctx, conn, e)
	if err != nil {
		return downstream.Answer{}, err
	}
	return judge(e, changed > 0, seq, read), nil
}

// absent is the sequence number of a row that does not exist.
const absent = -1

// readBack is what the row holds now, on the connection that has just written it.
func (c *Connector) readBack(ctx context.Context, conn *sql.Conn, e downstream.Envelope) (int64, []downstream.Member, error) {
	q, members := c.table.query(e)
	seq, texts := int64(0), make([]sql.NullString, len(members))
	into := []any{&seq}
	for i := range texts {
		into = append(into, &texts[i])
	}
	err := conn.QueryRowContext(ctx, q, string(e.Record)).Scan(into...)
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
