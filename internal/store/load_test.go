package store_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func everyTable(string) bool { return true }

// nothingAt fails unless nothing at all is where url would be.
func nothingAt(t *testing.T, url string) {
	t.Helper()
	if path, file := strings.CutPrefix(url, "sqlite://"); file {
		left, err := filepath.Glob(filepath.Dir(path) + "/*")
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		return
	}
	if _, empty, err := store.Peek(t.Context(), url, "key"); err != nil || !empty {
		t.Errorf("left behind: %v, %v", empty, err)
	}
}

func small(t *testing.T) []byte {
	t.Helper()
	s := sqliteOf(t)(store.Options{})
	crowded(t, s, 5)
	return dumpOf(t, s)
}

func TestDamagedDumpLeavesNothingBehind(t *testing.T) {
	good := small(t)
	for kind, url := range urls(t) {
		flips := map[string]int{"sqlite": 40, "postgres": 6}[kind]
		for range flips {
			bad := slices.Clone(good)
			at := rand.IntN(len(bad))
			bad[at] ^= 1 << rand.IntN(8)
			if load(t, url, bad) == nil {
				t.Fatalf("%s: a flip at %d of %d was not found", kind, at, len(bad))
			}
		}
		for _, n := range []int{0, 5, len(good) / 3, len(good) / 2, len(good) - 33, len(good) - 32, len(good) - 1} {
			if err := load(t, url, good[:n]); fault.CodeOf(err) != "backup_damaged" {
				t.Errorf("%s: cut at %d of %d: %v", kind, n, len(good), err)
			}
		}
		if err := load(t, url, append(slices.Clone(good), 0)); fault.CodeOf(err) != "backup_damaged" {
			t.Errorf("%s: more than its end: %v", kind, err)
		}
		nothingAt(t, url)
		if err := load(t, url, good); err != nil {
			t.Errorf("%s: the good one: %v", kind, err)
		}
	}
}

func TestDumpOfANewerOrEditedSchemaIsRefused(t *testing.T) {
	good := small(t)
	for kind, url := range urls(t) {
		for code, change := range map[string]func(*store.Manifest){
			"schema_newer":   func(m *store.Manifest) { m.Migrations = append(m.Migrations, store.SchemaStep{Name: "9999_more"}) },
			"schema_edited":  func(m *store.Manifest) { m.Migrations[1].Checksum = "another" },
			"backup_damaged": func(m *store.Manifest) { m.Migrations = nil },
		} {
			if err := load(t, url, store.Rewritten(t, good, change, everyTable)); fault.CodeOf(err) != code {
				t.Errorf("%s: got %v, want %s", kind, err, code)
			}
		}
		nothingAt(t, url)
	}
	newer := bytes.Replace(good, []byte("amend dump 1\n"), []byte("amend dump 2\n"), 1)
	if err := load(t, storetest.SQLite(t), newer); fault.CodeOf(err) != "backup_newer" {
		t.Errorf("got %v", err)
	}
}

// younger are the tables that no schema before 0003 or 0004 has.
var younger = []string{"session", "secret", "seeking", "draft", "preference", "snooze", "verdict", "system_pause", "system_test", "system_hour", "policy_version", "judged", "import_proposal"}

// An old backup must load for as long as the company keeps it.
func TestDumpOfAnOlderSchemaIsMigratedOnTheWay(t *testing.T) {
	s := sqliteOf(t)(store.Options{})
	crowded(t, s, 5)
	old := store.Rewritten(t, dumpOf(t, s), func(m *store.Manifest) {
		m.Migrations = slices.DeleteFunc(m.Migrations, func(r store.SchemaStep) bool { return r.Name > "0002" })
	}, func(table string) bool { return !slices.Contains(younger, table) })
	for kind, url := range urls(t) {
		if err := load(t, url, old); err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		back := openURL(t, url)
		if n := number(t, back, `SELECT count(*) FROM migration WHERE name = '0002_stuck'`); n != 1 || number(t, back, `SELECT count(*) FROM entry`) != 5 {
			t.Errorf("%s: not migrated", kind)
		}
	}
}

