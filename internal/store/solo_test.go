package store_test

import (
	"fmt"
	"slices"
	"testing"

	"amend/internal/store"
)

func TestMachineThatStopsBeforeTheCommitHasStoredNothingAndAfterItEverything(t *testing.T) {
	for moment, want := range map[store.Moment]int64{store.Decided: 0, store.Written: 0, store.Stored: 1} {
		url := fmt.Sprint("sqlite::memory:", t.Name(), moment)
		anchor := opened(t, store.Options{URL: url})
		exec(t, anchor, counters)
		var stop bool
		s := opened(t, store.Options{URL: url, Solo: func(at store.Moment) {
			if stop && at == moment {
				panic("the machine stops")
			}
		}})
		stop = true

		stopped := func() (stopped bool) {
			defer func() { stopped = recover() != nil }()
			_ = s.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO counter VALUES ('a', 1, NULL)`)
				return nil
			})
			return false
		}()

		var n int64
		if err := anchor.Row(t.Context(), `SELECT count(*) FROM counter`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if !stopped || n != want {
			t.Errorf("stopped at %d: %v, %d rows, want %d", moment, stopped, n, want)
		}
	}
}

func opened(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestTapSeesWhatWasStoredAndNothingThatWasRefused(t *testing.T) {
	var seen []string
	s := opened(t, store.Options{URL: "sqlite::memory:", Tap: func(act []store.Statement) {
		for _, st := range act {
			seen = append(seen, st.Query)
		}
	}})
	exec(t, s, counters)
	seen = nil
	for range 2 {
		_ = s.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ('a', 1, NULL)`)
			return nil
		})
	}
	if want := []string{`INSERT INTO counter VALUES ('a', 1, NULL)`}; !slices.Equal(seen, want) {
		t.Errorf("seen %q", seen)
	}
}
