package store_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"amend/internal/store"
	"amend/internal/store/storetest"
)

// shape is the tables of a database as SQLite's schema has them: name → columns, each
// "name TYPE", with an exclamation mark where NULL is refused.
func shape(t *testing.T) map[string][]string {
	t.Helper()
	s := sqliteOf(t)(store.Options{})
	rows, err := s.Rows(t.Context(), `SELECT m.name, c.name, c.type, c."notnull" OR c.pk > 0 FROM sqlite_master m JOIN pragma_table_info(m.name) c
		WHERE m.type = 'table' ORDER BY m.name, c.cid`)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]string{}
	for rows.Next() {
		var table, name, kind string
		var required bool
		if err := rows.Scan(&table, &name, &kind, &required); err != nil {
			t.Fatal(err)
		}
		if required {
			kind += "!"
		}
		tables[table] = append(tables[table], name+" "+kind)
	}
	return tables
}

// crowded fills every table with rows: more than a page of them, with every kind of value
// at its extremes, and NULL wherever it may stand.
func crowded(t *testing.T, s *store.Store, rows int) {
	t.Helper()
	tables := shape(t)
	delete(tables, "migration")
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range tables {
			if !yield(name) {
				return
			}
		}
	}) // actor before credential, as it happens
	write(t, s, func(tx *store.Tx) {
		for _, name := range names {
			for n := range rows {
				var places []string
				var args []any
				for i, column := range tables[name] {
					places = append(places, fmt.Sprintf("$%d", i+1))
					args = append(args, sampleOf(column, n))
				}
				tx.Exec(fmt.Sprintf(`INSERT INTO "%s" VALUES (%s)`, name, strings.Join(places, ", ")), args...)
			}
		}
	})
}

// sampleOf is the nth value of a column: never the same twice, so that no key refuses it.
func sampleOf(column string, n int) any {
	_, kind, _ := strings.Cut(column, " ")
	if kind, required := strings.CutSuffix(kind, "!"); required || n%3 > 0 {
		switch kind {
		case "TEXT":
			return fmt.Sprintf("%d 张敏 É\n\t", n)
		case "BIGINT":
			return []int64{int64(n), int64(-n - 1), math.MaxInt64 - int64(n), math.MinInt64 + int64(n)}[n%4]
		}
		return append([]byte(fmt.Sprint(n)), bytes.Repeat([]byte{0, 0xff}, n%7*100)...)
	}
	return nil
}

// content is every row of every table that travels, as text with its types, in one order
// on both databases.
func content(t *testing.T, s *store.Store) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for table, columns := range shape(t) {
		if table == "migration" || table == "lease" {
			continue
		}
		var names []string
		for _, c := range columns {
			name, _, _ := strings.Cut(c, " ")
			names = append(names, `"`+name+`"`)
		}
		rows, err := s.Rows(t.Context(), fmt.Sprintf(`SELECT %s FROM "%s"`, strings.Join(names, ", "), table))
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			row := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all[table] = append(all[table], shown(row))
		}
		slices.Sort(all[table])
	}
	return all
}

func shown(row []any) string {
	var b strings.Builder
	for _, v := range row {
		if bytes, ok := v.([]byte); ok {
			v = hex.EncodeToString(bytes)
			b.WriteString("bytes ")
		}
		fmt.Fprintf(&b, "%T %v|", v, v)
	}
	return b.String()
}

func dumpOf(t *testing.T, s *store.Store) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := s.Dump(t.Context(), &out, "test"); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// urls is a place for a database of each kind.
func urls(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)}
}

func openURL(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func load(t *testing.T, url string, dump []byte) error {
	t.Helper()
	_, err := store.Load(t.Context(), store.Options{URL: url}, bytes.NewReader(dump), nil)
	return err
}

func TestDumpLoadsRowByRowIntoEitherDatabase(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		crowded(t, s, 230) // more than one page
		dump, want := dumpOf(t, s), content(t, s)
		for kind, url := range urls(t) {
			if err := load(t, url, dump); err != nil {
				t.Fatalf("into %s: %v", kind, err)
			}
			back := openURL(t, url)
			if diff := cmp.Diff(want, content(t, back)); diff != "" {
				t.Errorf("into %s: %.2000s", kind, diff)
			}
			if n := number(t, back, `SELECT count(*) FROM lease`); n != 0 {
				t.Errorf("into %s: %d leases came along", kind, n)
			}
			write(t, back, func(tx *store.Tx) { tx.SetMeta("still", "writable") })
		}
	})
}

func TestEveryTableOfTheSchemaIsInTheDump(t *testing.T) {
	for kind, q := range map[string]string{
		"sqlite":   `SELECT name FROM sqlite_master WHERE type = 'table'`,
		"postgres": `SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()`,
	} {
		s := openURL(t, urls(t)[kind])
		crowded(t, s, 2)
		m, err := s.Dump(t.Context(), io.Discard, "test")
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.Rows(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var table string
			if err := rows.Scan(&table); err != nil {
				t.Fatal(err)
			}
			want := int64(2)
			if table == "lease" || table == "migration" { // a copy has its own
				want = 0
			}
			if m.Of(table) != want {
				t.Errorf("%s: %d rows of %s travel, want %d", kind, m.Of(table), table, want)
			}
		}
	}
}

func TestDumpSaysWhatItIsOf(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		write(t, s, func(tx *store.Tx) {
			tx.SetMeta("key_fingerprint", "0123")
			tx.Exec(`INSERT INTO checkpoint VALUES (7, 'a signed head', 0)`)
		})
		var seen store.Manifest
		_, err := store.Load(t.Context(), store.Options{URL: storetest.SQLite(t)}, bytes.NewReader(dumpOf(t, s)), func(m store.Manifest) error {
			seen = m
			return nil
		})
		if err != nil || seen.Meta["key_fingerprint"] != "0123" || seen.LogSize != 7 || seen.LogHead != "a signed head" ||
			seen.Program != "test" || seen.Made.IsZero() || len(seen.Migrations) < 3 || !strings.Contains(t.Name(), seen.Database) {
			t.Fatalf("%+v, %v", seen, err)
		}
	})
}

// during is a writer that does something in the middle of what is written.
type during struct {
	bytes.Buffer
	act func()
}

func (d *during) Write(p []byte) (int, error) {
	if d.act != nil {
		act := d.act
		d.act = nil
		act()
	}
	return d.Buffer.Write(p)
}

func TestDumpHoldsOneMomentWhileOthersWrite(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		s := open(store.Options{})
		crowded(t, s, 150)
		want := content(t, s)
		d := &during{act: func() {
			write(t, s, func(tx *store.Tx) {
				tx.Exec(`INSERT INTO token VALUES (99999, 'late')`)
				tx.Exec(`DELETE FROM record_key`)
				tx.Exec(`UPDATE actor SET mail = 'late'`)
			})
		}}
		if _, err := s.Dump(t.Context(), d, "test"); err != nil {
			t.Fatal(err)
		}
		url := storetest.SQLite(t)
		if err := load(t, url, d.Bytes()); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, content(t, openURL(t, url))); diff != "" {
			t.Fatalf("%.2000s", diff)
		}
	})
}

func TestDumpThatCannotBeWrittenSaysSo(t *testing.T) {
	s := sqliteOf(t)(store.Options{})
	crowded(t, s, 2)
	r, w := io.Pipe()
	r.CloseWithError(io.ErrShortWrite)
	if _, err := s.Dump(t.Context(), w, "test"); err == nil {
		t.Fatal("a dump that nobody took was made")
	}
}
