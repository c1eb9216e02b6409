package keys

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amend/fault"
)

const passphrase = "correct horse café staple"

func backedUp(t *testing.T, m *Master) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "amend.backup")
	if err := m.Backup(path, passphrase, seeded(3)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBackupBringsTheKeyBack(t *testing.T) {
	m := master(t)
	backup, path := backedUp(t, m), filepath.Join(t.TempDir(), "amend.key")
	composed := strings.Replace(passphrase, "é", "e\u0301", 1) // as another keyboard sends it
	got, err := RestoreFile(backup, composed, path)
	if err != nil || got.Fingerprint() != m.Fingerprint() {
		t.Fatalf("got %v, %v", got, err)
	}
	if again, err := OpenFile(path); err != nil || again.Fingerprint() != m.Fingerprint() {
		t.Errorf("the restored file does not open: %v", err)
	}
	if _, err := RestoreFile(backup, passphrase, path); fault.CodeOf(err) != "key_exists" {
		t.Errorf("a restore overwrote a key: %v", err)
	}
}

func TestBackupShowsNothingOfTheKey(t *testing.T) {
	m := master(t)
	text, err := os.ReadFile(backedUp(t, m))
	if err != nil {
		t.Fatal(err)
	}
	data, ok := parseLine(backupMagic, text)
	if !ok || bytes.Contains(data, m.in.secret[:8]) || bytes.Contains(text, []byte(base64.RawURLEncoding.EncodeToString(m.in.secret[:6]))) {
		t.Error("the secret stands in its backup")
	}
}

func TestBackupWithWrongPassphraseMakesNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amend.key")
	if _, err := RestoreFile(backedUp(t, master(t)), "Correct horse café staple", path); fault.CodeOf(err) != "passphrase_wrong" {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a key file appeared")
	}
}

func TestPassphraseOfTenCharactersIsTooShort(t *testing.T) {
	err := master(t).Backup(filepath.Join(t.TempDir(), "b"), "十个字的口令太短了啊", seeded(3))
	if fault.CodeOf(err) != "passphrase_short" || err.(*fault.Error).Params["min"] != "12" {
		t.Errorf("got %v", err)
	}
}

func TestDamagedBackupIsNotTakenForAWrongPassphrase(t *testing.T) {
	backup := backedUp(t, master(t))
	text, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	i := bytes.Index(text, []byte(backupMagic)) + len(backupMagic) + 5
	text[i] ^= 1
	if err := os.WriteFile(backup, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := RestoreFile(backup, passphrase, filepath.Join(t.TempDir(), "k")); fault.CodeOf(err) != "key_unreadable" {
		t.Errorf("got %v", err)
	}
	if _, err := RestoreFile(filepath.Join(t.TempDir(), "none"), passphrase, ""); fault.CodeOf(err) != "key_missing" {
		t.Errorf("got %v", err)
	}
}

func TestBackupFromAStickWithoutModesIsRead(t *testing.T) {
	backup := backedUp(t, master(t))
	if err := os.Chmod(backup, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := RestoreFile(backup, passphrase, filepath.Join(t.TempDir(), "k")); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestBackupNeverOverwrites(t *testing.T) {
	m := master(t)
	if err := m.Backup(backedUp(t, m), passphrase, seeded(4)); fault.CodeOf(err) != "key_exists" {
		t.Errorf("got %v", err)
	}
}
