package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A table is one table of the schema, as a dump carries it.
type table struct {
	Name    string        `json:"name"`
	Columns []tableColumn `json:"columns"`
	key     []int         // the columns of its primary key, in the key's order
}

// A tableColumn has one of the three kinds of value that the schema knows: TEXT, BIGINT, BYTEA.
type tableColumn struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// homebound reports whether a table stays where it is: who works on which shard means
// nothing in a copy, and how a copy got its schema is told by the copy itself.
func homebound(table string) bool { return table == "lease" || table == "migration" }

// tablesOf answers the tables that migrations make and that travel, parents before
// children. It runs them in a scratch database and reads what came out, so that no list
// of tables can forget one. Both databases have the same tables: what is for one of them
// alone is triggers.
func tablesOf(ctx context.Context, all []migration) (tables []table, err error) {
	scratch, err := openSQLiteMemory(ctx, "", 1)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, scratch.close()) }()
	if err := migrateTo(ctx, scratch, all, time.Time{}); err != nil {
		return nil, err
	}
	v := View{ctx: ctx, from: scratch}
	if tables, err = v.tables(); err != nil {
		return nil, err
	}
	parents, err := v.parents()
	if err != nil {
		return nil, err
	}
	return parentsFirst(tables, parents)
}

func (v View) tables() ([]table, error) {
	const q = `SELECT m.name, c.name, c.type, c.pk FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
		WHERE m.type = 'table' ORDER BY m.name, c.cid`
	var all []table
	err := v.each("schema", func(row Row) error {
		var name string
		var c tableColumn
		var place int
		if err := row.Scan(&name, &c.Name, &c.Kind, &place); err != nil || homebound(name) {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, table{Name: name})
		}
		return all[len(all)-1].add(c, place)
	}, q)
	return all, err
}

// add adds a column; place is where it stands in the primary key, from 1, 0 if it does not.
func (t *table) add(c tableColumn, place int) error {
	if !slices.Contains([]string{"TEXT", "BIGINT", "BYTEA"}, c.Kind) {
		return fmt.Errorf("column %s.%s: no dump carries a %s", t.Name, c.Name, c.Kind)
	}
	t.Columns = append(t.Columns, c)
	if place > 0 {
		t.key = append(t.key, slices.Repeat([]int{0}, max(0, place-len(t.key)))...)
		t.key[place-1] = len(t.Columns) - 1
	}
	return nil
}

// parents answers the tables that a table points at.
func (v View) parents() (map[string][]string, error) {
	const q = `SELECT m.name, f."table" FROM sqlite_master AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table'`
	parents := map[string][]string{}
	err := v.each("schema", func(row Row) error {
		var from, to string
		err := row.Scan(&from, &to)
		parents[from] = append(parents[from], to)
		return err
	}, q)
	return parents, err
}

// parentsFirst sorts tables so that no row comes before one that it points at.
func parentsFirst(tables []table, parents map[string][]string) ([]table, error) {
	sorted := make([]table, 0, len(tables))
	placed := map[string]bool{}
	for len(sorted) < len(tables) {
		before := len(sorted)
		for _, t := range tables {
			waits := slices.ContainsFunc(parents[t.Name], func(p string) bool { return p != t.Name && !placed[p] })
			if !placed[t.Name] && !waits {
				sorted, placed[t.Name] = append(sorted, t), true
			}
		}
		if len(sorted) == before {
			return nil, errors.New("the tables of the schema point at each other in a circle")
		}
	}
	return sorted, nil
}

// same reports whether t has exactly the columns of other, in their order.
func (t table) same(other table) bool {
	return t.Name == other.Name && slices.Equal(t.Columns, other.Columns)
}

// list is the columns as a statement names them.
func (t table) list() string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = quoted(c.Name)
	}
	return strings.Join(names, ", ")
}

// keyList is the columns of the primary key as a statement names them.
func (t table) keyList() string {
	names := make([]string, len(t.key))
	for i, at := range t.key {
		names[i] = quoted(t.Columns[at].Name)
	}
	return strings.Join(names, ", ")
}

func quoted(name string) string { return `"` + name + `"` }

// places is $from … for n arguments.
func places(from, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", from+i)
	}
	return strings.Join(all, ", ")
}

// kindOf makes a value that was read the kind of its column.
func (c tableColumn) kindOf(value any) (any, error) {
	if value == nil {
		return nil, nil
	}
	var err error
	switch c.Kind {
	case "TEXT":
		var s string
		err = assign(&s, value)
		value = s
	case "BYTEA":
		var b []byte
		err = assign(&b, value)
		value = b
	default:
		var n int64
		err = assign(&n, value)
		value = n
	}
	return value, err
}
