package keys

import (
	"io"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"amend/fault"
)

// backupMagic opens the one line that counts of a backup file. The version fixes the cost
// of the passphrase too, so that a forged file cannot ask for more memory:
//
//	amend-key-backup-1 <base64url of salt ‖ nonce ‖ sealed secret> <8 hex digits of checksum>
const backupMagic = "amend-key-backup-1"

const backupComment = `# A copy of an Amend master key, sealed with a passphrase. Keep the two apart.
# Bring it back with: amend key restore FILE
`

// minPassphrase is the shortest passphrase, in characters: long enough that four random
// words pass and an eight-character password does not.
const minPassphrase = 12

// The second recommendation of RFC 9106, section 4: argon2id, 3 passes, 64 MiB, 4 lanes.
const (
	argonPasses = 3
	argonMemory = 64 << 10 // KiB
	argonLanes  = 4
	saltSize    = 16
)

// Backup writes a copy of the key to path, sealed with passphrase: argon2id and AES-256-GCM.
// Like CreateFile it never overwrites.
func (m *Master) Backup(path, passphrase string, rand io.Reader) error {
	if utf8.RuneCountInString(passphrase) < minPassphrase {
		return fault.New(fault.Invalid, "passphrase_short", "min", minPassphrase)
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return err
	}
	sealed := passphraseKey(passphrase, salt).Seal(rand, m.in.secret[:], []byte(backupMagic))
	return writeNew(path, backupComment+line(backupMagic, append(salt, sealed...)))
}

// RestoreFile opens a backup and writes its key to path as CreateFile does. The faults are
// those of OpenFile, passphrase_wrong, and key_exists where path holds a key already.
func RestoreFile(backup, passphrase, path string) (*Master, error) {
	text, err := readKey(backup, false) // sealed anyway, and a stick keeps no modes
	if err != nil {
		return nil, err
	}
	data, ok := parseLine(backupMagic, text)
	if !ok || len(data) != saltSize+nonceSize+secretSize+tagSize {
		return nil, errUnreadable(backup)
	}
	secret, err := passphraseKey(passphrase, data[:saltSize]).Open(data[saltSize:], []byte(backupMagic))
	if err != nil {
		return nil, fault.New(fault.Denied, "passphrase_wrong")
	}
	m := derive([secretSize]byte(secret))
	if err := m.write(path); err != nil {
		return nil, err
	}
	return m, nil
}

// passphraseKey takes the passphrase in NFC: keyboards differ in how they compose é.
func passphraseKey(passphrase string, salt []byte) DataKey {
	key := argon2.IDKey([]byte(norm.NFC.String(passphrase)), salt, argonPasses, argonMemory, argonLanes, 32)
	return DataKey{gcm: mustGCM(key)}
}
