package backup

import (
	"context"
	"errors"
	"io"
	"os"

	"filippo.io/age"

	"amend/fault"
	"amend/internal/store"
)

// The names under which the desk keeps in a database which keys it belongs to.
const (
	masterName = "key_fingerprint"
	logName    = "log_public_key"
)

// MasterOf answers the fingerprint of the master key that a backup's data belongs to.
func MasterOf(m store.Manifest) string { return m.Meta[masterName] }

// LogKeyOf answers the public key of a backup's log, as the backup has it.
func LogKeyOf(m store.Manifest) string { return m.Meta[logName] }

// Restore makes the database of url, of which nothing may be there, from the backup at
// path, opened with the key file. Accept sees what it is of before anything is made. See
// store.Load for what is checked, and for why nothing is left if any of it fails.
func Restore(ctx context.Context, path, key, url string, accept func(store.Manifest) error) (store.Manifest, error) {
	keys, err := openKey(key)
	if err != nil {
		return store.Manifest{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return store.Manifest{}, fault.New(fault.Invalid, "file_unreadable", "path", path)
	}
	defer f.Close()
	disk := &disk{from: f}
	opened, err := age.Decrypt(disk, keys...)
	if err != nil {
		return store.Manifest{}, disk.judge(err)
	}
	return store.Load(ctx, store.Options{URL: url}, &plain{from: opened, disk: disk}, accept)
}

// disk remembers whether reading the file itself failed.
type disk struct {
	from io.Reader
	err  error
}

// Read serves io.Reader.
func (d *disk) Read(p []byte) (int, error) {
	n, err := d.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		d.err = err
	}
	return n, err
}

// judge says what an error of decryption is: the disk's own, a key that does not fit, or a
// file that is not what was written.
func (d *disk) judge(err error) error {
	var none *age.NoIdentityMatchError
	switch {
	case d.err != nil:
		return d.err
	case errors.As(err, &none):
		return fault.New(fault.Denied, "backup_key_wrong")
	}
	return fault.New(fault.Invalid, "backup_damaged")
}

// plain is the decrypted stream.
type plain struct {
	from io.Reader
	disk *disk
}

// Read serves io.Reader.
func (p *plain) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = p.disk.judge(err)
	}
	return n, err
}
