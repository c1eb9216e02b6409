package audit

import "encoding/binary"

// writer builds the bytes that are hashed: big-endian integers, and text behind its
// length, so that no two lists of fields share an encoding.
type writer []byte

func (w *writer) raw(b []byte) { *w = append(*w, b...) }
func (w *writer) flag(b bool) {
	if b {
		*w = append(*w, 1)
	} else {
		*w = append(*w, 0)
	}
}
func (w *writer) num(n int64)   { *w = binary.BigEndian.AppendUint64(*w, uint64(n)) }
func (w *writer) count(n int)   { *w = binary.BigEndian.AppendUint32(*w, uint32(n)) }
func (w *writer) text(s string) { w.count(len(s)); *w = append(*w, s...) }

// reader takes the same bytes apart. The first field that is not there sets torn, and
// every later one is zero: the caller looks once, at the end.
type reader struct {
	rest []byte
	torn bool
}

func (r *reader) raw(n int) []byte {
	if r.torn || n < 0 || n > len(r.rest) {
		r.torn = true
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) flag() bool {
	b := r.raw(1)
	if b != nil && b[0] > 1 {
		r.torn = true
	}
	return b != nil && b[0] == 1
}

func (r *reader) num() int64 {
	if b := r.raw(8); b != nil {
		return int64(binary.BigEndian.Uint64(b))
	}
	return 0
}

// count reads how many elements follow, each of at least min bytes: a count that the
// rest cannot hold is refused before anything is allocated for it.
func (r *reader) count(min int) int {
	b := r.raw(4)
	if b == nil {
		return 0
	}
	n := int64(binary.BigEndian.Uint32(b))
	if n*int64(min) > int64(len(r.rest)) {
		r.torn = true
		return 0
	}
	return int(n)
}

func (r *reader) text() string { return string(r.raw(r.count(1))) }

func (r *reader) hash() (h Hash) {
	copy(h[:], r.raw(len(h)))
	return h
}
