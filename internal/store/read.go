package store

import (
	"context"
	"errors"
	"fmt"
)

// ErrNoRow is what Row.Scan answers when the query found nothing, on both databases.
var ErrNoRow = errors.New("no row")

// A Row is one row of an answer: what a verb's Row gives, or the current one of Rows,
// so that one scan function serves both.
type Row interface {
	// Scan stores the columns in dest, in order: *string, *int64 and other integers,
	// *bool (BIGINT 0 or 1), *time.Time (BIGINT microseconds UTC, NULL is the zero time),
	// *[]byte, byte arrays, named types of these, pointers to them for NULL, sql.Scanner.
	Scan(dest ...any) error
}

// Rows are the rows of one answer. They are read whole before they are handed out, so
// they hold no connection and a loop over them may ask further queries; a query that
// can answer many rows is paged by key.
type Rows struct {
	columns int
	values  []any // row after row
	next    int   // where in values the next row begins
	err     error
}

// Next moves to the next row, the first at first, and reports whether there is one.
func (r *Rows) Next() bool {
	if r.next >= len(r.values) || r.err != nil {
		return false
	}
	r.next += r.columns
	return true
}

// Scan stores the current row's columns; see Row.
func (r *Rows) Scan(dest ...any) error {
	row := r.values[r.next-r.columns : r.next]
	if len(dest) != len(row) {
		r.err = fmt.Errorf("scan %d columns into %d places", len(row), len(dest))
		return r.err
	}
	for i, value := range row {
		if err := assign(dest[i], value); err != nil {
			r.err = fmt.Errorf("column %d: %w", i+1, err)
			return r.err
		}
	}
	return nil
}

// Err answers the first failed Scan, nil if all went well.
func (r *Rows) Err() error { return r.err }

// firstRow is the Row of a query of which only the first row is wanted.
type firstRow struct {
	rows *Rows
	err  error
}

func (r firstRow) Scan(dest ...any) error {
	switch {
	case r.err != nil:
		return r.err
	case !r.rows.Next():
		return ErrNoRow
	}
	return r.rows.Scan(dest...)
}

// A View reads committed rows. A verb's Tx has one, so what is written as a View's
// method serves verbs and readers alike. Each query of it sees what is committed at
// that moment, except in a Snapshot, where all of them see one moment.
type View struct {
	ctx   context.Context
	from  source
	store *Store // its keys and catalogue, for what is read sealed
}

// A source answers queries: a pool of readers or one snapshot, of either database.
type source interface {
	answer(ctx context.Context, q string, args []any) (*Rows, error)
}

// Row asks for one row; its Scan answers ErrNoRow if there is none.
func (v View) Row(q string, args ...any) Row {
	rows, err := v.Rows(q, args...)
	return firstRow{rows, err}
}

// Rows asks for all rows of q.
func (v View) Rows(q string, args ...any) (*Rows, error) {
	bound, err := bind(args)
	if err != nil {
		return nil, err
	}
	if err := v.ctx.Err(); err != nil {
		return nil, err
	}
	return v.from.answer(v.ctx, q, bound)
}

// each gives every row of q to one; what names the rows in an error.
func (v View) each(what string, one func(Row) error, q string, args ...any) error {
	rows, err := v.Rows(q, args...)
	for err == nil && rows.Next() {
		err = one(rows)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}

// list reads every row of q, each by scan; it is nil if there is none.
func list[T any](v View, what string, scan func(Row) (T, error), q string, args ...any) ([]T, error) {
	var out []T
	err := v.each(what, func(row Row) error {
		one, err := scan(row)
		out = append(out, one)
		return err
	}, q, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// scanIDs reads the ids that are the only column of q.
func scanIDs[T ~string](v View, q string, args ...any) ([]T, error) {
	return list(v, "ids", func(row Row) (id T, err error) {
		err = row.Scan(&id)
		return id, err
	}, q, args...)
}
