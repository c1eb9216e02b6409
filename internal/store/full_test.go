package store

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"amend/fault"
)

func TestFullDiskIsSaidUntilThereIsRoomAgain(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "full.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put := func(name string) error {
		return s.Write(t.Context(), "", func(tx *Tx) error {
			tx.Exec(`INSERT INTO meta (name, value) VALUES ($1, $2)`, name, strings.Repeat("x", 1<<16))
			return nil
		})
	}
	if err := errors.Join(put("before"), s.Room(t.Context())); err != nil {
		t.Fatal(err)
	}

	writer := s.engine.(*sqliteEngine).writer                           // nobody else uses it between two writes
	if _, err := writer.exec("PRAGMA max_page_count = 1"); err != nil { // as far as it has grown
		t.Fatal(err)
	}
	if err := put("full"); fault.CodeOf(err) != "disk_full" || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v, want disk_full", err)
	}
	if !s.full.Load() {
		t.Error("it is not remembered")
	}
	if _, err := writer.exec("PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	if err := s.Room(t.Context()); err != nil || s.full.Load() {
		t.Errorf("nobody writes, and it stays full: %v", err)
	}
	if err := put("after"); err != nil {
		t.Error(err)
	}
	var n int64
	if err := s.Row(t.Context(), `SELECT COUNT(*) FROM meta WHERE name IN ('before', 'full', 'after')`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d of the two rows, %v", n, err)
	}
}

func TestFullDiskOfTheServerIsSaidToo(t *testing.T) {
	r := &refusal{refused, 0, &pgconn.PgError{Code: postgresFull, Message: "could not extend file"}}
	err := r.outcome([]statement{{query: `INSERT`}})
	if fault.CodeOf(err) != "disk_full" || !isFull(err) {
		t.Fatal(err)
	}
}
