package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A Manifest says what a dump is of. It stands at its beginning.
type Manifest struct {
	Made       time.Time         `json:"made"`
	Program    string            `json:"program"`    // the version that made it
	Database   string            `json:"database"`   // sqlite or postgres: where it was taken from
	Migrations []SchemaStep      `json:"migrations"` // that its schema had seen, in order
	Meta       map[string]string `json:"meta"`       // see View.Meta
	LogSize    int64             `json:"log_size"`
	LogHead    string            `json:"log_head"` // the newest signed checkpoint, "" for an empty log

	Tables []Counted `json:"-"` // known at the end: what was written, or read
}

// A SchemaStep is a migration that ran, and the SHA-256 of its text in hex.
type SchemaStep struct {
	Name     string `json:"name"`
	Checksum string `json:"checksum"`
}

// Counted is how many rows of a table a dump holds.
type Counted struct {
	Table string
	Rows  int64
}

// Rows is how many rows all tables have together.
func (m Manifest) Rows() (n int64) {
	for _, c := range m.Tables {
		n += c.Rows
	}
	return n
}

// Of is how many rows one table has.
func (m Manifest) Of(table string) int64 {
	for _, c := range m.Tables {
		if c.Table == table {
			return c.Rows
		}
	}
	return 0
}

// Dump writes everything the database holds at one moment, in a form that both databases
// load, while others go on reading and writing. Program is the version that is running.
//
// It reads page by page, so memory holds one page whatever the size; it holds one reader's
// snapshot for as long as w takes, in which SQLite's log grows and PostgreSQL vacuums
// nothing that is younger.
func (s *Store) Dump(ctx context.Context, w io.Writer, program string) (m Manifest, err error) {
	shared, err := migrations(schemaFiles, "sqlite")
	if err != nil {
		return m, err
	}
	tables, err := tablesOf(ctx, shared)
	if err != nil {
		return m, err
	}
	err = s.Snapshot(ctx, func(v View) error {
		m = Manifest{Made: s.now(), Program: program, Database: s.engine.variant()}
		if err := v.manifest(&m, s.engine); err != nil {
			return err
		}
		d, err := newDumpWriter(w, m)
		for i := 0; i < len(tables) && err == nil; i++ {
			var n int64
			n, err = v.dumpTable(d, tables[i])
			m.Tables = append(m.Tables, Counted{tables[i].Name, n})
		}
		if err != nil {
			return err
		}
		return d.end()
	})
	if err != nil {
		return m, fmt.Errorf("dump: %w", err)
	}
	return m, nil
}

// manifest fills in what the database itself knows.
func (v View) manifest(m *Manifest, e engine) error {
	ran, err := ledger(v.ctx, v.from, e)
	if err != nil {
		return err
	}
	for _, r := range ran {
		m.Migrations = append(m.Migrations, SchemaStep{r.name, r.checksum})
	}
	if m.LogSize, m.LogHead, err = v.Head(); err != nil {
		return err
	}
	m.Meta = map[string]string{}
	return v.each("meta", func(row Row) error {
		var name, value string
		err := row.Scan(&name, &value)
		m.Meta[name] = value
		return err
	}, `SELECT name, value FROM meta`)
}

// The bounds of a page: it begins small, and grows while its rows are.
const (
	firstPage = 100
	largePage = 4000
	pageBytes = 2 << 20 // above, the next page is half as long; below a quarter, twice
)

// dumpTable writes a table in the order of its key, and answers how many rows it has. The
// database is asked for the number too: paging that lost a row must not pass for a copy.
func (v View) dumpTable(d *dumpWriter, t table) (n int64, err error) {
	if len(t.key) == 0 {
		return 0, fmt.Errorf("table %s has no primary key to page by", t.Name)
	}
	if err := d.json(t); err != nil {
		return 0, err
	}
	var last []any
	for limit, full := firstPage, true; full; limit = nextLimit(limit, d.paged) {
		page, err := v.page(t, last, limit)
		if err != nil {
			return n, fmt.Errorf("read %s: %w", t.Name, err)
		}
		if last, err = d.page(t, page); err != nil {
			return n, err
		}
		got := len(page) / len(t.Columns)
		n += int64(got)
		full = got == limit
	}
	var all int64
	if err := v.Row(`SELECT COUNT(*) FROM ` + quoted(t.Name)).Scan(&all); err != nil {
		return n, fmt.Errorf("count %s: %w", t.Name, err)
	}
	if all != n {
		return n, fmt.Errorf("table %s has %d rows, %d were read", t.Name, all, n)
	}
	return n, d.endTable(n)
}

func nextLimit(limit, bytes int) int {
	switch {
	case bytes > pageBytes:
		return max(1, limit/2)
	case bytes < pageBytes/4:
		return min(largePage, limit*2)
	}
	return limit
}

// page answers the values of the rows that follow last, row after row.
func (v View) page(t table, last []any, limit int) ([]any, error) {
	var q strings.Builder
	fmt.Fprintf(&q, `SELECT %s FROM %s`, t.list(), quoted(t.Name))
	var args []any
	if last != nil {
		fmt.Fprintf(&q, ` WHERE (%s) > (%s)`, t.keyList(), places(1, len(t.key)))
		for _, at := range t.key {
			args = append(args, last[at])
		}
	}
	fmt.Fprintf(&q, ` ORDER BY %s LIMIT $%d`, t.keyList(), len(args)+1)
	rows, err := v.Rows(q.String(), append(args, limit)...)
	if err != nil {
		return nil, err
	}
	if rows.columns != len(t.Columns) {
		return nil, errors.New("another number of columns than its schema has")
	}
	return rows.values, nil
}
