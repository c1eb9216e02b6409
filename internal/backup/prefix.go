package backup

import (
	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/fault"
	"amend/internal/store"
)

// Head reads a signed head of a log, "" for the empty log. A head of another log's key,
// or of nobody's, is refused.
func Head(signed, logKey string) (audit.Checkpoint, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return audit.Checkpoint{}, fault.New(fault.Malformed, "bad_key_text")
	}
	if signed == "" {
		return audit.Checkpoint{Origin: log.Name(), Root: (audit.Tree{}).Root()}, nil
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), log)
	return head, err
}

// Extends proves that the log of v has everything that older committed to, in the same
// places, and answers its newest head. A log that is shorter is log_behind; one that went
// another way, log_rewritten.
func Extends(older audit.Checkpoint, v store.View, logKey string) (audit.Checkpoint, error) {
	_, signed, err := v.Head()
	if err != nil {
		return audit.Checkpoint{}, err
	}
	head, err := Head(signed, logKey)
	if err != nil {
		return head, err
	}
	if head.Size < older.Size {
		return head, fault.New(fault.Conflict, "log_behind", "size", head.Size, "seen", older.Size)
	}
	proof, err := audit.Consistency(older.Size, head.Size, v.LogRows)
	if err != nil {
		return head, err
	}
	return head, proof.Extends(older, head)
}
