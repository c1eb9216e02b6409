package backup

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"amend/fault"
	"amend/internal/store"
)

const keyComment = `# The key of Amend's backups: whoever has this file can open every one of them.
# Keep it away from the server and from the backups. The server needs only the next line.
# public key: `

// NewKey makes a key and writes it to path, for its owner alone and never over another
// file; it answers the public half, the recipient that backups are made for. The file is
// one that the age command reads too.
func NewKey(path string) (recipient string, err error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return "", err
	}
	recipient = key.Recipient().String()
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".part-*")
	if err != nil {
		return "", unwritable(path, err)
	}
	_, err = io.WriteString(f, keyComment+recipient+"\n"+key.String()+"\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = store.Place(f.Name(), path)
	}
	if errors.Is(err, fs.ErrExist) {
		err = fault.New(fault.Conflict, "key_exists", "path", path)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return recipient, nil
}

// Recipients reads public halves, each "age1…" as NewKey or the age command makes them.
// There must be one at least.
func Recipients(texts []string) ([]age.Recipient, error) {
	var all []age.Recipient
	for _, text := range texts {
		list, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, fault.New(fault.Invalid, "backup_recipient_bad") // perhaps a secret half: it is not repeated
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return nil, fault.New(fault.Invalid, "backup_recipient_missing")
	}
	return all, nil
}

// maxKeyFile bounds a key file, in bytes, comments included.
const maxKeyFile = 64 << 10

// openKey reads the secret halves that a key file holds, one a line.
func openKey(path string) ([]age.Identity, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.NotFound, "backup_key_missing", "path", path)
	}
	defer f.Close()
	keys, err := age.ParseIdentities(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fault.New(fault.Invalid, "backup_key_unreadable", "path", path)
	}
	return keys, nil
}
