package witness

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/fault"
)

// A testLog is a log with its key and stored rows.
type testLog struct {
	t      *testing.T
	signer note.Signer
	public string
	tree   audit.Tree
	rows   map[int64][]byte
}

func newLog(t *testing.T, seed byte) *testLog {
	t.Helper()
	secret, public, err := audit.NewLogKey(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), "amend.example.com/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return &testLog{t: t, signer: signer, public: public, rows: map[int64][]byte{}}
}

// grow appends n leaves and answers the signed head.
func (l *testLog) grow(n int, salt byte) []byte {
	l.t.Helper()
	hashes := make([]audit.Hash, n)
	for i := range hashes {
		hashes[i] = audit.Hash{byte(i), salt}
	}
	next, rows := l.tree.Append(hashes...)
	for _, r := range rows {
		l.rows[r.N] = r.Hashes
	}
	l.tree = next
	return l.head()
}

func (l *testLog) head() []byte {
	l.t.Helper()
	c := audit.Checkpoint{Origin: l.signer.Name(), Size: l.tree.Size(), Root: l.tree.Root(), At: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	signed, err := c.Sign(l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return signed
}

func (l *testLog) prove(old int64) (audit.Proof, error) {
	return audit.Consistency(old, l.tree.Size(), func(numbers []int64) ([][]byte, error) {
		out := make([][]byte, len(numbers))
		for i, n := range numbers {
			out[i] = l.rows[n]
		}
		return out, nil
	})
}

func (l *testLog) open(path string) (*File, error) {
	return Open(Config{
		Path: path, Name: "office-safe", Rand: bytes.NewReader(bytes.Repeat([]byte{7}, 64)),
		Log: func(context.Context) (string, error) { return l.public, nil },
	})
}

func (l *testLog) witness(path string) *File {
	l.t.Helper()
	w, err := l.open(path)
	if err != nil {
		l.t.Fatal(err)
	}
	return w
}

func (l *testLog) cosign(w *File, head []byte) []byte {
	l.t.Helper()
	out, err := w.Cosign(context.Background(), head, l.prove)
	if err != nil {
		l.t.Fatal(err)
	}
	return out
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func TestWitnessCosignsWhatExtendsWhatItSaw(t *testing.T) {
	l := newLog(t, 1)
	w := l.witness(filepath.Join(t.TempDir(), "kept", "head"))
	l.cosign(w, l.grow(3, 0))
	cosigned := l.cosign(w, l.grow(40, 1))
	log, _ := note.NewVerifier(l.public)
	own, err := note.NewVerifier(w.Name().Key)
	if err != nil {
		t.Fatal(err)
	}
	c, by, err := audit.OpenCheckpoint(cosigned, log, own)
	if err != nil || c.Size != 43 || len(by) != 1 {
		t.Fatalf("%+v by %v: %v", c, by, err)
	}
}

func TestSameHeadIsAnsweredFromMemory(t *testing.T) {
	l := newLog(t, 1)
	w := l.witness(filepath.Join(t.TempDir(), "head"))
	first := l.cosign(w, l.grow(3, 0))
	if again := l.cosign(w, l.head()); !bytes.Equal(first, again) {
		t.Fatalf("%s\n%s", first, again)
	}
}

func TestRewoundLogIsRefusedEvenAfterARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l := newLog(t, 1)
	old := *l
	old.rows = map[int64][]byte{}
	l.cosign(l.witness(path), l.grow(9, 0))
	w := l.witness(path)
	_, err := w.Cosign(context.Background(), old.grow(4, 0), old.prove)
	refused(t, err, "witness_rewound")
}

func TestLogBehindItsWitnessIsKnownAtTheStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l := newLog(t, 1)
	w := l.witness(path)
	if err := w.Behind(context.Background(), 0); err != nil {
		t.Fatalf("nothing was seen yet: %v", err)
	}
	l.cosign(w, l.grow(9, 0))
	refused(t, w.Behind(context.Background(), 8), "witness_rewound")
	refused(t, newLog(t, 2).witness(path).Behind(context.Background(), 9), "witness_other_log")
	if err := w.Behind(context.Background(), 9); err != nil {
		t.Fatal(err)
	}
}

func TestRewrittenLogIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l, other := newLog(t, 1), newLog(t, 1)
	l.cosign(l.witness(path), l.grow(9, 0))
	head := other.grow(9, 5)
	_, err := l.witness(path).Cosign(context.Background(), head, other.prove)
	refused(t, err, "witness_rewound")
	head = other.grow(4, 5)
	_, err = l.witness(path).Cosign(context.Background(), head, other.prove)
	refused(t, err, "log_rewritten")
}

func TestAnotherLogIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l, other := newLog(t, 1), newLog(t, 2)
	l.cosign(l.witness(path), l.grow(2, 0))
	w := other.witness(path)
	_, err := w.Cosign(context.Background(), other.grow(5, 0), other.prove)
	refused(t, err, "witness_other_log")
}

// A crash between writing and renaming leaves the temporary file: the remembered head
// still counts, and the next one takes its place.
func TestCrashBetweenWriteAndRenameForgetsNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l := newLog(t, 1)
	l.cosign(l.witness(path), l.grow(9, 0))
	if err := os.WriteFile(path+".new", []byte("half a he"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := *l
	old.tree, old.rows = audit.Tree{}, map[int64][]byte{}
	w := l.witness(path)
	_, err := w.Cosign(context.Background(), old.grow(4, 0), old.prove)
	refused(t, err, "witness_rewound")
	l.cosign(w, l.grow(1, 2))
	if _, err := os.Stat(path + ".new"); !os.IsNotExist(err) {
		t.Fatalf("the leftover is still there: %v", err)
	}
}

func TestHeadIsOnDiskBeforeItIsHandedOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l := newLog(t, 1)
	w := l.witness(path)
	out := l.cosign(w, l.grow(2, 0))
	kept, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(kept, out) {
		t.Fatalf("kept %q, handed on %q: %v", kept, out, err)
	}
	if err := os.Mkdir(path+".new", 0o700); err != nil { // nothing can be written any more
		t.Fatal(err)
	}
	if out, err := w.Cosign(context.Background(), l.grow(1, 1), l.prove); err == nil {
		t.Fatalf("handed on %q without remembering it", out)
	}
}

func TestKeyIsItsOwnersAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	newLog(t, 1).witness(path)
	info, err := os.Stat(path + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
}

func TestRememberedHeadWithoutItsKeyIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	l := newLog(t, 1)
	l.cosign(l.witness(path), l.grow(1, 0))
	if err := os.Remove(path + ".key"); err != nil {
		t.Fatal(err)
	}
	_, err := l.open(path)
	refused(t, err, "witness_key_missing")
}

func TestDamagedKeyIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "head")
	if err := os.WriteFile(path+".key", []byte("no key\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := newLog(t, 1).open(path)
	refused(t, err, "witness_key_unreadable")
}
