package keys

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"
	"time"
)

// tokenSize is the entropy of link and bearer tokens, in bytes.
const tokenSize = 32

// bearerPrefix lets a secret scanner find a leaked token: amd_[0-9a-v]{58}.
const bearerPrefix = "amd_"

// madeSize is how many bytes of a link token say when it was made, in milliseconds.
const madeSize = 6

// NewLinkToken makes the secret of a link or a session: when it was made, and 208 random
// bits, in 43 characters of base64url. It panics if rand fails.
func NewLinkToken(made time.Time, rand io.Reader) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(made.UnixMilli()))[8-madeSize:]
	raw = append(raw, make([]byte, tokenSize-madeSize)...)
	mustRead(rand, raw[madeSize:])
	return base64.RawURLEncoding.EncodeToString(raw)
}

// LinkHash is what is stored of a link token: its time, so that the hashes of one moment
// stand together on the disk, and a hash. A plain one is enough for 208 random bits: there
// is nothing to guess. Finding it by an index leaks no timing worth having either.
func LinkHash(token string) []byte {
	var made [madeSize]byte
	if raw, err := base64.RawURLEncoding.DecodeString(token); err == nil {
		copy(made[:], raw)
	}
	return append(made[:], tokenHash("amend/1/link", token)...)
}

// NewBearer makes a bearer token: the prefix, 256 bits and a CRC-32 in 58 characters of base32hex.
// It panics if rand fails.
func NewBearer(rand io.Reader) string {
	raw := make([]byte, tokenSize, tokenSize+crc32.Size)
	mustRead(rand, raw)
	raw = binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(raw))
	return bearerOf(raw)
}

func bearerOf(raw []byte) string {
	return bearerPrefix + strings.ToLower(bearerText.EncodeToString(raw))
}

// BearerHash is what is stored of a bearer token. A mistyped or cut token fails its checksum
// and answers false, so that it costs no look-up; the checksum guards nothing else.
func BearerHash(token string) ([]byte, bool) {
	text, ok := strings.CutPrefix(token, bearerPrefix)
	raw, err := bearerText.DecodeString(strings.ToUpper(text))
	if !ok || err != nil || len(raw) != tokenSize+crc32.Size || bearerOf(raw) != token {
		return nil, false
	}
	if binary.BigEndian.Uint32(raw[tokenSize:]) != crc32.ChecksumIEEE(raw[:tokenSize]) {
		return nil, false
	}
	return tokenHash("amend/1/bearer", token), true
}

var bearerText = base32.HexEncoding.WithPadding(base32.NoPadding)

func tokenHash(domain, token string) []byte {
	sum := sha256.Sum256(bind(domain, []byte(token)))
	return sum[:]
}
