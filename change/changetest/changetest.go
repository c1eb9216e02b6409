// Package changetest files, proves, approves and applies requests for tests.
package changetest

import (
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// At is the time of a test, after the request was filed.
func At(after time.Duration) time.Time {
	return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC).Add(after)
}

// Staff is a member of staff.
func Staff(id string) change.Party {
	return change.Party{ID: id, Name: id, Sort: access.Staff, Department: "service"}
}

// Customer is the customer whose record the requests change.
func Customer() change.Party { return change.Party{ID: "ada", Sort: access.Customer} }

// Authority is a gate that one of methods opens.
func Authority(methods ...change.Method) change.Gate {
	return change.Gate{Kind: change.Authority, Any: []change.Combo{{Need: 1, Of: methods}}}
}

// Evidence is a gate that need of methods open.
func Evidence(need int, methods ...change.Method) change.Gate {
	return change.Gate{Kind: change.Evidence, Any: []change.Combo{{Need: need, Of: methods}}}
}

// Answers is a gate that opens once the new value under each key has answered.
func Answers(keys ...customer.Key) change.Gate {
	return change.Gate{Kind: change.Reachability, Keys: keys}
}

// Level is a gate that quorum approvers open.
func Level(name string, quorum int) change.Gate {
	return change.Gate{Kind: change.Approval, Level: &change.Level{Name: name, Role: "approver", Quorum: quorum, Within: 9 * time.Hour}}
}

// Cool is a gate that time opens.
func Cool(d time.Duration) change.Gate { return change.Gate{Kind: change.Cool, For: d} }

// Filed is a request of the customer for a new phone, under a plan of gates; without gates
// of its own it needs a code to the old phone, an answer from the new one, one approver
// and a day.
func Filed(gates ...change.Gate) change.Request {
	if len(gates) == 0 {
		gates = []change.Gate{Authority(change.SMSCode, change.Callback), Answers("phone"), Level("L1", 1), Cool(24 * time.Hour)}
	}
	was := customer.Value{Content: "+8613800000001", Grade: customer.GradeB, Cause: "run1", Salt: []byte("old salt")}
	return change.Request{
		ID: "r1", Submission: "REQ-7KQ2H", Lane: 1, Kind: change.Update, Record: "ada", RecordKind: customer.Person,
		Items:   []change.Item{{Key: "phone", Base: 3, Was: &was, Now: "+8613900000002", Salt: []byte("new salt")}},
		Channel: "portal", Source: "customer", Reason: "a new phone", Filed: Customer(), FiledAt: At(0),
		Plan: change.Plan{Policy: 1, Recipe: "phone", Gates: gates, Expire: 7 * 24 * time.Hour},
	}
}

// Verified is a filed request whose proofs were all given an hour later.
func Verified(t testing.TB, gates ...change.Gate) change.Request {
	t.Helper()
	r := Filed(gates...)
	Prove(t, &r, At(time.Hour))
	return r
}

// Approved is a verified request that everybody approved who had to, another hour later.
func Approved(t testing.TB, gates ...change.Gate) change.Request {
	t.Helper()
	r := Verified(t, gates...)
	for _, id := range []string{"bob", "carol", "dan", "eve"} {
		if _, err := r.OpenLevel(At(2 * time.Hour)); err == nil {
			Approve(t, &r, id, At(2*time.Hour))
		}
	}
	return r
}

// Applied is an approved request that was applied ten days after it was filed, as version 4.
func Applied(t testing.TB, gates ...change.Gate) change.Request {
	t.Helper()
	r := Approved(t, gates...)
	_, err := r.Apply(Staff("system"), 4, At(10*24*time.Hour))
	must(t, err)
	return r
}

// Prove gives every proof that r asks for at now: the customer those through a channel,
// members of staff the others.
func Prove(t testing.TB, r *change.Request, now time.Time) {
	t.Helper()
	for _, k := range r.Contacts(now) {
		_, err := r.Prove(change.Proof{Gate: change.Reachability, Method: change.SMSCode, Contact: k, New: true, By: Customer(), At: now})
		must(t, err)
	}
	for _, g := range r.Wants(now) {
		for _, m := range g.Any[0].Of[:g.Any[0].Need] {
			p := change.Proof{Gate: g.Kind, Method: m, Contact: "phone", By: Customer(), At: now}
			if !m.ThroughContact() || m == change.Callback {
				p.By, p.Note = Staff("clerk-"+string(m)), "passport"
			}
			_, err := r.Prove(p)
			must(t, err)
		}
	}
}

// Approve is id's yes to the content of r as it is now.
func Approve(t testing.TB, r *change.Request, id string, now time.Time) {
	t.Helper()
	_, err := r.Decide(change.Decision{Verdict: change.Approved, By: Staff(id), Hash: r.Hash(), At: now})
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
