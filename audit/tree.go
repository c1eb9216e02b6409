package audit

import (
	"crypto/sha256"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"amend/fault"
)

// RowHashes is how many stored hashes share a row. A leaf adds two hashes on average,
// so a batch of a hundred leaves writes seven rows instead of two hundred.
const RowHashes = 32

// A Row is the stored hashes with the indexes [N*RowHashes, (N+1)*RowHashes), in the
// order of tlog.StoredHashIndex, 32 bytes each. Only the last row of a log is short.
type Row struct {
	N      int64
	Hashes []byte
}

// Rows reads rows by number, in the order asked. The store provides it.
type Rows func(rows []int64) ([][]byte, error)

// Tree is the right edge of the log's Merkle tree: enough to append and to know the
// root, with no reading. The zero Tree is the empty log. It is a value: Append answers
// a new one, so an append that is never committed leaves no trace.
type Tree struct {
	size  int64
	peaks []Hash // roots of the complete subtrees, largest first
	tail  []byte // the last row, where it is not full
}

// OpenTree reads the right edge of a log of size leaves from its stored rows.
func OpenTree(size int64, read Rows) (Tree, error) {
	t := Tree{size: size}
	var indexes []int64
	for level, rest := 62, size; level >= 0; level-- {
		if bit := int64(1) << level; rest&bit != 0 {
			rest &^= bit
			indexes = append(indexes, tlog.StoredHashIndex(level, (size-rest)>>level-1))
		}
	}
	hashes, err := read.stored(size).ReadHashes(indexes)
	if err != nil {
		return Tree{}, err
	}
	t.peaks = hashes

	if short := tlog.StoredHashCount(size) % RowHashes; short > 0 {
		rows, err := read([]int64{tlog.StoredHashCount(size) / RowHashes})
		if err != nil {
			return Tree{}, err
		}
		if len(rows) != 1 || int64(len(rows[0])) < short*tlog.HashSize {
			return Tree{}, fault.New(fault.Internal, "log_rows_missing")
		}
		t.tail = slices.Clone(rows[0][:short*tlog.HashSize])
	}
	return t, nil
}

// Append adds leaves in order, and answers the tree they make and the rows to write.
// The first row replaces the one of the same number, if the log ended in its middle.
func (t Tree) Append(leaves ...Hash) (Tree, []Row) {
	first := tlog.StoredHashCount(t.size) / RowHashes
	stored := slices.Grow(slices.Clone(t.tail), (2*len(leaves)+1)*tlog.HashSize)
	peaks := slices.Clone(t.peaks)
	for _, h := range leaves {
		stored = append(stored, h[:]...)
		for n := t.size; n&1 == 1; n >>= 1 { // each trailing one is a subtree that this leaf completes
			h = tlog.NodeHash(peaks[len(peaks)-1], h)
			peaks = peaks[:len(peaks)-1]
			stored = append(stored, h[:]...)
		}
		peaks = append(peaks, h)
		t.size++
	}
	t.peaks = peaks
	if len(leaves) == 0 {
		return t, nil
	}

	var rows []Row
	const rowBytes = RowHashes * tlog.HashSize
	for ; len(stored) >= rowBytes; first++ {
		rows = append(rows, Row{N: first, Hashes: stored[:rowBytes:rowBytes]})
		stored = stored[rowBytes:]
	}
	if t.tail = stored; len(stored) > 0 {
		rows = append(rows, Row{N: first, Hashes: slices.Clone(stored)})
	}
	return t, rows
}

// Size is how many leaves the log has.
func (t Tree) Size() int64 { return t.size }

// Root is the Merkle tree hash; of the empty log, the SHA-256 of nothing.
func (t Tree) Root() Hash {
	if len(t.peaks) == 0 {
		return sha256.Sum256(nil)
	}
	root := t.peaks[len(t.peaks)-1]
	for _, left := range slices.Backward(t.peaks[:len(t.peaks)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// stored reads single hashes of a log of size leaves, each row once.
func (read Rows) stored(size int64) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]Hash, error) {
		var numbers []int64
		for _, i := range indexes {
			numbers = append(numbers, i/RowHashes)
		}
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
		rows, err := read(numbers)
		if err != nil {
			return nil, err
		}

		missing := fault.New(fault.Internal, "log_rows_missing")
		if len(rows) != len(numbers) {
			return nil, missing
		}
		hashes := make([]Hash, len(indexes))
		for k, i := range indexes {
			at, _ := slices.BinarySearch(numbers, i/RowHashes)
			from := i % RowHashes * tlog.HashSize
			if i >= tlog.StoredHashCount(size) || from+tlog.HashSize > int64(len(rows[at])) {
				return nil, missing
			}
			hashes[k] = Hash(rows[at][from : from+tlog.HashSize])
		}
		return hashes, nil
	})
}
