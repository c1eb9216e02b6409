package store

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// storeTries is how often one act or group is sent when it provably was not stored for a
// reason that passes: a deadlock, a lock held too long, a server that restarts.
const storeTries = 5

// commit sends the group as one pipeline. A refusal undoes the whole group, so the
// acts then go one by one, in their order, and only the refused one stays behind.
func (e *postgresEngine) commit(group []*act) {
	r := e.send(group)
	switch {
	case r == nil:
		for _, a := range group {
			a.err = nil
		}
	case r.fate == refused && len(group) > 1:
		for _, a := range group {
			a.err = e.commitAlone(a)
		}
	case r.fate == refused && r.passes():
		group[0].err = e.commitAlone(group[0])
	default:
		for _, a := range group {
			a.err = r.outcome(a.statements)
		}
	}
}

func (e *postgresEngine) commitAlone(a *act) error {
	for try := 1; ; try++ {
		r := e.send([]*act{a})
		if r == nil {
			return nil
		}
		if r.fate != refused || !r.passes() || try == storeTries {
			return r.outcome(a.statements)
		}
		e.pause(try)
	}
}

// send pipelines the group, again if nothing could be sent.
func (e *postgresEngine) send(group []*act) *refusal {
	for try := 1; ; try++ {
		r := e.pipeline(group)
		if r == nil || r.fate != unsent || try == storeTries {
			return r
		}
		e.pause(try)
	}
}

// pause waits 10, 20, 40 … ms, give or take half, so that two nodes that met do not meet again.
func (e *postgresEngine) pause(try int) {
	wait := 10 * time.Millisecond << (try - 1)
	select {
	case <-time.After(wait/2 + rand.N(wait)):
	case <-e.ctx.Done():
	}
}

// pipeline sends all statements with a single Sync at the end and no BEGIN or COMMIT:
// the server takes what comes before one Sync as one transaction and commits it there.
// Only a Close without error says that it has.
func (e *postgresEngine) pipeline(group []*act) *refusal {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	conn, err := e.writers.Acquire(ctx)
	if err != nil {
		return &refusal{fate: unsent, err: err}
	}
	defer conn.Release()

	var batch pgx.Batch
	for _, a := range group {
		for _, st := range a.statements {
			st = st.onServer()
			batch.Queue(st.query, st.args...)
		}
	}
	results := conn.SendBatch(ctx, &batch)
	for i := range batch.Len() {
		if _, err := results.Exec(); err != nil {
			_ = results.Close() // the same error again
			return atStatement(&batch, i, err)
		}
	}
	if err := results.Close(); err != nil {
		return atCommit(err)
	}
	return nil
}

// onServer is the statement as PostgreSQL runs it. A One must fail there: its count,
// looked at here, would come after the commit that the same pipeline carried.
func (st statement) onServer() statement {
	switch {
	case st.rows != nil:
		return st.unnested()
	case st.condition:
		st.query = "SELECT 1/(CASE WHEN EXISTS (" + st.query + ") THEN 1 ELSE 0 END)"
	case st.missed != nil:
		st.query = "WITH w AS (" + st.query + " RETURNING 1) SELECT 1/(CASE count(*) WHEN 1 THEN 1 ELSE 0 END) FROM w"
	}
	return st
}

// A fate is what is known of a pipeline that did not succeed.
type fate int

const (
	unsent  fate = iota // nothing reached the server
	refused             // the server undid it
	unknown             // the connection broke after sending: it may be stored or not
)

// A refusal is why a pipeline did not succeed.
type refusal struct {
	fate      fate
	statement int // counted over the whole group; -1 if none is to blame
	err       error
}

// atStatement judges an error that came in the place of a statement's result. The server
// says that before it reaches the Sync, so nothing is stored, even if it then hangs up.
func atStatement(batch *pgx.Batch, i int, err error) *refusal {
	var before pgx.ErrPreprocessingBatch
	var said *pgconn.PgError
	switch {
	case errors.As(err, &before) && isConnection(err):
		return &refusal{unsent, -1, err}
	case errors.As(err, &before):
		return &refusal{refused, indexOf(batch, before.SQL()), err}
	case errors.As(err, &said):
		return &refusal{refused, i, err}
	case pgconn.SafeToRetry(err):
		return &refusal{unsent, -1, err}
	}
	return &refusal{unknown, -1, err}
}

// atCommit judges an error that came in the place of the commit: a plain ERROR (a deferred
// constraint, a serialization failure) undid it; a FATAL may have followed a commit.
func atCommit(err error) *refusal {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.SeverityUnlocalized == "ERROR" {
		return &refusal{refused, -1, err}
	}
	return &refusal{unknown, -1, err}
}

func indexOf(batch *pgx.Batch, sql string) int {
	for i, q := range batch.QueuedQueries {
		if q.SQL == sql {
			return i
		}
	}
	return -1
}

// passes reports whether the same act may succeed if it is sent again.
func (r *refusal) passes() bool {
	var said *pgconn.PgError
	if !errors.As(r.err, &said) {
		return false
	}
	switch said.Code {
	case "40001", "40P01", "55P03": // serialization failure, deadlock, lock not available
		return true
	}
	return said.SeverityUnlocalized == "FATAL"
}

// outcome is what the verb that queued the statements is told.
func (r *refusal) outcome(statements []statement) error {
	switch {
	case r.fate == unknown:
		return maybeStored(pgFault(r.err))
	case r.fate == unsent, r.passes(), codeOf(r.err) == postgresFull:
		return notStored(pgFault(r.err))
	case r.statement < 0 || r.statement >= len(statements):
		return fmt.Errorf("commit: %w", pgFault(r.err))
	}
	missed := statements[r.statement].missed
	if missed != nil && codeOf(r.err) == divisionByZero {
		return missed
	}
	return failed(r.statement, pgFault(r.err))
}
