package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"amend/change"
	"amend/customer"
)

// A Path is what a plan asks for, as who answers for a policy counts it: the least first.
type Path string

// The paths.
const (
	AtOnce     Path = "at_once"     // nothing
	Proofs     Path = "proofs"      // the customer, or who saw something, but nobody decides
	OnePerson  Path = "one_person"  // one decision
	MorePeople Path = "more_people" // two and more
)

// Paths lists the paths, the least first.
func Paths() []Path { return []Path{AtOnce, Proofs, OnePerson, MorePeople} }

// PathOf answers the path of a plan.
func PathOf(p change.Plan) Path {
	switch people := decisions(p); {
	case people > 1:
		return MorePeople
	case people == 1:
		return OnePerson
	case len(p.Gates) > 0:
		return Proofs
	}
	return AtOnce
}

func decisions(p change.Plan) (n int) {
	for _, g := range p.Gates {
		if g.Level != nil {
			n += g.Level.Quorum
		}
	}
	return n
}

// waits is how long a plan holds a change back by itself, whoever is quick.
func waits(p change.Plan) (d time.Duration) {
	for _, g := range p.Gates {
		if g.Kind == change.Cool {
			d += g.For
		}
	}
	return d
}

// An End is how a request that was recorded came out.
type End string

// The ends. A disputed change that was put back is what a policy is there to prevent.
const (
	StillOpen End = "open"
	Applied   End = "applied"
	NotDone   End = "not_done" // refused, withdrawn, expired
	Disputed  End = "disputed" // the customer said that it was not them, and it stayed or is undecided
	PutBack   End = "put_back" // and was right
)

// A Recorded is one item of one request: what the policy was told of it then, and what came of it.
type Recorded struct {
	Change change.ID
	Item   customer.Key
	Facts  string // as they are kept: Facts in JSON
	End    End
}

// A Moved is one recorded item that a draft judges otherwise.
type Moved struct {
	Change   change.ID
	Item     customer.Key
	End      End
	Was, Is  Path
	WasRules []string
	IsRules  []string
	Longer   time.Duration // how much longer the draft holds it back; negative: less
}

// maxMoved bounds the cases that a replay lists; it counts all of them.
const maxMoved = 1000

// A Replay tries a draft on what was recorded: the policy in force and the draft judge the same
// facts, and whatever came out differently is counted and listed. It is not safe for
// concurrent use. Equal facts are judged once, so a million requests take seconds.
type Replay struct {
	Items  int
	Counts map[Path]map[Path]int // under the policy in force, and under the draft
	Work   map[string][2]int     // decisions for each role, then and now
	Longer time.Duration         // all items together; negative: shorter
	Caught map[End]int           // by end: items of which the draft asks more
	Passed map[End]int           // by end: items of which it asks less
	Moved  []Moved               // the first of them, those that were put back before others
	More   int                   // how many more than are listed

	was, is *Policy
	known   map[told]verdict
}

// told is what a verdict depends on.
type told struct {
	item  customer.Key
	facts string
}

// A verdict is what both policies say of some facts.
type verdict struct {
	moved            Moved
	work             map[string][2]int
	changed          bool
	stricter, looser bool
}

// NewReplay begins to try a draft against the policy in force.
func NewReplay(inForce, draft *Policy) *Replay {
	return &Replay{
		Counts: map[Path]map[Path]int{}, Work: map[string][2]int{}, Caught: map[End]int{}, Passed: map[End]int{},
		was: inForce, is: draft, known: map[told]verdict{},
	}
}

// Add judges one recorded item.
func (t *Replay) Add(r Recorded) error {
	key := told{r.Item, r.Facts}
	v, known := t.known[key]
	if !known {
		var err error
		if v, err = t.judge(r); err != nil {
			return err
		}
		t.known[key] = v
	}
	t.count(v, r)
	return nil
}

func (t *Replay) judge(r Recorded) (verdict, error) {
	var f Facts
	if err := json.Unmarshal([]byte(r.Facts), &f); err != nil {
		return verdict{}, fmt.Errorf("read facts of %s: %w", r.Change, err)
	}
	was, is := t.was.PlanFor(f, r.Item), t.is.PlanFor(f, r.Item)
	v := verdict{
		moved:   Moved{Was: PathOf(was), Is: PathOf(is), WasRules: was.Rules, IsRules: is.Rules, Longer: waits(is) - waits(was)},
		work:    map[string][2]int{},
		changed: !sameGates(was, is),
	}
	for i, p := range []change.Plan{was, is} {
		for _, g := range p.Gates {
			if g.Level != nil {
				w := v.work[g.Level.Role]
				w[i] += g.Level.Quorum
				v.work[g.Level.Role] = w
			}
		}
	}
	v.stricter, v.looser = asksMore(is, was), asksMore(was, is)
	return v, nil
}

// sameGates reports whether two plans ask for the same, whatever their rules are called.
func sameGates(p, q change.Plan) bool {
	p.Recipe, p.Rules = q.Recipe, q.Rules
	return asksSame(p, q)
}

// asksMore reports whether p asks for something that q does not: more gates of a kind, more
// people, or more time.
func asksMore(p, q change.Plan) bool {
	if decisions(p) > decisions(q) || waits(p) > waits(q) {
		return true
	}
	count := func(x change.Plan, k change.GateKind) (n int) {
		for _, g := range x.Gates {
			if g.Kind == k {
				n++
			}
		}
		return n
	}
	for _, k := range []change.GateKind{change.Authority, change.Reachability, change.Evidence} {
		if count(p, k) > count(q, k) {
			return true
		}
	}
	return false
}

func (t *Replay) count(v verdict, r Recorded) {
	t.Items++
	row := t.Counts[v.moved.Was]
	if row == nil {
		row = map[Path]int{}
		t.Counts[v.moved.Was] = row
	}
	row[v.moved.Is]++
	for role, w := range v.work {
		sum := t.Work[role]
		t.Work[role] = [2]int{sum[0] + w[0], sum[1] + w[1]}
	}
	t.Longer += v.moved.Longer
	if v.stricter {
		t.Caught[r.End]++
	}
	if v.looser {
		t.Passed[r.End]++
	}
	if v.changed {
		t.list(v, r)
	}
}

// list keeps a case, and one that was put back rather than another.
func (t *Replay) list(v verdict, r Recorded) {
	m := v.moved
	m.Change, m.Item, m.End = r.Change, r.Item, r.End
	if len(t.Moved) < maxMoved {
		t.Moved = append(t.Moved, m)
		return
	}
	t.More++
	if m.End != PutBack && m.End != Disputed {
		return
	}
	if i := slices.IndexFunc(t.Moved, func(x Moved) bool { return x.End != PutBack && x.End != Disputed }); i >= 0 {
		t.Moved[i] = m
	}
}
