package change_test

import (
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
	"amend/customer"
)

// review is a verified request with a level of two people and one of one.
func review(t *testing.T) change.Request {
	return changetest.Verified(t, changetest.Evidence(1, change.Sighted), changetest.Answers("phone"), changetest.Level("L1", 2), changetest.Level("L2", 1))
}

var reviewed = changetest.At(2 * time.Hour)

func TestEveryLevelTakesItsNumberOfDifferentPeople(t *testing.T) {
	r := review(t)
	changetest.Approve(t, &r, "bob", reviewed)
	state(t, r, reviewed, change.Reviewing)
	_, err := r.Decide(approved(r, "bob", reviewed))
	refused(t, err, "already_decided")

	changetest.Approve(t, &r, "carol", reviewed)
	if l, err := r.OpenLevel(reviewed); err != nil || l.Name != "L2" || r.OpenRole(reviewed) != "approver" {
		t.Fatalf("open level is %q, %v", l.Name, err)
	}
	_, err = r.Decide(approved(r, "carol", reviewed))
	refused(t, err, "already_decided") // not at another level either

	changetest.Approve(t, &r, "dan", reviewed)
	state(t, r, reviewed, change.Scheduled)
	_, err = r.Decide(approved(r, "eve", reviewed))
	refused(t, err, "not_in_review")
}

func TestPersonAndTheirDelegateAreOneVoice(t *testing.T) {
	for name, order := range map[string][2]change.Decision{
		"the delegate second": {{By: changetest.Staff("bob")}, {By: changetest.Staff("dora"), For: "bob"}},
		"the person second":   {{By: changetest.Staff("dora"), For: "bob"}, {By: changetest.Staff("bob")}},
		"two delegates":       {{By: changetest.Staff("dora"), For: "bob"}, {By: changetest.Staff("emil"), For: "bob"}},
	} {
		r := review(t)
		for i, d := range order {
			d.Verdict, d.Hash, d.At = change.Approved, r.Hash(), reviewed
			_, err := r.Decide(d)
			if i == 0 {
				ok(t, err)
				continue
			}
			refused(t, err, "already_decided")
			d.Level = "L1"
			r.Decisions = append(r.Decisions, d) // even if it were on record, it would not count
		}
		if r.Gates(reviewed)[2].Met {
			t.Errorf("%s: one voice met a level of two", name)
		}
	}
}

func TestApprovalCountsOnlyForTheContentSeen(t *testing.T) {
	r := review(t)
	seen := r.Hash()
	r.Items[0].Now = "+8613900000003"
	_, err := r.Decide(change.Decision{Verdict: change.Approved, By: changetest.Staff("bob"), Hash: seen, At: reviewed})
	refused(t, err, "content_changed")

	changetest.Approve(t, &r, "bob", reviewed)
	changetest.Approve(t, &r, "carol", reviewed)
	r.Items[0].Now = "+8613900000004" // swapped after approval
	if l, err := r.OpenLevel(reviewed); err != nil || l.Name != "L1" {
		t.Errorf("the approvals of another content count: open is %q, %v", l.Name, err)
	}
}

func TestRejectionEndsTheRequestWithItsReason(t *testing.T) {
	r := review(t)
	ev, err := r.Decide(change.Decision{Verdict: change.Rejected, By: changetest.Staff("bob"), Hash: r.Hash(), Reason: "value_wrong", At: reviewed})
	ok(t, err)
	state(t, r, reviewed, change.Refused)
	if r.EndCode != "value_wrong" || ev.Verb != change.RejectedBy || ev.Facts["reason"] != "value_wrong" {
		t.Errorf("ended by %q, event %+v", r.EndCode, ev)
	}
}

func TestQuestionWaitsForItsAnswer(t *testing.T) {
	r := review(t)
	changetest.Approve(t, &r, "bob", reviewed)
	_, err := r.Ask(changetest.Staff("carol"), "which number?", reviewed)
	ok(t, err)
	state(t, r, reviewed, change.NeedsInfo)
	_, err = r.Decide(approved(r, "dan", reviewed))
	refused(t, err, "question_open")
	_, err = r.Ask(changetest.Staff("dan"), "and why?", reviewed)
	refused(t, err, "question_open")

	_, err = r.Answer(changetest.Customer(), "the new one", nil, reviewed.Add(time.Hour))
	ok(t, err)
	state(t, r, reviewed.Add(time.Hour), change.Reviewing)
	if len(r.Decisions) != 1 || len(r.Voided) != 0 {
		t.Error("an answer without a correction voids approvals")
	}
	_, err = r.Answer(changetest.Customer(), "once more", nil, reviewed.Add(time.Hour))
	refused(t, err, "no_question")
	filed := changetest.Filed()
	_, err = filed.Ask(changetest.Staff("bob"), "who?", reviewed)
	refused(t, err, "not_in_review")
}

