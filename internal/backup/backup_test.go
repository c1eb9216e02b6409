package backup_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"amend/fault"
	"amend/internal/backup"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// A safe is a store with something in it, a key for its backups, and a folder for them.
type safe struct {
	*testing.T
	store *store.Store
	key   string
	to    []age.Recipient
	dir   string
}

func openSafe(t *testing.T, s *store.Store) safe {
	t.Helper()
	k := safe{T: t, store: s, dir: t.TempDir()}
	k.key, k.to = k.newKey("backup.key")
	k.must(s.Write(t.Context(), "", func(tx *store.Tx) error {
		tx.SetMeta("key_fingerprint", "0123456789abcdef")
		tx.SetMeta("log_public_key", "a public key")
		tx.Exec(`INSERT INTO guard (name, body, at) VALUES ('Ada Lovelace', 'in the clear', 7)`)
		return nil
	}))
	return k
}

func (k safe) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func (k safe) newKey(name string) (path string, to []age.Recipient) {
	k.Helper()
	path = filepath.Join(k.TempDir(), name)
	recipient, err := backup.NewKey(path)
	k.must(err)
	to, err = backup.Recipients([]string{recipient})
	k.must(err)
	return path, to
}

func (k safe) make(name string) (string, backup.Made) {
	k.Helper()
	path := filepath.Join(k.dir, name)
	made, err := backup.Make(k.Context(), k.store, path, "test", k.to)
	k.must(err)
	return path, made
}

// files is what stands in the folder of the backups.
func (k safe) files() []string {
	k.Helper()
	list, err := os.ReadDir(k.dir)
	k.must(err)
	var names []string
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

func (k safe) refused(err error, code string) {
	k.Helper()
	if fault.CodeOf(err) != code {
		k.Errorf("got %v, want %s", err, code)
	}
}

func TestBackupComesBackWithItsKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		k := openSafe(t, open(store.Options{}))
		path, made := k.make("one.age")
		url := storetest.SQLite(t)
		m, err := backup.Restore(t.Context(), path, k.key, url, nil)
		k.must(err)
		if backup.MasterOf(m) != "0123456789abcdef" || backup.LogKeyOf(m) != "a public key" || m.Rows() != made.Rows() || m.Of("guard") != 1 {
			t.Errorf("%+v", m)
		}
		s, err := store.Open(t.Context(), store.Options{URL: url})
		k.must(err)
		var name string
		k.must(errors.Join(s.Row(t.Context(), `SELECT name FROM guard`).Scan(&name), s.Close()))
		if name != "Ada Lovelace" {
			t.Errorf("%q", name)
		}
	})
}

func TestBackupIsForItsOwnerAloneAndShowsNothing(t *testing.T) {
	k := openSafe(t, sqlite(t))
	path, made := k.make("one.age")
	info, err := os.Stat(path)
	k.must(err)
	text, err := os.ReadFile(path)
	k.must(err)
	if info.Mode().Perm() != 0o600 || info.Size() != made.Size || len(made.Digest) != 64 {
		t.Errorf("%v, %d bytes of %d, %s", info.Mode(), info.Size(), made.Size, made.Digest)
	}
	for _, plain := range []string{"Ada", "in the clear", "0123456789abcdef", "guard", "amend dump"} {
		if bytes.Contains(text, []byte(plain)) {
			t.Errorf("%q stands in it", plain)
		}
	}
	if got := k.files(); !slices.Equal(got, []string{"one.age"}) {
		t.Errorf("left beside it: %v", got)
	}
}

