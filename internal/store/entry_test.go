package store_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

// act stores an entry that alters nothing.
func (v vault) act(id, verb, changeID string) {
	v.t.Helper()
	v.do(func(tx *store.Tx) error {
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Change = id, tx.Now(), verb, "ada", changeID
		return tx.Append(e)
	})
}

func TestLogEntryIsFinal(t *testing.T) {
	for name, edit := range map[string]string{
		"deleted": `DELETE FROM entry`,
		"verb":    `UPDATE entry SET verb = 'other'`,
		"leaf":    `UPDATE entry SET leaf = body`,
		"effects": `UPDATE entry SET effects = NULL`,
		"body":    `UPDATE entry SET body = leaf`,
		"chain":   `UPDATE entry SET prev_id = 'other'`,
		"renamed": `UPDATE entry SET id = 'other'`,
		"nothing": `UPDATE entry SET verb = verb`,
	} {
		t.Run(name, func(t *testing.T) {
			eachVault(t, func(t *testing.T, v vault) {
				v.xiaofang()
				before := v.dump("entry")
				err := v.Write(t.Context(), "", func(tx *store.Tx) error { tx.Exec(edit); return nil })
				if err == nil {
					t.Error("the log was edited")
				}
				if v.dump("entry") != before {
					t.Error("the log is another")
				}
			})
		})
	}
}

func TestEntryGetsItsPlaceOnce(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.act("a", "ask", "")
		v.act("b", "ask", "")
		run := func(q string) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error { tx.Exec(q); return nil })
		}
		if err := run(`INSERT INTO entry_place (pos, entry_id) VALUES (0, 'a')`); err != nil {
			t.Fatal(err)
		}
		for what, q := range map[string]string{
			"an entry has two places":  `INSERT INTO entry_place (pos, entry_id) VALUES (1, 'a')`,
			"two entries at one place": `INSERT INTO entry_place (pos, entry_id) VALUES (0, 'b')`,
			"an entry moved":           `UPDATE entry_place SET pos = 1`,
			"a place is another's":     `UPDATE entry_place SET entry_id = 'b'`,
			"a place was given up":     `DELETE FROM entry_place`,
		} {
			if run(q) == nil {
				t.Error(what)
			}
		}
	})
}

func TestEntriesOfARequestComeOldestFirst(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.act("a", "propose", "c1")
		v.clock.add(time.Second)
		v.act("b", "prove", "c1")
		v.clock.add(time.Second)
		v.act("0", "prove", "c1") // a clock that went back: ids do not decide
		v.act("x", "prove", "c2")
		leaves, err := v.view().LeavesOf("c1")
		var ids []string
		for _, l := range leaves {
			ids = append(ids, l.ID)
			if e, err := audit.ParseLeaf(l.Leaf); err != nil || e.ID != l.ID || l.Pos != -1 {
				t.Errorf("%+v: %v at %d", e, err, l.Pos)
			}
		}
		if err != nil || !slices.Equal(ids, []string{"a", "b", "0"}) {
			t.Errorf("%v %v", ids, err)
		}
		if _, err := v.view().LogLeaf("nobody"); fault.CodeOf(err) != "no_entry" {
			t.Errorf("got %v", err)
		}
	})
}

// A sequencer places entries as the desk does, with a log key of its own.
type sequencer struct {
	vault
	signer note.Signer
	public string
}

func newSequencer(v vault) sequencer {
	v.t.Helper()
	secret, public, err := audit.NewLogKey(rand.Reader, "amend.example.com/log")
	if err != nil {
		v.t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		v.t.Fatal(err)
	}
	return sequencer{v, signer, public}
}

// batch makes what a verb needs to place leaves behind size.
func (s sequencer) batch(size int64, leaves []store.Leaf) ([]audit.Row, string) {
	s.t.Helper()
	tree, err := audit.OpenTree(size, s.view().LogRows)
	if err != nil {
		s.t.Fatal(err)
	}
	var hashes []audit.Hash
	for _, l := range leaves {
		e, err := audit.ParseLeaf(l.Leaf)
		if err != nil {
			s.t.Fatal(err)
		}
		hashes = append(hashes, e.Hash())
	}
	next, rows := tree.Append(hashes...)
	head, err := audit.Checkpoint{Origin: s.signer.Name(), Size: next.Size(), Root: next.Root(), At: s.Now()}.Sign(s.signer)
	if err != nil {
		s.t.Fatal(err)
	}
	return rows, string(head)
}

func (s sequencer) place(leaves []store.Leaf) {
	s.t.Helper()
	size, _, err := s.view().Head()
	if err != nil {
		s.t.Fatal(err)
	}
	rows, head := s.batch(size, leaves)
	s.do(func(tx *store.Tx) error { tx.Sequence(size, leaves, rows, head); return nil })
}

func (s sequencer) fresh(limit int) []store.Leaf {
	s.t.Helper()
	leaves, err := s.view().Unsequenced(limit)
	if err != nil {
		s.t.Fatal(err)
	}
	return leaves
}

