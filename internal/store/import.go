package store

import (
	"errors"
	"fmt"
	"time"

	"amend/fault"
)

// An ImportRun is one file on its way in. Line is the last one whose person is in, so that
// a run that was killed goes on behind it.
type ImportRun struct {
	ID         string
	Name       string // of the file, as people know it
	Digest     string // of its bytes: the same file is not brought in twice
	Mode       string // migration
	State      string // waiting, running, done
	StartedBy  string
	ApprovedBy string
	HeldSince  time.Time // when the contacts in it were known to be held, if the file does not say
	StartedAt  time.Time
	Line       int64
	Records    int64
	Faults     int64
	Revision   int64
}

const importColumns = `id, name, digest, mode, state, started_by, COALESCE(approved_by, ''), held_since, started_at, line, records, faults, revision`

func (v View) importRun(q string, args ...any) (ImportRun, error) {
	var r ImportRun
	err := v.Row(`SELECT `+importColumns+` FROM import_run `+q, args...).Scan(&r.ID, &r.Name, &r.Digest, &r.Mode, &r.State, &r.StartedBy,
		&r.ApprovedBy, &r.HeldSince, &r.StartedAt, &r.Line, &r.Records, &r.Faults, &r.Revision)
	if errors.Is(err, ErrNoRow) {
		return r, fault.New(fault.NotFound, "no_import")
	}
	if err != nil {
		return r, fmt.Errorf("read import run: %w", err)
	}
	return r, nil
}

// ImportRun answers one run.
func (v View) ImportRun(id string) (ImportRun, error) { return v.importRun(`WHERE id = $1`, id) }

// ImportOf answers the run of a file in a mode.
func (v View) ImportOf(digest, mode string) (ImportRun, error) {
	return v.importRun(`WHERE digest = $1 AND mode = $2`, digest, mode)
}

// AddImport writes a new run. The same file in the same mode is refused.
func (tx *Tx) AddImport(r ImportRun) {
	const q = `INSERT INTO import_run (id, name, digest, mode, state, started_by, held_since, started_at, line, records, faults, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, 1) ON CONFLICT DO NOTHING`
	tx.One(fault.New(fault.Conflict, "imported_before"), q, r.ID, r.Name, r.Digest, r.Mode, r.State, r.StartedBy, r.HeldSince, r.StartedAt)
}

// SaveImport writes how far a run is. Two workers of one run cannot both write.
func (tx *Tx) SaveImport(r ImportRun) {
	const q = `UPDATE import_run SET state = $3, approved_by = $4, line = $5, records = $6, faults = $7, revision = revision + 1 WHERE id = $1 AND revision = $2`
	tx.One(fault.New(fault.Conflict, "import_running", "run", r.ID), q, r.ID, r.Revision, r.State, orNull(r.ApprovedBy), r.Line, r.Records, r.Faults)
}

// HasRecords reports whether any record exists.
func (v View) HasRecords() (bool, error) {
	var id string
	err := v.Row(`SELECT id FROM golden_record LIMIT 1`).Scan(&id)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for records: %w", err)
	}
	return true, nil
}
