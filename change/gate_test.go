package change_test

import (
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
)

// proof is one that the customer gives an hour after filing.
func proof(gate change.GateKind, m change.Method) change.Proof {
	return change.Proof{Gate: gate, Method: m, Contact: "phone", By: changetest.Customer(), At: changetest.At(time.Hour)}
}

// attested is a proof that a member of staff gives.
func attested(m change.Method, id string) change.Proof {
	p := proof(change.Evidence, m)
	p.By = changetest.Staff(id)
	return p
}

func TestWhatOpensAProofGate(t *testing.T) {
	either := change.Gate{Kind: change.Authority, Any: []change.Combo{
		{Need: 1, Of: []change.Method{change.SMSCode}},
		{Need: 2, Of: []change.Method{change.MailCode, change.Sighted}},
	}}
	two := changetest.Evidence(2, change.Sighted, change.Registry, change.Callback)
	twice := changetest.Evidence(2, change.Sighted, change.Sighted)
	seen := changetest.Evidence(1, change.Sighted)
	mail, sighted := proof(change.Authority, change.MailCode), proof(change.Authority, change.Sighted)
	sighted.By = changetest.Staff("sam")
	fresh, weak := proof(change.Authority, change.SMSCode), proof(change.Authority, change.SMSCode)
	fresh.New, weak.Weak = true, true

	for _, c := range []struct {
		name   string
		gates  []change.Gate
		proofs []change.Proof
		open   bool
	}{
		{"nothing", []change.Gate{either}, nil, false},
		{"the preferred method", []change.Gate{either}, []change.Proof{proof(change.Authority, change.SMSCode)}, true},
		{"half of the fallback", []change.Gate{either}, []change.Proof{mail}, false},
		{"the whole fallback", []change.Gate{either}, []change.Proof{mail, sighted}, true},
		{"a proof for another gate", []change.Gate{either}, []change.Proof{proof(change.Evidence, change.SMSCode)}, false},
		{"a code to the new contact", []change.Gate{either}, []change.Proof{fresh}, false},
		{"an inherited contact where the plan wants a proven one", []change.Gate{either}, []change.Proof{weak}, false},
		{"two methods by two hands", []change.Gate{two}, []change.Proof{attested(change.Sighted, "sam"), attested(change.Registry, "tom")}, true},
		{"two methods by one hand", []change.Gate{two}, []change.Proof{attested(change.Sighted, "sam"), attested(change.Registry, "sam")}, false},
		{"one method twice", []change.Gate{two}, []change.Proof{attested(change.Sighted, "sam"), attested(change.Sighted, "tom")}, false},
		{"one proof for a method named twice", []change.Gate{twice}, []change.Proof{attested(change.Sighted, "sam")}, false},
		{"one proof for two gates", []change.Gate{seen, seen}, []change.Proof{attested(change.Sighted, "sam")}, false},
		{"two proofs by one hand for two gates", []change.Gate{seen, seen}, []change.Proof{attested(change.Sighted, "sam"), attested(change.Sighted, "sam")}, false},
		{"two proofs by two hands for two gates", []change.Gate{seen, seen}, []change.Proof{attested(change.Sighted, "sam"), attested(change.Sighted, "tom")}, true},
		{"a combo that needs nobody", []change.Gate{changetest.Evidence(0, change.Sighted)}, []change.Proof{attested(change.Sighted, "sam")}, false},
		{"a combo that needs more than it names", []change.Gate{changetest.Evidence(2, change.Sighted)}, []change.Proof{attested(change.Sighted, "sam"), attested(change.Sighted, "tom")}, false},
		{"no combo at all", []change.Gate{{Kind: change.Evidence}}, []change.Proof{attested(change.Sighted, "sam")}, false},
		{"a kind that nobody knows", []change.Gate{{Kind: "moon"}}, nil, false},
	} {
		r := changetest.Filed(c.gates...)
		r.Proofs = c.proofs
		if _, _, waits := r.OpenGate(changetest.At(2 * time.Hour)); waits == c.open {
			t.Errorf("%s: opens is %v, want %v", c.name, !waits, c.open)
		}
	}
}

func TestInheritedContactCountsUnderAWeakPlan(t *testing.T) {
	r := changetest.Filed(changetest.Authority(change.SMSCode))
	p := proof(change.Authority, change.SMSCode)
	p.Weak = true
	_, err := r.Prove(p)
	refused(t, err, "proof_not_needed")
	r.Plan.Weak = true
	_, err = r.Prove(p)
	ok(t, err)
	state(t, r, changetest.At(2*time.Hour), change.Scheduled)
}

func TestEveryNewContactMustAnswer(t *testing.T) {
	r := changetest.Filed(changetest.Answers("phone", "email"))
	if got := r.Contacts(changetest.At(0)); len(got) != 2 {
		t.Fatalf("asked for %v", got)
	}
	p := proof(change.Reachability, change.SMSCode)
	_, err := r.Prove(p)
	refused(t, err, "proof_not_needed") // it did not run through the new value

	p.New = true
	_, err = r.Prove(p)
	ok(t, err)
	_, err = r.Prove(p)
	refused(t, err, "proof_not_needed") // once is enough
	if got := r.Contacts(changetest.At(day)); len(got) != 1 || got[0] != "email" || !r.Reached("phone") {
		t.Fatalf("left to ask: %v", got)
	}
	state(t, r, changetest.At(day), change.Verifying)
	p.Contact = "email"
	_, err = r.Prove(p)
	ok(t, err)
	state(t, r, changetest.At(day), change.Scheduled)
}

