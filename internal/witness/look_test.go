package witness

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLookingAtAWitnessMakesNothing(t *testing.T) {
	l := newLog(t, 1)
	path := filepath.Join(t.TempDir(), "kept", "head")
	if seen, err := Look(path, l.public); err != nil || seen.Head.Size != 0 || seen.Key != "" {
		t.Fatalf("%+v: %v", seen, err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
		t.Fatal("looking made a folder")
	}
	w := l.witness(path)
	if seen, err := Look(path, l.public); err != nil || seen.Head.Size != 0 || seen.Key != w.Name().Key {
		t.Fatalf("%+v: %v", seen, err)
	}
	l.cosign(w, l.grow(7, 0))
	if seen, err := Look(path, l.public); err != nil || seen.Head.Size != 7 || seen.Head.Root != l.tree.Root() {
		t.Fatalf("%+v: %v", seen, err)
	}
}

func TestWitnessThatCannotBeReadIsSaidNotTrusted(t *testing.T) {
	l := newLog(t, 1)
	path := filepath.Join(t.TempDir(), "head")
	l.cosign(l.witness(path), l.grow(3, 0))
	_, err := Look(path, newLog(t, 2).public)
	refused(t, err, "witness_other_log")
	_, err = Look(path, "no key")
	refused(t, err, "bad_key_text")
	if err := os.WriteFile(path+".key", []byte("half a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Look(path, l.public)
	refused(t, err, "witness_key_unreadable")
	if err := os.Remove(path + ".key"); err != nil {
		t.Fatal(err)
	}
	_, err = Look(path, l.public)
	refused(t, err, "witness_key_missing")
}
