package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// maxFile bounds an imported table, in bytes.
const maxFile = 4 << 30

// A spool is a table on its way in, kept aside because its digest must be known before its
// first row is taken. It lies on disk encrypted under a key that is only in memory, in a
// file without a name: nothing personal is left behind, however the program ends.
type spool struct {
	file   *os.File
	key    [32]byte
	size   int64
	digest string
}

// newSpool takes the table to its end.
func newSpool(from io.Reader) (*spool, error) {
	file, err := os.CreateTemp("", "amend-import-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(file.Name()); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s := &spool{file: file}
	_, _ = rand.Read(s.key[:]) // never fails: it aborts the program
	sum := sha256.New()
	s.size, err = io.Copy(cipher.StreamWriter{S: s.stream(), W: file}, io.TeeReader(from, sum))
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.digest = hex.EncodeToString(sum.Sum(nil))
	return s, nil
}

// stream is AES-CTR from its beginning. The key serves one file once, so the counter may start at zero.
func (s *spool) stream() cipher.Stream {
	block, err := aes.NewCipher(s.key[:])
	if err != nil {
		panic("api: " + err.Error()) // the key has a length that AES takes
	}
	return cipher.NewCTR(block, make([]byte, aes.BlockSize))
}

// table reads the table from its beginning.
func (s *spool) table() io.Reader {
	return cipher.StreamReader{S: s.stream(), R: io.NewSectionReader(s.file, 0, s.size)}
}

// Close lets the file go; it has no name any more, so that is its end.
func (s *spool) Close() error { return s.file.Close() }
