package sqltable

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
)

// Settings say where values go. Identifiers are letters (Chinese ones too), digits and _,
// at most 63 bytes; they are quoted, and values are always parameters.
type Settings struct {
	Table         string            `json:"table"`                   // "contacts" or "crm.contacts"
	KeyColumn     string            `json:"key_column"`              // holds the record id; needs a unique index
	VersionColumn string            `json:"version_column"`          // a 64-bit integer, kept by Amend: the guard against late deliveries
	Columns       map[string]string `json:"columns"`                 // mapped field name to column
	Gone          string            `json:"gone,omitempty"`          // "flag" (default) empties the columns and sets GoneColumn; "delete" removes the row
	GoneColumn    string            `json:"gone_column,omitempty"`   // 1 or true once the record is gone
	MergedColumn  string            `json:"merged_column,omitempty"` // the surviving record's id
}

// identifier is the allow list; length is checked in bytes beside it.
var identifier = regexp.MustCompile(`^[A-Za-z_\p{Han}][A-Za-z0-9_\p{Han}]*$`)

// table is Settings with every identifier checked and quoted.
type table struct {
	name, key, version, gone, merged string
	columns                          map[string]string
	remove                           bool
}

func readSettings(raw json.RawMessage) (table, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return table{}, fault.New(fault.Malformed, "bad_settings", "connector", "sqltable")
	}
	if s.Gone == "" {
		s.Gone = "flag"
	}
	switch {
	case len(s.Columns) == 0:
		return table{}, fault.New(fault.Invalid, "table_without_columns")
	case s.Gone != "flag" && s.Gone != "delete", s.Gone == "flag" && s.GoneColumn == "":
		return table{}, fault.New(fault.Invalid, "gone_undecided")
	}
	return s.quoted()
}

func (s Settings) quoted() (table, error) {
	var bad []string
	seen := map[string]bool{}
	quote := func(name string) string {
		folded := strings.ToLower(name)
		if !identifier.MatchString(name) || len(name) > 63 || seen[folded] {
			bad = append(bad, name)
		}
		seen[folded] = true
		return `"` + name + `"`
	}
	optional := func(name string) string {
		if name == "" {
			return ""
		}
		return quote(name)
	}
	t := table{
		key: quote(s.KeyColumn), version: quote(s.VersionColumn), gone: optional(s.GoneColumn),
		merged: optional(s.MergedColumn), columns: map[string]string{}, remove: s.Gone == "delete",
	}
	for _, member := range slices.Sorted(maps.Keys(s.Columns)) {
		t.columns[member] = quote(s.Columns[member])
	}
	clear(seen) // a table may be called like one of its columns
	parts := strings.Split(s.Table, ".")
	if len(parts) > 2 {
		bad = append(bad, s.Table)
	}
	for i, p := range parts {
		if parts[i] = quote(p); i == 0 {
			clear(seen) // and like its schema
		}
	}
	t.name = strings.Join(parts, ".")
	if len(bad) > 0 {
		return table{}, fault.New(fault.Invalid, "bad_identifier", "name", bad[0])
	}
	return t, nil
}

// holdsAll reports whether every member has a column: one without would be forgotten silently.
func (t table) holdsAll(ms []downstream.Member) bool {
	return !slices.ContainsFunc(ms, func(m downstream.Member) bool { return t.columns[m.Name] == "" })
}

// A cell is one column and what it is set to.
type cell struct {
	column string
	value  any
}

// cells is the row that e asks for. Columns whose field the record never held are left
// alone: they may belong to somebody else. A gone record lets go of all of them.
func (t table) cells(e downstream.Envelope) []cell {
	row := []cell{{t.key, string(e.Record)}, {t.version, e.Seq}}
	if t.gone != "" {
		row = append(row, cell{t.gone, map[bool]string{true: "1", false: "0"}[e.Gone]})
	}
	if t.merged != "" {
		row = append(row, cell{t.merged, null(string(e.MergedInto))})
	}
	if e.Gone {
		for _, member := range slices.Sorted(maps.Keys(t.columns)) {
			row = append(row, cell{t.columns[member], nil})
		}
		return row
	}
	for _, m := range e.Fields {
		row = append(row, cell{t.columns[m.Name], null(string(m.Content))})
	}
	return row
}

// show is the row that e asks for, as JSON: its columns in their order.
func (t table) show(e downstream.Envelope) ([]byte, error) {
	var row bytes.Buffer
	for _, c := range t.cells(e) {
		if c.column == "" {
			continue // a member without a column: nothing would be written
		}
		value, err := json.Marshal(c.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&row, ",%s:%s", c.column, value)
	}
	return fmt.Appendf(nil, `{"table":%q,"row":{%s}}`, strings.ReplaceAll(t.name, `"`, ""), bytes.TrimPrefix(row.Bytes(), []byte(","))), nil
}

// statement is the guarded write of e. A row that was there before Amend has no sequence
// number yet, and counts as older than everything.
func (t table) statement(e downstream.Envelope) (string, []any) {
	if e.Gone && t.remove {
		q := fmt.Sprintf("DELETE FROM %s WHERE %s = $1 AND COALESCE(%s, 0) < $2", t.name, t.key, t.version)
		return q, []any{string(e.Record), e.Seq}
	}
	var columns, marks, sets []string
	var args []any
	for i, c := range t.cells(e) {
		columns, marks, args = append(columns, c.column), append(marks, fmt.Sprintf("$%d", i+1)), append(args, c.value)
		if i > 0 {
			sets = append(sets, fmt.Sprintf("%s = excluded.%s", c.column, c.column))
		}
	}
	q := fmt.Sprintf("INSERT INTO %s AS was (%s) VALUES (%s) ON CONFLICT (%s) DO UPDATE SET %s WHERE COALESCE(was.%s, 0) < excluded.%s",
		t.name, strings.Join(columns, ", "), strings.Join(marks, ", "), t.key, strings.Join(sets, ", "), t.version, t.version)
	return q, args
}

// query reads the sequence number and the columns that e speaks of, as text.
func (t table) query(e downstream.Envelope) (string, []downstream.Member) {
	columns := []string{fmt.Sprintf("COALESCE(CAST(%s AS BIGINT), 0)", t.version)}
	members := []downstream.Member{}
	for _, m := range e.Fields {
		if column := t.columns[m.Name]; column != "" {
			columns, members = append(columns, fmt.Sprintf("CAST(%s AS TEXT)", column)), append(members, m)
		}
	}
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s = $1", strings.Join(columns, ", "), t.name, t.key), members
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func contentOf(s sql.NullString) customer.Content { return customer.Content(s.String) }
