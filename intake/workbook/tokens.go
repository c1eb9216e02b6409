package workbook

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"

	"amend/fault"
)

// maxToken bounds one token of XML, in bytes: a cell has 32,767 characters at most.
const maxToken = 256 << 10

// tokens reads a part token by token. Raw ones: nesting is not followed, so that a part which
// nests a million deep costs no more memory than a flat one.
type tokens struct {
	decoder *xml.Decoder
	meter   *meter
}

func newTokens(r io.Reader) *tokens {
	m := &meter{src: bufio.NewReaderSize(r, 32<<10)}
	return &tokens{decoder: xml.NewDecoder(m), meter: m}
}

// next answers the next token, which is good until the one after it; io.EOF ends the part. A
// declaration of a document type is refused: it is where entities come from.
func (t *tokens) next() (xml.Token, error) {
	t.meter.left = maxToken
	token, err := t.decoder.RawToken()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if _, ok := token.(xml.Directive); ok {
		return nil, fault.New(fault.Malformed, "workbook_unsafe")
	}
	return token, broken(err)
}

// A meter lets only so many bytes through at a time.
type meter struct {
	src  *bufio.Reader
	left int
}

// ReadByte serves io.ByteReader, by which the decoder reads.
func (m *meter) ReadByte() (byte, error) {
	if m.left == 0 {
		return 0, fault.New(fault.Malformed, "workbook_unsafe")
	}
	m.left--
	return m.src.ReadByte()
}

// Read serves io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	c, err := m.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = c
	return 1, nil
}
