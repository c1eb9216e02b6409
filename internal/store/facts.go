package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Facts are what a database says of itself: for an operator and for whoever helps one.
// Nothing of it comes from a customer.
type Facts struct {
	Engine   string    `json:"engine"` // sqlite or postgres
	Version  string    `json:"version"`
	Bytes    int64     `json:"bytes"` // that it takes on its disk
	Settings []Setting `json:"settings"`
}

// A Setting is one setting of the database, as it is in force for us.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Of answers one setting, "" for one that this database does not have.
func (f Facts) Of(name string) string {
	for _, s := range f.Settings {
		if s.Name == name {
			return s.Value
		}
	}
	return ""
}

// An examined engine can be asked about itself. Both are.
type examined interface {
	facts(ctx context.Context) (Facts, error)

	// objects answers what there is in the schema, with its definition where it has one that
	// can be compared with the text it was made from.
	objects(ctx context.Context) ([]object, error)

	// damaged answers what the database finds wrong with its own pages; thoroughly reads
	// all of them, and every index against its table.
	damaged(ctx context.Context, thoroughly bool) ([]string, error)
}

// An object is a table, index, trigger or function of the schema.
type object struct {
	name       string
	definition string // "" where it cannot be compared
	off        bool   // it is there, and doesn't work: a disabled trigger, an invalid index
}

// Facts answers what the database says of itself.
func (s *Store) Facts(ctx context.Context) (Facts, error) {
	f, err := s.engine.(examined).facts(ctx)
	if err != nil {
		return f, fmt.Errorf("ask the database about itself: %w", err)
	}
	f.Engine = s.engine.variant()
	return f, nil
}

// Damaged answers what the database finds wrong with its own pages, at most twenty lines.
// On SQLite it reads the whole file; thoroughly, every index against its table besides. On
// PostgreSQL it answers what failed under the server's own checksums.
func (s *Store) Damaged(ctx context.Context, thoroughly bool) ([]string, error) {
	return s.engine.(examined).damaged(ctx, thoroughly)
}

// WrongObjects answers the names of tables, indexes, triggers and functions that are
// missing, switched off, or others than this program made: who wants to alter a log entry
// must drop a trigger first.
func (s *Store) WrongObjects(ctx context.Context) ([]string, error) {
	all, err := migrations(schemaFiles, s.engine.variant())
	if err != nil {
		return nil, err
	}
	have, err := s.engine.(examined).objects(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the schema: %w", err)
	}
	var text strings.Builder
	for _, m := range all {
		text.WriteString(m.text + "\n")
	}
	made := flat(text.String())
	want := objectsMade(text.String())
	var wrong []string
	for _, o := range have {
		if want[o.name] && (o.off || !strings.Contains(made, flat(o.definition))) {
			wrong = append(wrong, o.name)
		}
		delete(want, o.name)
	}
	for name := range want {
		wrong = append(wrong, name)
	}
	slices.Sort(wrong)
	return wrong, nil
}

// made and dropped find what a migration makes and drops.
var (
	made    = regexp.MustCompile(`(?m)^CREATE (?:UNIQUE INDEX|INDEX|TABLE|TRIGGER|FUNCTION) (\w+)`)
	dropped = regexp.MustCompile(`(?m)^DROP (?:INDEX|TABLE|TRIGGER|FUNCTION) (?:IF EXISTS )?(\w+)`)
)

func objectsMade(text string) map[string]bool {
	names := map[string]bool{}
	for _, m := range made.FindAllStringSubmatch(text, -1) {
		names[m[1]] = true
	}
	for _, m := range dropped.FindAllStringSubmatch(text, -1) {
		delete(names, m[1])
	}
	return names
}

// flat is SQL with its white space made one.
func flat(sql string) string { return strings.Join(strings.Fields(sql), " ") }

// A Ran is one line of the ledger of migrations.
type Ran struct {
	Name     string    `json:"name"`
	Checksum string    `json:"checksum"` // SHA-256 of its text, in hex
	At       time.Time `json:"ran_at"`
}

// Migrations answers what has shaped this database, in order.
func (v View) Migrations() ([]Ran, error) {
	return list(v, "migrations", func(row Row) (m Ran, err error) {
		err = row.Scan(&m.Name, &m.Checksum, &m.At)
		return m, err
	}, `SELECT name, checksum, ran_at FROM migration ORDER BY name`)
}

// A TableSize is how many rows a table has.
type TableSize struct {
	Name string `json:"table"`
	Rows int64  `json:"rows"`
}

// TableSizes counts the rows of every table of the schema: seconds for millions of rows.
func (v View) TableSizes() ([]TableSize, error) {
	names, err := fileTables()
	if err != nil {
		return nil, err
	}
	sizes := make([]TableSize, 0, len(names))
	for _, name := range names {
		t := TableSize{Name: name}
		if err := v.Row(`SELECT COUNT(*) FROM ` + name).Scan(&t.Rows); err != nil {
			return nil, fmt.Errorf("count %s: %w", name, err)
		}
		sizes = append(sizes, t)
	}
	return sizes, nil
}

// fileTables answers the names of the schema's tables, sorted.
func fileTables() ([]string, error) {
	all, err := migrations(schemaFiles, "")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, m := range all {
		for _, found := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllStringSubmatch(m.text, -1) {
			names = append(names, found[1])
		}
	}
	slices.Sort(names)
	return names, nil
}

// NewestAct answers when the newest entry was written, by the clock of whoever wrote it;
// zero for none.
func (v View) NewestAct() (time.Time, error) {
	var at time.Time
	err := v.Row(`SELECT MAX(at) FROM (SELECT at FROM entry ORDER BY id DESC LIMIT 100) AS newest`).Scan(&at)
	if err != nil {
		return at, fmt.Errorf("read the newest entry: %w", err)
	}
	return at, nil
}

// A Lease is a shard of the work and who holds it.
type Lease struct {
	Shard string
	Until time.Time
}

// Leases answers every shard that was ever held, by name.
func (v View) Leases() ([]Lease, error) {
	return list(v, "leases", func(row Row) (l Lease, err error) {
		err = row.Scan(&l.Shard, &l.Until)
		return l, err
	}, `SELECT shard, until_at FROM lease ORDER BY shard`)
}
