package simulate

import (
	"bytes"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/change"
	"amend/fault"
)

// nothingLost: every entry that was committed is there as it was, every row that is never
// deleted is there, and so is whatever anybody was told is done (invariants 1 and 3).
func (f *finding) nothingLost() {
	stored := map[string][]byte{}
	rows, err := f.view.Rows(`SELECT id, leaf FROM entry`)
	if err != nil {
		f.broken(Program, "read the log: %v", err)
		return
	}
	for rows.Next() {
		var id string
		var leaf []byte
		if err := rows.Scan(&id, &leaf); err != nil {
			f.broken(Program, "read the log: %v", err)
		}
		stored[id] = leaf
	}
	for _, e := range f.ledger.entries {
		if leaf, is := stored[e.id]; !is || !bytes.Equal(leaf, e.leaf) {
			acked := ""
			if f.heard[e.id] {
				acked = ", and somebody was told that it is stored"
			}
			f.broken(1, "entry %s (%s) is lost or altered%s", e.id, e.verb, acked)
		}
	}
	if extra := len(stored) - len(f.ledger.entries); extra > 0 {
		f.broken(3, "%d entries were stored without their act", extra)
	}
	f.rowsKept()
}

// rowsKept: what an act wrote is there as a whole, or not at all.
func (f *finding) rowsKept() {
	for _, table := range []string{"change_request", "notice", "hold", "task", "challenge"} {
		rows, err := f.view.Rows(`SELECT id FROM ` + table)
		if err != nil {
			f.broken(Program, "read %s: %v", table, err)
			continue
		}
		n := 0
		for rows.Next() {
			var id string
			if rows.Scan(&id) == nil {
				n++
				if _, is := f.ledger.rows[table+" "+id]; !is {
					f.broken(3, "%s %s was stored without its act", table, id)
				}
			}
		}
		if want := f.ledger.count(table); n < want {
			f.broken(3, "%d of %d rows of %s are there", n, want, table)
		}
	}
}

// count is how many rows of a table were written.
func (l *ledger) count(table string) int {
	n := 0
	for name := range l.rows {
		if strings.HasPrefix(name, table+" ") {
			n++
		}
	}
	return n
}

// entriesEach: every act on a request has exactly one entry, and the request is what one of
// them carries (invariant 10).
func (f *finding) entriesEach() {
	entries, as, err := f.bodies()
	if err != nil {
		f.broken(Program, "count entries: %v", err)
		return
	}
	rows, err := f.view.Rows(`SELECT id, revision, entry FROM change_request`)
	if err != nil {
		f.broken(Program, "count entries: %v", err)
		return
	}
	for rows.Next() {
		var id, entry string
		var revision int64
		if err := rows.Scan(&id, &revision, &entry); err != nil {
			f.broken(Program, "count entries: %v", err)
		}
		if revision != entries[id] || as[entry] != id {
			f.broken(10, "request %s: %d acts, %d entries, and %q carries it as it is", id, revision, entries[id], as[entry])
		}
	}
}

// bodies counts the entries that carry a request, and answers whose body each entry carries.
func (f *finding) bodies() (entries map[string]int64, of map[string]string, err error) {
	entries, of = map[string]int64{}, map[string]string{}
	rows, err := f.view.Rows(`SELECT id, change_id FROM entry WHERE body IS NOT NULL`)
	if err != nil {
		return nil, nil, err
	}
	for rows.Next() {
		var id, change string
		if err := rows.Scan(&id, &change); err != nil {
			return nil, nil, err
		}
		entries[change]++
		of[id] = change
	}
	return entries, of, nil
}

// ordered: whatever clocks said, the log holds every record's chain in order, and its
// leaves make the newest signed head (invariants 12 and 14).
func (f *finding) ordered() {
	leaves, err := f.view.Leaves(0, 1<<20)
	if err != nil {
		f.broken(Program, "read the log: %v", err)
		return
	}
	if n := len(f.ledger.entries); len(leaves) != n {
		f.broken(Rest, "%d of %d entries have a place in the log", len(leaves), n)
	}
	var replay audit.Replay
	place := map[string]int{}
	for i, l := range leaves {
		place[l.ID] = i
		if err := replay.Add(l.Leaf); err != nil {
			f.broken(12, "entry %s at %d: %v", l.ID, i, err)
		}
	}
	last := map[string]string{}
	for _, e := range f.ledger.entries {
		if len(e.effects) == 0 {
			continue
		}
		if e.prev != last[e.record] || e.prev != "" && place[e.prev] > place[e.id] {
			f.broken(12, "entry %s follows %q in its record and is committed after %q", e.id, e.prev, last[e.record])
		}
		last[e.record] = e.id
	}
	f.signed(&replay)
}

