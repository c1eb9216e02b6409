package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"amend/audit"
)

// logPage is how many entries of the log are examined at a time.
const logPage = 1000

// ExamineLog replays the log against its newest signed head and gives each what is wrong
// with it. With newest > 0 it looks at so many of the newest entries and trusts the stored
// hashes for the rest. It answers the head that it went by, the zero one if none holds.
//
// An entry is told from a stored hash that was edited: the one that leads to the signed
// root is the true one.
func (s *Store) ExamineLog(ctx context.Context, log note.Verifier, newest int64, each func(Flaw)) (audit.Checkpoint, Extent, error) {
	x := &logExam{view: s.View(ctx), log: log, newest: newest, each: each}
	if err := s.Snapshot(ctx, x.findHead); err != nil {
		return x.head, x.seen, err
	}
	if err := x.unplaced(); err != nil {
		return x.head, x.seen, err
	}
	from := int64(0)
	if newest > 0 {
		from = max(0, x.head.Size-newest)
	}
	if from > 0 {
		tree, err := audit.OpenTree(from, x.view.LogRows)
		if err != nil {
			each(Flaw{Code: LogDoubtful, N: 1})
			return x.head, x.seen, nil
		}
		x.tree, x.partly = tree, true
	}
	for x.tree.Size() < x.head.Size {
		if err := x.page(min(x.tree.Size()+logPage, x.head.Size)); err != nil {
			return x.head, x.seen, err
		}
	}
	return x.head, x.seen, x.judge()
}

// logExam is one replay.
type logExam struct {
	view   View
	log    note.Verifier
	newest int64 // how many entries are looked at; 0: all
	each   func(Flaw)
	head   audit.Checkpoint
	tree   audit.Tree // of the entries as they are; where one is missing, of its stored hash
	partly bool       // the tree begins with stored hashes

	odd   []oddLeaf // entries whose hash is not the stored one
	rows  []int64   // stored rows that the tree as it is does not make
	forks []int64   // sizes of heads that sign another root
	lost  bool      // an entry and its stored hash are both missing
	seen  Extent
}

// An oddLeaf is an entry that hashes to something else than is stored for its place.
type oddLeaf struct {
	id  string
	pos int64
	own audit.Hash
}

// maxDoubts bounds what is remembered of a log that is wrong everywhere.
const maxDoubts = 1000

// A logged entry with the columns that repeat what its leaf says.
type logged struct {
	id, verb, actor, record, change string
	pos                             int64
	at                              time.Time
	leaf                            []byte
}

const loggedColumns = `e.id, e.at, e.verb, e.actor_id, e.record_id, e.change_id, e.leaf`

func scanLogged(row Row) (l logged, err error) {
	err = row.Scan(&l.pos, &l.id, &l.at, &l.verb, &l.actor, &l.record, &l.change, &l.leaf)
	return l, err
}

// faithful reports whether the columns say what the leaf says.
func (l logged) faithful() bool {
	e, err := audit.ParseLeaf(l.leaf)
	return err == nil && e.ID == l.id && e.At.Equal(l.at) && e.Verb == l.verb && e.Actor == l.actor && e.Record == l.record && e.Change == l.change
}

// unplaced looks at the entries that wait for the sequencer, and for those that nobody will
// ever place.
func (x *logExam) unplaced() error {
	const q = `SELECT -1, ` + loggedColumns + ` FROM entry_new n JOIN entry e ON e.id = n.entry_id ORDER BY n.entry_id LIMIT $1`
	waiting, err := list(x.view, "new entries", scanLogged, q, logPage)
	for _, l := range waiting {
		x.seen.Entries++
		if !l.faithful() {
			x.each(Flaw{Code: EntryEdited, Row: l.id, N: 1})
		}
	}
	if err != nil {
		return err
	}
	const gone = `SELECT n.entry_id FROM entry_new n LEFT JOIN entry e ON e.id = n.entry_id WHERE e.id IS NULL ORDER BY 1 LIMIT $1`
	if err := x.ids(EntryMissing, gone, maxDoubts); err != nil {
		return err
	}
	entries := `entry`
	if x.newest > 0 {
		entries = fmt.Sprintf(`(SELECT id FROM entry ORDER BY id DESC LIMIT %d)`, x.newest)
	}
	return x.ids(EntryUnplaced, `SELECT e.id FROM `+entries+` AS e LEFT JOIN entry_place p ON p.entry_id = e.id LEFT JOIN entry_new n ON n.entry_id = e.id
		WHERE p.pos IS NULL AND n.entry_id IS NULL ORDER BY 1 LIMIT $1`, maxDoubts)
}

// ids gives every row that q names.
func (x *logExam) ids(code, q string, args ...any) error {
	rows, err := scanIDs[string](x.view, q, args...)
	for _, id := range rows {
		x.each(Flaw{Code: code, Row: id, N: 1})
	}
	return err
}

