package experiments

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
)

func TestReviewedChangesOfOneFieldAreRebasedByAPersonAndNeverOverwritten(t *testing.T) {
	r := begin(t, Trial{
		Name:   "race-rebase",
		Title:  Words{"同一字段的待审申请", "Reviewed changes of one field"},
		Broken: Words{"许多待审申请同时争着修改同一字段，客户本人也在修改它", "many reviewed requests apply to one field at once, while the customer changes it too"},
		Holds:  Words{"后到者显示冲突，由人改基后重新审批；没有任何值被悄悄覆盖", "whoever comes later shows a conflict, is rebased by a person and approved again; no value is overwritten silently"},
	})
	requests, own := r.size(8, 60), r.size(8, 200)
	var rebased, applied atomic.Int64
	eachRace(r, func(r *run, url string, nodes int) {
		f := openRebaseRace(r, url, nodes)
		f.rush(requests, own)
		f.judge(requests + own)
		rebased.Add(f.rebased.Load())
		applied.Add(int64(requests + own))
	})
	r.count(int(applied.Load()), "已生效的变更", "changes applied")
	r.count(int(rebased.Load()), "由人改基的次数", "times that a person rebased one")
	r.count(0, "被悄悄覆盖的值", "values overwritten silently")
}

// A rebaseRace is one customer's interests, which everybody wants to change.
type rebaseRace struct {
	*raceHouse
	nodes   []*lifeline
	record  customer.ID
	app     access.Actor
	rebased atomic.Int64
}

func openRebaseRace(r *run, url string, nodes int) *rebaseRace {
	f := &rebaseRace{raceHouse: openRace(r, url)}
	for range nodes {
		l := f.enter()
		r.Cleanup(func() { r.must(l.store.Close()) })
		f.nodes = append(f.nodes, l)
	}
	f.record = f.people(f.nodes[0], 1)[0]
	f.app = f.hire(f.nodes[0], "app", access.App)
	f.hire(f.nodes[0], "bob", access.Approver)
	f.hire(f.nodes[0], "sue", access.Steward)
	return f
}

// rush files n requests by n agents, and then lets everybody loose: who approves, who
// rebases, the work that applies, and the customer, who needs nobody.
func (f *rebaseRace) rush(n, own int) {
	f.Helper()
	var ids []change.ID
	for i := range n {
		agent := f.hire(f.nodes[0], fmt.Sprintf("agent %d", i), access.Agent)
		filed, err := f.desk(i).Propose(f.Context(), agent, f.proposal("reviewed", i))
		f.must(err)
		ids = append(ids, filed.Changes[0].ID)
	}
	var running sync.WaitGroup
	for i, id := range ids {
		running.Go(func() { f.carry(i, id) })
	}
	running.Go(func() {
		by := access.Actor{ID: string(f.record), Sort: access.Customer, Via: f.app.ID}
		for i := range own {
			f.insist("propose", func() error {
				_, err := f.desk(i).Propose(f.Context(), by, f.proposal("own", i))
				return err
			})
		}
	})
	running.Wait()
}

func (f *rebaseRace) desk(i int) *desk.Desk { return f.nodes[i%len(f.nodes)].desk }

func (f *rebaseRace) proposal(whose string, i int) desk.Proposal {
	value := json.RawMessage(fmt.Sprintf(`["%s %d"]`, whose, i))
	return desk.Proposal{Record: f.record, Channel: "app", Reason: "a wish", Items: []desk.Proposed{{Key: "interests", Value: value}}}
}

// maxRebases bounds how often one request is carried on. Each time that it finds the field
// moved somebody else's change has applied, of which there are fewer.
const maxRebases = 2000

// carry brings one request to its end, whatever happens to the field meanwhile.
func (f *rebaseRace) carry(i int, id change.ID) {
	for range maxRebases {
		r, err := f.nodes[i%len(f.nodes)].store.View(f.Context()).Change(id)
		if err != nil {
			f.Error(err)
			return
		}
		switch state, _ := r.Next(f.nodes[0].store.Now()); {
		case !r.AppliedAt.IsZero():
			return
		case r.Conflict != nil:
			f.insist("rebase", func() error { return f.desk(i).Rebase(f.Context(), f.crew["sue"], id) })
			f.rebased.Add(1)
		case state == change.Reviewing:
			f.insist("approve", func() error { return f.desk(i+1).Approve(f.Context(), f.crew["bob"], id, r.Hash(), "") })
		default:
			f.insist("due", func() error { return f.desk(i+2).Due(f.Context(), id) })
		}
	}
	f.Errorf("request %s comes to no end", id)
}

// insist does a verb until the others let it through. Whoever is refused has changed nothing.
func (f *rebaseRace) insist(verb string, act func() error) {
	for {
		err := act()
		if fault.CodeOf(err) == "stale" {
			continue
		}
		if err != nil {
			f.Errorf("%s: %v", verb, err)
		}
		return
	}
}

// judge: every change is a version of its own, decided on the very value that it replaced,
// and whatever was rebased was approved again after it.
func (f *rebaseRace) judge(want int) {
	f.Helper()
	l := f.nodes[0]
	all, err := l.store.View(f.Context()).Changes(f.record)
	f.must(err)
	versions := map[int64]bool{}
	for _, r := range all {
		versions[r.Version] = true
		if r.AppliedAt.IsZero() {
			f.Errorf("request %s did not apply", r.ID)
		}
		for _, d := range r.Decisions {
			if d.At.Before(r.RebasedAt) {
				f.Errorf("request %s: an approval from before the rebase counts", r.ID)
			}
		}
	}
	if len(all) != want || len(versions) != want {
		f.Errorf("%d requests made %d versions, want %d", len(all), len(versions), want)
	}
	raceChain(f.run, all)
	f.holds(l)
}
