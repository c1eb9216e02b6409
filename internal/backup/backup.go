// Package backup keeps copies of a database: one encrypted file each, taken from one moment
// while everything goes on, which either database can be made from again.
//
// A file is an age stream (age-encryption.org/v1) around a dump of the store. Whoever makes
// backups needs only the public half of the key that opens them, so that a server that is
// broken into gives up no old one. The master key is in none of them: who finds a backup
// and its key reads names of staff and times of acts, but no customer.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"amend/fault"
	"amend/internal/store"
)

// A Made is a backup that was made.
type Made struct {
	store.Manifest
	Size   int64  // of the file, in bytes
	Digest string // SHA-256 of the file in hex, as sha256sum prints it
}

// Make writes a backup of s to path, for its owner alone, and never over another file. The
// name is given when the whole file is on disk and was read back; a run that fails or is
// stopped leaves nothing under it. Program is the version that is running.
func Make(ctx context.Context, s *store.Store, path, program string, to []age.Recipient) (Made, error) {
	var made Made
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return made, errors.Join(exists(path), err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".part-*") // for its owner alone
	if err != nil {
		return made, unwritable(path, err)
	}
	made, err = write(ctx, s, f, program, to)
	if err = errors.Join(err, f.Close()); err == nil {
		err = made.readBack(f.Name())
	}
	if err == nil {
		err = store.Place(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = exists(path)
	}
	if err != nil {
		return made, errors.Join(err, os.Remove(f.Name()))
	}
	return made, nil
}

// write encrypts a dump into f and has the disk take it.
func write(ctx context.Context, s *store.Store, f *os.File, program string, to []age.Recipient) (Made, error) {
	counted := &counted{to: f, sum: sha256.New()}
	sealed, err := age.Encrypt(counted, to...)
	if err != nil {
		return Made{}, fault.New(fault.Invalid, "backup_recipient_bad") // keys that must not be mixed
	}
	m, err := s.Dump(ctx, sealed, program)
	if err == nil {
		err = sealed.Close()
	}
	if err == nil {
		err = f.Sync()
	}
	return Made{m, counted.size, hex.EncodeToString(counted.sum.Sum(nil))}, err
}

// readBack reads the file again: a disk that took other bytes than it was given says so
// now, not on the day that they are needed.
func (m Made) readBack(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	if err == nil && (size != m.Size || hex.EncodeToString(sum.Sum(nil)) != m.Digest) {
		err = fault.New(fault.Unavailable, "backup_miswritten")
	}
	return err
}

// counted counts and sums up what goes through it.
type counted struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

// Write serves io.Writer.
func (c *counted) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.sum.Write(p[:n])
	c.size += int64(n)
	return n, err
}

func exists(path string) error { return fault.New(fault.Conflict, "file_exists", "path", path) }

func unwritable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return fault.New(fault.Invalid, "file_unwritable", "path", path)
	}
	return err
}
