package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"amend/fault"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// A migration is one file of schema/, run once and for ever. NNNN_name.sql is for both
// databases; NNNN_name.sqlite.sql and NNNN_name.postgres.sql, for what cannot be said in
// one text (triggers), run after it and on that database only.
type migration struct {
	name string // the file's, without .sql
	text string
}

func (m migration) checksum() string {
	sum := sha256.Sum256([]byte(m.text))
	return hex.EncodeToString(sum[:])
}

// migrate runs the migrations that this database has not seen, all or none.
func migrate(ctx context.Context, e engine, now time.Time) error {
	all, err := migrations(schemaFiles, e.variant())
	if err != nil {
		return err
	}
	return migrateTo(ctx, e, all, now)
}

// migrateTo looks without a lock first, so that a command beside a busy server starts at once.
func migrateTo(ctx context.Context, e engine, all []migration, now time.Time) error {
	pending, err := unseen(ctx, e, e, all)
	if err != nil || len(pending) == 0 {
		return err
	}
	return e.exclusively(ctx, func(in session) error {
		pending, err := unseen(ctx, in, e, all)
		if err != nil {
			return err
		}
		for _, m := range pending {
			if err := run(in, m, now); err != nil {
				return fmt.Errorf("migrate %s: %w", m.name, err)
			}
		}
		return nil
	})
}

func run(in session, m migration, now time.Time) error {
	if err := in.script(m.text); err != nil {
		return err
	}
	return in.exec(`INSERT INTO migration (name, checksum, ran_at) VALUES ($1, $2, $3)`,
		m.name, m.checksum(), now.UnixMicro())
}

// migrations reads the schema in the order it runs.
func migrations(files fs.FS, variant string) ([]migration, error) {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, path := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "schema/"), ".sql")
		if _, only, found := strings.Cut(name, "."); found && only != variant {
			continue
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return nil, err
		}
		all = append(all, migration{name, string(text)})
	}
	slices.SortFunc(all, func(a, b migration) int { return cmp.Compare(a.name, b.name) })
	return all, nil
}

// unseen answers the migrations that this database has not seen.
func unseen(ctx context.Context, from source, e engine, all []migration) ([]migration, error) {
	ran, err := ledger(ctx, from, e)
	if err != nil {
		return nil, err
	}
	return behind(ran, all)
}

// behind answers the migrations that a ledger lacks. It must be the beginning of all:
// what it has beyond is a newer program's, what differs was edited after it ran.
func behind(ran []ranMigration, all []migration) ([]migration, error) {
	known := make(map[string]bool, len(all))
	for _, m := range all {
		known[m.name] = true
	}
	for i, m := range ran {
		switch {
		case !known[m.name]:
			return nil, fault.New(fault.Conflict, "schema_newer", "migration", m.name)
		case i >= len(all) || all[i].name != m.name:
			return nil, fault.New(fault.Conflict, "schema_order", "migration", m.name)
		case all[i].checksum() != m.checksum:
			return nil, fault.New(fault.Conflict, "schema_edited", "migration", m.name)
		}
	}
	return all[len(ran):], nil
}

// ranMigration is a line of the ledger.
type ranMigration struct{ name, checksum string }

// ledger answers what ran here, in order; nothing on a fresh database, which has no ledger.
func ledger(ctx context.Context, from source, e engine) ([]ranMigration, error) {
	view := View{ctx: ctx, from: from}
	var tables int64
	if err := view.Row(e.ledgerCount()).Scan(&tables); err != nil || tables == 0 {
		return nil, err
	}
	ran, err := list(view, "migrations", func(row Row) (m ranMigration, err error) {
		err = row.Scan(&m.name, &m.checksum)
		return m, err
	}, `SELECT name, checksum FROM migration`)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(ran, func(a, b ranMigration) int { return cmp.Compare(a.name, b.name) })
	return ran, nil
}
