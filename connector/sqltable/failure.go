package sqltable

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"amend/downstream"
	"amend/fault"
)

// answerOf classes a database's error. Its words are dropped: a database quotes the
// offending row, which is a customer's.
func answerOf(err error) downstream.Answer {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	code := fault.CodeOf(err)
	switch {
	case errors.As(err, &pg):
		return answerOfPostgres(pg.Code)
	case errors.As(err, &lite):
		return answerOfSQLite(lite.Code())
	case code != "": // the guard refuses the address
		return downstream.Answer{Outcome: downstream.Retry, Code: code, Down: true}
	case errors.Is(err, context.DeadlineExceeded):
		return downstream.Answer{Outcome: downstream.Retry, Code: "timeout", Down: true}
	}
	return downstream.Answer{Outcome: downstream.Retry, Code: "unreachable", Down: true}
}

// answerOfPostgres goes by the class of SQLSTATE (PostgreSQL, appendix A).
func answerOfPostgres(state string) downstream.Answer {
	a := downstream.Answer{Outcome: downstream.Permanent, Code: "sql_" + state}
	switch state[:min(2, len(state))] {
	case "28": // authorization
		a.Outcome = downstream.Reauth
	case "40", "55": // deadlock, serialization, lock not available
		a.Outcome = downstream.Retry
	case "08", "53", "57", "58": // connection, resources, shutdown, system
		a.Outcome, a.Down = downstream.Retry, true
	}
	return a
}

func answerOfSQLite(code int) downstream.Answer {
	a := downstream.Answer{Outcome: downstream.Permanent, Code: fmt.Sprintf("sqlite_%d", code)}
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		a.Outcome = downstream.Retry
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY:
		a.Outcome, a.Down = downstream.Retry, true
	case sqlite3.SQLITE_INTERRUPT:
		a.Outcome, a.Code, a.Down = downstream.Retry, "timeout", true
	}
	return a
}