func TestProofIsTakenInAnyOrderForGatesStillOpen(t *testing.T) {
	r := changetest.Filed(changetest.Authority(change.SMSCode), changetest.Answers("phone"), changetest.Evidence(1, change.Sighted), changetest.Level("L1", 1))
	if n := len(r.Wants(changetest.At(0))); n != 3 {
		t.Fatalf("%d gates want proofs, want 3", n)
	}
	_, err := r.Prove(attested(change.Sighted, "sam"))
	ok(t, err)
	_, err = r.Prove(attested(change.Sighted, "tom"))
	refused(t, err, "proof_not_needed")
	_, err = r.Prove(proof(change.Authority, change.MailCode))
	refused(t, err, "proof_not_needed")
	fresh := proof(change.Authority, change.SMSCode)
	fresh.New = true
	_, err = r.Prove(fresh)
	refused(t, err, "proof_not_needed")

	now := changetest.At(time.Hour)
	if !r.Offers(change.Authority, change.SMSCode, now) || r.Offers(change.Authority, change.MailCode, now) ||
		r.Offers(change.Evidence, change.Sighted, now) || !r.Offers(change.Reachability, change.MailLink, now) {
		t.Error("offers something else than the open gates")
	}
}

func TestAttestationIsOnRecordAsOne(t *testing.T) {
	r := changetest.Filed(changetest.Evidence(1, change.Sighted))
	ev, err := r.Prove(attested(change.Sighted, "sam"))
	ok(t, err)
	if ev.Verb != change.Attested {
		t.Errorf("got %s", ev.Verb)
	}
}

func TestGatesBehindTheFirstOpenOneWaitTheirTurn(t *testing.T) {
	r := changetest.Filed(changetest.Authority(change.SMSCode), changetest.Evidence(1, change.Sighted), changetest.Cool(0))
	r.Effective = changetest.At(day)
	_, err := r.Prove(attested(change.Sighted, "sam"))
	ok(t, err)
	gates := r.Gates(changetest.At(2 * time.Hour))
	if len(gates) != 4 || gates[3].Gate.Kind != change.Schedule {
		t.Fatalf("got %d gates", len(gates))
	}
	for _, g := range gates {
		if g.Met {
			t.Errorf("%s is met before its turn", g.Gate.Kind)
		}
	}

	_, err = r.Prove(proof(change.Authority, change.SMSCode))
	ok(t, err)
	gates = r.Gates(changetest.At(day))
	for _, g := range gates {
		if !g.Met || g.Since.Before(r.FiledAt) {
			t.Errorf("%s: met %v since %v", g.Gate.Kind, g.Met, g.Since)
		}
	}
}

func TestBrokenApprovalGateStaysShut(t *testing.T) {
	for name, gate := range map[string]change.Gate{
		"no level":         {Kind: change.Approval},
		"nobody needed":    changetest.Level("L1", 0),
		"fewer than none":  changetest.Level("L1", -1),
		"a level of never": {Kind: change.Approval, Level: &change.Level{Name: "L1", Quorum: -7}},
	} {
		r := changetest.Filed(gate)
		now := changetest.At(30 * day)
		state(t, r, now, change.Reviewing)
		_, err := r.OpenLevel(now)
		refused(t, err, "not_in_review")
		_, err = r.Decide(approved(r, "bob", now))
		refused(t, err, "not_in_review")
		_, err = r.Apply(changetest.Staff("system"), 4, now)
		refused(t, err, "gates_open")
		if _, dues := r.Next(now); r.OpenRole(now) != "steward" || len(dues) == 0 {
			t.Errorf("%s: nobody is told", name)
		}
	}
}

func TestCoolingHoldsFromTheMomentTheGatesBeforeWereMet(t *testing.T) {
	r := changetest.Filed(changetest.Cool(2*time.Hour), changetest.Cool(time.Hour))
	state(t, r, changetest.At(3*time.Hour-1), change.Cooling)
	state(t, r, changetest.At(3*time.Hour), change.Scheduled)
}

func TestDisputeThatLetsARequestGoOnStartsItsClockAnew(t *testing.T) {
	r := changetest.Filed(changetest.Cool(day))
	_, err := r.Freeze(changetest.Customer(), "not me", changetest.At(23*time.Hour))
	ok(t, err)
	_, _, err = r.Vote(change.Vote{By: changetest.Staff("gus"), Outcome: change.Resume, At: changetest.At(30 * time.Hour)})
	ok(t, err)
	state(t, r, changetest.At(53*time.Hour), change.Cooling)
	state(t, r, changetest.At(54*time.Hour), change.Scheduled)
}
