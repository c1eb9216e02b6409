package store_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/internal/store"
	"amend/internal/store/storetest"
)

type (
	word  string
	count uint16
	seal  []byte
)

// kinds has a column of every type that the schema uses.
const kinds = `CREATE TABLE kinds (id BIGINT PRIMARY KEY, txt TEXT, num BIGINT, bin BYTEA)`

func TestEveryKindOfValueComesBackAsItWent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, kinds)
		text, at := "张伟 \U0001F600 'quoted'", time.Date(1969, 7, 20, 20, 17, 40, 123456000, time.UTC)
		var null *string
		write(t, s, func(tx *store.Tx) {
			const q = `INSERT INTO kinds VALUES ($1, $2, $3, $4)`
			tx.Exec(q, 1, text, int64(math.MaxInt64), []byte{0, 255, 'a'})
			tx.Exec(q, 2, null, int64(math.MinInt64), []byte(nil))
			tx.Exec(q, 3, "", true, []byte{})
			tx.Exec(q, 4, word("name"), count(7), seal("sealed"))
			tx.Exec(q, 5, &text, at, [4]byte{1, 2, 3, 4})
			tx.Exec(q, 6, json.RawMessage(`{"a":1}`), time.Time{}, sql.Null[[]byte]{})
			tx.Exec(q, 7, sql.NullString{String: "set", Valid: true}, false, json.RawMessage(nil))
		})
		row := func(id int, columns string) store.Row {
			return s.Row(t.Context(), `SELECT `+columns+` FROM kinds WHERE id = $1`, id)
		}
		check := func(what string, err error, ok bool) {
			t.Helper()
			if err != nil || !ok {
				t.Errorf("%s: %v, equal: %v", what, err, ok)
			}
		}
		var (
			txt     string
			ptr     *string
			num     int64
			small   count
			yes     bool
			bin     []byte
			named   seal
			name    word
			hash    [4]byte
			when    time.Time
			null64  sql.NullInt64
			nullStr sql.NullString
			what    any
			raw     json.RawMessage
			f       float64
		)
		check("values", row(1, "txt, num, bin").Scan(&txt, &num, &bin), txt == text && num == math.MaxInt64 && bytes.Equal(bin, []byte{0, 255, 'a'}))
		check("nulls", row(2, "txt, num, bin").Scan(&ptr, &num, &bin), ptr == nil && num == math.MinInt64 && bin == nil)
		check("null of sql", row(2, "txt, txt, num").Scan(&nullStr, &what, &null64), !nullStr.Valid && what == nil && null64.Valid)
		check("empties", row(3, "txt, num, bin").Scan(&txt, &yes, &bin), txt == "" && yes && bin != nil && len(bin) == 0)
		check("named", row(4, "txt, num, bin").Scan(&name, &small, &named), name == "name" && small == 7 && string(named) == "sealed")
		check("pointers", row(5, "txt, num, bin").Scan(&ptr, &when, &hash), *ptr == text && when.Equal(at) && hash == [4]byte{1, 2, 3, 4})
		check("zero time", row(6, "txt, num, num, bin").Scan(&raw, &when, &null64, &named), string(raw) == `{"a":1}` && when.IsZero() && !null64.Valid && named == nil)
		check("sql", row(7, "txt, num, bin").Scan(&nullStr, &yes, &raw), nullStr.String == "set" && !yes && raw == nil)
		check("any", row(1, "num").Scan(&what), what == int64(math.MaxInt64))
		check("expressions", row(4, "num = 7, num + 1, CAST(num AS REAL)").Scan(&yes, &num, &f), yes && num == 8 && f == 7)
		check("sums", s.Row(t.Context(), `SELECT sum(num), count(*), max(num) FROM kinds WHERE id IN (4, 7)`).Scan(&num, &small, &f), num == 7 && small == 2 && f == 7)
	})
}

