package intake

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"amend/fault"
)

// sniff finds the delimiter from the first line: the one that stands most often outside
// quotes, the comma in doubt. A first line "sep=;" says it outright and is taken off; lines
// is then 1.
func sniff(src *bufio.Reader) (comma byte, lines int, err error) {
	head, err := src.Peek(maxHeader)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return 0, 0, err
	case len(bytes.TrimSpace(head)) == 0 && err != nil:
		return 0, 0, fault.New(fault.Malformed, "file_empty")
	}
	line, whole := firstLine(head)
	if !whole && err == nil {
		return 0, 0, fault.New(fault.Malformed, "header_too_long", "limit", maxHeader)
	}

	if sep, ok := sepLine(line); ok {
		s := scanner{src: src} // NUL separates nothing: the line is one cell
		_, _, err := s.row()
		return sep, 1, err
	}
	return mostFrequent(line), 0, nil
}

// firstLine is the header without its line end; whole says whether the end was seen.
func firstLine(head []byte) (line []byte, whole bool) {
	quoted := false
	for i, c := range head {
		switch {
		case c == '"':
			quoted = !quoted
		case (c == '\n' || c == '\r') && !quoted && len(bytes.TrimSpace(head[:i])) > 0:
			return head[:i], true
		}
	}
	return head, false
}

// sepLine reads the hint that spreadsheets write above a table: "sep=;".
func sepLine(line []byte) (byte, bool) {
	s, ok := strings.CutPrefix(strings.ToLower(string(line)), "sep=")
	if !ok || len(s) != 1 || !strings.Contains(delimiters, s) {
		return 0, false
	}
	return s[0], true
}

// delimiters are what may separate cells, the likeliest first.
const delimiters = ",;\t"

func mostFrequent(line []byte) byte {
	var count [256]int
	quoted := false
	for _, c := range line {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted {
			count[c]++
		}
	}
	best := delimiters[0]
	for _, d := range []byte(delimiters) {
		if count[d] > count[best] {
			best = d
		}
	}
	return best
}
