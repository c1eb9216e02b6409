package desk_test

import (
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
	"amend/notify"
)

// ring lets days pass in steps of an hour, rings what falls due, and counts how often.
func (h *house) ring(days int) (rang int) {
	h.t.Helper()
	for range days * 24 {
		h.clock.Add(time.Hour)
		for {
			due, err := h.desk.DueRequests(h.ctx, 100)
			h.ok(err)
			if len(due) == 0 {
				break
			}
			for _, id := range due {
				h.ok(h.desk.Due(h.ctx, id))
			}
			if rang += len(due); rang > 1000 {
				h.t.Fatal("it rings for ever")
			}
		}
	}
	return rang
}

func TestEachTimerOfARequestRingsOnce(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.review(fang)
	h.ring(20)
	fired := map[string]int{}
	for _, key := range h.request(r.ID).Fired {
		if fired[key]++; fired[key] > 1 {
			t.Errorf("%s rang %d times", key, fired[key])
		}
	}
	if len(fired) == 0 || len(h.notices(r.ID, notify.Escalation)) == 0 {
		t.Error("nobody was told that it is late")
	}
	if s := h.state(r.ID); s != change.Reviewing {
		t.Errorf("silence led to %s", s)
	}
	alarms := len(h.notices(r.ID, notify.Escalation))
	for range 5 { // rung by hand, at any time
		h.ok(h.desk.Due(h.ctx, r.ID))
	}
	if n := len(h.notices(r.ID, notify.Escalation)); n != alarms {
		t.Errorf("%d alarms more", n-alarms)
	}
}

func TestRequestThatNobodyProvesExpiresAndTheOldValueStays(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	h.ring(60)
	if s := h.state(r.ID); s != change.Expired {
		t.Fatalf("it is %s", s)
	}
	if rec, err := h.view().Record(fang); err != nil || rec.Get("phone") != "+8613800138000" || rec.Version != 1 {
		t.Errorf("%v %v", rec.Values, err)
	}
	if n := len(h.notices(r.ID, notify.Expired)); n != 1 {
		t.Errorf("told %d times", n)
	}
	if n := h.ring(30); n != 0 {
		t.Errorf("rang %d times after its end", n)
	}
	h.refused(h.desk.Withdraw(h.ctx, self(fang), r.ID), "no_open_request")
}

func TestRecordThatNeverCameToBeIsForgottenWithItsKey(t *testing.T) {
	h := open(t)
	p := proposal("", "legal_name", "李雷", "phone", "13700137000")
	p.RecordKind = customer.Person
	r := h.file(h.staff["ada"], p)
	h.ring(120)
	if n := h.count(`SELECT COUNT(*) FROM record_key WHERE record_id = $1`, r.Record); n != 0 {
		t.Error("the key of a record that never came to be is kept")
	}
	if _, err := h.view().Change(r.ID); err == nil {
		t.Error("what was filed still opens")
	}
	if n := h.ring(30); n != 0 {
		t.Errorf("rang %d times after it was forgotten", n)
	}
	h.tell()
	h.sequence()
	if err := h.replay(); err != nil {
		t.Error(err)
	}
}

func TestAppliedChangeThatNobodyConfirmsIsAskedAgainAndClosed(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.file(self(fang), proposal(fang, "title", "Dr"))
	if s := h.state(r.ID); s != change.Applied {
		t.Fatalf("it is %s", s)
	}
	h.ring(100)
	if s := h.state(r.ID); s != change.Unconfirmed {
		t.Errorf("it is %s", s)
	}
	rec, err := h.view().Record(fang)
	if err != nil || rec.Values["title"].Grade.AtLeast(customer.GradeB) {
		t.Errorf("%+v %v", rec.Values["title"], err)
	}
	if n := len(h.notices(r.ID, notify.Confirm)); n < 2 || n > 4 {
		t.Errorf("asked %d times", n)
	}
}

func TestHoldEndsByItselfAndEverySystemHearsOfIt(t *testing.T) {
	h, ids := connected(t, 1)
	h.deliver(10)
	now := h.clock.Now()
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.PlaceHold(downstream.Hold{ID: "h1", Record: ids[0], Change: "c", Action: "payout", Reason: "change", From: now, Until: now.Add(time.Hour)})
		return nil
	}))
	if n, err := h.desk.EndHolds(h.ctx, 10); n != 0 || err != nil {
		t.Errorf("%d ended early, %v", n, err)
	}
	h.clock.Add(time.Hour)
	if n, err := h.desk.EndHolds(h.ctx, 10); n != 1 || err != nil {
		t.Errorf("%d ended, %v", n, err)
	}
	if n, err := h.desk.EndHolds(h.ctx, 10); n != 0 || err != nil {
		t.Errorf("%d ended twice, %v", n, err)
	}
	if d := h.delivery(ids[0]); d.State != downstream.Owed || d.WantedSeq != 2 {
		t.Errorf("the system does not hear: %+v", d)
	}
	h.deliver(10)
	if last := h.crm.calls[len(h.crm.calls)-1]; len(last.Holds) != 0 {
		t.Errorf("the system is told of %v", last.Holds)
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'hold.end'`); n != 1 {
		t.Errorf("%d entries", n)
	}
}