func TestScanRefusesWhatDoesNotFit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, kinds, `INSERT INTO kinds VALUES (1, 'text', 70000, NULL)`)
		for _, c := range []struct {
			column string
			dest   any
		}{
			{"bin", new(string)}, {"bin", new(int64)}, {"bin", new(bool)}, {"bin", new([4]byte)},
			{"num", new(string)}, {"num", new(bool)}, {"num", new(uint8)}, {"num", new([]byte)}, {"num", new(*string)},
			{"txt", new(int64)}, {"txt", new(time.Time)}, {"txt", new(bool)}, {"txt", new([3]byte)}, {"txt", "no pointer"},
		} {
			if err := s.Row(t.Context(), `SELECT `+c.column+` FROM kinds`).Scan(c.dest); err == nil {
				t.Errorf("%s fitted into %T", c.column, c.dest)
			}
		}
		if err := s.Row(t.Context(), `SELECT id, num FROM kinds`).Scan(new(int64)); err == nil {
			t.Error("two columns fitted into one place")
		}
		if err := s.Row(t.Context(), `SELECT id FROM kinds WHERE id = 9`).Scan(new(int64)); !errors.Is(err, store.ErrNoRow) {
			t.Errorf("got %v, want ErrNoRow", err)
		}
	})
}

func TestRowsMayBeReadInsideOtherRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, kinds, `INSERT INTO kinds VALUES (1, 'a', 2, NULL), (2, 'b', 3, NULL), (3, 'c', 1, NULL)`)
		errs := crowd(40, func(int) error { // more than there are connections
			var got []string
			rows, err := s.Rows(t.Context(), `SELECT num FROM kinds ORDER BY id`)
			if err != nil {
				return err
			}
			for rows.Next() {
				var next int64
				var txt string
				if err := rows.Scan(&next); err != nil {
					return err
				}
				if err := s.Row(t.Context(), `SELECT txt FROM kinds WHERE id = $1`, next).Scan(&txt); err != nil {
					return err
				}
				got = append(got, txt)
			}
			if !slices.Equal(got, []string{"b", "c", "a"}) {
				t.Errorf("got %v", got)
			}
			return rows.Err()
		})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	})
}

func TestLoopOverRowsEndsAtAFailedScan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		exec(t, s, kinds, `INSERT INTO kinds VALUES (1, NULL, 1, NULL), (2, 'b', 2, NULL)`)
		rows, err := s.Rows(t.Context(), `SELECT txt FROM kinds ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		turns := 0
		for rows.Next() {
			turns++
			var txt string
			_ = rows.Scan(&txt) // a caller that forgets to look
		}
		if rows.Err() == nil || turns != 1 {
			t.Errorf("%d turns, err %v", turns, rows.Err())
		}
	})
}

func TestBothDatabasesAnswerTheSame(t *testing.T) {
	lite, err := store.Open(t.Context(), store.Options{URL: storetest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer lite.Close()
	post, err := store.Open(t.Context(), store.Options{URL: storetest.Postgres(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer post.Close()
	both := []*store.Store{lite, post}
	for _, s := range both {
		exec(t, s, kinds)
	}
	id := 0
	rapid.Check(t, func(rt *rapid.T) {
		id++
		txt := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 })).Draw(rt, "txt")
		num := rapid.Int64().Draw(rt, "num")
		bin := rapid.SliceOf(rapid.Byte()).Draw(rt, "bin")
		for _, s := range both {
			write(t, s, func(tx *store.Tx) { tx.Exec(`INSERT INTO kinds VALUES ($1, $2, $3, $4)`, id, txt, num, bin) })
			var gotTxt string
			var gotNum int64
			var gotBin []byte
			err := s.Row(t.Context(), `SELECT txt, num, bin FROM kinds WHERE id = $1 AND txt = $2 AND num = $3 AND bin = $4`, id, txt, num, bin).
				Scan(&gotTxt, &gotNum, &gotBin)
			if err != nil || gotTxt != txt || gotNum != num || !bytes.Equal(gotBin, bin) {
				rt.Fatalf("%v: %q %d %v", err, gotTxt, gotNum, gotBin)
			}
		}
	})
}
