package store_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestCallerWhoGaveUpBeforeWritesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		ctx, cancel := context.WithCancel(t.Context())

		err := s.Write(ctx, "a", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ('a', 0, NULL)`)
			cancel()
			return nil
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want cancelled", err)
		}
		err = s.Write(ctx, "a", func(*store.Tx) error { t.Error("the verb ran"); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want cancelled", err)
		}
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestWaitingForABusyKeyEndsWithTheCaller(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		err := s.Write(t.Context(), "a", func(*store.Tx) error {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			return s.Write(ctx, "a", func(*store.Tx) error { return nil }) // would wait for itself
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v, want cancelled", err)
		}
	})
}

// poison panics when it is asked for its value, as a broken type might.
type poison struct{}

func (poison) Value() (driver.Value, error) { panic("poison") }

func TestPanicIsTheErrorOfItsVerbAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		var log bytes.Buffer
		s := open(store.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
		exec(t, s, counters)

		err := s.Write(t.Context(), "a", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ('a', 0, NULL)`)
			panic("Ada Lovelace")
		})
		if err == nil || strings.Contains(err.Error()+log.String(), "Lovelace") {
			t.Errorf("%v: a panic is an error, and what it carried is told to nobody", err)
		}
		if !strings.Contains(log.String(), "store.panic") {
			t.Error("the log does not say where it panicked")
		}
		err = s.Write(t.Context(), "a", func(*store.Tx) error { var none []int; _ = none[len(none)]; return nil })
		if err == nil || !strings.Contains(err.Error(), "index out of range") {
			t.Errorf("%v: the runtime's own words are kept", err)
		}
		err = s.Write(t.Context(), "a", func(tx *store.Tx) error { tx.Exec(`INSERT INTO counter VALUES ('a', 0, $1)`, poison{}); return nil })
		if err == nil {
			t.Error("an argument that panics was stored")
		}
		exec(t, s, `INSERT INTO counter VALUES ('b', 0, NULL)`) // the key is free, the writer alive
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 1 {
			t.Errorf("%d rows, want b alone", n)
		}
	})
}

func TestArgumentThatCannotBeStoredFailsItsVerb(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		for _, arg := range []any{make(chan int), struct{}{}, "zero\x00byte", "bad\xffutf8", []string{"a"}, uint64(1 << 63)} {
			err := s.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO counter VALUES ('a', 0, NULL)`)
				tx.Exec(`INSERT INTO counter VALUES ('b', 0, $1)`, arg)
				return nil
			})
			if err == nil {
				t.Errorf("%T was stored", arg)
			}
		}
		err := s.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.Exec(`INSERT INTO counter VALUES ('c', 0, $1)`, "zero\x00byte")
			return nil
		})
		if fault.CodeOf(err) != "not_text" {
			t.Errorf("got %v, want not_text", err)
		}
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestErrorsNeverQuoteAnArgument(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('ada@example.com', 4711, NULL)`)
		for _, q := range []string{
			`INSERT INTO counter VALUES ($1, $2, NULL)`,
			`INSERT INTO counter VALUES ($1, $2, $2)`,
			`INSERT INTO counter VALUES ($2, CAST($1 AS BIGINT), NULL)`,
			`UPDATE counter SET n = NULL WHERE name = $1 AND n = $2`,
		} {
			err := s.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.Exec(q, "ada@example.com", 4711)
				return nil
			})
			if err != nil && (strings.Contains(err.Error(), "ada@") || strings.Contains(err.Error(), "4711")) {
				t.Errorf("%v", err)
			}
			_, err = s.Rows(t.Context(), `SELECT CAST($1 AS BIGINT), n FROM counter WHERE name = $2`, "ada@example.com", 4711)
			if err != nil && (strings.Contains(err.Error(), "ada@") || strings.Contains(err.Error(), "4711")) {
				t.Errorf("%v", err)
			}
		}
	})
}

