package audit_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"amend/audit"
	"amend/fault"
)

// example is the entry of the worked example in docs/log-format.md.
func example() audit.Entry {
	return audit.Entry{
		ID: "e1", At: time.UnixMicro(1763796600000000).UTC(), Verb: "apply", Actor: "system", Sort: "system",
		Record: "r1", Change: "c1", Alters: true,
		Facts:   []audit.Fact{{Name: "version", Value: "2"}},
		Commits: []audit.Commitment{audit.Commit(salt(7), "phone/now", "+8613900009000")},
	}
}

func TestWrittenFormatGivesTheLeafThatTheProgramMakes(t *testing.T) {
	doc, err := os.ReadFile("../docs/log-format.md")
	if err != nil {
		t.Fatal(err)
	}
	e := example()
	h := e.Hash()
	for what, want := range map[string]string{
		"leaf": hex.EncodeToString(e.Leaf()), "leaf hash": hex.EncodeToString(h[:]),
		"commitment": hex.EncodeToString(e.Commits[0].Hash[:]),
	} {
		flat := strings.Join(strings.Fields(string(doc)), "")
		if !strings.Contains(flat, want) {
			t.Errorf("docs/log-format.md does not give the %s %s", what, want)
		}
	}
}

func TestLeafIsTheSameWhateverTheOrderOfFacts(t *testing.T) {
	a, b := example(), example()
	a.Facts = []audit.Fact{{Name: "b", Value: "2"}, {Name: "a", Value: "1"}, {Name: "b", Value: "2"}}
	b.Facts = []audit.Fact{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}
	if a.Hash() != b.Hash() {
		t.Fatal("the order of facts changes the hash")
	}
	if a.Facts[0].Name != "b" {
		t.Fatal("Leaf sorted its caller's facts")
	}
}

func TestBodyIsNoPartOfTheLeaf(t *testing.T) {
	a, b := example(), example()
	b.Body = []byte("sealed")
	if a.Hash() != b.Hash() {
		t.Fatal("erasing the body would break the proofs")
	}
}

func TestEveryFieldMovesTheHash(t *testing.T) {
	for name, alter := range map[string]func(*audit.Entry){
		"id": func(e *audit.Entry) { e.ID = "e2" }, "at": func(e *audit.Entry) { e.At = e.At.Add(time.Microsecond) },
		"verb": func(e *audit.Entry) { e.Verb = "revert" }, "actor": func(e *audit.Entry) { e.Actor = "u1" },
		"sort": func(e *audit.Entry) { e.Sort = "staff" }, "record": func(e *audit.Entry) { e.Record = "r2" },
		"change": func(e *audit.Entry) { e.Change = "c2" }, "alters": func(e *audit.Entry) { e.Alters = false },
		"fact":       func(e *audit.Entry) { e.Facts[0].Value = "3" },
		"moved text": func(e *audit.Entry) { e.Verb, e.Actor = "apply"+"s", "ystem" },
		"commitment": func(e *audit.Entry) { e.Commits[0].Hash[31] ^= 1 },
		"prev":       func(e *audit.Entry) { e.Prev[0] = 1 },
	} {
		e := example()
		if alter(&e); e.Hash() == example().Hash() {
			t.Errorf("%s does not move the hash", name)
		}
	}
}

func TestPredecessorImpliesAnAlteration(t *testing.T) {
	e := example()
	e.Alters, e.Prev = false, audit.Hash{1}
	got, err := audit.ParseLeaf(e.Leaf())
	if err != nil || !got.Alters {
		t.Fatalf("got %+v, %v", got, err)
	}
}

