package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"amend/fault"
)

func TestDatabaseFileIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new folder", "a%20b?c#d.db")
	s, err := Open(t.Context(), Options{URL: "sqlite://" + path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v, want %v", name, err, info.Mode(), want)
		}
	}
}

func TestSQLiteIsDurableAndForgets(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: "sqlite://" + filepath.Join(t.TempDir(), "a.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	writer := s.engine.(*sqliteEngine).writer
	for pragma, want := range map[string]any{
		"journal_mode": "wal", "synchronous": int64(2), "foreign_keys": int64(1), "secure_delete": int64(1), "busy_timeout": int64(5000), "temp_store": int64(2),
	} {
		var got any
		if err := (View{ctx: t.Context(), from: writer}).Row("PRAGMA " + pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %v, %v, want %v", pragma, err, got, want)
		}
	}
}

func TestMemoryDatabaseIsSharedByItsStoreAndNobodyElse(t *testing.T) {
	open := func() *Store {
		s, err := Open(t.Context(), Options{URL: "sqlite::memory:"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	a, b := open(), open()
	for n, s := range []*Store{a, b} {
		err := s.Write(t.Context(), "", func(tx *Tx) error {
			tx.Exec(`INSERT INTO meta VALUES ('who', $1)`, string(rune('a'+n)))
			return nil
		})
		var who string
		if err := errors.Join(err, s.Row(t.Context(), `SELECT value FROM meta WHERE name = 'who'`).Scan(&who)); err != nil || who != string(rune('a'+n)) {
			t.Errorf("%v: %q", err, who)
		}
	}
}

func TestMemoryDatabaseServesACrowd(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: "sqlite::memory:"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var crowd sync.WaitGroup
	for n := range 16 {
		crowd.Go(func() {
			for i := range 50 {
				name, got := fmt.Sprint(n, ".", i), ""
				err := s.Write(t.Context(), "", func(tx *Tx) error { tx.Exec(`INSERT INTO meta VALUES ($1, $1)`, name); return nil })
				if err := errors.Join(err, s.Row(t.Context(), `SELECT value FROM meta WHERE name = $1`, name).Scan(&got)); err != nil || got != name {
					t.Errorf("%v: %q", err, got)
				}
			}
		})
	}
	crowd.Wait()
}

func TestPreparedStatementsAreBounded(t *testing.T) {
	c, err := openSQLiteConn("file:/bounded?vfs=memdb")
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for n := range preparedLimit + 10 {
		if _, err := c.exec("SELECT 1 -- " + string(rune(0x4e00+n))); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.prepared) != 10 {
		t.Errorf("%d statements kept", len(c.prepared))
	}
}

func TestReadOfAGivenUpCallerStops(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: "sqlite::memory:"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go cancel()
	_, err = s.Rows(ctx, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n`) // for ever
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want cancelled", err)
	}
}

// childURL, when set, makes the next test the other process of the one after it.
const childURL = "AMEND_STORE_TEST_CHILD"

func TestIncrementsOfAnotherProcess(t *testing.T) {
	dsn := os.Getenv(childURL)
	if dsn == "" {
		dsn = "sqlite://" + filepath.Join(t.TempDir(), "alone.db")
	}
	s, err := Open(t.Context(), Options{URL: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	addMany(t, s)
}

const increments = 200

// addMany adds one to the row n of meta, many times, as text and by compare-and-set.
func addMany(t *testing.T, s *Store) {
	t.Helper()
	err := s.Write(t.Context(), "", func(tx *Tx) error {
		tx.Exec(`INSERT INTO meta VALUES ('n', '0') ON CONFLICT DO NOTHING`)
		return nil
	})
	for done := 0; err == nil && done < increments; {
		err = s.Write(t.Context(), "n", func(tx *Tx) error {
			var n string
			if err := tx.Row(`SELECT value FROM meta WHERE name = 'n'`).Scan(&n); err != nil {
				return err
			}
			tx.One(Stale, `UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = 'n' AND value = $1`, n)
			return nil
		})
		switch {
		case err == nil:
			done++
		case errors.Is(err, Stale):
			err = nil
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnotherProcessMayWriteTheSameFile(t *testing.T) {
	dsn := "sqlite://" + filepath.Join(t.TempDir(), "shared.db")
	s, err := Open(t.Context(), Options{URL: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestIncrementsOfAnotherProcess$")
	child.Env = append(os.Environ(), childURL+"="+dsn)
	said := make(chan error, 1)
	go func() {
		out, err := child.CombinedOutput()
		if err != nil {
			err = errors.Join(err, errors.New(string(out)))
		}
		said <- err
	}()

	addMany(t, s)

	if err := <-said; err != nil {
		t.Fatal(err)
	}
	var n string
	if err := s.Row(t.Context(), `SELECT value FROM meta WHERE name = 'n'`).Scan(&n); err != nil || n != "400" {
		t.Fatalf("%v: n is %s, want 400", err, n)
	}
}

func TestGroupSurvivesAWriterThatHoldsTheFile(t *testing.T) {
	dsn := "sqlite://" + filepath.Join(t.TempDir(), "held.db")
	s, err := Open(t.Context(), Options{URL: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	other, err := Open(t.Context(), Options{URL: dsn})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	// The other's writer holds the file; ours gets no busy time, so that each try fails at once.
	holder, ours := other.engine.(*sqliteEngine).writer, s.engine.(*sqliteEngine).writer
	_, err1 := ours.exec("PRAGMA busy_timeout = 0")
	_, err2 := holder.exec("BEGIN IMMEDIATE")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}

	put := func() error {
		return s.Write(t.Context(), "", func(tx *Tx) error { tx.Exec(`INSERT INTO meta VALUES ('a', 'b')`); return nil })
	}
	if err := put(); fault.CodeOf(err) != "not_stored" || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v, want not_stored", err)
	}
	if _, err := holder.exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := put(); err != nil {
		t.Errorf("after the file is free: %v", err)
	}
}

func TestFailedCommitIsTheOutcomeOfEveryMember(t *testing.T) {
	s, err := Open(t.Context(), Options{URL: "sqlite::memory:"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	e := s.engine.(*sqliteEngine)
	group := []*act{
		{statements: []statement{{query: `INSERT INTO meta VALUES ('a', 'b')`}}},
		{statements: []statement{{query: `INSERT INTO nowhere VALUES (1)`}}},
		{statements: []statement{{query: `ROLLBACK`}}}, // what a full disk does: the transaction is gone
		{statements: []statement{{query: `INSERT INTO meta VALUES ('c', 'd')`}}},
	}
	e.commit(group)
	for i, a := range group {
		if stored := fault.CodeOf(a.err) == "not_stored"; a.err == nil || stored == (i == 1) {
			t.Errorf("member %d: %v", i, a.err)
		}
	}
	again := []*act{{statements: []statement{{query: `INSERT INTO meta VALUES ('e', 'f')`}}}}
	e.commit(again)
	var rows int64
	if err := s.Row(t.Context(), `SELECT count(*) FROM meta`).Scan(&rows); err != nil || rows != 1 || again[0].err != nil {
		t.Errorf("%v, %v: %d rows, want the last one alone", err, again[0].err, rows)
	}
}
