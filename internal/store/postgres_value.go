package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// The SQLSTATEs that mean something to a verb.
const (
	divisionByZero  = "22012" // how a One that misses fails on the server
	uniqueViolation = "23505"
)

// pgValue answers a column as one of the five kinds of value that bind speaks of, as
// SQLite has it: a condition is 0 or 1, a sum of BIGINT an integer.
func pgValue(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return int64(1)
		}
		return int64(0)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	case pgtype.Numeric:
		if n, err := v.Int64Value(); err == nil && n.Valid {
			return n.Int64
		}
		f, err := v.Float64Value()
		if err != nil || !f.Valid {
			return nil
		}
		return f.Float64
	}
	return v
}

// pgError is the server's error without its DETAIL and, unless it can only speak of the
// statement's own text, without its message: both may quote what a customer told us.
type pgError struct {
	code, place, message string
}

func (e *pgError) Error() string {
	return fmt.Sprintf("SQLSTATE %s %s%s", e.code, e.place, e.message)
}

// pgFault makes err fit to be logged and shown to an operator; nil stays nil.
func pgFault(err error) error {
	var said *pgconn.PgError
	switch {
	case err == nil || isConnection(err):
		return err
	case !errors.As(err, &said):
		return errors.New("the driver refused a statement or one of its arguments")
	}
	clean := &pgError{code: said.Code, place: said.ConstraintName}
	if clean.place == "" {
		clean.place = said.TableName
	}
	switch said.Code[:2] {
	case "42", "40", "53", "55", "57", "P0": // about the text, locks, resources, a trigger's own words
		clean.message = said.Message
	}
	if said.Code == uniqueViolation {
		return fmt.Errorf("%w: %w", Duplicate, clean)
	}
	return clean
}

func codeOf(err error) string {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code
	}
	return ""
}

// isConnection reports whether err is about the way to the server, or about giving up on
// it, and so holds nothing of a statement.
func isConnection(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connect) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
