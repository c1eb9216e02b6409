package store

import (
	"errors"
	"fmt"

	"amend/fault"
)

// An ImportProposal is what an import whose rows are filed as proposals says of itself, and what
// came of its rows.
type ImportProposal struct {
	Run     string
	Source  string // whose word the rows are: vendor:NAME, event:NAME, survey:NAME
	Reason  string
	Changed int64 // rows that became requests about a known customer
	Created int64 // rows that became requests for a new record
	Same    int64 // rows that say what is on record already
}

// ImportProposal answers it; a migration has none.
func (v View) ImportProposal(run string) (ImportProposal, error) {
	p := ImportProposal{Run: run}
	err := v.Row(`SELECT source, reason, changed, created, same FROM import_proposal WHERE run_id = $1`, run).Scan(&p.Source, &p.Reason, &p.Changed, &p.Created, &p.Same)
	if errors.Is(err, ErrNoRow) {
		return p, fault.New(fault.NotFound, "no_import")
	}
	if err != nil {
		err = fmt.Errorf("read import: %w", err)
	}
	return p, err
}

// AddImportProposal writes it for a new run.
func (tx *Tx) AddImportProposal(p ImportProposal) {
	tx.Exec(`INSERT INTO import_proposal (run_id, source, reason, changed, created, same) VALUES ($1, $2, $3, 0, 0, 0)`, p.Run, p.Source, p.Reason)
}

// SaveImportProposal writes what came of its rows so far; SaveImport of the same act keeps two
// workers of one run apart.
func (tx *Tx) SaveImportProposal(p ImportProposal) {
	tx.Exec(`UPDATE import_proposal SET changed = $2, created = $3, same = $4 WHERE run_id = $1`, p.Run, p.Changed, p.Created, p.Same)
}
