package keys

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"amend/fault"
)

func TestKeyFileIsReadBackByItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets", "amend.key")
	made, err := CreateFile(path, seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	read, err := OpenFile(path)
	if err != nil || read.Fingerprint() != made.Fingerprint() {
		t.Fatalf("got %v, %v", read, err)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want %v", filepath.Base(name), info.Mode().Perm(), err, want)
		}
	}
}

func TestKeyFileIsOneLineForMachinesAndOneThoughtForPeople(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amend.key")
	if _, err := CreateFile(path, seeded(1)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if !strings.HasPrefix(lines[0], "# ") || !strings.Contains(string(text), "Keep a copy") {
		t.Errorf("no word on keeping a copy:\n%s", lines[0])
	}
	if last := strings.Fields(lines[len(lines)-1]); len(last) != 3 || last[0] != "amend-key-1" {
		t.Error("the last line is not the key's")
	}
}

func TestKeyFileIsNeverOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amend.key")
	first, err := CreateFile(path, seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := CreateFile(path, seeded(2)); fault.CodeOf(err) != "key_exists" {
		t.Errorf("got %v, want key_exists", err)
	}
	if still, err := OpenFile(path); err != nil || still.Fingerprint() != first.Fingerprint() {
		t.Errorf("the first key is gone: %v", err)
	}
}

func TestMissingKeySaysWhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	_, err := OpenFile(path)
	if fault.CodeOf(err) != "key_missing" || err.(*fault.Error).Params["path"] != path {
		t.Errorf("got %v", err)
	}
}

func TestKeyThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "amend.key")
	if _, err := CreateFile(path, seeded(1)); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFile(path); fault.CodeOf(err) != "key_permissions" {
			t.Errorf("%o: got %v, want key_permissions", mode, err)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(path); err != nil {
		t.Errorf("a key that even its owner cannot write is fine: %v", err)
	}
}

func TestDamagedKeyFileIsUnreadable(t *testing.T) {
	good := line(keyMagic, make([]byte, secretSize))
	for name, text := range map[string]string{
		"empty":            "",
		"comments only":    "# nothing\n",
		"another version":  strings.Replace(good, "amend-key-1", "amend-key-2", 1),
		"a letter slipped": strings.Replace(good, "AAAA", "AABA", 1),
		"cut":              good[:len(good)-12],
		"two keys":         good + good,
		"short key":        line(keyMagic, make([]byte, 16)),
		"a backup":         line(backupMagic, make([]byte, secretSize)),
		"endless":          good + strings.Repeat("#", maxKeyFile),
	} {
		path := filepath.Join(t.TempDir(), "amend.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFile(path); fault.CodeOf(err) != "key_unreadable" {
			t.Errorf("%s: got %v, want key_unreadable", name, err)
		}
	}
	if _, err := OpenFile(t.TempDir()); err == nil {
		t.Error("a directory was read as a key")
	}
}

func TestKeyFileSurvivesAnEditorOfAnotherSystem(t *testing.T) {
	good := line(keyMagic, bytes.Repeat([]byte{7}, secretSize))
	want, err := Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"\r\n# note\r\n" + strings.TrimSpace(good) + "\r\n\r\n", "  " + strings.TrimSpace(good)} {
		if got, err := Parse([]byte(text)); err != nil || got.Fingerprint() != want.Fingerprint() {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestKeyFileThatCannotBeWrittenLeavesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err := CreateFile(filepath.Join(file, "amend.key"), seeded(1)); err == nil || m != nil {
		t.Errorf("got %v, %v", m, err)
	}
}

func TestWrongKeyIsToldBeforeAnythingIsOpened(t *testing.T) {
	m := master(t)
	if err := m.Check(m.Fingerprint()); err != nil {
		t.Errorf("got %v", err)
	}
	other, _ := New(seeded(5))
	err := other.Check(m.Fingerprint())
	if fault.CodeOf(err) != "key_wrong" {
		t.Fatalf("got %v, want key_wrong", err)
	}
	if p := err.(*fault.Error).Params; p["want"] != m.Fingerprint() || p["have"] != other.Fingerprint() {
		t.Errorf("got %v", p)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(keyComment + line(keyMagic, make([]byte, secretSize))))
	f.Add([]byte("amend-key-1 x y"))
	f.Add([]byte("#\n\n"))
	f.Add([]byte(line(backupMagic, make([]byte, 76))))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse(text)
		if err != nil {
			if fault.CodeOf(err) != "key_unreadable" || bytes.Contains([]byte(err.Error()), text) && len(text) > 20 {
				t.Fatalf("got %v", err)
			}
			return
		}
		again, err := Parse([]byte(line(keyMagic, m.in.secret[:])))
		if err != nil || again.Fingerprint() != m.Fingerprint() {
			t.Fatalf("what was read cannot be written: %v", err)
		}
	})
}