func TestCorrectionVoidsProofsAndApprovalsOfWhatChanged(t *testing.T) {
	r := changetest.Filed(changetest.Authority(change.SMSCode), changetest.Answers("phone", "email"), changetest.Evidence(1, change.Sighted), changetest.Level("L1", 2))
	r.Items = append(r.Items, change.Item{Key: "email", Now: "ada@new.example", Salt: []byte("s")})
	changetest.Prove(t, &r, changetest.At(time.Hour))
	changetest.Approve(t, &r, "bob", reviewed)
	_, err := r.Ask(changetest.Staff("carol"), "is the phone right?", reviewed)
	ok(t, err)
	before := r

	_, err = r.Answer(changetest.Customer(), "no", []change.Item{{Key: "phone", Now: "+8613900000009", Salt: []byte("third salt")}}, reviewed.Add(time.Hour))
	ok(t, err)
	state(t, r, reviewed.Add(time.Hour), change.Verifying)
	if len(r.Proofs) != 1 || !r.Reached("email") || r.Reached("phone") {
		t.Errorf("kept %+v", r.Proofs)
	}
	if len(r.Unproven) != 3 || len(r.Voided) != 1 || len(r.Decisions) != 0 {
		t.Errorf("on record: %d proofs, %d decisions", len(r.Unproven), len(r.Voided))
	}
	if before.Items[0].Now == r.Items[0].Now || len(before.Proofs) != 4 || before.Question() == nil {
		t.Error("the act changed the request that it was read from")
	}
	changetest.Prove(t, &r, reviewed.Add(2*time.Hour))
	changetest.Approve(t, &r, "bob", reviewed.Add(2*time.Hour)) // may decide again: it is another content
}

func TestCorrectionIsAnotherValueOfTheSameItem(t *testing.T) {
	for code, it := range map[string]change.Item{
		"not_in_request":     {Key: "email", Now: "x"},
		"correction_removes": {Key: "phone", Now: ""},
	} {
		r := review(t)
		_, err := r.Ask(changetest.Staff("bob"), "why?", reviewed)
		ok(t, err)
		good := change.Item{Key: "phone", Now: "+8613900000009"}
		_, err = r.Answer(changetest.Customer(), "so", []change.Item{good, it}, reviewed)
		refused(t, err, code)
		if r.Question() == nil || r.Items[0].Now == good.Now {
			t.Errorf("%s: a refused answer left a trace", code)
		}
	}
	r := review(t)
	_, err := r.Ask(changetest.Staff("bob"), "why?", reviewed)
	ok(t, err)
	_, err = r.Answer(changetest.Customer(), "it is right", []change.Item{{Key: "phone", Now: r.Items[0].Now, Salt: []byte("x")}}, reviewed)
	ok(t, err)
	if len(r.Proofs) != 2 || string(r.Items[0].Salt) != "new salt" {
		t.Error("the same value voids proofs")
	}
}

func TestChangeOfTheSameFieldIsRebasedByAPerson(t *testing.T) {
	now := changetest.At(3 * day)
	moved := customer.Value{Content: "+8613700000007"}
	rec := customer.Record{Version: 9, Values: map[customer.Key]customer.Value{"phone": moved}, Changed: map[customer.Key]int64{"phone": 9}}
	r := changetest.Approved(t, changetest.Authority(change.SMSCode), changetest.Level("L1", 1), changetest.Cool(day))
	if got := r.Moved(rec); len(got) != 1 || got[0] != "phone" {
		t.Fatalf("moved: %v", got)
	}
	if got := r.Moved(customer.Record{Changed: map[customer.Key]int64{"phone": 3, "email": 9}}); got != nil {
		t.Errorf("another field moved this one: %v", got)
	}

	_, err := r.Collide(r.Moved(rec), changetest.At(2*time.Hour))
	refused(t, err, "gates_open") // it still cools
	ev, err := r.Collide([]customer.Key{"phone", "email"}, now)
	ok(t, err)
	if ev.Facts["fields"] != "phone,email" {
		t.Errorf("names %q", ev.Facts["fields"])
	}
	state(t, r, now, change.Reviewing)
	if r.OpenRole(now) != "steward" {
		t.Errorf("waits for %q", r.OpenRole(now))
	}
	_, err = r.Decide(approved(r, "carol", now))
	refused(t, err, "rebase_first")
	_, err = r.Collide([]customer.Key{"phone"}, now)
	refused(t, err, "gates_open")

	was := r
	_, err = r.Rebase(changetest.Staff("stew"), rec, now.Add(time.Hour))
	ok(t, err)
	if r.Items[0].Base != 9 || r.Items[0].Was.Content != moved.Content || was.Items[0].Base != 3 {
		t.Errorf("based on %+v", r.Items[0])
	}
	if len(r.Voided) != 1 || len(r.Proofs) != 1 {
		t.Error("a rebase voids approvals, and nothing else")
	}
	state(t, r, now.Add(time.Hour), change.Reviewing)
	changetest.Approve(t, &r, "bob", now.Add(time.Hour))
	state(t, r, now.Add(25*time.Hour-1), change.Cooling) // the clock began anew
	_, err = r.Rebase(changetest.Staff("stew"), rec, now.Add(2*time.Hour))
	refused(t, err, "no_conflict")

	gone := changetest.Approved(t)
	_, err = gone.Collide([]customer.Key{"phone"}, now)
	ok(t, err)
	_, err = gone.Rebase(changetest.Staff("stew"), customer.Record{}, now)
	ok(t, err)
	if gone.Items[0].Was != nil {
		t.Error("shows a value that is gone")
	}
}

func TestPeopleWhoMustBeApartAreOfDifferentDepartments(t *testing.T) {
	gate := changetest.Level("L1", 2)
	gate.Level.Apart = true
	r := changetest.Filed(gate)
	approve := func(id, department string) {
		by := changetest.Staff(id)
		by.Department = department
		_, err := r.Decide(change.Decision{Verdict: change.Approved, By: by, Hash: r.Hash(), At: changetest.At(time.Hour)})
		ok(t, err)
	}
	approve("bob", "finance")
	approve("carol", "finance")
	approve("dan", "") // nobody can tell that dan is of another one
	state(t, r, changetest.At(2*time.Hour), change.Reviewing)
	approve("eve", "legal")
	state(t, r, changetest.At(2*time.Hour), change.Scheduled)
}
