package desk_test

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// system is how the CRM stands.
func (h *house) system() store.SystemRow {
	h.t.Helper()
	row, err := h.view().System("crm")
	h.ok(err)
	return row
}

func TestPausedSystemIsNotCalledAndHearsWhatItMissedOnceResumed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ids, ivy := h.connect(3), h.staff["ivy"]
		h.ok(h.desk.Pause(h.ctx, ivy, "crm", "  upgrade until noon "))
		if row := h.system(); !row.Paused || row.Pause.Name != "ivy" || row.Pause.Reason != "upgrade until noon" || h.clock.Now().Sub(row.Pause.Since) > time.Second {
			t.Errorf("%+v", row.Pause)
		}
		h.clock.Add(4 * 24 * time.Hour) // longer than any horizon
		if n := h.deliver(100); n != 0 || len(h.crm.calls) != 0 {
			t.Errorf("%d calls of a paused system", len(h.crm.calls))
		}
		if waits, err := h.desk.Waiting(h.ctx); err != nil || len(waits.Systems) != 0 {
			t.Errorf("the work loop is sent there: %v %v", waits.Systems, err)
		}
		if len(h.exceptions()) != 0 {
			t.Error("what waits on purpose needs nobody")
		}
		h.ok(h.desk.Replay(h.ctx, ivy, "crm", ids[0]))
		h.ok(h.desk.Resume(h.ctx, ivy, "crm"))
		if n := h.deliver(100); n != 3 || len(h.crm.calls) != 3 {
			t.Errorf("%d delivered by %d calls", n, len(h.crm.calls))
		}
		for _, id := range ids {
			if d := h.delivery(id); d.State != downstream.Settled || d.AckedSeq != d.WantedSeq {
				t.Errorf("%+v", d)
			}
		}
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb IN ('system.pause', 'system.resume') AND actor_id = $1`, ivy.ID); n != 2 {
			t.Errorf("%d entries", n)
		}
	})
}

func TestPauseIsForWhoManagesSystemsAndSaysWhy(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.connect(0)
		ivy := h.staff["ivy"]
		for _, who := range []string{"sue", "otto", "bob"} {
			for _, err := range []error{h.desk.Pause(h.ctx, h.staff[who], "crm", "x"), h.desk.Resume(h.ctx, h.staff[who], "crm")} {
				if fault.KindOf(err) != fault.Denied {
					t.Errorf("%s: %v", who, err)
				}
			}
		}
		h.refused(h.desk.Pause(h.ctx, ivy, "crm", " \n"), "pause_needs_reason")
		h.refused(h.desk.Pause(h.ctx, ivy, "crm", strings.Repeat("x", 10_000)), "too_long")
		h.refused(h.desk.Pause(h.ctx, ivy, "erp", "x"), "no_system")
		h.refused(h.desk.Resume(h.ctx, ivy, "crm"), "system_not_paused")
		h.ok(h.desk.Pause(h.ctx, ivy, "crm", "x"))
		h.refused(h.desk.Pause(h.ctx, ivy, "crm", "y"), "system_paused")
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb IN ('system.pause', 'system.resume')`); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

func TestBatchUnderWayEndsOnceTheSystemIsPaused(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.connect(5)
		h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
			if len(h.crm.calls) == 1 {
				h.ok(h.desk.Pause(h.ctx, h.staff["ivy"], "crm", "it is on fire"))
			}
			h.clock.Add(time.Second)
			return downstream.Answer{Outcome: downstream.OK}, nil
		}
		if n := h.deliver(100); n != 1 {
			t.Errorf("%d deliveries of a batch that was under way", n)
		}
		if row := h.system(); row.Pause.Reason != "it is on fire" {
			t.Errorf("%+v", row.Pause)
		}
	})
}

// The system asks never to be called again while a person is pausing it: both are on record,
// and the person's word stands.
func TestSystemThatPausesItselfSaysSoUnlessAPersonWasFirst(t *testing.T) {
	gone := downstream.Answer{Outcome: downstream.Permanent, Disable: true, Code: "http_410"}
	eachHouse(t, func(t *testing.T, h *house) {
		ids, ivy := h.connect(2), h.staff["ivy"]
		h.crm.answer = answers(gone)
		h.deliver(1)
		if p := h.system().Pause; !p.ByItself() || p.Reason != "http_410" || p.Name != "Amend" {
			t.Errorf("%+v", p)
		}
		h.ok(h.desk.Resume(h.ctx, ivy, "crm"))
		h.crm.answer = func(downstream.Envelope) (downstream.Answer, error) {
			h.ok(h.desk.Pause(h.ctx, ivy, "crm", "moving house"))
			return gone, nil
		}
		h.clock.Add(time.Hour)
		h.deliver(1)
		if p := h.system().Pause; p.By != ivy.ID || p.Reason != "moving house" {
			t.Errorf("%+v", p)
		}
		h.ok(h.desk.Resume(h.ctx, ivy, "crm"))
		h.crm.answer = nil
		h.deliver(100)
		for _, id := range ids {
			if d := h.delivery(id); d.State != downstream.Settled {
				t.Errorf("%+v", d)
			}
		}
		if xs := h.exceptions(); len(xs) != 0 {
			t.Errorf("open after everything arrived: %+v", xs)
		}
	})
}

