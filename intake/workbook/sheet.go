package workbook

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"amend/fault"
)

// A Sheet reads the rows of one sheet.
type Sheet struct {
	name     string
	options  Options
	tokens   *tokens
	texts    *texts
	formats  []format
	from1904 bool
	line     int // of the last row
	done     bool
}

// A Row is one row that the sheet holds. Line is its number in the sheet. Cells end with the
// last one that holds anything.
type Row struct {
	Line  int
	Cells []string
}

// Name is what the sheet is called.
func (s *Sheet) Name() string { return s.name }

// Next answers the next row, with what is wrong with it alone; io.EOF ends the sheet. Any
// other error is about the whole file and final.
func (s *Sheet) Next() (Row, *fault.Error, error) {
	for !s.done {
		token, err := s.tokens.next()
		if err != nil {
			return Row{}, nil, ended(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "row" {
				return s.row(e)
			}
		case xml.EndElement:
			s.done = e.Name.Local == "sheetData"
		}
	}
	return Row{}, nil, io.EOF
}

// row reads a row behind its opening tag.
func (s *Sheet) row(e xml.StartElement) (Row, *fault.Error, error) {
	line, err := following(s.line, lineOf(attr(e, "r")), maxLine)
	if err != nil {
		return Row{}, nil, err
	}
	s.line = line
	row := Row{Line: line}
	var wrong *fault.Error
	for column := 0; ; {
		token, err := s.tokens.next()
		if err != nil {
			return row, nil, ended(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local != "c" {
				continue
			}
			if column, err = following(column, columnOf(attr(e, "r")), maxColumn); err != nil {
				return row, nil, err
			}
			text, err := s.cell(e)
			if err != nil {
				return row, nil, err
			}
			if bad := s.put(&row, column, text); wrong == nil {
				wrong = bad
			}
		case xml.EndElement:
			if e.Name.Local == "row" {
				return row, wrong, nil
			}
		}
	}
}

// put places a text in its column. Empty ones are none: many a sheet is formatted far beyond
// what is written in it.
func (s *Sheet) put(row *Row, column int, text string) *fault.Error {
	switch {
	case text == "":
		return nil
	case column > s.options.Columns:
		return fault.New(fault.Malformed, "row_too_wide", "line", row.Line, "limit", s.options.Columns)
	}
	for len(row.Cells) < column-1 {
		row.Cells = append(row.Cells, "")
	}
	if len(text) <= s.options.Cell {
		row.Cells = append(row.Cells, text)
		return nil
	}
	row.Cells = append(row.Cells, text[:s.options.Cell])
	return fault.New(fault.Malformed, "cell_too_long", "line", row.Line, "limit", s.options.Cell)
}

// The last line and column that a sheet may have.
const (
	maxLine   = 1 << 20
	maxColumn = 1 << 14
)

// following is the place that is given, 0 for the one after the last. Places only go forward,
// or one row would be read as two customers.
func following(last, given, most int) (int, error) {
	if given == 0 {
		given = last + 1
	}
	if given <= last || given > most {
		return 0, fault.New(fault.Malformed, "workbook_broken")
	}
	return given, nil
}

// lineOf reads the number of a row, 0 if it has none, and -1 if it can't be read.
func lineOf(r string) int {
	if r == "" {
		return 0
	}
	n, err := strconv.Atoi(r)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

// columnOf reads the column of a cell's name, C of C5, as lineOf does.
func columnOf(r string) int {
	if r == "" {
		return 0
	}
	letters := strings.TrimRight(r, "0123456789")
	if letters == "" || len(letters) > len("XFD") {
		return -1
	}
	n := 0
	for _, c := range []byte(letters) {
		if c < 'A' || c > 'Z' {
			return -1
		}
		n = n*26 + int(c-'A') + 1
	}
	return n
}
