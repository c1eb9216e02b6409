package desk_test

import (
	"testing"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/store"
)

// While one worker waits for its answer, another one has taken over and told the system
// something newer. What the first one hears at last is about what nobody waits for.
func TestLateAnswerOpensNoExceptionAboutWhatIsInSync(t *testing.T) {
	for name, late := range map[string]downstream.Answer{
		"conflict": {Outcome: downstream.Conflict, Code: "http_409"},
		"ahead":    {Outcome: downstream.OK, Seq: 1 << 40},
	} {
		h, ids := connected(t, 1)
		h.crm.answer = func(e downstream.Envelope) (downstream.Answer, error) {
			if len(h.crm.calls) > 1 {
				return downstream.Answer{Outcome: downstream.OK}, nil
			}
			_, err := h.desk.Load(h.ctx, h.staff["ivy"], "crm")
			h.ok(err)
			h.deliver(10)
			return late, nil
		}
		h.deliver(10)
		if d := h.delivery(ids[0]); d.AckedSeq != 2 || d.State != downstream.Settled {
			t.Errorf("%s: %+v", name, d)
		}
		if xs := h.exceptions(); len(xs) > 0 {
			t.Errorf("%s: %+v", name, xs)
		}
	}
}

// A delivery that is raised while its system refuses it is owed afresh: it has not stopped.
func TestRaiseDuringARefusalOpensNoException(t *testing.T) {
	h, ids := connected(t, 1)
	h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
		if len(h.crm.calls) == 1 {
			_, err := h.desk.Load(h.ctx, h.staff["ivy"], "crm")
			h.ok(err)
			return downstream.Answer{Outcome: downstream.Conflict, Code: "http_409"}, nil
		}
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	h.deliver(10)
	if d, xs := h.delivery(ids[0]), h.exceptions(); d.State != downstream.Owed || len(xs) > 0 {
		t.Errorf("%+v with %d exceptions", d, len(xs))
	}
	h.deliver(10)
	if d := h.delivery(ids[0]); d.AckedSeq != 2 || d.State != downstream.Settled {
		t.Errorf("%+v", d)
	}
}

// Between the decision of one worker that a delivery stopped and its storing, another one has
// its delivery taken: nothing has stopped, and nobody is asked to look.
func TestDeliveryTakenWhileItsEndIsStoredOpensNoException(t *testing.T) {
	h, ids := connected(t, 1)
	h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
		if len(h.crm.calls) == 1 {
			return downstream.Answer{Outcome: downstream.Conflict, Code: "http_409"}, nil
		}
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	taken := false
	slow, err := store.Open(h.ctx, store.Options{URL: h.url, Clock: h.clock.Now, Keys: h.keys, Catalog: h.books.Catalog, Solo: func(m store.Moment) {
		if m == store.Decided && !taken {
			taken = true
			h.deliver(10)
		}
	}})
	h.ok(err)
	defer func() { h.ok(slow.Close()) }()
	_, err = desk.New(slow, h.keys, h.books, h.out).Deliver(h.ctx, "crm", 10)
	h.ok(err)
	if d, xs := h.delivery(ids[0]), h.exceptions(); !taken || d.AckedSeq != 1 || d.State != downstream.Settled || len(xs) > 0 {
		t.Errorf("%+v with %d exceptions", d, len(xs))
	}
}

// A system that takes long to answer leaves the others their turn.
func TestSlowSystemIsNotCalledForLongerThanItsTurn(t *testing.T) {
	h, _ := connected(t, 9)
	h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
		h.clock.Add(700 * time.Millisecond)
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	for _, want := range []int{3, 3, 3, 0} {
		if n := h.deliver(100); n != want {
			t.Errorf("%d calls in a turn, want %d", n, want)
		}
	}
	if len(h.crm.calls) != 9 {
		t.Errorf("%d calls", len(h.crm.calls))
	}
}

// Records are read many at a time, and what was read does not leave when it has grown old.
func TestWhatWasReadForLaterDeliveriesIsReadAgainBeforeItIsOld(t *testing.T) {
	h, ids := connected(t, 3)
	h.crm.answer = func(e downstream.Envelope) (downstream.Answer, error) {
		h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
			for _, id := range ids {
				tx.PlaceHold(downstream.Hold{ID: tx.NewID(), Record: id, Action: "payout", Reason: "disputed", From: tx.Now()})
			}
			return nil
		}))
		h.clock.Add(600 * time.Millisecond)
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	h.deliver(100)
	for i, want := range []int{0, 0, 1} {
		if got := len(h.crm.calls[i].Holds); got != want {
			t.Errorf("call %d told of %d holds, want %d", i, got, want)
		}
	}
}

// One record that cannot be opened stops; those that were read with it are told.
func TestRecordThatCannotBeOpenedStopsAlone(t *testing.T) {
	h, ids := connected(t, 70)
	gone, bad := ids[3], ids[66]
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.Exec(`DELETE FROM golden_record WHERE id = $1`, gone)
		tx.Exec(`UPDATE golden_record SET version = version + 1 WHERE id = $1`, bad)
		return nil
	}))
	if n := h.deliver(100); n != 70 || len(h.crm.calls) != 68 {
		t.Errorf("%d tried, %d calls", n, len(h.crm.calls))
	}
	for id, code := range map[customer.ID]string{gone: "no_customer", bad: "record_altered"} {
		if d := h.delivery(id); d.State != downstream.Stopped || d.LastCode != code {
			t.Errorf("%+v", d)
		}
	}
	if d := h.delivery(ids[65]); d.State != downstream.Settled {
		t.Errorf("a neighbour: %+v", d)
	}
}

// Two workers are refused for good at the same time: one exception, and its owner hears once.
func TestDeliveryThatTwoWorkersSeeStopIsToldOnce(t *testing.T) {
	h, ids := connected(t, 1)
	h.crm.answer = answers(downstream.Answer{Outcome: downstream.Conflict, Code: "http_409"})
	stopped, told := false, int64(0)
	slow, err := store.Open(h.ctx, store.Options{URL: h.url, Clock: h.clock.Now, Keys: h.keys, Catalog: h.books.Catalog, Solo: func(m store.Moment) {
		if m == store.Decided && !stopped {
			stopped = true
			h.deliver(10)
			told = h.count(`SELECT COUNT(*) FROM notice`)
		}
	}})
	h.ok(err)
	defer func() { h.ok(slow.Close()) }()
	_, err = desk.New(slow, h.keys, h.books, h.out).Deliver(h.ctx, "crm", 10)
	h.ok(err)
	if d := h.delivery(ids[0]); d.State != downstream.Stopped || len(h.exceptions()) != 1 || told == 0 {
		t.Errorf("%+v, told %d times", d, told)
	}
	if again := h.count(`SELECT COUNT(*) FROM notice`); again != told {
		t.Errorf("%d notices, and then %d", told, again)
	}
}
