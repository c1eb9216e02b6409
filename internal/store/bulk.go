package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Draft answers a Tx that is filled beside the writer, for an act that brings much in: what
// it queues is stored by the verb that includes it. Its plain inserts into one table travel
// as one statement, so they must not depend on each other's order. The search tokens that a
// draft of a load makes are spooled under the load's name, if it has one.
func (s *Store) Draft(ctx context.Context, load string) *Tx {
	tx := &Tx{View: s.View(ctx), now: s.now(), rand: s.rand, bulk: map[string]int{}}
	if load != "" {
		tx.load, tx.run = load, tx.NewID()
	}
	return tx
}

// Include queues everything that a draft has queued. A draft is included once.
func (tx *Tx) Include(draft *Tx) {
	tx.fail(draft.err)
	draft.endRun()
	tx.act.statements = append(tx.act.statements, draft.act.statements...)
	tx.act.wake = tx.act.wake || draft.act.wake
}

// Insert queues rows of equal length for into, "INSERT INTO entry_place (pos, entry_id)":
// one statement on a server, a loop of one-row statements on SQLite.
func (tx *Tx) Insert(into string, rows [][]any) {
	if len(rows) == 0 {
		return
	}
	st := statement{query: into + " VALUES " + placeholders(1, len(rows[0]))}
	for _, row := range rows {
		bound, err := bind(row)
		if err != nil {
			tx.fail(err)
			return
		}
		st.rows = append(st.rows, bound)
	}
	tx.act.statements = append(tx.act.statements, st)
}

// gather adds a plain insert to the others of its table, and reports whether it is one.
func (tx *Tx) gather(q string, row []any) bool {
	if tx.bulk == nil {
		return false
	}
	i, seen := tx.bulk[q]
	if !seen {
		i = -1
		if strings.HasPrefix(q, "INSERT ") && strings.HasSuffix(q, " VALUES "+placeholders(1, len(row))) {
			i = len(tx.act.statements)
			tx.act.statements = append(tx.act.statements, statement{query: q})
		}
		tx.bulk[q] = i
	}
	if i < 0 {
		return false
	}
	tx.act.statements[i].rows = append(tx.act.statements[i].rows, row)
	return true
}

// Among queues what, "DELETE FROM entry_new WHERE entry_id", for each of keys: one statement
// on a server, a loop of small ones on SQLite.
func (tx *Tx) Among(what string, keys []any) {
	if len(keys) == 0 {
		return
	}
	st := statement{query: what + one, rows: make([][]any, len(keys))}
	for i, key := range keys {
		st.rows[i] = []any{key}
	}
	tx.act.statements = append(tx.act.statements, st)
}

// one is how a statement of Among ends, for one key.
const one = " = $1"

// spread is how many keys one query of among takes: with fewer a server parses and answers
// too often, with more its plan costs more than its rows.
const spread = 64

// among gives every row of q, "SELECT … WHERE record_id", of each of ids to one.
func among[ID ~string](v View, what string, one func(Row) error, q string, ids []ID) error {
	for chunk := range slices.Chunk(ids, spread) {
		keys := listed(chunk)
		if err := v.each(what, one, q+" IN "+marks(1, len(keys)), keys...); err != nil {
			return err
		}
	}
	return nil
}

// listed are ids as arguments. The last one comes again until their number is a power of
// two, so that a database keeps a few statements ready and not one for every number.
func listed[ID ~string](ids []ID) []any {
	args := make([]any, 0, spread)
	for _, id := range ids {
		args = append(args, id)
	}
	for len(args)&(len(args)-1) != 0 {
		args = append(args, args[len(args)-1])
	}
	return args
}

// placeholders is "($1, $2), ($3, $4)" for two rows of two.
func placeholders(rows, width int) string {
	row := make([]string, rows)
	for i := range row {
		row[i] = marks(i*width+1, width)
	}
	return strings.Join(row, ", ")
}

// marks is "($3, $4)" for two arguments from the third on.
func marks(from, n int) string {
	b := append(make([]byte, 0, 2+5*n), '(')
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(b, '$'), int64(from+i), 10)
	}
	return string(append(b, ')'))
}

// unnested is a statement of many rows as one that PostgreSQL plans once: each column is an
// array. A column without a value is NULL, because its type cannot be seen.
func (st statement) unnested() statement {
	if what, among := strings.CutSuffix(st.query, one); among {
		keys, typ := columnArray(st.rows, 0)
		return statement{query: what + " = ANY($1::" + typ + "[])", args: []any{keys}}
	}
	var columns, arrays []string
	var args []any
	for c := range st.rows[0] {
		array, typ := columnArray(st.rows, c)
		if array == nil {
			columns = append(columns, "NULL")
			continue
		}
		args = append(args, array)
		columns = append(columns, fmt.Sprintf("c%d", len(args)))
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", len(args), typ))
	}
	into, _, _ := strings.Cut(st.query, " VALUES ")
	names := make([]string, len(args))
	for i := range names {
		names[i] = fmt.Sprintf("c%d", i+1)
	}
	q := into + " SELECT " + strings.Join(columns, ", ") + " FROM unnest(" + strings.Join(arrays, ", ") + ") AS rows (" + strings.Join(names, ", ") + ")"
	return statement{query: q, args: args, missed: st.missed}
}

// columnArray makes an array of one column of rows, nil if it has no value.
func columnArray(rows [][]any, c int) (array any, typ string) {
	for _, row := range rows {
		switch row[c].(type) {
		case string:
			return arrayOf[string](rows, c), "text"
		case int64:
			return arrayOf[int64](rows, c), "bigint"
		case float64:
			return arrayOf[float64](rows, c), "double precision"
		case []byte:
			return arrayOf[[]byte](rows, c), "bytea"
		}
	}
	return nil, ""
}

func arrayOf[T any](rows [][]any, c int) []*T {
	array := make([]*T, len(rows))
	for i, row := range rows {
		if v, ok := row[c].(T); ok {
			array[i] = &v
		}
	}
	return array
}
