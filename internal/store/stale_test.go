package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestStaleVerbRunsAgainOnFreshReads(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s, other := open(store.Options{}), open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('a', 0, NULL)`)
		runs := 0

		err := s.Write(t.Context(), "a", func(tx *store.Tx) error {
			runs++
			var n int64
			if err := tx.Row(`SELECT n FROM counter WHERE name = 'a'`).Scan(&n); err != nil {
				return err
			}
			if runs <= 2 { // somebody else is faster, twice
				exec(t, other, `UPDATE counter SET n = n + 10 WHERE name = 'a'`)
			}
			tx.One(fault.New(fault.Conflict, "stale", "counter", "a"), `UPDATE counter SET n = $2 WHERE name = 'a' AND n = $1`, n, n+1)
			return nil
		})

		if n := number(t, s, `SELECT n FROM counter WHERE name = 'a'`); err != nil || runs != 3 || n != 21 {
			t.Fatalf("err %v, %d runs, a = %d; want nil, 3, 21", err, runs, n)
		}
	})
}

func TestStaleIsAnsweredAfterEightRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		runs := 0
		err := s.Write(t.Context(), "a", func(tx *store.Tx) error {
			runs++
			tx.One(store.Stale, `UPDATE counter SET n = 1 WHERE name = 'nobody'`)
			return nil
		})
		if !errors.Is(err, store.Stale) || runs != 8 {
			t.Fatalf("got %v after %d runs, want stale after 8", err, runs)
		}
	})
}

// increment reads, adds one in Go and writes back: what loses updates where it can.
func increment(ctx context.Context, s *store.Store, key string) error {
	return s.Write(ctx, key, func(tx *store.Tx) error {
		var n int64
		if err := tx.Row(`SELECT n FROM counter WHERE name = $1`, key).Scan(&n); err != nil {
			return err
		}
		tx.One(store.Stale, `UPDATE counter SET n = $3 WHERE name = $1 AND n = $2`, key, n, n+1)
		return nil
	})
}

func TestNoIncrementIsLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		handles := []*store.Store{open(store.Options{}), open(store.Options{})}
		exec(t, handles[0], counters, `INSERT INTO counter VALUES ('hot', 0, NULL), ('warm', 0, NULL)`)

		const each = 25
		errs := crowd(16, func(i int) error {
			key := []string{"hot", "warm"}[i/8]
			for range each {
				for {
					err := increment(t.Context(), handles[i%2], key)
					if err == nil {
						break
					}
					if !errors.Is(err, store.Stale) { // eight misses in a row: the caller asks again
						return err
					}
				}
			}
			return nil
		})

		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		for _, key := range []string{"hot", "warm"} {
			if n := number(t, handles[1], `SELECT n FROM counter WHERE name = $1`, key); n != 8*each {
				t.Errorf("%s is %d, want %d", key, n, 8*each)
			}
		}
	})
}

func TestOneHandleNeverMakesItselfStale(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('hot', 0, NULL)`)
		var mu sync.Mutex
		runs := 0
		for _, err := range crowd(100, func(int) error {
			return s.Write(t.Context(), "hot", func(tx *store.Tx) error {
				mu.Lock()
				runs++
				mu.Unlock()
				var n int64
				if err := tx.Row(`SELECT n FROM counter WHERE name = 'hot'`).Scan(&n); err != nil {
					return err
				}
				tx.One(store.Stale, `UPDATE counter SET n = $2 WHERE name = 'hot' AND n = $1`, n, n+1)
				return nil
			})
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if n := number(t, s, `SELECT n FROM counter WHERE name = 'hot'`); n != 100 || runs != 100 {
			t.Errorf("n = %d after %d runs, want 100 after 100", n, runs)
		}
	})
}