// replay reads the whole log again, in pages, and compares it with its head.
func (s sequencer) replay() error {
	var r audit.Replay
	for {
		page, err := s.view().Leaves(r.Size(), 3)
		if err != nil || len(page) == 0 {
			break
		}
		for _, l := range page {
			if l.Pos != r.Size() {
				return fmt.Errorf("%s is at %d, not %d", l.ID, l.Pos, r.Size())
			}
			if err := r.Add(l.Leaf); err != nil {
				return err
			}
		}
	}
	_, signed, err := s.view().Head()
	if err != nil {
		return err
	}
	key, err := note.NewVerifier(s.public)
	if err != nil {
		return err
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), key)
	if err != nil {
		return err
	}
	return r.Match(head)
}

func TestSequencedLogReplaysAndEveryEntryIsProven(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		s := newSequencer(v)
		a, b := v.xiaofang(), v.xiaofang()
		for i := range 4 {
			v.clock.add(time.Second)
			v.alter(a.ID, set("phone", customer.Content(fmt.Sprint("+861390013900", i))))
			v.alter(b.ID, set("phone", customer.Content(fmt.Sprint("+861380013800", i))))
		}
		for len(s.fresh(1)) > 0 {
			s.place(s.fresh(4)) // batches of four
		}
		if err := s.replay(); err != nil {
			t.Error(err)
		}
		size, _, err := v.view().Head()
		if err != nil || size != 10 {
			t.Fatalf("size %d, %v", size, err)
		}
		leaves, _ := v.view().Leaves(0, 100)
		for _, l := range leaves {
			if _, err := audit.Inclusion(size, l.Pos, v.view().LogRows); err != nil {
				t.Errorf("entry at %d: %v", l.Pos, err)
			}
		}
		v.rebuilds(2)
	})
}

func TestEntriesThatCommitAgainstTheOrderOfTheirIdsKeepEachRecordsChain(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		s := newSequencer(v)
		rec := v.xiaofang()
		for _, id := range []string{"zz", "yy", "xx"} { // a node whose clock goes back
			v.do(func(tx *store.Tx) error {
				if _, err := tx.Record(rec.ID); err != nil {
					return err
				}
				var e store.Entry
				e.ID, e.At, e.Verb, e.Actor, e.Record = id, tx.Now(), "apply", "system", string(rec.ID)
				sealed, _, err := tx.Alter(rec.ID, []customer.Effect{set("phone", customer.Content("+86139001390"+id))}, id)
				e.Effects = sealed
				if err != nil {
					return err
				}
				return tx.Append(e)
			})
		}
		leaves := s.fresh(9)
		ordered := leaves[:1:1] // the creation has the smallest id
		for _, id := range []string{"zz", "yy", "xx"} {
			i := slices.IndexFunc(leaves, func(l store.Leaf) bool { return l.ID == id })
			if leaves[i].Prev != ordered[len(ordered)-1].ID {
				t.Errorf("%s follows %s", id, leaves[i].Prev)
			}
			ordered = append(ordered, leaves[i])
		}
		s.place(ordered)
		if err := s.replay(); err != nil {
			t.Error(err)
		}
		v.rebuilds(1)
		if rec := v.record(rec.ID); rec.Get("phone") != "+86139001390xx" || rec.Version != 4 {
			t.Errorf("version %d: %s", rec.Version, rec.Get("phone"))
		}
	})
}

func TestOfTwoSequencersOneWins(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		s := newSequencer(v)
		v.xiaofang()
		v.xiaofang()
		leaves := s.fresh(9)
		rowsA, headA := s.batch(0, leaves)
		rowsB, headB := s.batch(0, []store.Leaf{leaves[1]})
		s.do(func(tx *store.Tx) error { tx.Sequence(0, leaves, rowsA, headA); return nil })
		s.refused("duplicate", func(tx *store.Tx) error { tx.Sequence(0, []store.Leaf{leaves[1]}, rowsB, headB); return nil })
		s.refused("stale", func(tx *store.Tx) error { tx.Sequence(0, leaves, rowsA, headA); return nil })
		v.act("meanwhile", "ask", "") // somebody who saw only what the winner did not, and takes the winner's places
		s.refused("duplicate", func(tx *store.Tx) error { tx.Sequence(0, s.fresh(9), rowsB, headB); return nil })
		if size, note, err := v.view().Head(); size != 2 || note != headA || err != nil {
			t.Errorf("the head moved: %d %v", size, err)
		}
		if err := s.replay(); err != nil {
			t.Error(err)
		}
		s.do(func(tx *store.Tx) error { tx.Cosign(2, headA+"\n— witness"); return nil })
		if _, note, _ := v.view().Head(); !strings.HasSuffix(note, "— witness") {
			t.Error("the witness's signature is not kept")
		}
	})
}

func TestEmptyLogHasNoHead(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		if size, note, err := v.view().Head(); size != 0 || note != "" || err != nil {
			t.Errorf("%d %q %v", size, note, err)
		}
		if got, err := v.view().LeavesOf(change.ID("nobody")); len(got) != 0 || err != nil {
			t.Errorf("%v %v", got, err)
		}
	})
}
