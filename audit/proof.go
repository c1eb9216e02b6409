package audit

import (
	"golang.org/x/mod/sumdb/tlog"

	"amend/fault"
)

// A Proof is the sibling hashes that lead from what is known to a root, nearest first
// (RFC 6962, 2.1.1 and 2.1.2). At most 63 of them.
type Proof []Hash

// Inclusion proves that the leaf at pos is in the log of size leaves.
func Inclusion(size, pos int64, read Rows) (Proof, error) {
	if pos < 0 || pos >= size {
		return nil, fault.New(fault.NotFound, "no_such_leaf", "pos", pos, "size", size)
	}
	p, err := tlog.ProveRecord(size, pos, read.stored(size))
	return Proof(p), err
}

// Check says whether p leads from the leaf at pos to the root of a log of size leaves.
func (p Proof) Check(size int64, root Hash, pos int64, leaf Hash) error {
	if pos < 0 || pos >= size || tlog.CheckRecord(tlog.RecordProof(p), size, root, pos, leaf) != nil {
		return fault.New(fault.Invalid, "not_in_log", "pos", pos, "size", size)
	}
	return nil
}

// Consistency proves that the log of old leaves is a prefix of the log of size leaves.
func Consistency(old, size int64, read Rows) (Proof, error) {
	if old < 0 || old > size {
		return nil, fault.New(fault.NotFound, "no_such_size", "old", old, "size", size)
	}
	if old == 0 { // everything extends the empty log
		return nil, nil
	}
	p, err := tlog.ProveTree(size, old, read.stored(size))
	return Proof(p), err
}

// Extends says whether p proves that next has everything old had, in the same places.
func (p Proof) Extends(old, next Checkpoint) error {
	rewritten := fault.New(fault.Conflict, "log_rewritten", "old", old.Size, "size", next.Size)
	if old.Origin != next.Origin || old.Size > next.Size {
		return rewritten
	}
	if old.Size == 0 {
		if empty := (Tree{}).Root(); len(p) > 0 || old.Root != empty || (next.Size == 0 && next.Root != empty) {
			return rewritten
		}
		return nil
	}
	if tlog.CheckTree(tlog.TreeProof(p), next.Size, next.Root, old.Size, old.Root) != nil {
		return rewritten
	}
	return nil
}
