package api

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
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
	s.size, err = io.Copy(cipher.StreamWriter{S: s.stream(0), W: file}, io.TeeReader(from, sum))
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.digest = hex.EncodeToString(sum.Sum(nil))
	return s, nil
}

// stream is AES-CTR from a block on. The key serves one file once, so the counter may start at zero.
func (s *spool) stream(from int64) cipher.Stream {
	block, err := aes.NewCipher(s.key[:])
	if err != nil {
		panic("api: " + err.Error()) // the key has a length that AES takes
	}
	counter := make([]byte, aes.BlockSize)
	binary.BigEndian.PutUint64(counter[aes.BlockSize-8:], uint64(from))
	return cipher.NewCTR(block, counter)
}

// ReadAt serves io.ReaderAt: the stream begins at the block of 16 bytes that off lies in.
func (s *spool) ReadAt(p []byte, off int64) (int, error) {
	n, err := s.file.ReadAt(p, off)
	var skipped [aes.BlockSize]byte
	stream := s.stream(off / aes.BlockSize)
	stream.XORKeyStream(skipped[:off%aes.BlockSize], skipped[:off%aes.BlockSize])
	stream.XORKeyStream(p[:n], p[:n])
	return n, err
}

// Close lets the file go; it has no name any more, so that is its end.
func (s *spool) Close() error { return s.file.Close() }
