package doctortest

import (
	"fmt"
	"strings"
)

// A Row is one row of a table, as its driver reads it.
type Row struct {
	columns []string
	values  []any
}

// Tables are rows by their table.
type Tables map[string][]Row

// Of answers one column.
func (r Row) Of(column string) any {
	for i, c := range r.columns {
		if c == column {
			return r.values[i]
		}
	}
	return nil
}

// With is the row with one column changed.
func (r Row) With(column string, value any) Row {
	values := append([]any{}, r.values...)
	for i, c := range r.columns {
		if c == column {
			values[i] = value
		}
	}
	return Row{r.columns, values}
}

// Rows reads every row of a table that a condition holds for, in the order of its columns.
func (h *House) Rows(table, where string, args ...any) []Row {
	h.Helper()
	rows, err := h.DB.Query(`SELECT * FROM `+table+` WHERE `+where, args...)
	h.Must(err)
	defer rows.Close()
	columns, err := rows.Columns()
	h.Must(err)
	var out []Row
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		h.Must(rows.Scan(into...))
		out = append(out, Row{columns, values})
	}
	h.Must(rows.Err())
	return out
}

// Row reads the one row of a table whose column has a value.
func (h *House) Row(table, column, value string) Row {
	h.Helper()
	rows := h.Rows(table, column+` = $1`, value)
	if len(rows) != 1 {
		h.Fatalf("%d rows of %s with %s %s", len(rows), table, column, value)
	}
	return rows[0]
}

// Put writes a row as it is.
func (h *House) Put(table string, r Row) {
	h.Helper()
	places := make([]string, len(r.values))
	for i := range places {
		places[i] = fmt.Sprintf("$%d", i+1)
	}
	h.Do(`INSERT INTO `+table+` (`+strings.Join(r.columns, ", ")+`) VALUES (`+strings.Join(places, ", ")+`)`, r.values...)
}

// Do runs a statement, as somebody who has the database may.
func (h *House) Do(q string, args ...any) {
	h.Helper()
	if _, err := h.DB.Exec(q, args...); err != nil {
		h.Fatalf("%s: %v", q, err)
	}
}

// finalTables are those that a trigger protects.
func finalTables() []string { return []string{"entry", "entry_place"} }

// Untriggered does something while the triggers of the log are off, as an attacker would,
// and puts them back.
func (h *House) Untriggered(do func()) {
	h.Helper()
	if !h.Lite {
		for _, t := range finalTables() {
			h.Do(`ALTER TABLE ` + t + ` DISABLE TRIGGER ALL`)
		}
		do()
		for _, t := range finalTables() {
			h.Do(`ALTER TABLE ` + t + ` ENABLE TRIGGER ALL`)
		}
		return
	}
	triggers := h.Rows("sqlite_master", `type = 'trigger'`)
	for _, t := range triggers {
		h.Do(`DROP TRIGGER ` + fmt.Sprint(t.Of("name")))
	}
	do()
	for _, t := range triggers {
		h.Do(fmt.Sprint(t.Of("sql")))
	}
}

// Keep answers what puts tables back as they are now.
func (h *House) Keep(tables ...string) func() {
	h.Helper()
	kept := Tables{}
	for _, t := range tables {
		kept[t] = h.Rows(t, `1 = 1`)
	}
	return func() { h.PutBack(kept) }
}

// PutBack makes tables what they were.
func (h *House) PutBack(kept Tables) {
	h.Helper()
	h.Untriggered(func() {
		for table, rows := range kept {
			h.Do(`DELETE FROM ` + table)
			for _, r := range rows {
				h.Put(table, r)
			}
		}
	})
}

// Everything reads the tables that a life fills.
func (h *House) Everything() Tables {
	all := Tables{}
	for _, t := range []string{"golden_record", "record_key", "token", "relation", "change_request", "entry", "entry_new", "entry_place", "log_row", "checkpoint",
		"delivery", "exception", "hold", "notice", "task", "challenge", "link", "guard", "import_run", "lease", "idempotency"} {
		all[t] = h.Rows(t, `1 = 1`)
	}
	return all
}
