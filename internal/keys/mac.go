package keys

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"sync"
)

// macs computes HMAC-SHA-256 under one key, keeping the keyed state and a buffer between calls.
type macs struct{ pool sync.Pool }

type mac struct {
	hash hash.Hash
	buf  []byte // what is not the caller's own bytes
}

func newMACs(key []byte) *macs {
	return &macs{pool: sync.Pool{New: func() any { return &mac{hash: hmac.New(sha256.New, key)} }}}
}

// sum authenticates name and rest as a pair: the name's length comes first.
func (p *macs) sum(name, rest string) [sha256.Size]byte { return p.sumOf(name, rest, nil) }

// sumOf is sum where the rest ends with body, which is not copied.
func (p *macs) sumOf(name, rest string, body []byte) [sha256.Size]byte {
	m := p.pool.Get().(*mac)
	defer p.pool.Put(m)
	m.buf = binary.BigEndian.AppendUint32(m.buf[:0], uint32(len(name)))
	m.buf = append(append(m.buf, name...), rest...)
	m.hash.Reset()
	m.hash.Write(m.buf)
	m.hash.Write(body)
	clear(m.buf)
	var out [sha256.Size]byte
	m.hash.Sum(out[:0])
	return out
}

// CodeMAC is what is stored of a one-time code: HMAC-SHA-256 over the challenge's id and the
// code (ASVS V6.5.1). Six digits under any unkeyed hash fall in hours to whoever has the database.
func (m *Master) CodeMAC(challenge, code string) []byte {
	sum := m.in.codes.sum(challenge, code)
	return sum[:]
}

// CodeHolds reports, in constant time, whether mac is that of code for challenge.
func (m *Master) CodeHolds(challenge, code string, mac []byte) bool {
	return hmac.Equal(m.CodeMAC(challenge, code), mac)
}

// SeenMAC vouches for when a session was last seen, so that the browser that carries the
// time cannot move it: an old copy of a cookie stays old.
func (m *Master) SeenMAC(session, seen string) []byte {
	sum := m.in.codes.sum("session "+session, seen)
	return sum[:]
}

// SeenHolds reports, in constant time, whether mac is that of seen for session.
func (m *Master) SeenHolds(session, seen string, mac []byte) bool {
	return hmac.Equal(m.SeenMAC(session, seen), mac)
}

// RecordMAC seals a record's row as it stands: whoever edits, swaps or rolls back a row
// without the key is found by comparing (threat T17).
func (m *Master) RecordMAC(record string, version int64, body []byte) []byte {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(version))
	sum := m.in.rows.sumOf(record, string(number[:]), body)
	return sum[:]
}

// RecordHolds reports, in constant time, whether mac is that of the row.
func (m *Master) RecordHolds(record string, version int64, body, mac []byte) bool {
	return hmac.Equal(m.RecordMAC(record, version, body), mac)
}
