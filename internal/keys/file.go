package keys

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"amend/fault"
)

// keyMagic opens the one line that counts of a key file:
//
//	amend-key-1 <43 characters of base64url> <8 hex digits of checksum>
const keyMagic = "amend-key-1"

const keyComment = `# The master key of this Amend. Without it nothing in the database can be read again, by anybody.
# Keep a copy away from this machine and away from the database's backups: amend key backup FILE
`

// maxKeyFile bounds a key file, in bytes, comments included.
const maxKeyFile = 4096

// CreateFile makes a new master key and writes it to path: mode 0600, in a directory made
// with 0700 if there is none, on the disk before it answers. It never overwrites: a lost
// key is every customer lost.
func CreateFile(path string, rand io.Reader) (*Master, error) {
	m, err := New(rand)
	if err != nil {
		return nil, err
	}
	if err := m.write(path); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Master) write(path string) error {
	return writeNew(path, keyComment+line(keyMagic, m.in.secret[:]))
}

// OpenFile reads the master key of path. The faults are key_missing, key_permissions
// (somebody else than its owner may read it) and key_unreadable (damaged).
func OpenFile(path string) (*Master, error) {
	text, err := readKey(path, true)
	if err != nil {
		return nil, err
	}
	m, err := Parse(text)
	if err != nil {
		return nil, errUnreadable(path)
	}
	return m, nil
}

// Parse reads the text of a key file, from wherever it came: a secret store gives the
// same text as the file. Empty lines and lines that begin with # do not count.
func Parse(text []byte) (*Master, error) {
	raw, ok := parseLine(keyMagic, text)
	if !ok || len(raw) != secretSize {
		return nil, errUnreadable("")
	}
	return derive([secretSize]byte(raw)), nil
}

// line writes data so that a person can copy it and a slip is told.
func line(magic string, data []byte) string {
	return magic + " " + base64.RawURLEncoding.EncodeToString(data) + " " + checksum(magic, data) + "\n"
}

func parseLine(magic string, text []byte) ([]byte, bool) {
	var words []string
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l == "" || l[0] == '#' {
			continue
		}
		words = append(words, strings.Fields(l)...)
	}
	if len(words) != 3 || words[0] != magic {
		return nil, false
	}
	data, err := base64.RawURLEncoding.Strict().DecodeString(words[1])
	return data, err == nil && words[2] == checksum(magic, data)
}

// checksum is 32 bits of SHA-256: it catches slips, and tells nothing of 256 random bits.
func checksum(magic string, data []byte) string {
	sum := sha256.Sum256(bind(magic, data))
	return hex.EncodeToString(sum[:4])
}

// readKey reads a small file, and with private only one that nobody but its owner may read.
func readKey(path string, private bool) ([]byte, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.NotFound, "key_missing", "path", path)
	case errors.Is(err, fs.ErrPermission):
		return nil, errPermissions(path)
	case err != nil:
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errUnreadable(path)
	case private && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0: // Windows keeps no such bits
		return nil, errPermissions(path)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxKeyFile+1))
	if err == nil && len(text) > maxKeyFile {
		return nil, errUnreadable(path)
	}
	return text, err
}

// writeNew writes a file that did not exist, wholly or not at all.
func writeNew(path, text string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Conflict, "key_exists", "path", path)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close(), syncDir(dir)); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

// syncDir makes the new name durable too.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" { // directories cannot be synced there
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func errUnreadable(path string) *fault.Error {
	return fault.New(fault.Invalid, "key_unreadable", "path", path)
}

func errPermissions(path string) *fault.Error {
	return fault.New(fault.Denied, "key_permissions", "path", path)
}