func TestDumpWithoutATableIsRefused(t *testing.T) {
	same := func(*store.Manifest) {}
	for _, table := range []string{"entry", "idempotency"} {
		url := storetest.SQLite(t)
		bad := store.Rewritten(t, small(t), same, func(name string) bool { return name != table })
		if err := load(t, url, bad); fault.CodeOf(err) != "backup_damaged" {
			t.Errorf("without %s: %v", table, err)
		}
		nothingAt(t, url)
	}
}

func TestDatabaseThatIsThereIsNeverLoadedInto(t *testing.T) {
	good := small(t)
	for kind, url := range urls(t) {
		s := openURL(t, url) // founded, and not a row in it
		if err := load(t, url, good); fault.CodeOf(err) != "database_not_empty" {
			t.Errorf("%s: got %v", kind, err)
		}
		if n := number(t, s, `SELECT count(*) FROM entry`); n != 0 {
			t.Errorf("%s: %d entries came in", kind, n)
		}
	}
}

// SQLite would play the log of a lost database into the restored one.
func TestLogOfALostDatabaseIsInTheWay(t *testing.T) {
	url := storetest.SQLite(t)
	leftover := strings.TrimPrefix(url, "sqlite://") + "-wal"
	if err := os.WriteFile(leftover, []byte("frames"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := load(t, url, small(t)); fault.CodeOf(err) != "database_leftover" {
		t.Fatalf("got %v", err)
	}
	if err := os.Remove(leftover); err != nil {
		t.Fatal(err)
	}
	nothingAt(t, url)
}

func TestManifestThatIsNotAcceptedStopsTheLoad(t *testing.T) {
	for _, url := range urls(t) {
		no := errors.New("no")
		_, err := store.Load(t.Context(), store.Options{URL: url}, bytes.NewReader(small(t)), func(store.Manifest) error { return no })
		if !errors.Is(err, no) {
			t.Errorf("got %v", err)
		}
		nothingAt(t, url)
	}
}

// broken gives some bytes and then fails, as a disk does.
func broken(dump []byte, err error) io.Reader {
	r, w := io.Pipe()
	go func() {
		_, _ = w.Write(dump)
		_ = w.CloseWithError(err)
	}()
	return r
}

func TestLoadThatIsInterruptedLeavesNothingBehind(t *testing.T) {
	s := sqliteOf(t)(store.Options{})
	crowded(t, s, 600)
	dump := dumpOf(t, s)
	for kind, url := range urls(t) {
		disk := errors.New("the disk says no")
		if _, err := store.Load(t.Context(), store.Options{URL: url}, broken(dump[:len(dump)*2/3], disk), nil); !errors.Is(err, disk) {
			t.Errorf("%s: got %v", kind, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		_, err := store.Load(ctx, store.Options{URL: url}, bytes.NewReader(dump), func(store.Manifest) error { cancel(); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", kind, err)
		}
		nothingAt(t, url)
	}
}

func TestLoadWantsAFileOrAServer(t *testing.T) {
	for _, url := range []string{"sqlite::memory:", "sqlite://relative.db", "mysql://db"} {
		if err := load(t, url, small(t)); fault.CodeOf(err) != "database_url" {
			t.Errorf("%s: %v", url, err)
		}
	}
}

func TestFinishedFileNeverReplacesAnother(t *testing.T) {
	dir := t.TempDir()
	temp, path := filepath.Join(dir, "temp"), filepath.Join(dir, "path")
	for _, name := range []string{temp, path} {
		if err := os.WriteFile(name, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Place(temp, path); !errors.Is(err, os.ErrExist) {
		t.Fatalf("got %v", err)
	}
	if err := errors.Join(os.Remove(path), store.Place(temp, path)); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != temp {
		t.Fatalf("%q, %v", text, err)
	}
	if _, err := os.Lstat(temp); !os.IsNotExist(err) {
		t.Fatal("the temporary name is still there")
	}
}
