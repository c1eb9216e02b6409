package intake

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"amend/fault"
)

// lines are a table of text. Its bytes are cut into cells first, and each cell is decoded by
// itself: in the encodings that are read so, no byte of a longer character is a delimiter, a
// quote or a line end. So a broken character spoils its own row and never the next.
type lines struct {
	scan     scanner
	encoding Encoding
	decoder  *encoding.Decoder // of a cell; nil where the cells are UTF-8 already
	decoded  cells
}

// NewReader reads a table of text from where it streams. The encoding is recognised from
// the first 64 KiB, unless it is named; the delimiter is found from the header: comma,
// semicolon or tab, or what a first line "sep=;" says.
func NewReader(r io.Reader, o Options) (*Reader, error) {
	src := bufio.NewReaderSize(r, maxHeader)
	head, err := src.Peek(maxHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if o.Encoding == "" {
		if o.Encoding = recognise(head, err != nil); o.Encoding == "" {
			return nil, at(fault.New(fault.Malformed, "encoding_unknown"), 1)
		}
	}
	return newText(src, o.Encoding)
}

// newText reads a table whose encoding is known.
func newText(src *bufio.Reader, e Encoding) (*Reader, error) {
	if err := skipMark(src, e); err != nil {
		return nil, err
	}
	t := &lines{encoding: e}
	switch {
	case e.wide():
		src = bufio.NewReaderSize(transform.NewReader(src, e.codec().NewDecoder()), maxHeader)
	case e != UTF8:
		t.decoder = e.codec().NewDecoder()
	}
	comma, lines, err := sniff(src)
	if err != nil {
		return nil, err
	}
	t.scan = scanner{src: src, comma: comma, line: 1 + lines}
	return newReader(t, Form{Encoding: e, Delimiter: rune(comma)})
}

// row serves source: it reads a row and checks its text.
func (t *lines) row() (Row, *fault.Error, error) {
	line, bad, err := t.scan.row()
	if err != nil {
		return Row{}, nil, err
	}
	raw := &t.scan.cells
	if t.decoder != nil && !ascii(raw.text) {
		raw = t.decode(raw)
	}
	each, whole := raw.split()
	row := Row{Line: line, Cells: each}
	if !t.sound(whole) { // which of them is it?
		for i, c := range each {
			cell, wrong := t.cell(c)
			if each[i] = cell; bad == nil && wrong != nil {
				bad = at(wrong, line)
			}
		}
	}
	return row, bad, nil
}

// decode answers a row as UTF-8, with U+FFFD for bytes that are not of the encoding.
func (t *lines) decode(raw *cells) *cells {
	out := &t.decoded
	out.reset()
	from := 0
	for _, to := range raw.ends {
		cell := raw.text[from:to]
		out.text = slices.Grow(out.text, utf8.UTFMax*len(cell))
		t.decoder.Reset()
		n, _, err := t.decoder.Transform(out.text[len(out.text):cap(out.text)], cell, true)
		if out.text = out.text[:len(out.text)+n]; err != nil {
			out.text = utf8.AppendRune(out.text, utf8.RuneError)
		}
		out.end()
		from = to + 1
	}
	return out
}

// sound reports whether nothing is wrong with the text of a row, which is so with nearly
// every row and quickly found out. A row longer than a cell may be is looked at cell by cell.
func (t *lines) sound(row string) bool {
	return len(row) <= maxCell && utf8.ValidString(row) && !control(row) && !t.replaced(row)
}

// cell answers a cell as it can be shown, and what is wrong with it.
func (t *lines) cell(c string) (string, *fault.Error) {
	switch {
	case !utf8.ValidString(c) || t.replaced(c):
		return strings.ToValidUTF8(c, "\uFFFD"), fault.New(fault.Malformed, "row_encoding", "encoding", t.encoding)
	case len(c) > maxCell:
		return strings.ToValidUTF8(c[:maxCell], ""), fault.New(fault.Malformed, "cell_too_long", "limit", maxCell)
	case control(c):
		return c, fault.New(fault.Malformed, "control_character")
	}
	return c, nil
}

// replaced reports whether a decoder has found bytes that are not of the encoding.
func (t *lines) replaced(s string) bool {
	return t.encoding != UTF8 && strings.ContainsRune(s, utf8.RuneError)
}
