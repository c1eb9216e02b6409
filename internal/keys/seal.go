package keys

import (
	"crypto/cipher"
	"encoding/binary"
	"io"
)

const (
	nonceSize = 12 // of AES-GCM
	tagSize   = 16
	dataSize  = 32 // of a data key
)

// DataKey seals the values of one record. Whoever destroys its wrapped form has erased them.
// It is safe for concurrent use, prints as "redacted", and its zero value opens nothing.
type DataKey struct {
	redacted
	gcm cipher.AEAD
}

// NewDataKey makes the data key of a record, and its wrapped form for the database: bound
// to the record, so that a key moved to another row opens nothing.
func (m *Master) NewDataKey(rand io.Reader, record string) (key DataKey, wrapped []byte, err error) {
	var raw [dataSize]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return DataKey{}, nil, err
	}
	return DataKey{gcm: mustGCM(raw[:])}, m.in.wrap.seal(rand, raw[:], []byte(record)), nil
}

// Unwrap answers the data key that NewDataKey wrapped for record.
func (m *Master) Unwrap(record string, wrapped []byte) (DataKey, error) {
	raw, err := m.in.wrap.open(wrapped, []byte(record))
	if err != nil {
		return DataKey{}, err
	}
	if len(raw) != dataSize {
		return DataKey{}, errDamaged()
	}
	return DataKey{gcm: mustGCM(raw)}, nil
}

// Seal answers nonce ‖ AES-256-GCM of plain, 28 bytes longer than it. bound is not sealed
// but must be given again to open: record, field and whatever else fixes the place. With
// random nonces one key is good for 2^32 values, a hundred a second for a year.
// It panics if rand fails.
func (k DataKey) Seal(rand io.Reader, plain, bound []byte) []byte {
	out := make([]byte, nonceSize, nonceSize+len(plain)+tagSize)
	mustRead(rand, out)
	return k.gcm.Seal(out, out, plain, bound)
}

// Open answers what Seal sealed under the same key and binding.
func (k DataKey) Open(sealed, bound []byte) ([]byte, error) {
	if k.gcm == nil || len(sealed) < nonceSize+tagSize {
		return nil, errDamaged()
	}
	plain, err := k.gcm.Open(nil, sealed[:nonceSize], sealed[nonceSize:], bound)
	if err != nil {
		return nil, errDamaged()
	}
	return plain, nil
}

// SealFor seals what belongs to no record: stored idempotent answers, connectors' secrets,
// the log's signing key, test messages. What is sealed for one purpose opens for no other.
// The answer is 40 bytes longer than plain. It panics if rand fails.
func (m *Master) SealFor(purpose string, rand io.Reader, plain, bound []byte) []byte {
	return m.in.system.seal(rand, plain, bind(purpose, bound))
}

// OpenFor answers what SealFor sealed for the same purpose and binding.
func (m *Master) OpenFor(purpose string, sealed, bound []byte) ([]byte, error) {
	return m.in.system.open(sealed, bind(purpose, bound))
}

// bind joins name and rest so that no other pair gives the same bytes.
func bind(name string, rest []byte) []byte {
	out := make([]byte, 4, 4+len(name)+len(rest))
	binary.BigEndian.PutUint32(out, uint32(len(name)))
	return append(append(out, name...), rest...)
}
