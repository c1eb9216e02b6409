package witness

import (
	"bytes"
	"errors"
	"io/fs"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/fault"
)

// Seen is what a witness remembers of a log.
type Seen struct {
	Head audit.Checkpoint // zero: it has seen nothing yet
	Key  string           // its public key, "" if it has never been opened
}

// Look answers what the witness at path remembers of the log with this public key, without
// making anything: Open would make a key where there is none.
func Look(path, logKey string) (Seen, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return Seen{}, fault.New(fault.Malformed, "bad_key_text")
	}
	last, err := readKept(path)
	empty := errors.Is(err, fs.ErrNotExist)
	if err != nil && !empty {
		return Seen{}, err
	}
	text, err := readKept(path + ".key")
	switch {
	case errors.Is(err, fs.ErrNotExist) && empty:
		return Seen{}, nil
	case errors.Is(err, fs.ErrNotExist):
		return Seen{}, fault.New(fault.NotFound, "witness_key_missing", "path", path+".key")
	case err != nil:
		return Seen{}, err
	}
	_, public, _ := bytes.Cut(bytes.TrimSpace(text), []byte("\n"))
	seen := Seen{Key: string(bytes.TrimSpace(public))}
	own, err := note.NewVerifier(seen.Key)
	if err != nil {
		return Seen{}, fault.New(fault.Invalid, "witness_key_unreadable", "path", path+".key")
	}
	if empty {
		return seen, nil
	}
	seen.Head, _, err = audit.OpenCheckpoint(last, log, own)
	if err != nil {
		return Seen{}, fault.New(fault.Conflict, "witness_other_log", "path", path)
	}
	return seen, nil
}
