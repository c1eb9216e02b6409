package audit_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"amend/audit"
)

// evidence is what an auditor is handed: the leaves, the rows and the signed head.
type evidence struct {
	memory
	head []byte
}

// audited reads the whole log again, and then asks the witness, if there is one, whether
// the head extends the one it kept.
func audited(e *evidence, log party, witness *audit.Witness, kept []byte) error {
	head, _, err := audit.OpenCheckpoint(e.head, log.Verifier)
	if err != nil {
		return err
	}
	var r audit.Replay
	for _, leaf := range e.leaves {
		if err := r.Add(leaf); err != nil {
			return err
		}
	}
	if err := r.Match(head); err != nil {
		return err
	}
	if witness == nil {
		return nil
	}
	old, _, err := audit.OpenCheckpoint(kept, log.Verifier)
	if err != nil {
		return err
	}
	p, err := audit.Consistency(old.Size, head.Size, e.read)
	if err != nil {
		return err
	}
	_, err = witness.Update(kept, e.head, p)
	return err
}

// rechain makes every predecessor right again, as a careful forger would, and rebuilds the tree.
func rechain(entries []audit.Entry) memory {
	last := make(map[string]audit.Hash)
	for i, e := range entries {
		if e.Alters {
			entries[i].Prev = last[e.Record]
			last[e.Record] = entries[i].Hash()
		}
	}
	var m memory
	m.append(entries...)
	return m
}

func parsed(t *testing.T, leaves [][]byte) []audit.Entry {
	var entries []audit.Entry
	for _, l := range leaves {
		e, err := audit.ParseLeaf(l)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	return entries
}

// altered gives the entries with one of them changed.
func altered(t *testing.T, e *evidence, rnd *rand.Rand) []audit.Entry {
	entries := parsed(t, e.leaves)
	i := rnd.IntN(len(entries))
	entries[i].Actor = "nobody"
	return entries
}

// attacks are the eight ways to tamper. A log that only its own key vouches for cannot
// show the last two: whoever holds the key signs whatever they like.
var attacks = []struct {
	name     string
	alone    bool // found without a witness
	tampered func(t *testing.T, e *evidence, log party, rnd *rand.Rand)
}{
	{"edit", true, func(t *testing.T, e *evidence, _ party, rnd *rand.Rand) {
		for i, entry := range altered(t, e, rnd) {
			e.leaves[i] = entry.Leaf()
		}
	}},
	{"delete", true, func(_ *testing.T, e *evidence, _ party, rnd *rand.Rand) {
		i := rnd.IntN(len(e.leaves))
		e.leaves = slices.Delete(e.leaves, i, i+1)
	}},
	{"swap", true, func(_ *testing.T, e *evidence, _ party, rnd *rand.Rand) {
		i := rnd.IntN(len(e.leaves) - 1)
		e.leaves[i], e.leaves[i+1] = e.leaves[i+1], e.leaves[i]
	}},
	{"insert", true, func(_ *testing.T, e *evidence, _ party, rnd *rand.Rand) {
		i := rnd.IntN(len(e.leaves) + 1)
		e.leaves = slices.Insert(e.leaves, i, audit.Entry{ID: "x", Verb: "approve", Actor: "nobody"}.Leaf())
	}},
	{"re-chain without key", true, func(t *testing.T, e *evidence, log party, rnd *rand.Rand) {
		e.memory = rechain(altered(t, e, rnd))
		_, e.head = e.memory.head(t, newParty(t, log.Name(), 99), clock)
	}},
	{"torn tail", true, func(_ *testing.T, e *evidence, _ party, rnd *rand.Rand) {
		e.leaves = e.leaves[:len(e.leaves)-1-rnd.IntN(5)]
	}},
	{"truncate and re-sign", false, func(t *testing.T, e *evidence, log party, rnd *rand.Rand) {
		e.memory = rechain(parsed(t, e.leaves[:len(e.leaves)-1-rnd.IntN(5)]))
		_, e.head = e.memory.head(t, log, clock.Add(time.Hour))
	}},
	{"rewrite and re-sign", false, func(t *testing.T, e *evidence, log party, rnd *rand.Rand) {
		entries := altered(t, e, rnd)
		e.memory = rechain(append(entries, life(rnd.IntN(3))...))
		_, e.head = e.memory.head(t, log, clock.Add(time.Hour))
	}},
}

func TestEightAttacksSixtyTimesEach(t *testing.T) {
	const rounds = 60
	log, w := newParty(t, "log", 1), newParty(t, "witness", 2)
	witness := newWitness(w, log)
	for _, a := range attacks {
		found := map[bool]int{}
		for round := range rounds {
			rnd := rand.New(rand.NewPCG(uint64(round), 8))
			for _, witnessed := range []bool{false, true} {
				e := &evidence{}
				e.append(life(20 + rnd.IntN(60))...)
				_, e.head = e.memory.head(t, log, clock)
				kept, err := witness.Update(nil, e.head, nil)
				if err != nil {
					t.Fatal(err)
				}
				asked := &witness
				if !witnessed {
					asked = nil
				}
				if err := audited(e, log, asked, kept); err != nil {
					t.Fatalf("the honest log: %v", err)
				}
				a.tampered(t, e, log, rnd)
				if audited(e, log, asked, kept) != nil {
					found[witnessed]++
				}
			}
		}
		want := map[bool]int{true: rounds, false: 0}
		if a.alone {
			want[false] = rounds
		}
		t.Logf("%-22s found alone %2d/%d, with a witness %2d/%d", a.name, found[false], rounds, found[true], rounds)
		if found[false] != want[false] || found[true] != want[true] {
			t.Errorf("%s: found %v, want %v", a.name, found, want)
		}
	}
}

func TestReplayNamesTheRecordWhoseChainIsBroken(t *testing.T) {
	entries := life(60)
	var r audit.Replay
	for i, e := range entries {
		if i == 1 { // the first alteration of rec1 never happened
			continue
		}
		err := r.Add(e.Leaf())
		if e.Record == "rec1" && e.Alters {
			if want := "chain_broken"; fmt.Sprint(err) != want {
				t.Fatalf("got %v, want %s", err, want)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the gap was never noticed")
}
