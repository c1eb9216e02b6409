// Package storetest runs a store test on both databases, each time on a fresh one.
//
// PostgreSQL comes from AMEND_TEST_POSTGRES (see scripts/with-postgres), or is started
// for the test process from the binaries installed here. If there are none, the test
// fails: half of the truth is not a green test.
package storetest

import (
	"context"
	"crypto/rand"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"amend/internal/store"
)

// An Opener opens the database of one test with o, of which URL is filled in. Called
// again, it opens the same database again, as another process would. The Store is closed
// when the test ends.
type Opener func(o store.Options) *store.Store

// Each runs test as two subtests, sqlite and postgres.
func Each(t *testing.T, test func(t *testing.T, open Opener)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, opener(t, SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(t, opener(t, Postgres(t))) })
}

func opener(t testing.TB, url string) Opener {
	return func(o store.Options) *store.Store {
		t.Helper()
		return open(t, url, o)
	}
}

// open opens url for the length of the test.
func open(t testing.TB, url string, o store.Options) *store.Store {
	t.Helper()
	o.URL = url
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// SQLite answers the URL of a database file that is not there yet.
func SQLite(t testing.TB) string {
	return "sqlite://" + filepath.Join(t.TempDir(), "amend.db")
}

// Postgres answers the URL of an empty database that is dropped when the test ends.
func Postgres(t testing.TB) string {
	t.Helper()
	server, err := cluster()
	if err != nil {
		t.Fatal(err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	onServer(t, server.url, "CREATE DATABASE "+name)
	t.Cleanup(func() { onServer(t, server.url, "DROP DATABASE "+name+" WITH (FORCE)") })

	u, err := url.Parse(server.url)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func onServer(t testing.TB, server, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
