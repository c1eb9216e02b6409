package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
)

// A dump is one stream:
//
//	"amend dump 1\n"
//	block: the Manifest, in JSON
//	for every table: block: its name and columns, in JSON; a block for each row;
//	                 an empty block; the number of rows
//	an empty block
//	the SHA-256 of everything before it
//
// A block is its length and its bytes. A row is its columns in order: a zero byte for
// NULL; or a one, and then a BIGINT as a varint, or the length and the bytes of TEXT and
// BYTEA. Lengths and counts are uvarints of encoding/binary.
const (
	dumpName = "amend dump "
	dumpForm = "1\n"
)

// The bounds of blocks, in bytes, so that a damaged length takes no memory. The largest
// rows hold a request of some megabytes.
const (
	maxManifest = 1 << 20
	maxRow      = 256 << 20
)

// A dumpWriter writes a dump and remembers its digest.
type dumpWriter struct {
	to    *bufio.Writer
	sum   hash.Hash
	row   []byte // the one being made
	paged int    // bytes of the newest page
}

// newDumpWriter writes the beginning of a dump.
func newDumpWriter(w io.Writer, m Manifest) (*dumpWriter, error) {
	d := &dumpWriter{sum: sha256.New()}
	d.to = bufio.NewWriterSize(io.MultiWriter(w, d.sum), 64<<10)
	if _, err := d.to.WriteString(dumpName + dumpForm); err != nil {
		return nil, err
	}
	return d, d.json(m)
}

func (d *dumpWriter) json(v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return d.block(text)
}

func (d *dumpWriter) block(b []byte) error {
	if err := d.number(uint64(len(b))); err != nil {
		return err
	}
	_, err := d.to.Write(b)
	return err
}

func (d *dumpWriter) number(n uint64) error {
	var b [binary.MaxVarintLen64]byte
	_, err := d.to.Write(binary.AppendUvarint(b[:0], n))
	return err
}

// page writes the rows of t whose values follow each other in page, and answers the last.
func (d *dumpWriter) page(t table, page []any) (last []any, err error) {
	d.paged = 0
	for row := range slices.Chunk(page, len(t.Columns)) {
		if err := d.write(t, row); err != nil {
			return nil, err
		}
		d.paged += len(d.row)
		last = row
	}
	return last, nil
}

// write writes one row of t.
func (d *dumpWriter) write(t table, values []any) error {
	row := d.row[:0]
	for i, c := range t.Columns {
		value, err := c.kindOf(values[i])
		if err != nil {
			return fmt.Errorf("column %s.%s: %w", t.Name, c.Name, err)
		}
		row = appendValue(row, value)
	}
	d.row = row
	if len(row) > maxRow {
		return errors.New("a row of " + t.Name + " is too large for a dump")
	}
	return d.block(row)
}

func appendValue(row []byte, value any) []byte {
	switch v := value.(type) {
	case int64:
		return binary.AppendVarint(append(row, 1), v)
	case string:
		return append(binary.AppendUvarint(append(row, 1), uint64(len(v))), v...)
	case []byte:
		return append(binary.AppendUvarint(append(row, 1), uint64(len(v))), v...)
	}
	return append(row, 0)
}

// endTable closes a table of n rows.
func (d *dumpWriter) endTable(n int64) error {
	return errors.Join(d.block(nil), d.number(uint64(n)))
}

// end closes the dump with its digest.
func (d *dumpWriter) end() error {
	if err := errors.Join(d.block(nil), d.to.Flush()); err != nil {
		return err
	}
	if _, err := d.to.Write(d.sum.Sum(nil)); err != nil {
		return err
	}
	return d.to.Flush()
}