// signed: the newest head is signed, and commits to exactly these leaves.
func (f *finding) signed(replay *audit.Replay) {
	verifier, err := f.verifier()
	if err != nil {
		f.broken(14, "the log's key: %v", err)
		return
	}
	_, signed, err := f.view.Head()
	if err == nil {
		var head audit.Checkpoint
		if head, _, err = audit.OpenCheckpoint([]byte(signed), verifier); err == nil {
			err = replay.Match(head)
		}
	}
	if err != nil {
		f.broken(14, "the newest head: %v", err)
	}
}

func (f *finding) verifier() (note.Verifier, error) {
	public, err := f.view.Meta("log_public_key")
	if err != nil {
		return nil, err
	}
	return note.NewVerifier(strings.TrimSpace(public))
}

// headsHold: the log only ever grew: every head that somebody kept is a prefix of the
// newest, and entries whose key was destroyed are still proven (invariant 14).
func (f *finding) headsHold() {
	verifier, err := f.verifier()
	if err != nil || len(f.heads) == 0 {
		return
	}
	newest, _, err := audit.OpenCheckpoint([]byte(f.heads[len(f.heads)-1]), verifier)
	if err != nil {
		f.broken(14, "the newest head: %v", err)
		return
	}
	for _, signed := range f.heads[:len(f.heads)-1] {
		old, _, err := audit.OpenCheckpoint([]byte(signed), verifier)
		if err == nil {
			var proof audit.Proof
			if proof, err = audit.Consistency(old.Size, newest.Size, f.view.LogRows); err == nil {
				err = proof.Extends(old, newest)
			}
		}
		if err != nil {
			f.broken(14, "a head of %d is no prefix of the log: %v", old.Size, err)
		}
	}
	f.stillProven(newest)
}

// stillProven: an entry whose words are gone has its place in the log as before.
func (f *finding) stillProven(head audit.Checkpoint) {
	for _, e := range f.ledger.entries {
		if e.verb != "forget" {
			continue
		}
		leaf, err := f.view.LogLeaf(e.id)
		if err == nil && leaf.Pos < head.Size {
			var proof audit.Proof
			if proof, err = audit.Inclusion(head.Size, leaf.Pos, f.view.LogRows); err == nil {
				var parsed audit.Entry
				if parsed, err = audit.ParseLeaf(e.leaf); err == nil {
					err = proof.Check(head.Size, head.Root, leaf.Pos, parsed.Hash())
				}
			}
		}
		if err != nil {
			f.broken(14, "entry %s of a forgotten request: %v", e.id, err)
		}
	}
}

// unopened: a request can be unreadable for one reason: it was for a record that never came
// to be, and its key was destroyed.
func (f *finding) unopened(id string, err error) {
	for _, e := range f.ledger.entries {
		if e.change == id && e.verb == "forget" && fault.KindOf(err) == fault.NotFound {
			return
		}
	}
	f.broken(1, "request %s cannot be read: %v", id, err)
}

// forgot: what was filed for a record that never came to be is unreadable for ever
// (invariant 14).
func (f *finding) forgot() {
	for _, e := range f.ledger.entries {
		if e.verb != "forget" {
			continue
		}
		if _, readable := f.byID[e.change]; readable {
			f.broken(14, "request %s was forgotten and can be read", e.change)
		}
		for _, n := range f.nodes { // whatever they remember
			if _, err := n.store.View(f.ctx).Change(change.ID(e.change)); fault.KindOf(err) != fault.NotFound {
				f.broken(14, "request %s was forgotten and node %d can read it", e.change, n.number)
			}
		}
	}
}