func TestLeafRefusesWhatWasNotWrittenThatWay(t *testing.T) {
	good := example().Leaf()
	unsorted := bytes.Replace(good, []byte("version"), []byte("zersion"), 1)
	if _, err := audit.ParseLeaf(unsorted); err != nil {
		t.Fatal("one fact is always sorted")
	}
	two := example()
	two.Facts = []audit.Fact{{Name: "a", Value: "x"}, {Name: "b", Value: "x"}}
	swapped := bytes.Replace(bytes.Replace(two.Leaf(), []byte("\x01a"), []byte("\x01c"), 1), []byte("\x01b"), []byte("\x01a"), 1)
	badFlag := bytes.Clone(good)
	badFlag[len(badFlag)-33] = 2
	for name, leaf := range map[string][]byte{
		"empty": nil, "header only": good[:14], "torn": good[:len(good)-1], "trailing": append(bytes.Clone(good), 0),
		"other version": append([]byte("amend.leaf.v2\n"), good[14:]...), "unsorted facts": swapped, "flag of 2": badFlag,
		"huge count": append(bytes.Clone(good[:14]), 0xff, 0xff, 0xff, 0xff),
	} {
		if _, err := audit.ParseLeaf(leaf); fault.CodeOf(err) != "bad_leaf" {
			t.Errorf("%s: got %v, want bad_leaf", name, err)
		}
	}
}

func TestLeafReadsBackAsTheEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawEntry(t)
		got, err := audit.ParseLeaf(want.Leaf())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Leaf(), want.Leaf()) || got.ID != want.ID || !got.At.Equal(want.At) || got.Prev != want.Prev {
			t.Fatal(cmp.Diff(want, got))
		}
	})
}

func drawEntry(t *rapid.T) audit.Entry {
	text := rapid.String()
	e := audit.Entry{
		ID: text.Draw(t, "id"), At: time.UnixMicro(rapid.Int64().Draw(t, "at")),
		Verb: text.Draw(t, "verb"), Actor: text.Draw(t, "actor"), Sort: text.Draw(t, "sort"),
		Record: text.Draw(t, "record"), Change: text.Draw(t, "change"), Alters: rapid.Bool().Draw(t, "alters"),
	}
	for range rapid.IntRange(0, 4).Draw(t, "facts") {
		e.Facts = append(e.Facts, audit.Fact{Name: text.Draw(t, "name"), Value: text.Draw(t, "value")})
	}
	for range rapid.IntRange(0, 4).Draw(t, "commits") {
		e.Commits = append(e.Commits, audit.Commit(salt(1), text.Draw(t, "commit"), text.Draw(t, "content")))
	}
	if e.Alters {
		e.Prev[0] = rapid.Byte().Draw(t, "prev")
	}
	return e
}

func FuzzParseLeaf(f *testing.F) {
	f.Add(example().Leaf())
	f.Add([]byte("amend.leaf.v1\n\x00\x00\x00\x02e1"))
	f.Fuzz(func(t *testing.T, leaf []byte) {
		e, err := audit.ParseLeaf(leaf)
		if err == nil && !bytes.Equal(e.Leaf(), leaf) {
			t.Fatalf("%x reads as %+v, which is written %x", leaf, e, e.Leaf())
		}
	})
}

func TestCommitmentOpensOnlyWithItsSaltNameAndContent(t *testing.T) {
	o := audit.Opening{Name: "phone/now", Salt: salt(1), Content: "+8613900009000"}
	want := audit.Commit(salt(1), "phone/now", "+8613900009000")
	if o.Commitment() != want {
		t.Fatal("the opening does not open its commitment")
	}
	for name, other := range map[string]audit.Opening{
		"salt":     {Name: o.Name, Salt: salt(2), Content: o.Content},
		"name":     {Name: "phone/was", Salt: o.Salt, Content: o.Content},
		"content":  {Name: o.Name, Salt: o.Salt, Content: "+8613900009001"},
		"boundary": {Name: o.Name + "+", Salt: o.Salt, Content: o.Content[1:]},
	} {
		if other.Commitment().Hash == want.Hash {
			t.Errorf("another %s opens it too", name)
		}
	}
}
