package intake

import (
	"slices"
	"sync"
)

// A Feed reads a table on its way in, row by row, and keeps each row until it is settled:
// what is wrong with a row may be found out long after it was read, and is told in the
// row's own words. One goroutine may read while another settles.
type Feed struct {
	table   *Reader
	binding Binding

	mu   sync.Mutex
	rows []Row // read and not settled, in order
}

// NewFeed reads table by binding.
func NewFeed(table *Reader, binding Binding) *Feed { return &Feed{table: table, binding: binding} }

// Next reads a row and answers its line and what it proposes. A row that cannot be read
// proposes nothing and has a fault; the error is of the table as a whole, io.EOF at its end.
func (f *Feed) Next() (line int, values []Proposed, faults []Fault, err error) {
	row, wrong, err := f.table.Next()
	if err != nil {
		return 0, nil, nil, err
	}
	if wrong != nil {
		faults = []Fault{{Line: row.Line, Err: wrong}}
	} else {
		values, faults = f.binding.Apply(row)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rows = append(f.rows, row)
	return row.Line, values, faults, nil
}

// Settle lets go of the rows up to a line, and gives each that has faults to tell, with them.
func (f *Feed) Settle(line int, faults []Fault, tell func(Row, []Fault) error) error {
	wrong := map[int][]Fault{}
	for _, x := range faults {
		wrong[x.Line] = append(wrong[x.Line], x)
	}
	for _, row := range f.upTo(line) {
		if len(wrong[row.Line]) == 0 {
			continue
		}
		if err := tell(row, wrong[row.Line]); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feed) upTo(line int) []Row {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := slices.IndexFunc(f.rows, func(r Row) bool { return r.Line > line })
	if n < 0 {
		n = len(f.rows)
	}
	settled := slices.Clone(f.rows[:n])
	f.rows = slices.Delete(f.rows, 0, n)
	return settled
}
