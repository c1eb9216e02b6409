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
	cells cells
}

// end says what a cell ended with.
type end int

const (
	atComma end = iota
	atLine
	atFile
)

// row reads one row into s.cells, where it stays until the next, and answers its line. The
// fault is the first thing wrong with the row; it is then read to its end all the same, with
// what fits into the limits. io.EOF alone is the end of the table.
func (s *scanner) row() (line int, bad *fault.Error, err error) {
	if _, err := s.src.Peek(1); err != nil {
		return 0, nil, err
	}
	line = s.line
	s.cells.reset()
	for {
		stop, wrong, err := s.cell()
		if err != nil {
			return line, nil, err
		}
		if !s.cells.end() && wrong == nil {
			wrong = fault.New(fault.Malformed, "row_too_wide", "limit", maxColumns)
		}
		if bad == nil && wrong != nil {
			bad = at(wrong, line)
		}
		if stop != atComma {
			return line, bad, nil
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
func (s *scanner) cell() (end, *fault.Error, error) {
	first, err := s.src.Peek(1)
	if err == nil && first[0] == '"' {
		_, _ = s.src.Discard(1) // peeked, so it is there
		return s.quoted()
	}
	stop, err := s.bare()
	return stop, s.cells.tooLong(), err
}

// bare reads an unquoted rest of a cell.
func (s *scanner) bare() (end, error) {
	c, err := s.upTo(s.comma)
	switch {
	case errors.Is(err, io.EOF):
		return atFile, nil
	case err != nil:
		return atFile, err
	case c == s.comma:
		return atComma, nil
	}
	s.newline(c, false)
	return atLine, nil
}

// quoted reads a cell behind its opening quote.
func (s *scanner) quoted() (end, *fault.Error, error) {
	for {
		c, err := s.upTo('"')
		switch {
		case errors.Is(err, io.EOF):
			return atFile, fault.New(fault.Malformed, "quote_unclosed"), nil
		case err != nil:
			return atFile, nil, err
		case c != '"':
			s.newline(c, true)
			continue
		}
		if next, err := s.src.Peek(1); err == nil && next[0] == '"' {
			_, _ = s.src.Discard(1)
			s.cells.add('"')
			continue
		}
		return s.closed()
	}
}

// closed reads what follows a closing quote, which should be nothing.
func (s *scanner) closed() (end, *fault.Error, error) {
	wrong, size := s.cells.tooLong(), s.cells.size
	stop, err := s.bare()
	if wrong == nil && s.cells.size > size {
		wrong = fault.New(fault.Malformed, "quote_stray")
	}
	return stop, wrong, err
}

// upTo adds to the cell what comes before a line end or before what, and answers and takes
// which it was.
func (s *scanner) upTo(what byte) (byte, error) {
	for {
		if _, err := s.src.Peek(1); err != nil {
			return 0, err
		}
		ahead, _ := s.src.Peek(s.src.Buffered())
		for i, c := range ahead {
			if c == what || c == '\n' || c == '\r' {
				s.cells.add(ahead[:i]...)
				_, _ = s.src.Discard(i + 1)
				return c, nil
			}
		}
		s.cells.add(ahead...)
		_, _ = s.src.Discard(len(ahead))
	}
}

// newline counts a line that c ends, as one with a \n right behind a \r, and keeps the
// ending if it stands inside a quoted cell.
func (s *scanner) newline(c byte, keep bool) {
	s.line++
	ending := []byte{c}
	if next, err := s.src.Peek(1); c == '\r' && err == nil && next[0] == '\n' {
		_, _ = s.src.Discard(1)
		ending = append(ending, '\n')
	}
	if keep {
		s.cells.add(ending...)
	}
}
