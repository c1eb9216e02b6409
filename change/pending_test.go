package change_test

import (
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
)

func intend(t *testing.T, r *change.Request, d change.Decision) {
	t.Helper()
	_, err := r.Intend(d, d.At.Add(change.UndoWithin))
	ok(t, err)
	ok(t, change.Invariants(*r))
}

func TestVerdictOfTheConsoleTakesEffectTenSecondsLater(t *testing.T) {
	r := changetest.Verified(t)
	intend(t, &r, approved(r, "bob", reviewed))
	state(t, r, reviewed, change.Reviewing)
	_, dues := r.Next(reviewed)
	if dues[0].What != change.DueSettle || !dues[0].At.Equal(reviewed.Add(10*time.Second)) {
		t.Fatalf("due: %+v", dues[0])
	}
	ev, err := r.Settle(dues[0].At)
	ok(t, err)
	if ev.Verb != change.ApprovedBy || ev.By.ID != "bob" || r.Pending != nil {
		t.Errorf("%+v", ev)
	}
	state(t, r, dues[0].At, change.Cooling)
	ok(t, change.Invariants(r))
}

func TestRejectionThatWaitsEndsNothingYet(t *testing.T) {
	r := changetest.Verified(t)
	d := approved(r, "bob", reviewed)
	d.Verdict, d.Reason = change.Rejected, "other"
	intend(t, &r, d)
	if !r.Open() {
		t.Fatal("it ended before it took effect")
	}
	_, err := r.Settle(reviewed.Add(change.UndoWithin))
	ok(t, err)
	if r.End != change.Refused {
		t.Errorf("end is %q", r.End)
	}
	ok(t, change.Invariants(r))
}

func TestVerdictIsUndoneByItsPersonAloneAndStaysOnRecord(t *testing.T) {
	r := changetest.Verified(t)
	intend(t, &r, approved(r, "bob", reviewed))
	_, err := r.Undo(changetest.Staff("carol"), reviewed)
	refused(t, err, "nothing_to_undo")
	_, err = r.Undo(changetest.Staff("bob"), reviewed)
	ok(t, err)
	if r.Pending != nil || len(r.Decisions) != 0 || len(r.Voided) != 1 || !r.Voided[0].Undone {
		t.Errorf("%+v", r)
	}
	_, err = r.Undo(changetest.Staff("bob"), reviewed)
	refused(t, err, "nothing_to_undo")
	changetest.Approve(t, &r, "bob", reviewed) // and may decide anew
	ok(t, change.Invariants(r))
}

func TestNobodyDecidesWhileAVerdictIsAboutToTakeEffect(t *testing.T) {
	r := changetest.Verified(t, changetest.Level("L1", 2))
	intend(t, &r, approved(r, "bob", reviewed))
	_, err := r.Decide(approved(r, "carol", reviewed))
	refused(t, err, "decision_pending")
	_, err = r.Intend(approved(r, "carol", reviewed), reviewed.Add(change.UndoWithin))
	refused(t, err, "decision_pending")
	_, err = r.Ask(changetest.Staff("carol"), "why?", reviewed)
	refused(t, err, "decision_pending")
}

func TestVerdictOnWhatMovedMeanwhileIsDropped(t *testing.T) {
	r := changetest.Verified(t)
	intend(t, &r, approved(r, "bob", reviewed))
	r.Items[0].Salt = []byte("moved") // as a correction would
	ev, err := r.Settle(reviewed.Add(change.UndoWithin))
	ok(t, err)
	if ev.Verb != change.Undone || ev.Facts["reason"] != "content_changed" || len(r.Decisions) != 0 || len(r.Voided) != 1 {
		t.Errorf("%+v %+v", ev, r.Voided)
	}
}

func TestFreezeAndEndLeaveNoVerdictBehind(t *testing.T) {
	for name, end := range map[string]func(*change.Request) (change.Event, error){
		"frozen": func(r *change.Request) (change.Event, error) {
			return r.Freeze(changetest.Customer(), "not me", reviewed)
		},
		"withdrawn": func(r *change.Request) (change.Event, error) { return r.Withdraw(changetest.Customer(), reviewed) },
	} {
		r := changetest.Verified(t)
		intend(t, &r, approved(r, "bob", reviewed))
		_, err := end(&r)
		ok(t, err)
		if r.Pending != nil {
			t.Errorf("%s: a verdict waits", name)
		}
		_, err = r.Settle(reviewed.Add(change.UndoWithin))
		refused(t, err, "nothing_to_undo")
	}
}
