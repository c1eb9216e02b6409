package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"amend/fault"
)

// Load makes the database of o.URL, of which nothing may be there yet, from the dump that
// r gives, whichever of the two it was taken from, and brings its schema up to date.
// Accept looks at the manifest before anything is made; nil takes every one.
//
// It is all or nothing: on SQLite a file beside the new one becomes it at the very end,
// on PostgreSQL everything is one transaction. What the dump says of itself (its digest,
// the rows of each table, every table of its schema) is checked before that. Of o, only
// URL, Clock and Log count.
func Load(ctx context.Context, o Options, r io.Reader, accept func(Manifest) error) (m Manifest, err error) {
	d, m, err := openDump(r)
	if err != nil {
		return m, err
	}
	if accept != nil {
		if err := accept(m); err != nil {
			return m, err
		}
	}
	now := time.Now
	if o.Clock != nil {
		now = o.Clock
	}
	l := load{from: d, manifest: m, now: now().UTC().Truncate(time.Microsecond)}
	if path, file := strings.CutPrefix(o.URL, "sqlite://"); file && strings.HasPrefix(path, "/") {
		err = loadSQLite(ctx, path, l.into)
	} else {
		err = loadPostgres(ctx, o, l.into)
	}
	return l.manifest, err
}

// A loader is the inside of the transaction, or of the file, that becomes the database.
type loader interface {
	session
	variant() string

	// insert stores every row that next answers, until it answers io.EOF.
	insert(ctx context.Context, t table, next func() ([]any, error)) error
}

// A load is one dump on its way into a database.
type load struct {
	from     *dumpReader
	manifest Manifest
	now      time.Time
}

// into makes the schema that the dump was taken from, loads it, and migrates on from there.
func (l *load) into(ctx context.Context, to loader) error {
	all, err := migrations(schemaFiles, to.variant())
	if err != nil {
		return err
	}
	known, err := l.manifest.known(all)
	if err != nil {
		return err
	}
	if err := l.migrate(to, all[:known]); err != nil {
		return err
	}
	if err := l.tables(ctx, to); err != nil {
		return err
	}
	if err := l.from.end(); err != nil {
		return err
	}
	return l.migrate(to, all[known:])
}

func (l *load) migrate(to session, some []migration) error {
	for _, m := range some {
		if err := run(to, m, l.now); err != nil {
			return fmt.Errorf("migrate %s: %w", m.name, err)
		}
	}
	return nil
}

// tables loads every table that the dump's schema has, each exactly once.
func (l *load) tables(ctx context.Context, to loader) error {
	awaited, err := l.manifest.tables(ctx)
	if err != nil {
		return err
	}
	for {
		t, err := l.from.nextTable()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if want, ok := awaited[t.Name]; !ok || !want.same(t) {
			return errDamaged
		}
		delete(awaited, t.Name)
		if err := to.insert(ctx, t, l.from.nextRow); err != nil {
			return fmt.Errorf("load %s: %w", t.Name, err)
		}
		l.manifest.Tables = append(l.manifest.Tables, Counted{t.Name, l.from.rows})
	}
	if len(awaited) > 0 {
		return errDamaged
	}
	return nil
}

// known answers how many of the migrations of a database make the schema of the dump, and
// refuses a dump that a newer program made. A dump of the other database has run that
// one's own files; those that belong to the same steps, or to earlier ones, are ours.
func (m Manifest) known(all []migration) (int, error) {
	if len(m.Migrations) == 0 {
		return 0, errDamaged
	}
	theirs, err := migrations(schemaFiles, m.Database)
	if err != nil {
		return 0, err
	}
	if _, err := behind(m.ledger(), theirs); err != nil {
		return 0, err
	}
	newest := step(m.Migrations[len(m.Migrations)-1].Name)
	n := 0
	for n < len(all) && step(all[n].name) <= newest {
		n++
	}
	return n, nil
}

func (m Manifest) ledger() []ranMigration {
	ran := make([]ranMigration, len(m.Migrations))
	for i, r := range m.Migrations {
		ran[i] = ranMigration{r.Name, r.Checksum}
	}
	return ran
}

// step is the part of a migration's name that both databases share.
func step(name string) string {
	shared, _, _ := strings.Cut(name, ".")
	return shared
}

// tables answers the tables that a dump of this schema must hold, by name.
func (m Manifest) tables(ctx context.Context) (map[string]table, error) {
	shared, err := migrations(schemaFiles, "sqlite")
	if err != nil {
		return nil, err
	}
	known, err := m.known(shared)
	if err != nil {
		return nil, err
	}
	list, err := tablesOf(ctx, shared[:known])
	if err != nil {
		return nil, err
	}
	byName := make(map[string]table, len(list))
	for _, t := range list {
		byName[t.Name] = t
	}
	return byName, nil
}

// notVacant refuses a place where something is.
func notVacant() error { return fault.New(fault.Conflict, "database_not_empty") }
