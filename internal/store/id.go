package store

import (
	"encoding/binary"
	"io"
	"time"
)

// idAlphabet is base32hex (RFC 4648, section 7) in lower case: its text order is its number order.
const idAlphabet = "0123456789abcdefghijklmnopqrstuv"

// newID makes a 20-character id of 48 bits of milliseconds and 52 random bits. Ids of
// different milliseconds sort by time; two of one millisecond are equal once in 2^52.
func newID(now time.Time, rand io.Reader) (string, error) {
	var b [8]byte
	if _, err := io.ReadFull(rand, b[:7]); err != nil {
		return "", err
	}
	random := binary.BigEndian.Uint64(b[:]) >> 12
	millis := uint64(now.UnixMilli()) & (1<<48 - 1)

	var id [20]byte
	putBase32(id[:10], millis<<2|random>>50)
	putBase32(id[10:], random&(1<<50-1))
	return string(id[:]), nil
}

// putBase32 writes the lowest 50 bits of n as the ten characters of dst.
func putBase32(dst []byte, n uint64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = idAlphabet[n&31]
		n >>= 5
	}
}
