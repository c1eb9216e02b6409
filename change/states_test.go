package change_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
	"amend/customer"
)

// A node is one situation of a request, with the time at which it was reached.
type node struct {
	r   change.Request
	now time.Time
}

// seen tells situations apart as far as the states ahead of them go.
func (n node) seen() string {
	r := n.r
	state, _ := r.Next(n.now)
	return fmt.Sprint(state, len(r.Plan.Gates), r.Effective.IsZero(), len(r.Proofs), len(r.Decisions), len(r.Voided) > 0,
		r.Question() != nil, r.Conflict != nil, r.Frozen(), r.Frozen() && len(r.Dispute.Proofs) > 0, r.AppliedAt.IsZero(), r.End)
}

// people are the acts that people may do at any time.
func people(t *testing.T) []func(r *change.Request, now time.Time) error {
	one := func(_ change.Event, err error) error { return err }
	votes := func(o change.Outcome) func(*change.Request, time.Time) error {
		return func(r *change.Request, now time.Time) error {
			_, _, err := r.Vote(change.Vote{By: changetest.Staff("gus"), Outcome: o, At: now})
			return err
		}
	}
	answer := func(items ...change.Item) func(*change.Request, time.Time) error {
		return func(r *change.Request, now time.Time) error {
			return one(r.Answer(changetest.Customer(), "so", items, now))
		}
	}
	return []func(r *change.Request, now time.Time) error{
		func(r *change.Request, now time.Time) error {
			if !r.Open() || r.Frozen() {
				return fmt.Errorf("nothing to prove")
			}
			changetest.Prove(t, r, now)
			return nil
		},
		func(r *change.Request, now time.Time) error { return one(r.Decide(approved(*r, "bob", now))) },
		func(r *change.Request, now time.Time) error {
			d := approved(*r, "bob", now)
			d.Verdict, d.Reason = change.Rejected, "value_wrong"
			return one(r.Decide(d))
		},
		func(r *change.Request, now time.Time) error { return one(r.Ask(changetest.Staff("bob"), "why?", now)) },
		answer(), answer(change.Item{Key: "phone", Now: "+8613900000009"}),
		func(r *change.Request, now time.Time) error { return one(r.Withdraw(changetest.Customer(), now)) },
		func(r *change.Request, now time.Time) error {
			return one(r.Supersede(changetest.Customer(), "r2", now))
		},
		func(r *change.Request, now time.Time) error {
			return one(r.Fail(changetest.Customer(), "contact_not_mine", now))
		},
		func(r *change.Request, now time.Time) error {
			return one(r.Rebase(changetest.Staff("stew"), customer.Record{}, now))
		},
		func(r *change.Request, now time.Time) error {
			return one(r.Freeze(changetest.Customer(), "not me", now))
		},
		func(r *change.Request, now time.Time) error {
			return one(r.ProveDispute(proof("dispute", change.SMSCode)))
		},
		votes(change.Resume), votes(change.Reject), votes(change.Keep), votes(change.Revert),
		func(r *change.Request, now time.Time) error { return one(r.Confirm(changetest.Customer(), now)) },
	}
}

// engine are the acts of time: what Next says is due, and a conflict found as it applies.
func engine(d change.Due) []func(r *change.Request, now time.Time) error {
	system := changetest.Staff("system")
	wait := func(*change.Request, time.Time) error { return nil }
	switch d.What {
	case change.DueExpire:
		return []func(*change.Request, time.Time) error{func(r *change.Request, now time.Time) error { _, err := r.Expire(system, now); return err }}
	case change.DueClose:
		return []func(*change.Request, time.Time) error{func(r *change.Request, now time.Time) error { _, err := r.GiveUp(system, now); return err }}
	case change.DueApply:
		return []func(*change.Request, time.Time) error{
			wait,
			func(r *change.Request, now time.Time) error {
				if s, _ := r.Next(now); s == change.Cooling {
					return fmt.Errorf("still cooling")
				}
				_, err := r.Apply(system, 4, now)
				return err
			},
			func(r *change.Request, now time.Time) error {
				_, err := r.Collide([]customer.Key{"phone"}, now)
				return err
			},
		}
	}
	return []func(*change.Request, time.Time) error{wait}
}

// explore lives every life of the requests filed under a few plans, and answers every
// step from state to state that any of them took.
func explore(t *testing.T) map[string]bool {
	code, level, cool := changetest.Authority(change.SMSCode), changetest.Level("L1", 1), changetest.Cool(day)
	edges, done := map[string]bool{}, map[string]bool{}
	var todo []node
	for _, gates := range [][]change.Gate{{code}, {code, cool}, {code, level}, {code, level, cool}, {level}, {level, cool}, {cool}, {}} {
		r := changetest.Filed(code)
		r.Plan.Gates = gates
		dated := r
		dated.Effective = changetest.At(9 * day)
		todo = append(todo, node{r, changetest.At(0)}, node{dated, changetest.At(0)})
	}
	for _, n := range todo {
		s, _ := n.r.Next(n.now)
		edges["[*] "+string(s)] = true
	}
	step := func(from node, at time.Time, act func(*change.Request, time.Time) error) {
		r := from.r
		s, _ := r.Next(from.now)
		if ready, _ := r.Next(at); ready != s {
			edges[string(s)+" "+string(ready)] = true // time alone
			s = ready
		}
		if act(&r, at) != nil {
			return
		}
		if next, _ := r.Next(at); next != s {
			edges[string(s)+" "+string(next)] = true
		}
		todo = append(todo, node{r, at})
	}
	acts := people(t)
	for len(todo) > 0 {
		n := todo[0]
		todo = todo[1:]
		if done[n.seen()] {
			continue
		}
		done[n.seen()] = true
		for _, act := range acts {
			step(n, n.now.Add(time.Second), act)
		}
		_, dues := n.r.Next(n.now)
		for _, d := range dues {
			at := d.At.Add(d.Working)
			if at.Before(n.now) {
				at = n.now
			}
			for _, act := range engine(d) {
				step(n, at, act)
			}
		}
	}
	t.Logf("%d situations", len(done))
	return edges
}

func TestDiagramOfStatesIsWhatTheProgramDoes(t *testing.T) {
	text, err := os.ReadFile("../docs/states.md")
	if err != nil {
		t.Fatal(err)
	}
	drawn, ends := map[string]bool{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^ +(\S+) --> (\S+)`).FindAllStringSubmatch(string(text), -1) {
		if m[2] == "[*]" {
			ends[m[1]] = true
			continue
		}
		drawn[m[1]+" "+m[2]] = true
	}
	walked := explore(t)
	for e := range walked {
		if !drawn[e] {
			t.Errorf("not drawn: %s", e)
		}
	}
	for e := range drawn {
		if !walked[e] {
			t.Errorf("never walked: %s", e)
		}
	}
	states := map[string]bool{}
	for e := range walked {
		_, to, _ := strings.Cut(e, " ")
		states[to] = true
	}
	for _, s := range slices.Sorted(maps.Keys(states)) {
		if !strings.Contains(string(text), "\n| "+s+" | ") {
			t.Errorf("the table does not explain %s", s)
		}
		if ends[s] != isEnd(s) {
			t.Errorf("%s: drawn as an end is %v", s, ends[s])
		}
	}
}

func isEnd(s string) bool {
	return slices.Contains([]change.State{
		change.Confirmed, change.Unconfirmed, change.Kept, change.Reverted, change.Refused,
		change.Withdrawn, change.Expired, change.Failed, change.Superseded,
	}, change.State(s))
}