func sqlite(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{URL: storetest.SQLite(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestBackupNeverReplacesAFile(t *testing.T) {
	k := openSafe(t, sqlite(t))
	path, made := k.make("one.age")
	_, err := backup.Make(t.Context(), k.store, path, "test", k.to)
	k.refused(err, "file_exists")
	if info, err := os.Stat(path); err != nil || info.Size() != made.Size {
		t.Errorf("%v, %v", info, err)
	}
	_, err = backup.NewKey(k.key)
	k.refused(err, "key_exists")
	_, err = backup.Make(t.Context(), k.store, filepath.Join(k.dir, "no", "folder"), "test", k.to)
	k.refused(err, "file_unwritable")
}

func TestBackupThatIsStoppedLeavesNothing(t *testing.T) {
	k := openSafe(t, sqlite(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backup.Make(ctx, k.store, filepath.Join(k.dir, "one.age"), "test", k.to); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := k.files(); len(got) > 0 {
		t.Errorf("left behind: %v", got)
	}
}

func TestEachOfSeveralKeysOpensABackup(t *testing.T) {
	k := openSafe(t, sqlite(t))
	second, to := k.newKey("second.key")
	k.to = append(k.to, to...)
	path, _ := k.make("one.age")
	for _, key := range []string{k.key, second} {
		_, err := backup.Restore(t.Context(), path, key, storetest.SQLite(t), nil)
		k.must(err)
	}
}

func TestWhatIsWrongWithABackupIsToldAndNothingIsMade(t *testing.T) {
	k := openSafe(t, sqlite(t))
	path, _ := k.make("one.age")
	good, err := os.ReadFile(path)
	k.must(err)
	other, _ := k.newKey("other.key")
	flipped := slices.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for _, tt := range []struct {
		what, key, code string
		file            []byte
	}{
		{"another key", other, "backup_key_wrong", good},
		{"no key", filepath.Join(k.dir, "nothing"), "backup_key_missing", good},
		{"a key that is none", path, "backup_key_unreadable", good},
		{"a flipped bit", k.key, "backup_damaged", flipped},
		{"cut in its header", k.key, "backup_damaged", good[:50]},
		{"cut in the middle", k.key, "backup_damaged", good[:len(good)/2]},
		{"cut by a byte", k.key, "backup_damaged", good[:len(good)-1]},
		{"a byte too many", k.key, "backup_damaged", append(slices.Clone(good), 0)},
		{"no backup", k.key, "backup_damaged", []byte("name,phone\n")},
		{"nothing", k.key, "backup_damaged", nil},
	} {
		file := filepath.Join(t.TempDir(), "bad.age")
		k.must(os.WriteFile(file, tt.file, 0o600))
		url := storetest.SQLite(t)
		_, err := backup.Restore(t.Context(), file, tt.key, url, nil)
		if fault.CodeOf(err) != tt.code {
			t.Errorf("%s: got %v, want %s", tt.what, err, tt.code)
		}
		left, err := filepath.Glob(filepath.Dir(strings.TrimPrefix(url, "sqlite://")) + "/*")
		if err != nil || len(left) > 0 {
			t.Errorf("%s: left behind %v", tt.what, left)
		}
	}
	_, err = backup.Restore(t.Context(), filepath.Join(k.dir, "nothing"), k.key, storetest.SQLite(t), nil)
	k.refused(err, "file_unreadable")
}

func TestSecretHalfIsNotTakenForAPublicOne(t *testing.T) {
	k := openSafe(t, sqlite(t))
	text, err := os.ReadFile(k.key)
	k.must(err)
	_, err = backup.Recipients([]string{string(text)})
	k.refused(err, "backup_recipient_bad")
	if strings.Contains(err.Error(), "AGE-SECRET-KEY") {
		t.Error("the secret is repeated")
	}
	_, err = backup.Recipients(nil)
	k.refused(err, "backup_recipient_missing")
	info, err := os.Stat(k.key)
	k.must(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the key: %v", info.Mode())
	}
}

// Keys that withstand a quantum computer are taken as well, alone.
func TestHybridKeysAreTakenAndNotMixed(t *testing.T) {
	k := openSafe(t, sqlite(t))
	hybrid, err := age.GenerateHybridIdentity()
	k.must(err)
	classic := k.to
	k.to, err = backup.Recipients([]string{hybrid.Recipient().String()})
	k.must(err)
	path, _ := k.make("one.age")
	key := filepath.Join(k.dir, "hybrid.key")
	k.must(os.WriteFile(key, []byte(hybrid.String()+"\n"), 0o600))
	_, err = backup.Restore(t.Context(), path, key, storetest.SQLite(t), nil)
	k.must(err)
	_, err = backup.Make(t.Context(), k.store, filepath.Join(k.dir, "two.age"), "test", append(k.to, classic...))
	k.refused(err, "backup_recipient_bad")
}
