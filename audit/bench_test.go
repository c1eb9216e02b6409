package audit_test

import (
	"testing"

	"amend/audit"
)

// BenchmarkVerifyEntries replays a log: parse, hash, chain and fold. One op is one leaf.
func BenchmarkVerifyEntries(b *testing.B) {
	var leaves [][]byte
	for _, e := range life(10_000) {
		leaves = append(leaves, e.Leaf())
	}
	b.ReportAllocs()
	var r audit.Replay
	for n := 0; b.Loop(); n++ {
		if n%len(leaves) == 0 {
			r = audit.Replay{}
		}
		if err := r.Add(leaves[n%len(leaves)]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend adds batches of 100 leaves to a growing log, rows included. One op is one batch.
func BenchmarkAppend(b *testing.B) {
	var tree audit.Tree
	leaves := make([]audit.Hash, 100)
	for i := range leaves {
		leaves[i] = leafHash(int64(i))
	}
	b.ReportAllocs()
	for b.Loop() {
		tree, _ = tree.Append(leaves...)
	}
}

// BenchmarkVerifyReceipt checks one receipt with two witnesses: four signatures, two proofs.
func BenchmarkVerifyReceipt(b *testing.B) {
	s := newSample(b, 1000)
	file, keys := s.file(b, nil), s.witnessKeys()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := audit.Verify(file, s.Log.Key, keys...); err != nil {
			b.Fatal(err)
		}
	}
}