// A pause is no failure: 70 hours of trouble before it and two hours after it are not 72.
func TestTimeInWhichNobodyCalledDoesNotCountAgainstASystem(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ids, ivy := h.connect(1), h.staff["ivy"]
		h.crm.answer = answers(downstream.Answer{Outcome: downstream.Retry, Code: "http_500"})
		for range 70 {
			h.clock.Add(time.Hour)
			h.deliver(1)
		}
		h.ok(h.desk.Pause(h.ctx, ivy, "crm", "repair"))
		h.clock.Add(30 * 24 * time.Hour)
		h.ok(h.desk.Resume(h.ctx, ivy, "crm"))
		h.deliver(1)
		if d := h.delivery(ids[0]); d.State != downstream.Owed || d.Attempts != 1 {
			t.Errorf("given up at the first try: %+v", d)
		}
		h.crm.answer = nil
		h.clock.Add(time.Minute)
		h.deliver(1)
		if d := h.delivery(ids[0]); d.State != downstream.Settled {
			t.Errorf("%+v", d)
		}
	})
}

func TestSystemConnectedPausedIsNotCalledUntilItIsResumed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		s := crm()
		s.Paused = true
		h.ok(h.desk.AddSystem(h.ctx, h.staff["ivy"], s, []byte("hush hush")))
		if p := h.system().Pause; p.By != h.staff["ivy"].ID || p.Since.IsZero() {
			t.Errorf("%+v", p)
		}
		h.ok(h.desk.Resume(h.ctx, h.staff["ivy"], "crm"))
	})
}

func TestOneRecordIsSentAgainAlone(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		ids := h.connect(3)
		h.deliver(100)
		otto := h.staff["otto"]
		h.ok(h.desk.Replay(h.ctx, otto, "crm", ids[1]))
		if n := h.deliver(100); n != 1 || h.crm.calls[3].Record != ids[1] || h.crm.calls[3].Seq != 2 {
			t.Errorf("%d sent again: %+v", n, h.crm.calls[len(h.crm.calls)-1])
		}
		h.refused(h.desk.Replay(h.ctx, otto, "crm", "nobody"), "no_customer")
		h.refused(h.desk.Replay(h.ctx, otto, "erp", ids[0]), "no_system")
		if err := h.desk.Replay(h.ctx, h.staff["ada"], "crm", ids[0]); fault.KindOf(err) != fault.Denied {
			t.Errorf("ada: %v", err)
		}
		shops := crm()
		shops.ID, shops.Kinds, shops.Fields = "shops", []customer.Kind{customer.Organization}, []downstream.Subscription{{Key: "phone"}}
		h.ok(h.desk.AddSystem(h.ctx, h.staff["ivy"], shops, []byte("hush hush")))
		h.refused(h.desk.Replay(h.ctx, otto, "shops", ids[0]), "record_not_followed")
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'delivery.replay' AND record_id = $1`, ids[1]); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

func TestHowLongDeliveriesWaitedIsCountedAndForgotten(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.connect(3)
		h.clock.Add(4 * time.Second)
		h.crm.answer = func(e downstream.Envelope) (downstream.Answer, error) {
			if len(h.crm.calls) == 1 {
				return downstream.Answer{Outcome: downstream.Permanent, Code: "http_422"}, nil
			}
			return downstream.Answer{Outcome: downstream.OK}, nil
		}
		h.deliver(100)
		reader := store.NewReader(h.store, h.books.Calendar)
		lines, err := reader.SystemLines(h.ctx, access.Actor{ID: "o", Sort: access.Staff, Roles: []access.Role{access.Operator}})
		h.ok(err)
		day := lines[0].Pace.Sum()
		if wait, _ := day.Within(0.95); day.Delivered() != 2 || day.Failed() != 1 || wait != 5*time.Second {
			t.Errorf("%v: 95 %% within %v", day, wait)
		}
		h.clock.Add(9 * 24 * time.Hour)
		h.ok(h.desk.Tidy(h.ctx))
		if n := h.count(`SELECT COUNT(*) FROM system_hour`); n != 0 {
			t.Errorf("%d hours kept", n)
		}
	})
}
