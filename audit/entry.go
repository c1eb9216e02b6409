package audit

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"amend/fault"
)

// leafHeader opens every leaf and names its version.
const leafHeader = "amend.leaf.v1\n"

// Entry is one act as the log keeps it. Everything but the body is public to whoever
// holds the log, so nothing here is personal: ids, codes, counts and commitments only.
type Entry struct {
	ID      string
	At      time.Time // microsecond precision; order never depends on it
	Verb    string    // what happened: propose, prove, approve, apply, deliver …
	Actor   string    // id of who did it
	Sort    string    // sort of actor: staff, client, customer, system
	Record  string    // id of the record it is about, or empty
	Change  string    // id of the request it is about, or empty
	Facts   []Fact
	Commits []Commitment
	Alters  bool   // whether it changed the record
	Prev    Hash   // hash of the entry that changed the record before this one; zero if this is the first, or alters nothing
	Body    []byte // sealed, opaque here, and not part of the leaf: destroying its key leaves every proof valid
}

// A Fact is one public thing about an entry. The facts of an entry are a set.
type Fact struct {
	Name  string
	Value string
}

// Leaf is the bytes that the log commits to, in the format of docs/log-format.md.
// Facts and commitments are sorted and duplicates dropped, so equal entries have equal leaves.
func (e Entry) Leaf() []byte {
	var w writer
	w.raw([]byte(leafHeader))
	w.text(e.ID)
	w.num(e.At.UnixMicro())
	for _, s := range []string{e.Verb, e.Actor, e.Sort, e.Record, e.Change} {
		w.text(s)
	}
	facts := set(e.Facts, compareFacts)
	w.count(len(facts))
	for _, f := range facts {
		w.text(f.Name)
		w.text(f.Value)
	}
	commits := set(e.Commits, compareCommitments)
	w.count(len(commits))
	for _, c := range commits {
		w.text(c.Name)
		w.raw(c.Hash[:])
	}
	w.flag(e.alters())
	w.raw(e.Prev[:])
	return w
}

// Hash is the entry's leaf hash: SHA-256 over a zero byte and the leaf (RFC 6962, 2.1).
func (e Entry) Hash() Hash { return tlog.RecordHash(e.Leaf()) }

// ParseLeaf reads a leaf. It accepts exactly what Leaf writes, so a parsed leaf
// written again is the same bytes.
func ParseLeaf(leaf []byte) (Entry, error) {
	bad := fault.New(fault.Malformed, "bad_leaf")
	body, ok := bytes.CutPrefix(leaf, []byte(leafHeader))
	if !ok {
		return Entry{}, bad
	}
	r := &reader{rest: body}
	e := Entry{ID: r.text(), At: time.UnixMicro(r.num()).UTC()}
	for _, s := range []*string{&e.Verb, &e.Actor, &e.Sort, &e.Record, &e.Change} {
		*s = r.text()
	}
	for range r.count(8) {
		e.Facts = append(e.Facts, Fact{Name: r.text(), Value: r.text()})
	}
	for range r.count(4 + len(Hash{})) {
		e.Commits = append(e.Commits, Commitment{Name: r.text(), Hash: r.hash()})
	}
	e.Alters = r.flag()
	e.Prev = r.hash()
	if r.torn || e.alters() != e.Alters || len(r.rest) > 0 || !isSet(e.Facts, compareFacts) || !isSet(e.Commits, compareCommitments) {
		return Entry{}, bad
	}
	return e, nil
}

// alters reports whether e has a place in its record's chain: a predecessor implies one.
func (e Entry) alters() bool { return e.Alters || e.Prev != Hash{} }

func compareFacts(a, b Fact) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Value, b.Value))
}

func compareCommitments(a, b Commitment) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), bytes.Compare(a.Hash[:], b.Hash[:]))
}

func set[T comparable](list []T, compare func(a, b T) int) []T {
	if isSet(list, compare) {
		return list
	}
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, compare)
	return slices.Compact(sorted)
}

func isSet[T any](list []T, compare func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
}
