package store

import (
	"errors"
	"fmt"
	"slices"

	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// An Entry is one act for the log, with what it did to its record.
type Entry struct {
	audit.Entry
	Effects []customer.SealedEffect // empty if it altered no record
}

// Append writes e. Its place in the tree comes later, from the sequencer. An entry that
// alters a record carries the hash of the one that altered it before.
func (tx *Tx) Append(e Entry) error {
	var effects []byte
	var prev string
	if len(e.Effects) > 0 {
		e.Alters = true
		effects = customer.EncodeEffects(e.Effects)
		prev = tx.altered[customer.ID(e.Record)]
	}
	if prev != "" {
		hash, err := tx.leafHash(prev)
		if err != nil {
			return err
		}
		e.Prev = hash
	}
	leaf := e.Leaf()
	tx.remember(e.ID, leaf)
	const q = `INSERT INTO entry (id, at, verb, actor_id, record_id, change_id, leaf, prev_id, effects, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
	tx.Exec(q, e.ID, e.At, e.Verb, e.Actor, e.Record, e.Change, leaf, orNull(prev), effects, e.Body)
	tx.Exec(`INSERT INTO entry_new (entry_id) VALUES ($1)`, e.ID)
	tx.Wake()
	return nil
}

// leafHash answers the hash of an entry that is stored, or queued by this very verb.
func (tx *Tx) leafHash(entry string) (audit.Hash, error) {
	leaf, known := tx.leaves[entry]
	if !known {
		if err := tx.Row(`SELECT leaf FROM entry WHERE id = $1`, entry).Scan(&leaf); err != nil {
			return audit.Hash{}, fmt.Errorf("read entry %s: %w", entry, err)
		}
	}
	e, err := audit.ParseLeaf(leaf)
	if err != nil {
		return audit.Hash{}, fmt.Errorf("entry %s: %w", entry, err)
	}
	return e.Hash(), nil
}

func (tx *Tx) remember(entry string, leaf []byte) {
	if tx.leaves == nil {
		tx.leaves = map[string][]byte{}
	}
	tx.leaves[entry] = leaf
}

// A Leaf is an entry as the sequencer and the proofs see it.
type Leaf struct {
	ID   string
	Pos  int64 // -1: not in the tree yet
	Leaf []byte
	Prev string // id of the entry that altered the record before, "" for none
}

// Unsequenced answers entries that have no place in the tree yet, oldest id first.
func (v View) Unsequenced(limit int) ([]Leaf, error) {
	return list(v, "new entries", func(row Row) (Leaf, error) {
		l := Leaf{Pos: -1}
		err := row.Scan(&l.ID, &l.Leaf, &l.Prev)
		return l, err
	}, `SELECT e.id, e.leaf, COALESCE(e.prev_id, '') FROM (SELECT entry_id FROM entry_new ORDER BY entry_id LIMIT $1) AS n
		CROSS JOIN entry e WHERE e.id = n.entry_id ORDER BY n.entry_id`, limit) // CROSS: SQLite would go through every entry in order
}

// Unplaced answers which of entries have no place in the tree yet.
func (v View) Unplaced(entries []string) (map[string]bool, error) {
	unplaced := map[string]bool{}
	err := among(v, "new entries", func(row Row) error {
		var id string
		err := row.Scan(&id)
		unplaced[id] = true
		return err
	}, `SELECT entry_id FROM entry_new WHERE entry_id`, entries)
	return unplaced, err
}

// Leaves answers sequenced entries from position from on, in order of the tree.
func (v View) Leaves(from int64, limit int) ([]Leaf, error) {
	return list(v, "log", scanLeaf, `SELECT e.id, p.pos, e.leaf FROM entry_place p JOIN entry e ON e.id = p.entry_id WHERE p.pos >= $1 ORDER BY p.pos LIMIT $2`, from, limit)
}

func scanLeaf(row Row) (Leaf, error) {
	var l Leaf
	err := row.Scan(&l.ID, &l.Pos, &l.Leaf)
	return l, err
}

// LogLeaf answers one entry's leaf and its place, -1 while it waits for the sequencer.
func (v View) LogLeaf(entry string) (Leaf, error) {
	l, err := scanLeaf(v.Row(`SELECT e.id, COALESCE(p.pos, -1), e.leaf FROM entry e LEFT JOIN entry_place p ON p.entry_id = e.id WHERE e.id = $1`, entry))
	if errors.Is(err, ErrNoRow) {
		return l, noEntry(entry)
	}
	if err != nil {
		return l, fmt.Errorf("read entry %s: %w", entry, err)
	}
	return l, nil
}

// LogRows reads rows of stored hashes by number; it is what audit's proofs read from.
func (v View) LogRows(numbers []int64) ([][]byte, error) {
	rows := make(map[int64][]byte, len(numbers))
	for chunk := range slices.Chunk(numbers, spread) {
		keys := make([]any, len(chunk))
		for i, n := range chunk {
			keys[i] = n
		}
		err := v.each("log rows", func(row Row) error {
			var n int64
			var hashes []byte
			err := row.Scan(&n, &hashes)
			rows[n] = hashes
			return err
		}, `SELECT n, hashes FROM log_row WHERE n IN `+placeholders(1, len(keys)), keys...)
		if err != nil {
			return nil, err
		}
	}
	out := make([][]byte, len(numbers))
	for i, n := range numbers {
		out[i] = rows[n]
	}
	return out, nil
}

// Head answers the newest checkpoint: its size and its signed note, 0 and "" for an empty log.
func (v View) Head() (size int64, note string, err error) {
	err = v.Row(`SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1`).Scan(&size, &note)
	if errors.Is(err, ErrNoRow) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("read log head: %w", err)
	}
	return size, note, nil
}

// Sequence gives leaves their places from size on, with the rows of hashes and the
// checkpoint that they make. The checkpoint of another sequencer for the same size refuses
// the whole batch as Stale; an entry that has a place, or a place that has an entry, as Duplicate.
func (tx *Tx) Sequence(size int64, leaves []Leaf, rows []audit.Row, note string) {
	const q = `INSERT INTO checkpoint (size, note, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	tx.One(Stale, q, size+int64(len(leaves)), note, tx.Now())
	places, ids := make([][]any, len(leaves)), make([]any, len(leaves))
	for i, l := range leaves {
		places[i], ids[i] = []any{size + int64(i), l.ID}, l.ID
	}
	tx.Insert(`INSERT INTO entry_place (pos, entry_id)`, places)
	tx.Among(`DELETE FROM entry_new WHERE entry_id`, ids)
	for _, r := range rows {
		tx.Exec(`INSERT INTO log_row (n, hashes) VALUES ($1, $2) ON CONFLICT (n) DO UPDATE SET hashes = excluded.hashes`, r.N, r.Hashes)
	}
}

// Cosign keeps the head's note with a witness's signature beside the log's.
func (tx *Tx) Cosign(size int64, note string) {
	tx.Exec(`UPDATE checkpoint SET note = $2 WHERE size = $1`, size, note)
}

// LeavesOf answers every entry about a request, oldest first.
func (v View) LeavesOf(id change.ID) ([]Leaf, error) {
	return list(v, "log", scanLeaf, `SELECT e.id, COALESCE(p.pos, -1), e.leaf FROM entry e LEFT JOIN entry_place p ON p.entry_id = e.id
		WHERE e.change_id = $1 AND e.change_id <> '' ORDER BY e.at, e.id`, id)
}

func noEntry(id string) error { return fault.New(fault.NotFound, "no_entry", "entry", id) }
