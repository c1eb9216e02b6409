package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

var filed = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// life is one request being lived through, with the world it lives in.
type life struct {
	r      change.Request
	g      Ground
	people int // staff who have come by so far
	rng    *rand.Rand
}

// begin files a request for f under plan in a world that agrees with f: the holder's
// contacts are worth what the facts say.
func begin(f Facts, plan change.Plan, rng *rand.Rand) *life {
	key := customer.KeyOf(f.Field, f.Slot)
	now := customer.Content("new")
	if f.Removes {
		now = ""
	}
	l := &life{rng: rng, g: Ground{Now: filed, Catalog: catalogue(), Version: 7}}
	l.r = change.Request{
		ID: "r1", Kind: f.Kind, Record: "c1", FiledAt: filed, Plan: plan,
		Items: []change.Item{{Key: key, Now: now, Salt: []byte("salt")}},
		Filed: change.Party{ID: "filer", Sort: access.Staff},
	}
	if f.FiledBy == "customer" {
		l.r.Filed = change.Party{ID: "c1", Sort: access.Customer}
	}
	if f.Kind == change.Create {
		l.g.Version = 0
	}
	if !f.opens() {
		l.g.Holder = holder(f)
	}
	return l
}

func holder(f Facts) customer.Record {
	v := customer.Value{Content: "old", Grade: customer.GradeB, Since: filed.Add(-800 * day)}
	age := time.Duration(f.ChannelAgeDays) * day
	switch f.Authority {
	case Proven:
		v.ProvenSince = filed.Add(-age - time.Second)
	case Weak:
		v.HeldSince = filed.Add(-max(age, 40*day)) // held too short to authorise, long enough to be called back
	default:
		v.HeldSince = filed.Add(-40 * day)
	}
	return customer.Record{ID: "c1", Version: 7, Values: map[customer.Key]customer.Value{
		"phone": v, "email": v, "postal": v,
	}}
}

// live opens gate after gate, as people would, until nothing is left to do.
func (l *life) live(t testingT) {
	t.Helper()
	for range 60 {
		g, _, open := l.r.OpenGate(l.g.Now)
		if !open {
			for _, h := range l.r.Plan.Holds {
				l.g.Holds = append(l.g.Holds, h.Action)
			}
			return
		}
		l.g.Now = l.g.Now.Add(time.Minute)
		l.open(g)
	}
	t.Fatalf("the plan can't be completed: %v", show(l.r.Plan))
}

type testingT interface {
	Helper()
	Fatalf(string, ...any)
}

func (l *life) open(g change.Gate) {
	switch g.Kind {
	case change.Authority, change.Evidence:
		c := g.Any[l.rng.IntN(len(g.Any))]
		for _, i := range l.rng.Perm(len(c.Of))[:c.Need] {
			l.r.Proofs = append(l.r.Proofs, l.proof(g.Kind, c.Of[i]))
		}
	case change.Reachability:
		for _, k := range g.Keys {
			l.r.Proofs = append(l.r.Proofs, change.Proof{
				Gate: g.Kind, Method: change.MailLink, Contact: k, New: true, By: change.Party{ID: "c1", Sort: access.Customer}, At: l.g.Now,
			})
		}
	case change.Approval:
		l.r.Decisions = append(l.r.Decisions, change.Decision{
			Level: g.Level.Name, Verdict: change.Approved, By: l.person(), Hash: l.r.Hash(), At: l.g.Now,
		})
	case change.Cool:
		l.g.Now = l.g.Now.Add(g.For)
	}
}

func (l *life) person() change.Party {
	l.people++
	return change.Party{ID: fmt.Sprintf("staff%d", l.people), Sort: access.Staff, Department: fmt.Sprintf("department%d", l.people)}
}

func (l *life) proof(gate change.GateKind, m change.Method) change.Proof {
	p := change.Proof{Gate: gate, Method: m, At: l.g.Now, By: change.Party{ID: "c1", Sort: access.Customer}}
	switch m {
	case change.SMSCode:
		p.Contact = "phone"
	case change.Callback:
		p.Contact, p.By = "phone", l.person()
	case change.MailCode, change.MailLink:
		p.Contact = "email"
	case change.Letter:
		p.Contact = "postal"
	default:
		p.By = l.person()
	}
	return p
}

// without answers the life as if the named proofs had never been given: every approval is
// of what is left, so that nothing but the proofs is missing.
func (l *life) without(drop func(change.Proof) bool) change.Request {
	r := l.r
	r.Proofs = slices.DeleteFunc(slices.Clone(r.Proofs), drop)
	return rebound(r)
}

func rebound(r change.Request) change.Request {
	r.Decisions = slices.Clone(r.Decisions)
	for i := range r.Decisions {
		r.Decisions[i].Hash = r.Hash()
	}
	return r
}

// check fails t unless CheckFloor answers the code; "" is no fault.
func check(t *testing.T, r change.Request, g Ground, code string) {
	t.Helper()
	got := ""
	if f := CheckFloor(r, g); f != nil {
		got = f.Code
	}
	if got != code {
		t.Errorf("got %q, want %q", got, code)
	}
}
