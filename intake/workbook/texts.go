package workbook

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"amend/fault"
)

// Limits of the shared texts, which are all kept in memory because any cell may refer to any
// of them: a list with more is refused as a workbook and comes in as text.
const (
	maxTextBytes = 64 << 20
	maxTextCount = 4 << 20
	pieceSize    = 1 << 20
)

// texts are the shared texts of a workbook, each behind its length, end to end in large
// pieces, so that a million of them are no million objects.
type texts struct {
	pieces [][]byte
	starts []uint32 // piece × pieceSize + place in it
	size   int
}

// texts reads the part, "" for a workbook that has none. Of a text longer than a cell may be,
// only so much is kept as shows that it is.
func (a *archive) texts(part string, longest int) (*texts, error) {
	all := &texts{}
	if part == "" {
		return all, nil
	}
	t, err := a.open(part, maxTexts)
	if err != nil {
		return nil, err
	}
	for {
		token, err := t.next()
		switch {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, err
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "si" {
			text, err := t.rich("si", longest)
			if err != nil {
				return nil, err
			}
			if err := all.add(text); err != nil {
				return nil, err
			}
		}
	}
}

func (x *texts) add(text []byte) error {
	need := binary.MaxVarintLen32 + len(text)
	if x.size += need; x.size > maxTextBytes || len(x.starts) == maxTextCount {
		return fault.New(fault.Malformed, "workbook_too_large")
	}
	last := len(x.pieces) - 1
	if last < 0 || len(x.pieces[last])+need > pieceSize {
		x.pieces = append(x.pieces, make([]byte, 0, pieceSize))
		last++
	}
	x.starts = append(x.starts, uint32(last*pieceSize+len(x.pieces[last])))
	x.pieces[last] = append(binary.AppendUvarint(x.pieces[last], uint64(len(text))), text...)
	return nil
}

// at answers the text of a number.
func (x *texts) at(n int) (string, bool) {
	if n < 0 || n >= len(x.starts) {
		return "", false
	}
	piece := x.pieces[x.starts[n]/pieceSize][x.starts[n]%pieceSize:]
	size, used := binary.Uvarint(piece)
	return string(piece[used:][:size]), true
}

// rich reads a text up to the end of the element that holds it: the runs of a rich text one
// after the other, without the phonetic reading above them.
func (t *tokens) rich(element string, longest int) ([]byte, error) {
	var text []byte
	in, above := false, false
	for {
		token, err := t.next()
		if err != nil {
			return nil, ended(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			in = e.Name.Local == "t"
			above = above || e.Name.Local == "rPh"
		case xml.EndElement:
			if e.Name.Local == element {
				return unescape(text), nil
			}
			in = false
			above = above && e.Name.Local != "rPh"
		case xml.CharData:
			if in && !above {
				text = appendUpTo(text, e, longest)
			}
		}
	}
}

// appendUpTo appends to a text that may have longest bytes; one byte more shows that it had more.
func appendUpTo(text, more []byte, longest int) []byte {
	return append(text, more[:min(len(more), longest+1-len(text))]...)
}

// ended turns the end of a part, where more must follow, into a fault.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return fault.New(fault.Malformed, "workbook_broken")
	}
	return err
}

// escape begins a character that XML cannot hold, as _xHHHH_ (ECMA-376 22.9.2.19); the
// commonest is _x000D_, a line end.
const escape = "_x"

// unescape answers text, in its own place, with its escapes read.
func unescape(text []byte) []byte {
	out := text[:0]
	for {
		i := bytes.Index(text, []byte(escape))
		if i < 0 {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		text = text[i:]
		code, ok := escaped(text)
		if !ok {
			out = append(out, escape...)
			text = text[len(escape):]
			continue
		}
		out = utf8.AppendRune(out, code)
		text = text[len("_xHHHH_"):]
	}
}

// escaped reads the escape that text begins with.
func escaped(text []byte) (rune, bool) {
	if len(text) < len("_xHHHH_") || text[6] != '_' {
		return 0, false
	}
	code, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(code), err == nil
}
