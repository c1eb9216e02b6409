package change_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/change/changetest"
	"amend/customer"
	"amend/fault"
)

const day = 24 * time.Hour

// state fails t unless r is in want at now.
func state(t *testing.T, r change.Request, now time.Time, want change.State) {
	t.Helper()
	if got, _ := r.Next(now); got != want {
		t.Fatalf("state is %s, want %s", got, want)
	}
}

// refused fails t unless err is the fault of code.
func refused(t *testing.T, err error, code string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func approved(r change.Request, id string, now time.Time) change.Decision {
	return change.Decision{Verdict: change.Approved, By: changetest.Staff(id), Hash: r.Hash(), At: now}
}

func TestStateIsTheFirstGateThatIsStillOpen(t *testing.T) {
	r := changetest.Filed()
	state(t, r, changetest.At(0), change.Verifying)

	changetest.Prove(t, &r, changetest.At(time.Hour))
	state(t, r, changetest.At(time.Hour), change.Reviewing)

	changetest.Approve(t, &r, "bob", changetest.At(2*time.Hour))
	state(t, r, changetest.At(2*time.Hour), change.Cooling)
	state(t, r, changetest.At(26*time.Hour-time.Microsecond), change.Cooling)
	state(t, r, changetest.At(26*time.Hour), change.Scheduled)

	_, err := r.Apply(changetest.Staff("system"), 4, changetest.At(26*time.Hour))
	ok(t, err)
	state(t, r, changetest.At(26*time.Hour), change.Applied)

	_, err = r.Confirm(changetest.Customer(), changetest.At(27*time.Hour))
	ok(t, err)
	state(t, r, changetest.At(27*time.Hour), change.Confirmed)
}

func TestPlanWithoutGatesIsReadyWhenFiled(t *testing.T) {
	r := changetest.Filed()
	r.Plan.Gates = nil
	if !r.Plan.Open() {
		t.Error("a plan without gates is not open")
	}
	_, err := r.Apply(changetest.Customer(), 4, changetest.At(0))
	ok(t, err)
}

func TestApplyWaitsForEveryGate(t *testing.T) {
	for name, r := range map[string]change.Request{
		"filed":    changetest.Filed(),
		"verified": changetest.Verified(t),
		"cooling":  changetest.Approved(t),
	} {
		_, err := r.Apply(changetest.Staff("system"), 4, changetest.At(3*time.Hour))
		if fault.CodeOf(err) != "gates_open" || !r.AppliedAt.IsZero() {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestApplyWaitsForTheAnswerAndTheRebase(t *testing.T) {
	asked := changetest.Verified(t)
	_, err := asked.Ask(changetest.Staff("bob"), "which number?", changetest.At(2*time.Hour))
	ok(t, err)
	collided := changetest.Approved(t)
	_, err = collided.Collide([]customer.Key{"phone"}, changetest.At(2*day))
	ok(t, err)
	for _, r := range []change.Request{asked, collided} {
		_, err := r.Apply(changetest.Staff("system"), 4, changetest.At(9*day))
		refused(t, err, "gates_open")
	}
}

func TestNoActReachesARequestThatIsOver(t *testing.T) {
	now := changetest.At(11 * day)
	ends := map[string]change.Request{"applied": changetest.Applied(t)}
	for name, end := range map[string]func(*change.Request) (change.Event, error){
		"withdrawn":  func(r *change.Request) (change.Event, error) { return r.Withdraw(changetest.Customer(), now) },
		"expired":    func(r *change.Request) (change.Event, error) { return r.Expire(changetest.Staff("system"), now) },
		"superseded": func(r *change.Request) (change.Event, error) { return r.Supersede(changetest.Customer(), "r2", now) },
		"failed": func(r *change.Request) (change.Event, error) {
			return r.Fail(changetest.Customer(), "contact_not_mine", now)
		},
	} {
		r := changetest.Filed()
		ev, err := end(&r)
		ok(t, err)
		state(t, r, now, change.State(name))
		if r.EndedAt != now || r.EndCode == "" || ev.At != now {
			t.Errorf("%s: ended at %v by %q, event %+v", name, r.EndedAt, r.EndCode, ev)
		}
		ends[name] = r
	}
	for name, r := range ends {
		t.Run(name, func(t *testing.T) {
			for verb, err := range everyAct(r, now) {
				if fault.CodeOf(err) != "no_open_request" {
					t.Errorf("%s: got %v", verb, err)
				}
			}
		})
	}
}

func TestFrozenRequestTakesNoActButTheDecision(t *testing.T) {
	r := changetest.Verified(t)
	_, err := r.Freeze(changetest.Customer(), "not me", changetest.At(2*time.Hour))
	ok(t, err)
	for verb, err := range everyAct(r, changetest.At(3*time.Hour)) {
		if fault.CodeOf(err) != "frozen" {
			t.Errorf("%s: got %v", verb, err)
		}
	}
	_, err = r.Confirm(changetest.Customer(), changetest.At(3*time.Hour))
	refused(t, err, "frozen")
}

// everyAct tries every act on an open request, each on its own copy.
func everyAct(r change.Request, now time.Time) map[string]error {
	by := changetest.Staff("bob")
	errs := map[string]error{}
	try := func(verb string, act func(r *change.Request) error) {
		c := r
		errs[verb] = act(&c)
	}
	try("prove", func(r *change.Request) error { _, err := r.Prove(change.Proof{At: now}); return err })
	try("decide", func(r *change.Request) error { _, err := r.Decide(approved(*r, "bob", now)); return err })
	try("ask", func(r *change.Request) error { _, err := r.Ask(by, "why?", now); return err })
	try("answer", func(r *change.Request) error { _, err := r.Answer(by, "so", nil, now); return err })
	try("withdraw", func(r *change.Request) error { _, err := r.Withdraw(by, now); return err })
	try("expire", func(r *change.Request) error { _, err := r.Expire(by, now); return err })
	try("supersede", func(r *change.Request) error { _, err := r.Supersede(by, "r2", now); return err })
	try("fail", func(r *change.Request) error { _, err := r.Fail(by, "x", now); return err })
	try("apply", func(r *change.Request) error { _, err := r.Apply(by, 9, now); return err })
	try("collide", func(r *change.Request) error { _, err := r.Collide([]customer.Key{"phone"}, now); return err })
	try("rebase", func(r *change.Request) error { _, err := r.Rebase(by, customer.Record{}, now); return err })
	return errs
}

func TestOnlyAnAppliedRequestIsConfirmedOrGivenUp(t *testing.T) {
	open := changetest.Approved(t)
	_, err := open.Confirm(changetest.Customer(), changetest.At(day))
	refused(t, err, "nothing_to_confirm")
	_, err = open.GiveUp(changetest.Staff("system"), changetest.At(day))
	refused(t, err, "nothing_to_confirm")

	silent := changetest.Applied(t)
	_, err = silent.GiveUp(changetest.Staff("system"), changetest.At(24*day))
	ok(t, err)
	state(t, silent, changetest.At(24*day), change.Unconfirmed)
}

func TestEndIsNeverReplacedByAConfirmation(t *testing.T) {
	r := changetest.Applied(t)
	_, err := r.GiveUp(changetest.Staff("system"), changetest.At(24*day))
	ok(t, err)
	_, err = r.Confirm(changetest.Customer(), changetest.At(25*day))
	refused(t, err, "nothing_to_confirm")
	_, err = r.GiveUp(changetest.Staff("system"), changetest.At(25*day))
	refused(t, err, "nothing_to_confirm")
}

func TestEventCarriesPublicFactsOnly(t *testing.T) {
	r := changetest.Filed()
	ev, err := r.Prove(change.Proof{Gate: change.Authority, Method: change.SMSCode, Contact: "phone", By: changetest.Customer(), At: changetest.At(0)})
	ok(t, err)
	want := map[string]string{"gate": "authority", "method": "sms_code", "contact": "phone"}
	if ev.Verb != change.Proved || len(ev.Facts) != len(want) {
		t.Fatalf("got %+v", ev)
	}
	for name, value := range want {
		if ev.Facts[name] != value {
			t.Errorf("%s is %q, want %q", name, ev.Facts[name], value)
		}
	}
}

func TestReferenceNamesItsPartWhereThereAreSeveral(t *testing.T) {
	r := changetest.Filed()
	if r.Ref() != "REQ-7KQ2H" {
		t.Errorf("first part: %s", r.Ref())
	}
	if r.Lane = 2; r.Ref() != "REQ-7KQ2H/2" {
		t.Errorf("second part: %s", r.Ref())
	}
}

func TestPartyRemembersNoRoles(t *testing.T) {
	p := change.PartyOf(access.Actor{ID: "bob", Name: "Bob", Sort: access.Staff, Department: "sales", Roles: []access.Role{access.Approver}})
	if p != (change.Party{ID: "bob", Name: "Bob", Sort: access.Staff, Department: "sales"}) {
		t.Errorf("got %+v", p)
	}
}

func TestItemIsFoundByItsKey(t *testing.T) {
	r := changetest.Filed()
	if _, found := r.Item("email"); found || len(r.Keys()) != 1 {
		t.Error("found a key that the request does not touch")
	}
}

func TestMilestoneIsAnsweredOnce(t *testing.T) {
	cooling := changetest.Approved(t)
	if m := cooling.Reach(change.Cooling); m != change.Cools || !cooling.WasAccepted() {
		t.Errorf("first: %q", m)
	}
	if m := cooling.Reach(change.Scheduled); m != "" {
		t.Errorf("accepted twice: %q", m)
	}
	_, err := cooling.Withdraw(changetest.Customer(), changetest.At(3*time.Hour))
	ok(t, err)
	if m := cooling.Reach(change.Withdrawn); m != change.Dropped {
		t.Errorf("its holds stay: %q", m)
	}
	if m := cooling.Reach(change.Withdrawn); m != "" {
		t.Errorf("dropped twice: %q", m)
	}
	scheduled := changetest.Filed()
	if m := scheduled.Reach(change.Scheduled); m != change.Accepted || !scheduled.WasAccepted() {
		t.Errorf("scheduled: %q", m)
	}
	applied := changetest.Applied(t)
	if m := applied.Reach(change.Applied); m != "" || applied.WasAccepted() {
		t.Errorf("applied: %q", m)
	}
}
