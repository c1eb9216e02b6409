package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strings"

	"modernc.org/sqlite"
)

// preparedLimit bounds the statements a connection keeps. The program's own are some
// hundreds; a search built from many parts must not grow the cache without end.
const preparedLimit = 1000

// sqliteConn is one connection, used by one goroutine at a time. It speaks to the driver
// itself: database/sql would lock and convert on the way, and keep no statement prepared.
type sqliteConn struct {
	conn     driver.Conn
	prepared map[string]sqliteStmt
	named    []driver.NamedValue // the arguments of the statement being run
}

// sqliteStmt is what the driver's statements can do beyond driver.Stmt.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func openSQLiteConn(dsn string, pragmas ...string) (*sqliteConn, error) {
	conn, err := (&sqlite.Driver{}).Open(dsn)
	if err != nil {
		return nil, err
	}
	c := &sqliteConn{conn: conn, prepared: make(map[string]sqliteStmt)}
	for _, p := range pragmas {
		if _, err := c.exec(p); err != nil {
			return nil, errors.Join(fmt.Errorf("%s: %w", p, err), c.close())
		}
	}
	return c, nil
}

// unplanned keeps the bound of a query out of its plan. SQLite plans by the number bound to
// a bare LIMIT, and so prepares the statement again whenever one is bound: ten microseconds
// more for a query that takes three.
var unplanned = strings.NewReplacer("LIMIT $", "LIMIT 0 + $")

func (c *sqliteConn) prepare(q string) (sqliteStmt, error) {
	if stmt, ok := c.prepared[q]; ok {
		return stmt, nil
	}
	if len(c.prepared) >= preparedLimit {
		if err := c.forget(); err != nil {
			return nil, err
		}
	}
	plain, err := c.conn.Prepare(unplanned.Replace(q))
	if err != nil {
		return nil, err
	}
	stmt := plain.(sqliteStmt)
	c.prepared[q] = stmt
	return stmt, nil
}

func (c *sqliteConn) forget() error {
	var errs []error
	for _, stmt := range c.prepared {
		errs = append(errs, stmt.Close())
	}
	clear(c.prepared)
	return errors.Join(errs...)
}

// exec runs one statement and answers how many rows it touched. Nothing interrupts it.
func (c *sqliteConn) exec(q string, args ...any) (int64, error) {
	stmt, err := c.prepare(q)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(context.Background(), c.arguments(args))
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// run executes the statements of one act, up to the first that is refused.
func (c *sqliteConn) run(statements []statement) error {
	for i, st := range statements {
		n, err := c.runOne(st)
		switch {
		case isDuplicate(err):
			return failed(i, fmt.Errorf("%w: %w", Duplicate, err))
		case isFull(err):
			return notStored(failed(i, err))
		case err != nil:
			return failed(i, err)
		case st.missed != nil && n != 1:
			return st.missed
		}
	}
	return nil
}

func (c *sqliteConn) runOne(st statement) (n int64, err error) {
	switch {
	case st.serverOnly:
		return 0, nil
	case st.condition:
		rows, err := c.answer(context.Background(), st.query, st.args)
		if err != nil {
			return 0, err
		}
		return int64(min(1, len(rows.values))), nil
	case st.rows == nil:
		return c.exec(st.query, st.args...)
	}
	for _, row := range st.rows {
		if _, err := c.exec(st.query, row...); err != nil {
			return 0, err
		}
	}
	return int64(len(st.rows)), nil
}

func (c *sqliteConn) answer(ctx context.Context, q string, args []any) (*Rows, error) {
	stmt, err := c.prepare(q)
	if err != nil {
		return nil, err
	}
	from, err := stmt.QueryContext(ctx, c.arguments(args))
	if err != nil {
		return nil, err
	}
	rows, err := drain(ctx, from)
	return rows, errors.Join(err, from.Close())
}

// drain reads the whole answer. Every so many rows it looks whether anybody still wants it.
func drain(ctx context.Context, from driver.Rows) (*Rows, error) {
	const lookEvery = 256
	width := len(from.Columns())
	rows := &Rows{columns: width}
	row := make([]driver.Value, width)
	for n := 1; ; n++ {
		switch err := from.Next(row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, err
		}
		for _, value := range row {
			if b, ok := value.([]byte); ok && b == nil { // the driver's way to say empty; NULL is a plain nil
				value = []byte{}
			}
			rows.values = append(rows.values, value)
		}
		if n%lookEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

func (c *sqliteConn) arguments(args []any) []driver.NamedValue {
	c.named = c.named[:0]
	for i, arg := range args {
		c.named = append(c.named, driver.NamedValue{Ordinal: i + 1, Value: arg})
	}
	return c.named
}

func (c *sqliteConn) close() error {
	return errors.Join(c.forget(), c.conn.Close())
}

// isDuplicate reports whether a unique or primary key refused a row.
func isDuplicate(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code() == sqliteUnique || e.Code() == sqlitePrimaryKey)
}

// sqliteSession is the writer inside an exclusive transaction.
type sqliteSession struct{ *sqliteConn }

// clustered takes the mark of the tables that stand in the order of their key, without a
// second tree for it, out of its comment.
var clustered = strings.NewReplacer("/* WITHOUT ROWID */", "WITHOUT ROWID")

// script runs many statements; triggers bring semicolons of their own.
func (s sqliteSession) script(sql string) error {
	sql = clustered.Replace(sql)
	_, err := s.conn.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

func (s sqliteSession) exec(q string, args ...any) error {
	_, err := s.sqliteConn.exec(q, args...)
	return err
}
