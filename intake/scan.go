package intake

import (
	"bufio"
	"errors"
	"io"
	"strconv"

	"amend/fault"
)

// A scanner cuts bytes into rows by RFC 4180, and accepts what spreadsheets really write:
// \n, \r\n or \r end a line, and a quote inside an unquoted cell is itself.
//
// It never resynchronises by guessing: a row at fault is read to its end by the same rules,
// so that text inside somebody's quoted cell is never taken for rows of the table.
type scanner struct {
	src   *bufio.Reader
	comma byte
	line  int // of the next byte
}

// end says what a cell ended with.
type end int

const (
	atComma end = iota
	atLine
	atFile
)

// row reads one row. The fault is the first thing wrong with it; the row is then read to
// its end all the same, with what fits into the limits. io.EOF alone is the end of the table.
func (s *scanner) row() (Row, *fault.Error, error) {
	if _, err := s.src.Peek(1); err != nil {
		return Row{}, nil, err
	}
	row := Row{Line: s.line}
	var bad *fault.Error
	for {
		text, stop, wrong, err := s.cell()
		if err != nil {
			return row, nil, err
		}
		switch {
		case len(row.Cells) < maxColumns+errorColumns:
			row.Cells = append(row.Cells, text)
		case wrong == nil:
			wrong = fault.New(fault.Malformed, "row_too_wide", "limit", maxColumns)
		}
		if bad == nil && wrong != nil {
			bad = at(wrong, row.Line)
		}
		if stop != atComma {
			return row, bad, nil
		}
	}
}

// at answers e with the line where its row begins.
func at(e *fault.Error, line int) *fault.Error {
	params := map[string]string{"line": strconv.Itoa(line)}
	for k, v := range e.Params {
		params[k] = v
	}
	return &fault.Error{Kind: e.Kind, Code: e.Code, Params: params}
}

// cell reads one cell up to and with what ends it.
func (s *scanner) cell() (string, end, *fault.Error, error) {
	first, err := s.src.Peek(1)
	if err == nil && first[0] == '"' {
		_, _ = s.src.Discard(1) // peeked, so it is there
		return s.quoted()
	}
	var b cellText
	stop, err := s.bare(&b)
	return b.text(), stop, b.fault(), err
}

// bare reads an unquoted rest of a cell.
func (s *scanner) bare(b *cellText) (end, error) {
	for {
		c, err := s.src.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return atFile, nil
		case err != nil:
			return atFile, err
		case c == s.comma:
			return atComma, nil
		case c == '\n' || c == '\r':
			s.newline(c, nil)
			return atLine, nil
		}
		b.add(c)
	}
}

// quoted reads a cell behind its opening quote.
func (s *scanner) quoted() (string, end, *fault.Error, error) {
	var b cellText
	for {
		c, err := s.src.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return b.text(), atFile, fault.New(fault.Malformed, "quote_unclosed"), nil
		case err != nil:
			return "", atFile, nil, err
		case c == '\n' || c == '\r':
			s.newline(c, &b)
			continue
		case c != '"':
			b.add(c)
			continue
		}
		if next, err := s.src.Peek(1); err == nil && next[0] == '"' {
			_, _ = s.src.Discard(1)
			b.add('"')
			continue
		}
		return s.closed(&b)
	}
}

// closed reads what follows a closing quote, which should be nothing.
func (s *scanner) closed(b *cellText) (string, end, *fault.Error, error) {
	var rest cellText
	stop, err := s.bare(&rest)
	wrong := b.fault()
	if wrong == nil && rest.size > 0 {
		wrong = fault.New(fault.Malformed, "quote_stray")
	}
	return b.text() + rest.text(), stop, wrong, err
}

// newline counts a line that c ends, as one with a \n right behind a \r, and keeps the
// ending in b if it stands inside a quoted cell.
func (s *scanner) newline(c byte, b *cellText) {
	s.line++
	if b != nil {
		b.add(c)
	}
	if c != '\r' {
		return
	}
	if next, err := s.src.Peek(1); err == nil && next[0] == '\n' {
		_, _ = s.src.Discard(1)
		if b != nil {
			b.add('\n')
		}
	}
}

// cellText gathers a cell, and only counts what is beyond maxCell.
type cellText struct {
	buf  []byte
	size int
}

func (b *cellText) add(c byte) {
	if b.size++; b.size <= maxCell {
		b.buf = append(b.buf, c)
	}
}

func (b *cellText) text() string { return string(b.buf) }

func (b *cellText) fault() *fault.Error {
	if b.size <= maxCell {
		return nil
	}
	return fault.New(fault.Malformed, "cell_too_long", "limit", maxCell)
}
