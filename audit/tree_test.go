package audit_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"amend/audit"
	"amend/fault"
)

// reference is the same log kept one hash at a time by tlog itself.
type reference []audit.Hash

func (r *reference) ReadHashes(indexes []int64) ([]audit.Hash, error) {
	var out []audit.Hash
	for _, i := range indexes {
		out = append(out, (*r)[i])
	}
	return out, nil
}

func (r *reference) append(t interface{ Fatal(...any) }, n int64, leaf audit.Hash) {
	hashes, err := tlog.StoredHashesForRecordHash(n, leaf, r)
	if err != nil {
		t.Fatal(err)
	}
	*r = append(*r, hashes...)
}

func leafHash(n int64) audit.Hash { return sha256.Sum256(fmt.Append(nil, n)) }

// grow appends n leaves to m at once.
func (m *memory) grow(n int) {
	var leaves []audit.Hash
	for i := range int64(n) {
		leaves = append(leaves, leafHash(m.tree.Size()+i))
	}
	tree, rows := m.tree.Append(leaves...)
	if m.rows == nil {
		m.rows = make(map[int64][]byte)
	}
	for _, r := range rows {
		m.rows[r.N] = r.Hashes
	}
	m.tree = tree
}

func TestBatchesOfAnySizeStoreWhatOneLeafAtATimeStores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var m memory
		var ref reference
		for range rapid.IntRange(1, 8).Draw(t, "batches") {
			batch := rapid.IntRange(0, 90).Draw(t, "batch")
			for i := range int64(batch) {
				ref.append(t, m.tree.Size()+i, leafHash(m.tree.Size()+i))
			}
			m.grow(batch)
			want, err := tlog.TreeHash(m.tree.Size(), &ref)
			if err != nil {
				t.Fatal(err)
			}
			if m.tree.Root() != want {
				t.Fatalf("root of %d leaves differs", m.tree.Size())
			}
		}
		var stored, want bytes.Buffer
		for n := range int64(len(m.rows)) {
			stored.Write(m.rows[n])
		}
		for _, h := range ref {
			want.Write(h[:])
		}
		if !bytes.Equal(stored.Bytes(), want.Bytes()) {
			t.Fatal("the rows do not hold tlog's stored hashes")
		}
	})
}

func TestTreeOpenedFromRowsGoesOnLikeTheOneInMemory(t *testing.T) {
	for size := range 140 {
		var m memory
		m.grow(size)
		opened, err := audit.OpenTree(int64(size), m.read)
		if err != nil {
			t.Fatal(err)
		}
		if opened.Root() != m.tree.Root() {
			t.Fatalf("size %d: root differs", size)
		}
		a, rowsA := opened.Append(leafHash(1), leafHash(2))
		b, rowsB := m.tree.Append(leafHash(1), leafHash(2))
		if a.Root() != b.Root() || len(rowsA) != len(rowsB) || !bytes.Equal(rowsA[0].Hashes, rowsB[0].Hashes) {
			t.Fatalf("size %d: the opened tree appends differently", size)
		}
	}
}

func TestAppendThatIsNeverCommittedLeavesNoTrace(t *testing.T) {
	var m memory
	m.grow(37)
	root := m.tree.Root()
	m.tree.Append(leafHash(1), leafHash(2), leafHash(3))
	if m.tree.Append(leafHash(4)); m.tree.Root() != root || m.tree.Size() != 37 {
		t.Fatal("an append changed the tree it started from")
	}
}

func TestMissingRowsAreNamedAndNotInvented(t *testing.T) {
	var m memory
	m.grow(100)
	_, err := audit.OpenTree(200, m.read)
	if fault.CodeOf(err) != "log_rows_missing" {
		t.Errorf("open: got %v", err)
	}
	m.rows[3] = m.rows[3][:40]
	if _, err = audit.Inclusion(100, 60, m.read); fault.CodeOf(err) != "log_rows_missing" {
		t.Errorf("inclusion: got %v", err)
	}
	broken := errors.New("disk")
	if _, err = audit.Consistency(50, 100, func([]int64) ([][]byte, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("consistency: got %v", err)
	}
	if _, err = audit.OpenTree(100, func([]int64) ([][]byte, error) { return nil, nil }); fault.CodeOf(err) != "log_rows_missing" {
		t.Errorf("no rows: got %v", err)
	}
}

func TestEveryLeafOfEveryLogIsProven(t *testing.T) {
	var m memory
	for size := int64(1); size <= 70; size++ {
		m.grow(1)
		root := m.tree.Root()
		for pos := range size {
			p, err := audit.Inclusion(size, pos, m.read)
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Check(size, root, pos, leafHash(pos)); err != nil {
				t.Fatalf("leaf %d of %d: %v", pos, size, err)
			}
			if p.Check(size, root, pos, leafHash(pos+1)) == nil || (size > 1 && p.Check(size, root, (pos+1)%size, leafHash(pos)) == nil) {
				t.Fatalf("leaf %d of %d: another leaf or place passes", pos, size)
			}
		}
	}
}

func TestEveryLogExtendsItsOwnPast(t *testing.T) {
	var m memory
	var roots []audit.Hash
	for size := range int64(60) {
		roots = append(roots, m.tree.Root())
		next := audit.Checkpoint{Origin: "log", Size: size, Root: m.tree.Root()}
		for old := range size + 1 {
			p, err := audit.Consistency(old, size, m.read)
			if err != nil {
				t.Fatal(err)
			}
			then := audit.Checkpoint{Origin: "log", Size: old, Root: roots[old]}
			if err := p.Extends(then, next); err != nil {
				t.Fatalf("%d to %d: %v", old, size, err)
			}
			then.Root[0] ^= 1
			if p.Extends(then, next) == nil {
				t.Fatalf("%d to %d: a rewritten past passes", old, size)
			}
		}
		m.grow(1)
	}
}

func TestProofsOfWhatIsNotThereAreRefused(t *testing.T) {
	var m memory
	m.grow(10)
	for _, pos := range []int64{-1, 10, 11} {
		if _, err := audit.Inclusion(10, pos, m.read); fault.CodeOf(err) != "no_such_leaf" {
			t.Errorf("leaf %d: got %v", pos, err)
		}
		if err := (audit.Proof{}).Check(10, m.tree.Root(), pos, leafHash(0)); fault.CodeOf(err) != "not_in_log" {
			t.Errorf("check %d: got %v", pos, err)
		}
	}
	if _, err := audit.Consistency(11, 10, m.read); fault.CodeOf(err) != "no_such_size" {
		t.Errorf("got %v", err)
	}
	other := audit.Checkpoint{Origin: "other", Size: 10, Root: m.tree.Root()}
	if err := (audit.Proof{}).Extends(audit.Checkpoint{Origin: "log", Size: 10, Root: m.tree.Root()}, other); fault.CodeOf(err) != "log_rewritten" {
		t.Errorf("another log: got %v", err)
	}
}
