package browser

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	_ "modernc.org/sqlite" // to look at the house's database from beside it

	"amend/internal/lang"
)

func TestLookingAtAnyPageTwiceChangesNothing(t *testing.T) {
	h := fullHouse(t)
	beside, err := sql.Open("sqlite", "file:"+h.file+"?mode=ro")
	h.must(err)
	defer beside.Close()
	met := h.everywhere(t, lang.ZH)
	h.settle()
	for _, who := range visitors() {
		v := h.visits(t, who, lang.ZH)
		before := contents(t, beside)
		for p := range met {
			if p.who != who {
				continue
			}
			v.gets(p.path)
			v.gets(p.path)
			after := contents(t, beside)
			for table, sum := range after {
				if before[table] != sum {
					t.Errorf("GET %s as %q changes %s: %s became %s", p.path, who, table, before[table], sum)
				}
			}
			before = after
		}
	}
}

// contents are every table of the house: how many rows it has, and the sum of what they hold.
func contents(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, table := range column(t, db, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		rows := column(t, db, `SELECT quote_row FROM (SELECT `+members(t, db, table)+` AS quote_row FROM "`+table+`")`)
		slices.Sort(rows)
		sum := sha256.New()
		for _, r := range rows {
			fmt.Fprintln(sum, r)
		}
		all[table] = fmt.Sprintf("%d rows, %x", len(rows), sum.Sum(nil)[:6])
	}
	return all
}

// members joins the columns of a table into one text for each row.
func members(t *testing.T, db *sql.DB, table string) string {
	t.Helper()
	all := ""
	for i, name := range column(t, db, `SELECT name FROM pragma_table_info('`+table+`')`) {
		if i > 0 {
			all += ` || ',' || `
		}
		all += `quote("` + name + `")`
	}
	return all
}

// column answers the only column of q.
func column(t *testing.T, db *sql.DB, q string) []string {
	t.Helper()
	rows, err := db.Query(q)
	if err != nil {
		t.Fatal(q, err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}
