package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// counters is the table of these tests.
const counters = `CREATE TABLE counter (name TEXT PRIMARY KEY, n BIGINT NOT NULL, note TEXT)`

// write fails the test unless the verb is stored.
func write(t testing.TB, s *store.Store, verb func(*store.Tx)) {
	t.Helper()
	err := s.Write(t.Context(), "", func(tx *store.Tx) error { verb(tx); return nil })
	if err != nil {
		t.Fatalf("write: %v", err)
	}
}

// exec stores statements that take no arguments, one by one.
func exec(t testing.TB, s *store.Store, statements ...string) {
	t.Helper()
	for _, q := range statements {
		write(t, s, func(tx *store.Tx) { tx.Exec(q) })
	}
}

// number answers the one integer of q.
func number(t testing.TB, s *store.Store, q string, args ...any) int64 {
	t.Helper()
	var n int64
	if err := s.Row(t.Context(), q, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return n
}

func TestVerbIsStoredWholeOrNotAtAll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('a', 1, NULL)`)
		moved := fault.New(fault.Conflict, "moved", "counter", "a")

		err := s.Write(t.Context(), "a", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ('b', 1, NULL)`)
			tx.One(moved, `UPDATE counter SET n = 5 WHERE name = $1 AND n = $2`, "a", 99)
			tx.Exec(`INSERT INTO counter VALUES ('c', 1, NULL)`)
			return nil
		})

		if err != error(moved) {
			t.Fatalf("got %v, want the error that One was given", err)
		}
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 1 {
			t.Fatalf("%d rows: a refused verb left something behind", n)
		}
	})
}

func TestOneRefusesNoRowAndTwoRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('a', 1, NULL), ('b', 1, NULL)`)
		missed := fault.New(fault.Conflict, "missed")
		for _, c := range []struct {
			q    string
			want error
		}{
			{`UPDATE counter SET n = 2 WHERE name = 'a' AND n = 1`, nil},
			{`UPDATE counter SET n = 2 WHERE name = 'a' AND n = 1`, missed},
			{`UPDATE counter SET n = 9`, missed},
			{`INSERT INTO counter VALUES ('a', 1, NULL) ON CONFLICT (name) DO NOTHING`, missed},
			{`INSERT INTO counter VALUES ('c', 1, NULL) ON CONFLICT (name) DO NOTHING`, nil},
			{`INSERT INTO counter VALUES ('a', 7, NULL) ON CONFLICT (name) DO UPDATE SET n = excluded.n`, nil},
			{`INSERT INTO counter VALUES ('d', 1, NULL), ('e', 1, NULL)`, missed},
			{`DELETE FROM counter WHERE name = 'nobody'`, missed},
			{`DELETE FROM counter WHERE name = 'c'`, nil},
		} {
			err := s.Write(t.Context(), "", func(tx *store.Tx) error { tx.One(missed, c.q); return nil })
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
				t.Errorf("%s: got %v, want %v", c.q, err, c.want)
			}
		}
		if n := number(t, s, `SELECT n FROM counter WHERE name = 'a'`); n != 7 {
			t.Errorf("a is %d, want 7", n)
		}
		err := s.Write(t.Context(), "", func(tx *store.Tx) error { tx.One(missed, `SELECT 1`); return nil })
		if err == nil || errors.Is(err, missed) {
			t.Errorf("One took a SELECT: %v", err)
		}
	})
}

// crowd runs n verbs at once, so that they meet in groups, and answers their errors.
func crowd(n int, one func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = one(i) })
	}
	all.Wait()
	return errs
}

func TestFailingVerbLeavesItsGroupAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('taken', 0, NULL)`)
		refused := fault.New(fault.Conflict, "refused")

		errs := crowd(200, func(i int) error {
			return s.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO counter VALUES ($1, $2, NULL)`, fmt.Sprint("c", i), i)
				switch i % 10 {
				case 3:
					tx.One(refused, `UPDATE counter SET n = 1 WHERE name = 'nobody'`)
				case 5:
					tx.Exec(`INSERT INTO counter VALUES ('taken', 0, NULL)`)
				case 7:
					tx.Exec(`INSERT INTO no_such_table VALUES (1)`)
				}
				tx.Exec(`UPDATE counter SET note = 'whole' WHERE name = $1`, fmt.Sprint("c", i))
				return nil
			})
		})

		for i, err := range errs {
			ok := false
			switch i % 10 {
			case 3:
				ok = err == error(refused)
			case 5:
				ok = errors.Is(err, store.Duplicate)
			case 7:
				ok = err != nil && fault.KindOf(err) == fault.Internal
			default:
				ok = err == nil
			}
			if !ok {
				t.Errorf("verb %d: %v", i, err)
			}
		}
		if n := number(t, s, `SELECT count(*) FROM counter WHERE note = 'whole'`); n != 140 {
			t.Errorf("%d verbs stored, want 140", n)
		}
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 141 {
			t.Errorf("%d rows, want 141: a refused verb left something behind", n)
		}
	})
}

func TestOneIsCompareAndSetInsideOneGroup(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('a', 0, NULL)`)
		lost := fault.New(fault.Conflict, "lost")

		errs := crowd(60, func(i int) error { // all read nothing and want the same step from 0 to 1
			return s.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, fmt.Sprint("by", i))
				tx.One(lost, `UPDATE counter SET n = n + 1 WHERE name = 'a' AND n = $1`, 0)
				return nil
			})
		})

		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if err != error(lost) {
				t.Error(err)
			}
		}
		if a, rows := number(t, s, `SELECT n FROM counter WHERE name = 'a'`), number(t, s, `SELECT count(*) FROM counter`); won != 1 || a != 1 || rows != 2 {
			t.Errorf("%d won, a = %d, %d rows; want 1, 1, 2", won, a, rows)
		}
	})
}

