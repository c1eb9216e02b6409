package store

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash"
	"io"

	"amend/fault"
)

// errDamaged is the fault of a dump that ends too early, or is not what was written.
var errDamaged = fault.New(fault.Invalid, "backup_damaged")

// A dumpReader reads a dump. What it hands out is only known to be right once end has
// answered nil.
type dumpReader struct {
	from  *bufio.Reader
	sum   hash.Hash
	block []byte // the one being read; the next overwrites it
	table table
	rows  int64

	digits [binary.MaxVarintLen64]byte
}

// openDump reads the beginning of a dump.
func openDump(r io.Reader) (*dumpReader, Manifest, error) {
	d := &dumpReader{from: bufio.NewReaderSize(r, 64<<10), sum: sha256.New()}
	var m Manifest
	name := make([]byte, len(dumpName))
	if err := d.fill(name); err != nil {
		return nil, m, err
	}
	if string(name) != dumpName {
		return nil, m, errDamaged
	}
	form := make([]byte, len(dumpForm))
	if err := d.fill(form); err != nil {
		return nil, m, err
	}
	if string(form) != dumpForm {
		return nil, m, fault.New(fault.Invalid, "backup_newer")
	}
	return d, m, d.json(&m)
}

// nextTable answers the next table; io.EOF behind the last.
func (d *dumpReader) nextTable() (table, error) {
	d.table, d.rows = table{}, 0
	if err := d.next(maxManifest); err != nil {
		return table{}, err
	}
	if len(d.block) == 0 {
		return table{}, io.EOF
	}
	if json.Unmarshal(d.block, &d.table) != nil || len(d.table.Columns) == 0 {
		return table{}, errDamaged
	}
	return d.table, nil
}

// nextRow answers the next row of the table, io.EOF behind its last. Its bytes are good
// until it is called again.
func (d *dumpReader) nextRow() ([]any, error) {
	if err := d.next(maxRow); err != nil {
		return nil, err
	}
	if len(d.block) == 0 {
		n, err := d.number()
		if err == nil && n != uint64(d.rows) {
			err = errDamaged
		}
		if err == nil {
			err = io.EOF
		}
		return nil, err
	}
	d.rows++
	return d.table.values(d.block)
}

// end checks the digest, and that nothing follows it.
func (d *dumpReader) end() error {
	want := d.sum.Sum(nil)
	have := make([]byte, len(want))
	if err := d.fill(have); err != nil {
		return err
	}
	if !bytes.Equal(have, want) {
		return errDamaged
	}
	switch _, err := d.from.ReadByte(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return early(err)
	}
	return errDamaged
}

// values reads one row.
func (t table) values(row []byte) ([]any, error) {
	values := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		rest, ok := c.value(row, &values[i])
		if !ok {
			return nil, errDamaged
		}
		row = rest
	}
	if len(row) > 0 {
		return nil, errDamaged
	}
	return values, nil
}

func (c tableColumn) value(row []byte, into *any) (rest []byte, ok bool) {
	if len(row) == 0 || row[0] > 1 {
		return nil, false
	}
	null := row[0] == 0
	row = row[1:]
	switch {
	case null:
		return row, true
	case c.Kind == "BIGINT":
		n, size := binary.Varint(row)
		if size <= 0 {
			return nil, false
		}
		*into = n
		return row[size:], true
	}
	n, size := binary.Uvarint(row)
	if size <= 0 || n > uint64(len(row)-size) {
		return nil, false
	}
	run, rest := row[size:size+int(n)], row[size+int(n):]
	if c.Kind == "BYTEA" {
		*into = run
		return rest, true
	}
	text, err := bindText(string(run))
	*into = text
	return rest, err == nil && c.Kind == "TEXT"
}

func (d *dumpReader) json(v any) error {
	if err := d.next(maxManifest); err != nil {
		return err
	}
	if json.Unmarshal(d.block, v) != nil {
		return errDamaged
	}
	return nil
}

// next reads a block of at most limit bytes. A large one grows as its bytes come: what a
// damaged length promises is not taken on trust.
func (d *dumpReader) next(limit uint64) error {
	const trusted = 64 << 10
	n, err := d.number()
	if err != nil {
		return err
	}
	if n > limit {
		return errDamaged
	}
	d.block = d.block[:0]
	for left := int(n); left > 0; {
		at, part := len(d.block), min(left, max(trusted, len(d.block)))
		d.block = append(d.block, make([]byte, part)...)
		if err := d.fill(d.block[at:]); err != nil {
			return err
		}
		left -= part
	}
	return nil
}

func (d *dumpReader) number() (uint64, error) {
	for i := range d.digits {
		digit, err := d.from.ReadByte()
		if err != nil {
			return 0, early(err)
		}
		d.digits[i] = digit
		if digit < 0x80 {
			d.sum.Write(d.digits[:i+1])
			n, size := binary.Uvarint(d.digits[:i+1])
			if size <= 0 {
				return 0, errDamaged
			}
			return n, nil
		}
	}
	return 0, errDamaged
}

// fill reads exactly b.
func (d *dumpReader) fill(b []byte) error {
	if _, err := io.ReadFull(d.from, b); err != nil {
		return early(err)
	}
	d.sum.Write(b)
	return nil
}

// early makes an end that comes too early a fault of the dump.
func early(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errDamaged
	}
	return err
}
