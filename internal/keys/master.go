// Package keys holds the master key and everything that is made from it: data keys that
// seal one record's values, seals for what belongs to no record, codes, link and bearer
// tokens, search tokens, and the seal over a record's row.
//
// One random secret of 32 bytes lives in a file outside the database. HKDF-SHA-256 (RFC 5869)
// gives each use its own key, so that no use can speak for another. Memory is neither
// locked nor wiped: root on a running host reads the key, as SECURITY.md says.
package keys

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"amend/fault"
)

// secretSize is the length of the master secret, in bytes.
const secretSize = 32

// Master is the master key. It is safe for concurrent use and prints as "redacted".
type Master struct {
	redacted
	in *inner
}

// inner stands behind a pointer so that a Master can be copied, and so that a printed
// structure that holds one shows an address at most.
type inner struct {
	secret      [secretSize]byte
	fingerprint string
	wrap        *extended // data keys
	system      *extended // what belongs to no record
	tokens      *macs     // search tokens
	codes       *macs     // one-time codes
	rows        *macs     // records' rows
}

// New makes a master key from rand, which must be cryptographically strong outside tests.
func New(rand io.Reader) (*Master, error) {
	var secret [secretSize]byte
	if _, err := io.ReadFull(rand, secret[:]); err != nil {
		return nil, err
	}
	return derive(secret), nil
}

func derive(secret [secretSize]byte) *Master {
	return &Master{in: &inner{
		secret:      secret,
		fingerprint: hex.EncodeToString(subkey(secret, "fingerprint")[:8]),
		wrap:        newExtended(subkey(secret, "wrap")),
		system:      newExtended(subkey(secret, "system")),
		tokens:      newMACs(subkey(secret, "tokens")),
		codes:       newMACs(subkey(secret, "codes")),
		rows:        newMACs(subkey(secret, "rows")),
	}}
}

// subkey is the key of one use. The names are part of the stored format: never change one.
func subkey(secret [secretSize]byte, use string) []byte {
	key, err := hkdf.Key(sha256.New, secret[:], nil, "amend/1/"+use, 32)
	if err != nil {
		panic(err) // only for lengths beyond 255 hashes
	}
	return key
}

// Fingerprint names the key without revealing it: 16 hex digits, stored in the database
// when it is made, so that a wrong key is told before anything is opened or written.
func (m *Master) Fingerprint() string { return m.in.fingerprint }

// Check answers nil if the database that carries fingerprint was made with this key.
func (m *Master) Check(fingerprint string) error {
	if m.in.fingerprint == fingerprint {
		return nil
	}
	return fault.New(fault.Invalid, "key_wrong", "have", m.in.fingerprint, "want", fingerprint)
}
