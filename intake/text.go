package intake

import (
	"bufio"
	"errors"
	"io"
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
	row, bad, err := t.scan.row()
	if err != nil {
		return row, nil, err
	}
	for i, c := range row.Cells {
		cell, wrong := t.cell(c)
		row.Cells[i] = cell
		if bad == nil && wrong != nil {
			bad = at(wrong, row.Line)
		}
	}
	return row, bad, nil
}

// cell answers a cell as UTF-8. Where it is refused, what can't be read stands as U+FFFD.
func (t *lines) cell(c string) (string, *fault.Error) {
	c, broken := t.decode(c)
	switch {
	case broken:
		return strings.ToValidUTF8(c, "\uFFFD"), fault.New(fault.Malformed, "row_encoding", "encoding", t.encoding)
	case len(c) > maxCell:
		return c[:maxCell], fault.New(fault.Malformed, "cell_too_long", "limit", maxCell)
	case control(c):
		return c, fault.New(fault.Malformed, "control_character")
	}
	return c, nil
}

// decode answers c as UTF-8, and whether there were bytes that are not of the encoding: the
// decoders write U+FFFD for them.
func (t *lines) decode(c string) (string, bool) {
	switch {
	case ascii(c):
		return c, false
	case t.encoding == UTF8:
		return c, !utf8.ValidString(c)
	case t.decoder == nil:
		return c, strings.ContainsRune(c, utf8.RuneError)
	}
	out, err := t.decoder.String(c)
	return out, err != nil || strings.ContainsRune(out, utf8.RuneError)
}