// page replays the entries up to a place.
func (x *logExam) page(to int64) error {
	from := x.tree.Size()
	const q = `SELECT p.pos, ` + loggedColumns + ` FROM entry_place p JOIN entry e ON e.id = p.entry_id WHERE p.pos >= $1 AND p.pos < $2 ORDER BY p.pos`
	entries, err := list(x.view, "log", scanLogged, q, from, to)
	if err != nil {
		return err
	}
	stored, err := x.stored(from, to)
	if err != nil {
		return err
	}
	hashes := make([]audit.Hash, 0, to-from)
	for pos := from; pos < to; pos++ {
		if len(entries) > 0 && entries[0].pos == pos {
			hashes = append(hashes, x.entry(entries[0], stored))
			entries = entries[1:]
			continue
		}
		x.each(Flaw{Code: EntryMissing, Row: fmt.Sprint(pos), N: 1})
		hash, kept := stored.leaf(pos)
		x.lost = x.lost || !kept
		hashes = append(hashes, hash)
	}
	heads, err := list(x.view, "heads", scanHead, `SELECT size, note FROM checkpoint WHERE size > $1 AND size <= $2 ORDER BY size`, from, to)
	if err != nil {
		return err
	}
	for _, h := range heads {
		hashes = x.grow(hashes, min(h.size, to), stored)
		x.passed(h)
	}
	x.grow(hashes, to, stored)
	return nil
}

// entry answers the hash of an entry, and remembers one that is not the stored hash.
func (x *logExam) entry(l logged, stored hashRows) audit.Hash {
	x.seen.Entries++
	own := tlog.RecordHash(l.leaf)
	kept, ok := stored.leaf(l.pos)
	switch {
	case ok && kept != own && len(x.odd) < maxDoubts:
		x.odd = append(x.odd, oddLeaf{l.id, l.pos, own})
	case !l.faithful():
		x.each(Flaw{Code: EntryEdited, Row: l.id, N: 1})
	}
	return own
}

// grow puts hashes up to a place into the tree, and compares the rows that they make with
// the stored ones.
func (x *logExam) grow(hashes []audit.Hash, to int64, stored hashRows) []audit.Hash {
	n := to - x.tree.Size()
	var rows []audit.Row
	x.tree, rows = x.tree.Append(hashes[:n]...)
	for _, r := range rows {
		known := len(x.rows) > 0 && x.rows[len(x.rows)-1] == r.N
		if !known && len(x.rows) < maxDoubts && !bytes.HasPrefix(stored[r.N], r.Hashes) {
			x.rows = append(x.rows, r.N)
		}
	}
	return hashes[n:]
}

// judge says who is at fault: an entry, a stored hash, or more than one can tell.
func (x *logExam) judge() error {
	if x.tree.Root() == x.head.Root || x.head.Size == 0 {
		for _, n := range x.rows {
			x.each(Flaw{Code: LogRowEdited, Row: fmt.Sprint(n), N: 1})
		}
		for _, size := range x.forks {
			x.each(Flaw{Code: HeadEdited, Row: fmt.Sprint(size), N: 1})
		}
		return nil
	}
	for _, o := range x.odd {
		code, row := EntryEdited, o.id
		proof, err := audit.Inclusion(x.head.Size, o.pos, x.view.LogRows)
		if err == nil && proof.Check(x.head.Size, x.head.Root, o.pos, o.own) == nil {
			code, row = LogRowEdited, fmt.Sprint(tlog.StoredHashIndex(0, o.pos)/audit.RowHashes)
		}
		x.each(Flaw{Code: code, Row: row, N: 1})
	}
	switch {
	case len(x.odd) > 0 || x.lost:
	case x.partly:
		x.each(Flaw{Code: LogDoubtful, N: 1})
	default:
		x.each(Flaw{Code: LogAltered, Row: fmt.Sprint(x.head.Size), N: 1})
	}
	return nil
}

// hashRows are stored rows of hashes by their number.
type hashRows map[int64][]byte

// stored reads the rows in which the leaves from one place to another stand, and whatever
// their subtrees fill.
func (x *logExam) stored(from, to int64) (hashRows, error) {
	rows := hashRows{}
	first, last := tlog.StoredHashCount(from)/audit.RowHashes, tlog.StoredHashCount(to)/audit.RowHashes
	err := x.view.each("log rows", func(row Row) error {
		var n int64
		var hashes []byte
		err := row.Scan(&n, &hashes)
		rows[n] = hashes
		return err
	}, `SELECT n, hashes FROM log_row WHERE n >= $1 AND n <= $2`, first, last)
	return rows, err
}

// leaf answers the stored hash of the entry at a place.
func (h hashRows) leaf(pos int64) (hash audit.Hash, ok bool) {
	i := tlog.StoredHashIndex(0, pos)
	row, at := h[i/audit.RowHashes], int(i%audit.RowHashes)*tlog.HashSize
	if at+tlog.HashSize > len(row) {
		return hash, false
	}
	return audit.Hash(row[at : at+tlog.HashSize]), true
}
