package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/internal/store"
)

// A Witness keeps the heads of the log somewhere else, and cosigns the ones that extend
// what it saw. Proof shows that the log of old leaves is a prefix of the new one.
type Witness interface {
	Name() audit.WitnessName
	Cosign(ctx context.Context, signed []byte, prove func(old int64) (audit.Proof, error)) ([]byte, error)
}

// sequenceBatch is how many entries get their places in one act, under one signature.
const sequenceBatch = 2000

// Sequence gives new entries their places in the tree and signs the head that they make.
// Two sequencers at once cannot both succeed: the head is a compare-and-set.
func (d *Desk) Sequence(ctx context.Context) (int, error) {
	view := d.store.View(ctx)
	fresh, err := view.Unsequenced(sequenceBatch)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	signer, err := d.logSigner(view)
	if err != nil {
		return 0, err
	}
	size, _, err := view.Head()
	if err != nil {
		return 0, err
	}
	tree, err := audit.OpenTree(size, view.LogRows)
	if err != nil {
		return 0, err
	}
	if fresh, err = chained(view, fresh); err != nil || len(fresh) == 0 {
		return 0, err
	}
	hashes := make([]audit.Hash, len(fresh))
	for i, l := range fresh {
		e, err := audit.ParseLeaf(l.Leaf)
		if err != nil {
			return 0, fmt.Errorf("entry %s: %w", l.ID, err)
		}
		hashes[i] = e.Hash()
	}
	next, rows := tree.Append(hashes...)
	head := audit.Checkpoint{Origin: signer.Name(), Size: next.Size(), Root: next.Root(), At: d.store.Now()}
	signed, err := head.Sign(signer)
	if err != nil {
		return 0, err
	}
	err = d.store.Write(ctx, "log", func(tx *store.Tx) error {
		tx.Sequence(size, fresh, rows, string(signed))
		return nil
	})
	if errors.Is(err, store.Stale) || errors.Is(err, store.Duplicate) {
		return 0, nil // another sequencer was first
	}
	return len(fresh), err
}

// chained puts every entry behind the one that altered its record before, whatever their
// ids say: clocks of two nodes may disagree. An entry whose predecessor is not in this
// batch and has no place yet waits for the next.
func chained(view store.View, batch []store.Leaf) ([]store.Leaf, error) {
	index := make(map[string]int, len(batch))
	for i, l := range batch {
		index[l.ID] = i
	}
	late, err := predecessors(view, batch, index)
	if err != nil {
		return nil, err
	}
	out := make([]store.Leaf, 0, len(batch))
	placed := make(map[string]bool, len(batch))
	var place func(i int)
	place = func(i int) {
		l := batch[i]
		if placed[l.ID] || late[l.Prev] {
			return
		}
		if j, here := index[l.Prev]; here {
			if place(j); !placed[l.Prev] {
				return
			}
		}
		placed[l.ID] = true
		out = append(out, l)
	}
	for i := range batch {
		place(i)
	}
	return out, nil
}

// predecessors answers which entries behind one of the batch have no place and are not in it.
// Where the batch is all that waits there are none.
func predecessors(view store.View, batch []store.Leaf, index map[string]int) (map[string]bool, error) {
	if len(batch) < sequenceBatch {
		return nil, nil
	}
	var before []string
	for _, l := range batch {
		if _, here := index[l.Prev]; !here && l.Prev != "" {
			before = append(before, l.Prev)
		}
	}
	return view.Unplaced(before)
}

// Witness shows the newest head to the witness and keeps its signature beside the log's.
func (d *Desk) Witness(ctx context.Context) error {
	if d.outside.Witness == nil {
		return nil
	}
	view := d.store.View(ctx)
	size, signed, err := view.Head()
	if err != nil || size == 0 {
		return err
	}
	cosigned, err := d.outside.Witness.Cosign(ctx, []byte(signed), func(old int64) (audit.Proof, error) {
		return audit.Consistency(old, size, view.LogRows)
	})
	if err != nil {
		return fmt.Errorf("witness the log's head: %w", err)
	}
	if string(cosigned) == signed {
		return nil
	}
	return d.store.Write(ctx, "log", func(tx *store.Tx) error {
		tx.Cosign(size, string(cosigned))
		return nil
	})
}

// The log's key lives in the database, sealed under the master key; its public half is plain.
const (
	logKeyName    = "log_key"
	logPublicName = "log_public_key"
)

// logSigner reads through v: whoever holds a reader must not wait for another one.
func (d *Desk) logSigner(v store.View) (note.Signer, error) {
	sealed, err := v.Meta(logKeyName)
	if err != nil {
		return nil, err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err == nil {
		raw, err = d.keys.OpenFor("log key", raw, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("open the log's key: %w", err)
	}
	return note.NewSigner(string(raw))
}

// LogKey answers the log's public key, as receipts and verifiers need it.
func (d *Desk) LogKey(ctx context.Context) (string, error) {
	return d.store.View(ctx).Meta(logPublicName)
}
