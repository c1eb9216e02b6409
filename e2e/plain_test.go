package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"amend/change"
	"amend/customer"
	"amend/internal/sandbox"
	"amend/internal/store"
)

// dump answers every column of every row of the database, by table, as bytes.
func dump(v store.View) (map[string][][]byte, error) {
	tables, err := texts(v, tableList(v))
	if err != nil {
		return nil, err
	}
	all := map[string][][]byte{}
	for _, table := range tables {
		columns, err := texts(v, columnList(v), table)
		if err != nil {
			return nil, err
		}
		rows, err := v.Rows(`SELECT ` + strings.Join(columns, ", ") + ` FROM ` + table + ` ORDER BY ` + order(columns))
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			row := make([]any, len(columns))
			places := make([]any, len(columns))
			for i := range row {
				places[i] = &row[i]
			}
			if err := rows.Scan(places...); err != nil {
				return nil, err
			}
			all[table] = append(all[table], flat(row))
		}
		if rows.Err() != nil {
			return nil, rows.Err()
		}
	}
	return all, nil
}

func flat(row []any) []byte {
	var b bytes.Buffer
	for _, cell := range row {
		switch c := cell.(type) {
		case string:
			b.WriteString(c)
		case []byte:
			b.Write(c)
		default:
			fmt.Fprint(&b, c)
		}
		b.WriteByte(0)
	}
	return b.Bytes()
}

func order(columns []string) string {
	numbers := make([]string, len(columns))
	for i := range columns {
		numbers[i] = fmt.Sprint(i + 1)
	}
	return strings.Join(numbers, ", ")
}

// isSQLite tells the two databases apart by what only one of them has.
func isSQLite(v store.View) bool {
	_, err := v.Rows(`SELECT name FROM sqlite_master LIMIT 1`)
	return err == nil
}

func tableList(v store.View) string {
	if isSQLite(v) {
		return `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`
	}
	return `SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`
}

func columnList(v store.View) string {
	if isSQLite(v) {
		return `SELECT name FROM pragma_table_info($1) ORDER BY cid`
	}
	return `SELECT '"' || CAST(column_name AS TEXT) || '"' FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY ordinal_position`
}

func texts(v store.View, q string, args ...any) ([]string, error) {
	rows, err := v.Rows(q, args...)
	if err != nil {
		return nil, err
	}
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// microseconds end times written as text: six digits that are no code.
var microseconds = regexp.MustCompile(`\.\d+(Z|\+)`)

// unreadable: nothing that a customer said stands plain in any column of any table, and
// no code and no link token that was sent (invariants 8 and 11).
func unreadable(w *sandbox.World, v store.View, requests []change.Request) error {
	secrets, err := said(w, v, requests)
	if err != nil {
		return err
	}
	for _, m := range w.Mailbox.All() {
		for _, l := range linkForm.FindAllStringSubmatch(m.Text, -1) {
			secrets = append(secrets, l[1], l[3])
		}
		if c := codeForm.FindStringSubmatch(m.Text); c != nil {
			secrets = append(secrets, c[1])
		}
	}
	tables, err := dump(v)
	if err != nil {
		return err
	}
	for table, rows := range tables {
		for _, row := range rows {
			row = microseconds.ReplaceAll(row, nil)
			for _, secret := range secrets {
				if secret != "" && stands(row, secret) {
					return fmt.Errorf("table %s holds %q plain", table, secret)
				}
			}
		}
	}
	return nil
}

// stands reports whether secret stands in row. A code is six digits, which a hash or a time
// may hold by chance: it counts only where no further digit is beside it.
func stands(row []byte, secret string) bool {
	if !sixDigits.MatchString(secret) {
		return bytes.Contains(row, []byte(secret))
	}
	digit := func(i int) bool { return i >= 0 && i < len(row) && row[i] >= '0' && row[i] <= '9' }
	for from := 0; ; {
		i := bytes.Index(row[from:], []byte(secret))
		if i < 0 {
			return false
		}
		at := from + i
		if !digit(at-1) && !digit(at+len(secret)) {
			return true
		}
		from = at + 1
	}
}

var sixDigits = regexp.MustCompile(`^\d{6}$`)

// said are the personal values of every record and every proposal, in the forms in which they could leak.
func said(w *sandbox.World, v store.View, requests []change.Request) ([]string, error) {
	var all []string
	add := func(k customer.Key, c customer.Content) {
		if f, ok := w.House.Catalog.Of(k); ok && f.Mask != "none" {
			all = append(all, forms(string(c))...)
		}
	}
	for _, r := range requests {
		for _, it := range r.Items {
			add(it.Key, it.Now)
			if it.Was != nil {
				add(it.Key, it.Was.Content)
			}
		}
	}
	ids, err := texts(v, `SELECT id FROM golden_record ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		rec, err := v.Record(customer.ID(id))
		if err != nil {
			return nil, err
		}
		for k, value := range rec.Values {
			add(k, value.Content)
		}
	}
	return all, nil
}

// forms are how a value could be written; what is too short to be told from chance is left out.
func forms(content string) []string {
	var parsed any
	if !strings.HasPrefix(content, "{") && !strings.HasPrefix(content, "[") || json.Unmarshal([]byte(content), &parsed) != nil {
		parsed = content
	}
	var all []string
	var walk func(any)
	walk = func(x any) {
		switch x := x.(type) {
		case string:
			if len(x) >= 8 {
				all = append(all, x, strings.TrimPrefix(x, "+86"))
			}
		case []any:
			for _, y := range x {
				walk(y)
			}
		case map[string]any:
			for _, y := range x {
				walk(y)
			}
		}
	}
	walk(parsed)
	return all
}
