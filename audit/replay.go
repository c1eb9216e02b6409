package audit

import (
	"golang.org/x/mod/sumdb/tlog"

	"amend/fault"
)

// Replay reads a whole log again, leaf by leaf, and says whether it is the one that a
// checkpoint signed. It remembers one hash for each record that was changed.
type Replay struct {
	tree Tree
	last map[string]Hash // record → hash of the entry that changed it last
	held []Hash          // leaves not yet in the tree: appending many at once is faster
}

// replayBatch is how many leaves Replay appends at once.
const replayBatch = 256

// Add takes the next leaf, in log order. A leaf that is not well formed is refused, and
// one whose Prev is not the entry that changed its record last.
func (r *Replay) Add(leaf []byte) error {
	e, err := ParseLeaf(leaf)
	if err != nil {
		return err
	}
	h := tlog.RecordHash(leaf)
	if e.Alters {
		if e.Prev != r.last[e.Record] {
			return fault.New(fault.Conflict, "chain_broken", "entry", e.ID, "record", e.Record)
		}
		if r.last == nil {
			r.last = make(map[string]Hash)
		}
		r.last[e.Record] = h
	}
	if r.held = append(r.held, h); len(r.held) == replayBatch {
		r.fold()
	}
	return nil
}

// Size is how many leaves were added.
func (r *Replay) Size() int64 { return r.tree.Size() + int64(len(r.held)) }

// Match says whether the leaves added so far are exactly those that c commits to.
func (r *Replay) Match(c Checkpoint) error {
	r.fold()
	switch {
	case r.tree.Size() < c.Size:
		return fault.New(fault.Conflict, "log_short", "size", r.tree.Size(), "signed", c.Size)
	case r.tree.Size() > c.Size:
		return fault.New(fault.Conflict, "log_long", "size", r.tree.Size(), "signed", c.Size)
	case r.tree.Root() != c.Root:
		return fault.New(fault.Conflict, "log_altered", "size", c.Size)
	}
	return nil
}

func (r *Replay) fold() {
	r.tree, _ = r.tree.Append(r.held...)
	r.held = r.held[:0]
}