func TestTimeOfAVerbIsTheClockInWholeMicroseconds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		at := time.Date(2031, 5, 6, 7, 8, 9, 123456789, time.FixedZone("CST", 8*3600))
		s := open(store.Options{Clock: func() time.Time { at = at.Add(time.Hour); return at }})
		want := at.UTC().Truncate(time.Microsecond).Add(time.Hour)
		write(t, s, func(tx *store.Tx) {
			if a, b := tx.Now(), tx.Now(); !a.Equal(want) || a != b || a.Location() != time.UTC {
				t.Errorf("now is %v then %v, want %v", a, b, want)
			}
		})
	})
}

func TestSameSeedGivesTheSameIDs(t *testing.T) {
	ids := func() (ids [3]string) {
		s, err := store.Open(t.Context(), store.Options{
			URL:   "sqlite::memory:",
			Clock: func() time.Time { return time.UnixMilli(1_700_000_000_000) },
			Rand:  bytes.NewReader(bytes.Repeat([]byte{1, 2, 3, 4, 5}, 100)),
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		write(t, s, func(tx *store.Tx) {
			for i := range ids {
				ids[i] = tx.NewID()
			}
		})
		return ids
	}
	if a, b := ids(), ids(); a != b || a[0] == a[1] || len(a[0]) != 20 {
		t.Fatalf("%v and %v", a, b)
	}
}

func TestEntropyThatRunsOutFailsTheVerb(t *testing.T) {
	s, err := store.Open(t.Context(), store.Options{URL: "sqlite::memory:", Rand: bytes.NewReader([]byte{1})})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Write(t.Context(), "", func(tx *store.Tx) error { tx.NewID(); return nil })
	if err == nil {
		t.Fatal("an id was made of nothing")
	}
}

func TestSnapshotSeesOneMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters, `INSERT INTO counter VALUES ('a', 1, NULL)`)
		count := func(v store.View) (n int64) {
			if err := v.Row(`SELECT sum(n) FROM counter`).Scan(&n); err != nil {
				t.Error(err)
			}
			return n
		}
		err := s.Snapshot(t.Context(), func(v store.View) error {
			before := count(v)
			exec(t, s, `INSERT INTO counter VALUES ('b', 1, NULL)`)
			if after := count(v); before != 1 || after != 1 {
				t.Errorf("the snapshot saw %d, then %d", before, after)
			}
			return nil
		})
		if n := count(s.View(t.Context())); err != nil || n != 2 {
			t.Errorf("%v: %d", err, n)
		}
		broken := errors.New("broken")
		if err := s.Snapshot(t.Context(), func(store.View) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	})
}

func TestReadsCannotWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, counters)
		if _, err := s.Rows(t.Context(), `INSERT INTO counter VALUES ('a', 1, NULL) RETURNING n`); err == nil {
			t.Error("a read wrote")
		}
		if n := number(t, s, `SELECT count(*) FROM counter`); n != 0 {
			t.Errorf("%d rows", n)
		}
	})
}

func TestClosedStoreRefusesEverything(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("check: %v", err)
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Errorf("close: %v", err)
		}
		err := s.Write(t.Context(), "", func(tx *store.Tx) error { tx.Exec(`SELECT 1`); return nil })
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("write: %v", err)
		}
		if err := s.Check(t.Context()); err == nil {
			t.Error("a closed store is ready")
		}
	})
}

func TestCloseWaitsForWhatIsQueued(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s, later := open(store.Options{}), open(store.Options{})
		exec(t, s, counters)
		var stored int64
		for i, err := range crowd(50, func(i int) error {
			if i == 25 {
				return s.Close()
			}
			return s.Write(context.Background(), "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO counter VALUES ($1, 0, NULL)`, fmt.Sprint(i))
				return nil
			})
		}) {
			switch {
			case err == nil && i != 25:
				stored++
			case err != nil && fault.KindOf(err) != fault.Unavailable:
				t.Error(err)
			}
		}
		if n := number(t, later, `SELECT count(*) FROM counter`); n != stored {
			t.Errorf("%d rows, but %d were told so", n, stored)
		}
	})
}

func TestURLThatNamesNoDatabaseIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, url := range []string{"", "mysql://u:secret@h/d", "sqlite://relative.db", "postgres://u:secret@h:notaport/d"} {
		_, err := store.Open(t.Context(), store.Options{URL: url})
		if fault.CodeOf(err) != "database_url" || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", url, err)
		}
	}
}
