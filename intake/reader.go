package intake

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"amend/fault"
)

// A Reader reads a table of UTF-8 text, row by row. The delimiter is found from the header:
// comma, semicolon or tab, or what a first line "sep=;" says.
type Reader struct {
	scan   scanner
	header []string
	width  int   // columns in the file, our own error columns included
	keep   []int // positions of the sender's own columns
}

// NewReader reads up to the end of the header. It refuses a file whose encoding is not
// UTF-8, whose header is missing, is wider than 200 columns or names a column twice. The
// columns that an error file adds are left out, so that a mended error file is a table again.
func NewReader(r io.Reader) (*Reader, error) {
	src := bufio.NewReaderSize(r, maxHeader)
	if err := checkMark(src); err != nil {
		return nil, err
	}
	comma, lines, err := sniff(src)
	if err != nil {
		return nil, err
	}
	t := &Reader{scan: scanner{src: src, comma: comma, line: 1 + lines}}
	if err := t.readHeader(); err != nil {
		return nil, err
	}
	return t, nil
}

// Header is the names of the sender's columns, trimmed. A column without a name stays "".
func (t *Reader) Header() []string { return t.header }

// Delimiter is what separates the cells: ',', ';' or a tab.
func (t *Reader) Delimiter() rune { return rune(t.scan.comma) }

// Next answers the next row that holds anything; io.EOF ends the table. With a *fault.Error
// the row can't be used, but is answered as far as it was read, for the error file; reading
// goes on behind it. Any other error comes from the source and is final.
func (t *Reader) Next() (Row, error) {
	for {
		row, err := t.next()
		if err != nil {
			return t.own(row), err
		}
		if blank(row.Cells) {
			continue
		}
		if n := len(row.Cells); n != t.width {
			err = fault.New(fault.Malformed, "row_ragged", "line", row.Line, "cells", n, "columns", t.width)
		}
		return t.own(row), err
	}
}

// next reads a row and checks its text.
func (t *Reader) next() (Row, error) {
	row, bad, err := t.scan.row()
	if err != nil {
		return row, err
	}
	for i, c := range row.Cells {
		wrong := checkText(c)
		if wrong != nil {
			row.Cells[i] = strings.ToValidUTF8(c, "\uFFFD")
		}
		if bad == nil && wrong != nil {
			bad = at(wrong, row.Line)
		}
		row.Cells[i] = unguard(row.Cells[i])
	}
	if bad != nil {
		return row, bad
	}
	return row, nil
}

// checkText refuses text that is not UTF-8, or that carries control characters other than
// tab and line ends: databases and screens stumble over them.
func checkText(s string) *fault.Error {
	if !utf8.ValidString(s) {
		return fault.New(fault.Malformed, "encoding_unknown")
	}
	for _, c := range []byte(s) {
		if c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') {
			return fault.New(fault.Malformed, "control_character")
		}
	}
	return nil
}

// readHeader takes the first row that is not blank.
func (t *Reader) readHeader() error {
	for {
		row, err := t.next()
		switch {
		case errors.Is(err, io.EOF):
			return fault.New(fault.Malformed, "file_empty")
		case err != nil:
			return err
		case !blank(row.Cells):
			return t.setHeader(row)
		}
	}
}

func (t *Reader) setHeader(row Row) error {
	t.width = len(row.Cells)
	first := make(map[string]int, t.width)
	for i, c := range row.Cells {
		name := trim(c)
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
