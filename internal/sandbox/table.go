package sandbox

import (
	"database/sql"
	"errors"
	"path/filepath"

	_ "modernc.org/sqlite" // the system's own database
)

// Table is a downstream system that follows in a SQL table of its own, as an ERP would.
type Table struct {
	db   *sql.DB
	File string // name of the database file within its folder
}

// OpenTable makes the system's database in folder.
func OpenTable(folder, file string) (*Table, error) {
	db, err := sql.Open("sqlite", filepath.Join(folder, file)+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)")
	if err != nil {
		return nil, err
	}
	const schema = `CREATE TABLE IF NOT EXISTS partner (
		customer_id TEXT PRIMARY KEY, amend_seq BIGINT NOT NULL, gone BIGINT,
		name TEXT, mobile TEXT, mail TEXT, address TEXT)`
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Table{db: db, File: file}, nil
}

// Close closes the database.
func (t *Table) Close() error { return t.db.Close() }

// Mobile answers the phone that the system holds of a record, "" for none.
func (t *Table) Mobile(record string) (string, error) {
	var mobile sql.NullString
	err := t.db.QueryRow(`SELECT mobile FROM partner WHERE customer_id = ?`, record).Scan(&mobile)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return mobile.String, err
}
