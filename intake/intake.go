// Package intake is how data arrives: tables of text become rows, rows become proposed
// values by a readable mapping, and what can't be used goes back to its sender in a file
// that can be mended and sent again. It streams: memory does not grow with the file.
package intake

import (
	"encoding/json"

	"amend/customer"
	"amend/fault"
)

// Row is one line of a table. A quoted cell may span lines: Line is where the row begins,
// counted from 1 with the header, as an editor shows it.
type Row struct {
	Line  int
	Cells []string
}

// Fault is what is wrong with one row, or with one cell of it. The reader, the mapping and
// the caller's quality checks all speak this shape.
type Fault struct {
	Line   int
	Column string // header of the cell at fault, "" for the whole row
	Err    *fault.Error
}

// Proposed is one value that a row proposes: Text for plain types, JSON for structured
// ones. It is as the file has it; package quality brings it into canonical form.
type Proposed struct {
	Key    customer.Key
	Text   string
	JSON   json.RawMessage
	Column string // the columns it came from, for a fault found later
}

// Limits of a table. A file beyond them is no list of customers.
const (
	maxColumns = 200
	maxCell    = 8 << 10  // bytes, after unquoting
	maxHeader  = 64 << 10 // bytes of the header line
)
