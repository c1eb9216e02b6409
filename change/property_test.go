package change_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/access"
	"amend/change"
)

// judge fails the walk unless the ledger, and not the request, shows that every gate of the
// plan had been opened, by people who had no other hand in it.
func (w *walk) judge() {
	if f := w.r; f.Frozen() || f.Conflict != nil || f.Effective.After(w.now) {
		w.t.Fatalf("applied while frozen, in conflict, or before %v", f.Effective)
	}
	cool := time.Duration(0)
	need := map[string]int{}
	var slots []change.Gate // one for every proof that is needed
	for _, g := range w.r.Plan.Gates {
		switch g.Kind {
		case change.Cool:
			cool += g.For
		case change.Approval:
			need[g.Level.Name] = g.Level.Quorum
		case change.Reachability:
			w.judgeAnswers(g)
		default:
			for range g.Any[0].Need {
				slots = append(slots, g)
			}
		}
	}
	if !w.assign(slots, nil) {
		w.t.Fatalf("applied without a proof of its own for every gate: %+v", w.book.proofs)
	}
	if w.now.Before(w.book.last.Add(cool)) {
		w.t.Fatalf("applied %v after the last word, it had to cool %v", w.now.Sub(w.book.last), cool)
	}
	w.judgeApprovals(need)
}

func (w *walk) judgeAnswers(g change.Gate) {
	for _, k := range g.Keys {
		if !slices.ContainsFunc(w.book.proofs, func(p change.Proof) bool { return p.New && p.Contact == k && p.Gate == change.Reachability }) {
			w.t.Fatalf("applied although %s never answered", k)
		}
	}
}

func (w *walk) judgeApprovals(need map[string]int) {
	heard := map[string]bool{w.r.Filed.ID: true}
	if w.r.Collector != nil {
		heard[w.r.Collector.ID] = true
	}
	for _, id := range w.book.attesters {
		heard[id] = true
	}
	for _, a := range w.book.approvals {
		for _, id := range a.who {
			if heard[id] {
				w.t.Fatalf("%s is heard twice, or had a hand in the request", id)
			}
			heard[id] = true
		}
		need[a.level]--
	}
	for level, missing := range need {
		if missing > 0 {
			w.t.Fatalf("applied with %d approvals too few at %s", missing, level)
		}
	}
}

// assign reports whether every slot can have a proof of its own: no proof twice, and no
// member of staff twice.
func (w *walk) assign(slots []change.Gate, used []int) bool {
	if len(slots) == 0 {
		return true
	}
	for i, p := range w.book.proofs {
		if slices.Contains(used, i) || p.Gate != slots[0].Kind || p.New || !slices.Contains(slots[0].Any[0].Of, p.Method) {
			continue
		}
		if p.Gate == change.Authority && p.Weak && !w.r.Plan.Weak {
			continue
		}
		if slices.ContainsFunc(used, func(j int) bool { return p.By.Sort == access.Staff && w.book.proofs[j].By.ID == p.By.ID }) {
			continue
		}
		if w.assign(slots[1:], append(slices.Clone(used), i)) {
			return true
		}
	}
	return false
}

// step does one act and checks what must hold whatever the act was.
func (w *walk) step() {
	w.now = w.now.Add(time.Duration(rapid.IntRange(0, 40).Draw(w.t, "hours")) * time.Hour)
	was, _ := json.Marshal(w.r)
	before, is := w.r, w.r
	err := rapid.SampledFrom(w.acts()).Draw(w.t, "act")(&is)
	if now, _ := json.Marshal(before); string(now) != string(was) {
		w.t.Fatalf("an act changed the request that it was read from:\n%s\n%s", was, now)
	}
	if err != nil {
		return
	}
	for _, err := range []error{change.Invariants(is), change.Follows(before, is)} {
		if err != nil {
			w.t.Fatalf("%v\n%s", err, was)
		}
	}
	if is.End != "" && is.End != before.End && !before.Frozen() {
		w.ends++
	}
	if w.ends > 1 {
		w.t.Fatalf("a second terminal decision: %s after %s", is.End, before.End)
	}
	w.r = is
	w.next()
}

// next checks what Next answers at any time: a known state that time alone moves forward only.
func (w *walk) next() {
	order := []change.State{change.Verifying, change.Reviewing, change.Cooling, change.Scheduled}
	at := -1
	for _, after := range []time.Duration{-400 * day, 0, time.Minute, day, 40 * day, 4000 * day} {
		state, dues := w.r.Next(w.now.Add(after))
		if i := slices.Index(order, state); i >= 0 {
			if i < at {
				w.t.Fatalf("time moved it back from %s to %s", order[at], state)
			}
			at = i
		}
		for _, d := range dues {
			if _, _, open := w.r.OpenGate(d.At); d.What == change.DueApply && open {
				w.t.Fatalf("%s: it is due at %v, before its gates are met", state, d.At)
			}
		}
	}
}

func TestNoWalkReachesAppliedWithoutEveryProofAndApproval(t *testing.T) {
	applied := 0
	rapid.Check(t, func(t *rapid.T) {
		w := newWalk(t)
		for range rapid.IntRange(40, 250).Draw(t, "steps") {
			w.step()
		}
		if !w.r.AppliedAt.IsZero() {
			applied++
		}
	})
	if applied == 0 {
		t.Error("no walk got as far as to apply: the property says nothing")
	}
	t.Logf("%d walks applied", applied)
}
