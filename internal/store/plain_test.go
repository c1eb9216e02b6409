package store_test

import (
	"fmt"
	"strings"
	"testing"

	"amend/audit"
	"amend/change"
	"amend/internal/store"
	"amend/notify"
)

// tables are the tables of the schema, as either database lists them.
func (v vault) tables() []string {
	v.t.Helper()
	rows, err := v.Rows(v.t.Context(), `SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`)
	if err != nil {
		rows, err = v.Rows(v.t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			v.t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// columns are the columns of a table.
func (v vault) columns(table string) []string {
	v.t.Helper()
	rows, err := v.Rows(v.t.Context(), `SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 ORDER BY 1`, table)
	if err != nil {
		rows, err = v.Rows(v.t.Context(), `SELECT name FROM pragma_table_info($1) ORDER BY 1`, table)
	}
	if err != nil {
		v.t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			v.t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// dump writes out every column of every row of a table, bytes as they are.
func (v vault) dump(table string) string {
	v.t.Helper()
	columns := v.columns(table)
	rows, err := v.Rows(v.t.Context(), `SELECT `+strings.Join(columns, ", ")+` FROM "`+table+`" ORDER BY 1`)
	if err != nil {
		v.t.Fatal(err)
	}
	var out strings.Builder
	for rows.Next() {
		values, places := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			places[i] = &values[i]
		}
		if err := rows.Scan(places...); err != nil {
			v.t.Fatal(err)
		}
		for i, value := range values {
			if b, ok := value.([]byte); ok {
				value = string(b)
			}
			fmt.Fprintf(&out, "%s=%v\n", columns[i], value)
		}
	}
	return out.String()
}

// planted are personal values that the scenario stores: none may be found in the database.
func planted() []string {
	return []string{"王小芳", "13800138000", "13900139000", "13700137000", "fang@example.com", "424242", "lost handset", "月光路", "which handset?"}
}

// scenario stores something of every noun that may hold something personal.
func (v vault) scenario() {
	v.t.Helper()
	rec := v.xiaofang()
	v.alter(rec.ID, set("phone", "+8613900139000"), set("address", `{"street":"月光路 8"}`))
	r := v.file(rec.ID, "phone", change.Reviewing, morning)
	v.do(func(tx *store.Tx) error {
		got, err := tx.Change(r.ID)
		if err != nil {
			return err
		}
		got.Questions = append(got.Questions, change.Question{Text: "which handset?"})
		body, err := tx.SealChange(got)
		if err != nil {
			return err
		}
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record, e.Change, e.Body = tx.NewID(), tx.Now(), "ask", "bob", string(rec.ID), string(r.ID), body
		e.Commits = []audit.Commitment{audit.Commit([]byte("0123456789abcdef"), "phone/proposed", "+8613700137000")}
		tx.SaveChange(got, e.ID, change.NeedsInfo, "approver", morning)
		return tx.Append(e)
	})
	v.queue(notice("n1", notify.Code, rec.ID, morning))
	v.do(func(tx *store.Tx) error {
		c := code("c1", r.ID)
		c.MAC = v.keys.CodeMAC(c.ID, "424242")
		tx.AddChallenge(c)
		tx.KeepAnswer("k", []byte("hash"), 200, []byte(`{"email":"fang@example.com"}`))
		tx.RaiseDelivery("crm", rec.ID, rec.Version)
		tx.AddTask(store.Task{ID: "t1", Kind: "callback", Record: rec.ID, Change: r.ID, Contact: "phone", Role: "agent", OpenedAt: morning, DueAt: morning})
		return tx.AddSystem(crm(), v.keys.SealFor("system", tx.Rand(), []byte("secret"), []byte("crm")))
	})
}

func TestNoColumnHoldsAPersonalValueInClear(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.scenario()
		rows := 0
		for _, table := range v.tables() {
			dump := v.dump(table)
			rows += len(dump)
			for _, value := range planted() {
				if strings.Contains(dump, value) {
					t.Errorf("table %s holds %s", table, value)
				}
			}
		}
		if rows < 1000 || !strings.Contains(v.dump("change_request"), "needs_info") {
			t.Errorf("the dump of %d characters sees nothing", rows)
		}
	})
}
