package store

import (
	"errors"
	"testing"
	"testing/fstest"
	"time"

	"amend/fault"
)

// steps makes migrations of a schema folder with these files.
func steps(t *testing.T, variant string, files map[string]string) []migration {
	t.Helper()
	folder := fstest.MapFS{}
	for name, text := range files {
		folder["schema/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	all, err := migrations(folder, variant)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

const meta = `CREATE TABLE migration (name TEXT PRIMARY KEY, checksum TEXT NOT NULL, ran_at BIGINT NOT NULL);`

func freshMemory(t *testing.T) engine {
	t.Helper()
	e, err := openSQLiteMemory(t.Context(), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.close() })
	return e
}

func TestMigrationsOfTheOtherDatabaseAreSkipped(t *testing.T) {
	files := map[string]string{"0001_b.sql": "b", "0000_a.sql": "a", "0001_b.sqlite.sql": "bs", "0001_b.postgres.sql": "bp"}
	for variant, want := range map[string]string{"sqlite": "bs", "postgres": "bp"} {
		all := steps(t, variant, files)
		if len(all) != 3 || all[0].text != "a" || all[1].text != "b" || all[2].text != want {
			t.Errorf("%s: %v", variant, all)
		}
	}
}

func TestMigrationsRunOnceInOrder(t *testing.T) {
	e := freshMemory(t)
	all := steps(t, "sqlite", map[string]string{
		"0000_meta.sql": meta,
		"0001_t.sql":    `CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (1);`,
		"0002_t.sql":    `UPDATE t SET n = n * 10; INSERT INTO t VALUES (2);`,
	})
	for _, some := range [][]migration{all[:2], all, all} {
		if err := migrateTo(t.Context(), e, some, time.UnixMicro(7)); err != nil {
			t.Fatal(err)
		}
	}
	var sum, ran int64
	view := View{ctx: t.Context(), from: e}
	err := errors.Join(view.Row(`SELECT sum(n) FROM t`).Scan(&sum), view.Row(`SELECT count(*) FROM migration WHERE ran_at = 7`).Scan(&ran))
	if err != nil || sum != 12 || ran != 3 {
		t.Fatalf("%v: sum %d, ran %d", err, sum, ran)
	}
}

func TestFailedMigrationLeavesNothing(t *testing.T) {
	e := freshMemory(t)
	all := steps(t, "sqlite", map[string]string{"0000_meta.sql": meta, "0001_bad.sql": `CREATE TABLE t (n BIGINT); CREATE TABLE t (n BIGINT);`})
	if err := migrateTo(t.Context(), e, all, time.UnixMicro(1)); err == nil {
		t.Fatal("a table was made twice")
	}
	var tables int64
	if err := (View{ctx: t.Context(), from: e}).Row(`SELECT count(*) FROM sqlite_master`).Scan(&tables); err != nil || tables != 0 {
		t.Fatalf("%v: %d tables left", err, tables)
	}
}

func TestDatabaseThatDoesNotMatchTheProgramIsRefused(t *testing.T) {
	files := func(change func(map[string]string)) map[string]string {
		m := map[string]string{"0000_meta.sql": meta, "0001_a.sql": `CREATE TABLE a (n BIGINT);`, "0003_c.sql": `CREATE TABLE c (n BIGINT);`}
		change(m)
		return m
	}
	for code, change := range map[string]func(map[string]string){
		"schema_newer":  func(m map[string]string) { delete(m, "0003_c.sql") },
		"schema_edited": func(m map[string]string) { m["0001_a.sql"] += " -- a word more" },
		"schema_order":  func(m map[string]string) { m["0002_b.sql"] = `CREATE TABLE b (n BIGINT);` },
	} {
		e := freshMemory(t)
		if err := migrateTo(t.Context(), e, steps(t, "sqlite", files(func(map[string]string) {})), time.UnixMicro(1)); err != nil {
			t.Fatal(err)
		}
		err := migrateTo(t.Context(), e, steps(t, "sqlite", files(change)), time.UnixMicro(2))
		if fault.CodeOf(err) != code {
			t.Errorf("got %v, want %s", err, code)
		}
	}
}

func TestSchemaOfTheProgramIsReadable(t *testing.T) {
	for _, variant := range []string{"sqlite", "postgres"} {
		all, err := migrations(schemaFiles, variant)
		if err != nil || len(all) == 0 || all[0].name != "0000_meta" {
			t.Errorf("%s: %v, %v", variant, all, err)
		}
	}
}