func TestWhatIsStoredIsReadByWhoeverComesNext(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		for _, err := range crowd(32, func(i int) error {
			name := fmt.Sprint("c", i)
			if err := s.Write(t.Context(), name, func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO counter VALUES ($1, 1, NULL)`, name)
				return nil
			}); err != nil {
				return err
			}
			var n int64
			return s.Row(t.Context(), `SELECT n FROM counter WHERE name = $1`, name).Scan(&n)
		}) {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestStatementsOfAVerbRunInOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		const many = 5000
		write(t, s, func(tx *store.Tx) { // an import queues thousands
			tx.Exec(`INSERT INTO counter VALUES ('a', 0, '')`)
			for i := range many {
				tx.One(store.Stale, `UPDATE counter SET n = $2 WHERE name = 'a' AND n = $1`, i, i+1)
			}
		})
		if n := number(t, s, `SELECT n FROM counter WHERE name = 'a'`); n != many {
			t.Fatalf("a is %d, want %d", n, many)
		}
	})
}

func TestParametersMayRepeatAndComeInAnyOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, `CREATE TABLE wide (a TEXT, b TEXT, c TEXT, d BIGINT, e BIGINT, f BIGINT, g BIGINT, h BIGINT, i BIGINT, j BIGINT, k BIGINT)`)
		write(t, s, func(tx *store.Tx) {
			tx.Exec(`INSERT INTO wide VALUES ($11, $10, $11, $9, $8, $7, $6, $5, $4, $3, CAST($2 AS BIGINT) + $2 + $1)`, 1, 2, 3, 4, 5, 6, 7, 8, 9, "ten", "eleven")
		})
		var a, b, c string
		var n [8]int64
		err := s.Row(t.Context(), `SELECT * FROM wide WHERE b = $2 AND a = $1 AND c = $1`, "eleven", "ten").
			Scan(&a, &b, &c, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7])
		if want := [8]int64{9, 8, 7, 6, 5, 4, 3, 5}; err != nil || a+b+c != "eleventeneleven" || n != want {
			t.Fatalf("%v: %s %s %s %v, want %v", err, a, b, c, n, want)
		}
	})
}
