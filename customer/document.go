package customer

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
	"time"
)

// Document is the golden record as it is stored: every value sealed on its own, in the
// very bytes that its log entry carries. Folding the entries of a record gives its
// document byte for byte, without a key: that is what `amend rebuild --check` compares.
type Document struct {
	Version int64 // counts the writes, from 1
	Slots   []Slot
	Former  []FormerSlot
}

// Slot is one key's sealed value. An empty Blob is a removed value: the key keeps its
// Changed, so that a stale request on it is still found out.
type Slot struct {
	Key     Key
	Changed int64 // document version at which the content last changed
	Sealed  int64 // document version at which Blob was sealed: bound into it
	Blob    []byte
}

// FormerSlot is a contact point that a change replaced or removed at Until.
type FormerSlot struct {
	Key    Key
	Sealed int64
	Until  time.Time
	Blob   []byte
}

// SealedEffect is what one entry does to one key.
type SealedEffect struct {
	Key     Key
	Keep    bool   // the content stays, only provenance moves
	Contact bool   // the replaced value must be remembered as a former contact
	Blob    []byte // empty removes
}

// Fold answers d after effects at the next version. Former contacts older than FormerKept are dropped.
func (d Document) Fold(effects []SealedEffect, at time.Time) Document {
	n := Document{Version: d.Version + 1, Slots: slices.Clone(d.Slots)}
	for _, f := range d.Former {
		if at.Sub(f.Until) < FormerKept {
			n.Former = append(n.Former, f)
		}
	}
	for _, e := range effects {
		n.fold(e, at)
	}
	slices.SortStableFunc(n.Former, func(a, b FormerSlot) int {
		return cmp.Or(a.Until.Compare(b.Until), cmp.Compare(a.Key, b.Key), cmp.Compare(a.Sealed, b.Sealed))
	})
	return n
}

func (d *Document) fold(e SealedEffect, at time.Time) {
	i, held := slices.BinarySearchFunc(d.Slots, e.Key, func(s Slot, k Key) int { return cmp.Compare(s.Key, k) })
	next := Slot{Key: e.Key, Changed: d.Version, Sealed: d.Version, Blob: e.Blob}
	if !held {
		d.Slots = slices.Insert(d.Slots, i, next)
		return
	}
	old := d.Slots[i]
	if e.Keep {
		next.Changed = old.Changed
	} else if e.Contact && len(old.Blob) > 0 {
		d.Former = append(d.Former, FormerSlot{Key: old.Key, Sealed: old.Sealed, Until: at, Blob: old.Blob})
	}
	d.Slots[i] = next
}

// Bound is what a value's ciphertext is bound to: its record, its key and the version
// that sealed it. A ciphertext moved elsewhere does not open.
func Bound(id ID, k Key, sealed int64) []byte {
	b := make([]byte, 0, 64)
	b = appendBytes(b, []byte(id))
	b = appendBytes(b, []byte(k))
	return binary.AppendUvarint(b, uint64(sealed))
}

// documentFormat is the first byte of an encoded document.
const documentFormat = 1

// Encode writes d: a format byte, the version, then slots and former contacts, every
// string length-prefixed. Equal documents encode to equal bytes.
func (d Document) Encode() []byte {
	b := []byte{documentFormat}
	b = binary.AppendUvarint(b, uint64(d.Version))
	b = binary.AppendUvarint(b, uint64(len(d.Slots)))
	for _, s := range d.Slots {
		b = appendBytes(b, []byte(s.Key))
		b = binary.AppendUvarint(b, uint64(s.Changed))
		b = binary.AppendUvarint(b, uint64(s.Sealed))
		b = appendBytes(b, s.Blob)
	}
	b = binary.AppendUvarint(b, uint64(len(d.Former)))
	for _, f := range d.Former {
		b = appendBytes(b, []byte(f.Key))
		b = binary.AppendUvarint(b, uint64(f.Sealed))
		b = binary.AppendUvarint(b, uint64(f.Until.UnixMicro()))
		b = appendBytes(b, f.Blob)
	}
	return b
}

// DecodeDocument reads what Encode wrote.
func DecodeDocument(b []byte) (Document, error) {
	r := &codec{b: b}
	var d Document
	if r.one() != documentFormat {
		return d, errors.New("decode document: unknown format")
	}
	d.Version = r.number()
	for n := r.count(); n > 0; n-- {
		d.Slots = append(d.Slots, Slot{Key: Key(r.bytes()), Changed: r.number(), Sealed: r.number(), Blob: r.bytes()})
	}
	for n := r.count(); n > 0; n-- {
		d.Former = append(d.Former, FormerSlot{Key: Key(r.bytes()), Sealed: r.number(), Until: time.UnixMicro(r.number()).UTC(), Blob: r.bytes()})
	}
	if r.bad || len(r.b) > 0 || !d.sorted() {
		return Document{}, errors.New("decode document: damaged")
	}
	return d, nil
}

// sorted reports whether every key stands once and in order, as Fold needs to find it.
func (d Document) sorted() bool {
	for i := 1; i < len(d.Slots); i++ {
		if d.Slots[i-1].Key >= d.Slots[i].Key {
			return false
		}
	}
	return true
}

// EncodeEffects writes what an entry does to its record.
func EncodeEffects(effects []SealedEffect) []byte {
	b := binary.AppendUvarint([]byte{documentFormat}, uint64(len(effects)))
	for _, e := range effects {
		b = appendBytes(b, []byte(e.Key))
		b = append(b, flag(e.Keep)|flag(e.Contact)<<1)
		b = appendBytes(b, e.Blob)
	}
	return b
}

// DecodeEffects reads what EncodeEffects wrote.
func DecodeEffects(b []byte) ([]SealedEffect, error) {
	r := &codec{b: b}
	if r.one() != documentFormat {
		return nil, errors.New("decode effects: unknown format")
	}
	var out []SealedEffect
	for n := r.count(); n > 0; n-- {
		e := SealedEffect{Key: Key(r.bytes())}
		flags := r.one()
		r.bad = r.bad || flags > 3
		e.Keep, e.Contact, e.Blob = flags&1 != 0, flags&2 != 0, r.bytes()
		out = append(out, e)
	}
	if r.bad || len(r.b) > 0 {
		return nil, errors.New("decode effects: damaged")
	}
	return out, nil
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func appendBytes(b, s []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// codec reads length-prefixed bytes; once anything is wrong it is bad and answers zeros.
type codec struct {
	b   []byte
	bad bool
}

func (c *codec) number() int64 {
	v, n := binary.Uvarint(c.b)
	if n <= 0 || v > 1<<62 {
		c.bad, c.b = true, nil
		return 0
	}
	c.b = c.b[n:]
	return int64(v)
}

// count reads a number of things, which can be no more than the bytes that are left.
func (c *codec) count() int64 {
	n := c.number()
	if n > int64(len(c.b)) {
		c.bad, c.b = true, nil
		return 0
	}
	return n
}

func (c *codec) one() byte {
	if len(c.b) == 0 {
		c.bad = true
		return 0
	}
	v := c.b[0]
	c.b = c.b[1:]
	return v
}

func (c *codec) bytes() []byte {
	n := c.count()
	v := bytes.Clone(c.b[:n])
	c.b = c.b[n:]
	return v
}
