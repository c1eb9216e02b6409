package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// postgres opens a fresh database twice: as a Store, and as a stranger's plain connection.
func postgres(t *testing.T) (s *store.Store, url string, stranger *pgx.Conn) {
	t.Helper()
	url = storetest.Postgres(t)
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	stranger, err = pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stranger.Close(context.Background()) })
	return s, url, stranger
}

func TestCommitThatPostgresRefusesStoresNothing(t *testing.T) {
	s, _, _ := postgres(t)
	exec(t, s, counters, `CREATE TABLE child (name TEXT REFERENCES counter (name) DEFERRABLE INITIALLY DEFERRED)`)
	for i, err := range crowd(40, func(i int) error {
		return s.Write(t.Context(), "", func(tx *store.Tx) error {
			parent := fmt.Sprint("p", i)
			tx.Exec(`INSERT INTO child VALUES ($1)`, parent)
			if i%4 != 0 { // else the constraint fails at the commit, after every statement went well
				tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, parent)
			}
			return nil
		})
	}) {
		if (err == nil) != (i%4 != 0) {
			t.Errorf("verb %d: %v", i, err)
		}
	}
	if n := number(t, s, `SELECT count(*) FROM child`); n != 30 {
		t.Errorf("%d children, want 30", n)
	}
}

func TestDeadlockedVerbsAreStoredInTheEnd(t *testing.T) {
	s, url, _ := postgres(t)
	other, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	exec(t, s, counters, `INSERT INTO counter VALUES ('a', 0, NULL), ('b', 0, NULL)`)
	handles := []*store.Store{s, other}
	for _, err := range crowd(100, func(i int) error {
		return handles[i%2].Write(t.Context(), "", func(tx *store.Tx) error {
			order := []string{"a", "b"}
			tx.Exec(`UPDATE counter SET n = n + 1 WHERE name = $1`, order[i/2%2])
			tx.Exec(`UPDATE counter SET n = n + 1 WHERE name = $1`, order[1-i/2%2])
			return nil
		})
	}) {
		if err != nil {
			t.Error(err)
		}
	}
	if n := number(t, s, `SELECT sum(n) FROM counter`); n != 200 {
		t.Errorf("sum is %d, want 200", n)
	}
}

func TestLostConnectionsAreReplaced(t *testing.T) {
	s, _, stranger := postgres(t)
	exec(t, s, counters)
	const kill = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'amend' AND datname = current_database()`
	stored := int64(0)
	for i := range 20 {
		if _, err := stranger.Exec(t.Context(), kill); err != nil {
			t.Fatal(err)
		}
		err := s.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, fmt.Sprint(i))
			return nil
		})
		switch {
		case err == nil:
			stored++
		case fault.KindOf(err) != fault.Unavailable:
			t.Errorf("got %v, want it unavailable", err)
		}
	}
	var rows int64
	if err := stranger.QueryRow(t.Context(), `SELECT count(*) FROM counter`).Scan(&rows); err != nil || rows < stored {
		t.Errorf("%v: %d rows, but %d were told so", err, rows, stored)
	}
}

func TestServerKilledMidwayNeverLosesWhatWasTold(t *testing.T) {
	s, _, stranger := postgres(t)
	exec(t, s, counters)
	const kill = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
		WHERE application_name = 'amend' AND datname = current_database() AND query NOT LIKE '%LISTEN%'`
	stop := make(chan struct{})
	var killer sync.WaitGroup
	killer.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if _, err := stranger.Exec(context.Background(), kill); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	errs := crowd(200, func(i int) error {
		return s.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, fmt.Sprint("a", i))
			tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, fmt.Sprint("b", i))
			return nil
		})
	})
	close(stop)
	killer.Wait()
	for i, err := range errs {
		var a, b int64
		row := stranger.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE name = $1), count(*) FILTER (WHERE name = $2) FROM counter`, fmt.Sprint("a", i), fmt.Sprint("b", i))
		if err := row.Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		code := fault.CodeOf(err)
		if a != b || err == nil && a != 1 || code == "not_stored" && a != 0 || err != nil && fault.KindOf(err) != fault.Unavailable {
			t.Errorf("verb %d was told %v and left %d, %d rows", i, err, a, b)
		}
	}
}

func TestNodesThatStartAtOnceMigrateOnce(t *testing.T) {
	url := storetest.Postgres(t)
	errs := crowd(6, func(int) error {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		if err != nil {
			return err
		}
		return s.Close()
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestServerThatIsNotThereIsAnErrorWithoutThePassword(t *testing.T) {
	_, err := store.Open(t.Context(), store.Options{URL: "postgres://amend:secret@127.0.0.1:1/amend"})
	if fault.CodeOf(err) != "no_database" || strings.Contains(err.Error(), "secret") {
		t.Fatalf("got %v", err)
	}
}
