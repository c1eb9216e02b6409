package intake

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"amend/fault"
)

// A Reader reads a table row by row, in whichever sort of file it came.
type Reader struct {
	rows   source
	form   Form
	header []string
	width  int   // columns in the file, our own error columns included
	keep   []int // positions of the sender's own columns
}

// A source gives the rows of one sort of file.
type source interface {
	// row answers the next row, also a blank one, with the first thing that is wrong with it.
	// An error is about the whole file and final; io.EOF alone is the end of the table.
	row() (Row, *fault.Error, error)
}

// Form is what a file was recognised as: text, or a sheet of a workbook.
type Form struct {
	Encoding  Encoding // of text
	Delimiter rune     // of text, between its cells: ',', ';' or a tab
	Sheet     string   // of a workbook, as it is called there
}

// newReader reads up to the end of the header. It refuses a table whose header is missing, is
// wider than 200 columns or names a column twice. The columns that an error file adds are
// left out, so that a mended error file is a table again.
func newReader(rows source, form Form) (*Reader, error) {
	t := &Reader{rows: rows, form: form}
	if err := t.readHeader(); err != nil {
		return nil, err
	}
	return t, nil
}

// Header is the names of the sender's columns, trimmed. A column without a name stays "".
func (t *Reader) Header() []string { return t.header }

// Form says what the file was recognised as, for the person who sent it.
func (t *Reader) Form() Form { return t.form }

// Next answers the next row that holds anything; io.EOF ends the table. What is wrong with a
// row stands beside it: it can't be used, but is answered as far as it was read, for the
// error file, and reading goes on behind it. An error is about the whole file and final.
func (t *Reader) Next() (Row, *fault.Error, error) {
	for {
		row, wrong, err := t.rows.row()
		if err != nil {
			return Row{}, nil, err
		}
		if wrong == nil && blank(row.Cells) {
			continue
		}
		for i, c := range row.Cells {
			row.Cells[i] = unguard(c)
		}
		if n := len(row.Cells); wrong == nil && n != t.width {
			wrong = fault.New(fault.Malformed, "row_ragged", "line", row.Line, "cells", n, "columns", t.width)
		}
		return t.own(row), wrong, nil
	}
}

// readHeader takes the first row that is not blank.
func (t *Reader) readHeader() error {
	for {
		row, wrong, err := t.rows.row()
		switch {
		case errors.Is(err, io.EOF):
			return fault.New(fault.Malformed, "file_empty")
		case err != nil:
			return err
		case wrong != nil:
			return wrong
		case !blank(row.Cells):
			return t.setHeader(row)
		}
	}
}

func (t *Reader) setHeader(row Row) error {
	t.width = len(row.Cells)
	first := make(map[string]int, t.width)
	for i, c := range row.Cells {
		name := trim(unguard(c))
		if isErrorColumn(name) {
			continue
		}
		if was, twice := first[name]; twice && name != "" {
			return fault.New(fault.Malformed, "header_duplicate", "first", strconv.Itoa(was+1), "second", strconv.Itoa(i+1))
		}
		first[name] = i
		t.keep = append(t.keep, i)
		t.header = append(t.header, name)
	}
	if len(t.header) > maxColumns {
		return at(fault.New(fault.Malformed, "row_too_wide", "limit", maxColumns), row.Line)
	}
	return nil
}

// own answers row without the columns of an error file. What a row has too many stays at its end.
func (t *Reader) own(row Row) Row {
	if len(t.keep) == t.width {
		return row
	}
	cells := make([]string, 0, len(row.Cells))
	for _, i := range t.keep {
		if i < len(row.Cells) {
			cells = append(cells, row.Cells[i])
		}
	}
	if len(row.Cells) > t.width {
		cells = append(cells, row.Cells[t.width:]...)
	}
	return Row{Line: row.Line, Cells: cells}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if trim(c) != "" {
			return false
		}
	}
	return true
}

// trim cuts what surrounds a value without being part of it: spaces of every width, line
// ends, byte order marks and zero-width spaces.
func trim(s string) string {
	return strings.TrimFunc(s, isPadding)
}

// control reports whether s carries control characters other than tab and line ends:
// databases and screens stumble over them.
func control(s string) bool {
	for _, c := range []byte(s) {
		if c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
			return true
		}
	}
	return false
}
