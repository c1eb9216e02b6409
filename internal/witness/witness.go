// Package witness keeps the heads of the log in a file of its own, on another disk or
// another machine's share, and cosigns only a head that extends the one it remembers. Who
// rewinds the database or rewrites its log is found out by it, even with the log's key.
package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/fault"
)

// Config says where the witness keeps what it knows.
type Config struct {
	Path string                                // of the remembered head; the key stands beside it as Path + ".key"
	Name string                                // of its key and for people: "office safe" has no place in a key, "office-safe" has
	Log  func(context.Context) (string, error) // answers the public key of the log it watches
	Rand io.Reader                             // makes its key at the first start
}

// File is a desk.Witness that remembers in a file. It is safe for concurrent use.
type File struct {
	path   string
	log    func(context.Context) (string, error)
	signer note.Signer
	own    note.Verifier
	public string
	mu     sync.Mutex
}

// maxKept bounds what is read of its files, in bytes.
const maxKept = 64 << 10

// Open opens the witness, making its key if it has none. A remembered head without its
// key is refused: a new key would silently forget what was witnessed.
func Open(c Config) (*File, error) {
	skey, err := readKept(c.Path + ".key")
	if errors.Is(err, fs.ErrNotExist) {
		skey, err = makeKey(c)
	}
	if err != nil {
		return nil, err
	}
	f := &File{path: c.Path, log: c.Log}
	skey, public, _ := bytes.Cut(bytes.TrimSpace(skey), []byte("\n"))
	if f.signer, err = note.NewSigner(string(skey)); err != nil {
		return nil, fault.New(fault.Invalid, "witness_key_unreadable", "path", c.Path+".key")
	}
	f.public = string(bytes.TrimSpace(public))
	if f.own, err = note.NewVerifier(f.public); err != nil || f.own.KeyHash() != f.signer.KeyHash() {
		return nil, fault.New(fault.Invalid, "witness_key_unreadable", "path", c.Path+".key")
	}
	return f, nil
}

func makeKey(c Config) ([]byte, error) {
	if _, err := os.Stat(c.Path); err == nil {
		return nil, fault.New(fault.NotFound, "witness_key_missing", "path", c.Path+".key")
	}
	secret, public, err := audit.NewLogKey(c.Rand, c.Name)
	if err != nil {
		return nil, err
	}
	text := []byte(secret + "\n" + public + "\n")
	if err := os.MkdirAll(filepath.Dir(c.Path), 0o700); err != nil {
		return nil, err
	}
	return text, replace(c.Path+".key", text)
}

// Name is the witness as receipts name it.
func (f *File) Name() audit.WitnessName {
	name := f.signer.Name()
	return audit.WitnessName{Key: f.public, Name: audit.Text{ZH: name, EN: name}}
}

// Cosign adds the witness's signature to a head that extends the remembered one. The head
// is on disk before it is answered: a witness that signed and then forgot could be shown
// another history. A smaller head, or one of another log, is witness_rewound.
func (f *File) Cosign(ctx context.Context, signed []byte, prove func(old int64) (audit.Proof, error)) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	key, err := f.log(ctx)
	if err != nil {
		return nil, err
	}
	log, err := note.NewVerifier(key)
	if err != nil {
		return nil, fmt.Errorf("the log's public key: %w", err)
	}
	last, err := readKept(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		last, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	proof, same, err := f.proof(log, last, signed, prove)
	if err != nil {
		return nil, err
	}
	if same {
		return last, nil
	}
	cosigned, err := audit.Witness{Log: log, Signer: f.signer, Own: f.own}.Update(last, signed, proof)
	if err != nil {
		return nil, err
	}
	return cosigned, replace(f.path, cosigned)
}

// Behind refuses a log whose newest head is smaller than the remembered one: an old copy
// of the database was put back. It is for the start, before anything is written.
func (f *File) Behind(ctx context.Context, size int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	last, err := readKept(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	key, err := f.log(ctx)
	if err != nil {
		return err
	}
	log, err := note.NewVerifier(key)
	if err != nil {
		return fmt.Errorf("the log's public key: %w", err)
	}
	old, _, err := audit.OpenCheckpoint(last, log, f.own)
	if err != nil {
		return fault.New(fault.Conflict, "witness_other_log", "path", f.path)
	}
	if size < old.Size {
		return fault.New(fault.Conflict, "witness_rewound", "size", size, "seen", old.Size)
	}
	return nil
}

// proof asks for the proof that the head extends the remembered one; same says that they
// are one and the same, which is answered from memory.
func (f *File) proof(log note.Verifier, last, signed []byte, prove func(old int64) (audit.Proof, error)) (proof audit.Proof, same bool, err error) {
	if last == nil {
		return nil, false, nil
	}
	old, _, err := audit.OpenCheckpoint(last, log, f.own)
	if err != nil {
		return nil, false, fault.New(fault.Conflict, "witness_other_log", "path", f.path)
	}
	head, _, err := audit.OpenCheckpoint(signed, log)
	if err != nil {
		return nil, false, err
	}
	if head.Size < old.Size || (head.Size == old.Size && head.Root != old.Root) {
		return nil, false, fault.New(fault.Conflict, "witness_rewound", "size", head.Size, "seen", old.Size)
	}
	if head == old {
		return nil, true, nil
	}
	proof, err = prove(old.Size)
	return proof, false, err
}

func readKept(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxKept+1))
	if err == nil && len(text) > maxKept {
		return nil, fault.New(fault.Invalid, "witness_key_unreadable", "path", path)
	}
	return text, err
}
