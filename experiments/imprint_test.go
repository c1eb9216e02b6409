package experiments

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"amend/internal/store"
)

// An imprint says exactly what a database holds: how many rows each table has, and a digest
// of all of them. Two databases of one imprint hold the same.
type imprint string

// imprintOf reads every row of every table, in a moment when nobody writes. What ran when
// the schema was made is not part of it.
func imprintOf(v store.View) (imprint, error) {
	tables, sqlite, err := tablesOf(v)
	if err != nil {
		return "", err
	}
	sum, counts := sha256.New(), make([]string, 0, len(tables))
	for _, table := range tables {
		n, text, err := rowsOf(v, table, sqlite)
		if err != nil {
			return "", fmt.Errorf("read table %s: %w", table, err)
		}
		fmt.Fprintf(sum, "%s %d %s\n", table, n, text)
		if n > 0 {
			counts = append(counts, fmt.Sprintf("%s:%d", table, n))
		}
	}
	return imprint(hex.EncodeToString(sum.Sum(nil)[:8]) + "," + strings.Join(counts, ",")), nil
}

func tablesOf(v store.View) (tables []string, sqlite bool, err error) {
	rows, err := v.Rows(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
	sqlite = err == nil
	if !sqlite {
		rows, err = v.Rows(`SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`)
	}
	if err != nil {
		return nil, false, err
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, false, err
		}
		if name != "migration" {
			tables = append(tables, name)
		}
	}
	slices.Sort(tables)
	return tables, sqlite, nil
}

// rowsOf answers how many rows a table has and all of them as one text.
func rowsOf(v store.View, table string, sqlite bool) (n int64, text string, err error) {
	q := `SELECT count(*), COALESCE(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM "` + table + `" t`
	if sqlite {
		var columns string
		const shape = `SELECT group_concat('quote("' || name || '")', '||') FROM pragma_table_info($1)`
		if err := v.Row(shape, table).Scan(&columns); err != nil {
			return 0, "", err
		}
		q = `SELECT count(*), COALESCE(group_concat(line, char(10) ORDER BY line), '') FROM (SELECT ` + columns + ` AS line FROM "` + table + `")`
	}
	err = v.Row(q).Scan(&n, &text)
	return n, text, err
}
