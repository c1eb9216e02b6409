package desk_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/quality"
)

// A patient far side can be tried: it keeps what it was tried with, and is slow.
type patient struct {
	*far
	house *house
	tried []downstream.Envelope
}

func (p *patient) Test(_ context.Context, e downstream.Envelope) (downstream.Answer, error) {
	p.tried = append(p.tried, e)
	p.house.clock.Add(42 * time.Millisecond)
	if p.answer == nil {
		return downstream.Answer{Outcome: downstream.OK, Code: "http_200"}, nil
	}
	return p.answer(e)
}

func (p *patient) Show(e downstream.Envelope) ([]byte, error) { return json.Marshal(e.Fields) }

// patience makes the CRM one that can be tried.
func (h *house) patience() *patient {
	p := &patient{far: h.crm, house: h}
	h.out.Connector = func(downstream.System, []byte) (downstream.Connector, error) { return p, nil }
	h.rebuild()
	return p
}

func TestCanaryIsAnsweredOnRecordAndLeavesNothing(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		p, otto := h.patience(), h.staff["otto"]
		h.connect(1)
		h.clock.Add(time.Minute)
		a, err := h.desk.Canary(h.ctx, otto, "crm")
		h.ok(err)
		is, err := h.view().Tried("crm")
		h.ok(err)
		if !a.Received() || is.Outcome != "ok" || is.Code != "http_200" || is.Millis != 42 || is.Name != "otto" {
			t.Errorf("%+v %+v", a, is)
		}
		if len(p.tried) != 2 || p.tried[0].Event != downstream.Test || p.tried[0].Record != downstream.CanaryID || !p.tried[1].Gone || p.tried[1].Event != downstream.Test {
			t.Errorf("tried with %+v", p.tried)
		}
		if h.count(`SELECT COUNT(*) FROM delivery WHERE record_id = $1`, downstream.CanaryID) != 0 || len(h.crm.calls) != 0 {
			t.Error("the canary became a customer")
		}
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'system.test' AND actor_id = $1`, otto.ID); n != 1 {
			t.Errorf("%d entries of who tested", n)
		}
		if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'system.tested'`); n != 1 {
			t.Errorf("%d entries of the outcome", n)
		}
	})
}

func TestTestSaysWhatTheSystemMadeOfIt(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		p := h.patience()
		h.connect(0)
		for _, c := range []struct {
			answer func(downstream.Envelope) (downstream.Answer, error)
			want   downstream.Outcome
			code   string
		}{
			{answers(downstream.Answer{Outcome: downstream.Permanent, Code: "http_422"}), downstream.Permanent, "http_422"},
			{answers(downstream.Answer{Outcome: downstream.Retry, Code: "unreachable", Down: true}), downstream.Retry, "unreachable"},
			{func(downstream.Envelope) (downstream.Answer, error) {
				return downstream.Answer{}, context.DeadlineExceeded
			}, downstream.Retry, "timeout"},
			{func(downstream.Envelope) (downstream.Answer, error) { panic("王小芳") }, downstream.Permanent, "panic"},
		} {
			p.answer, p.tried = c.answer, nil
			h.clock.Add(time.Minute)
			_, err := h.desk.Canary(h.ctx, h.staff["ivy"], "crm")
			if err != nil && c.code != "panic" {
				t.Errorf("%s: %v", c.code, err)
			}
			is, err := h.view().Tried("crm")
			h.ok(err)
			if is.Outcome != string(c.want) || is.Code != c.code || len(p.tried) != 1 {
				t.Errorf("%+v after %d tries, want %s %s", is, len(p.tried), c.want, c.code)
			}
		}
	})
}

// A person may see that a paused system is back before they resume it; a system that is down
// is then probed at once.
func TestTestOfAPausedOrLostSystemIsAllowed(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.patience()
		h.connect(1)
		h.crm.answer = answers(downstream.Answer{Outcome: downstream.Retry, Code: "timeout", Down: true})
		h.deliver(1)
		h.ok(h.desk.Pause(h.ctx, h.staff["ivy"], "crm", "upgrade"))
		_, err := h.desk.Canary(h.ctx, h.staff["ivy"], "crm")
		h.ok(err)
		if row := h.system(); !row.Paused || row.DownUntil.IsZero() {
			t.Errorf("a test that failed changes nothing: %+v", row)
		}
		h.crm.answer = nil
		h.clock.Add(time.Second)
		_, err = h.desk.Canary(h.ctx, h.staff["ivy"], "crm")
		h.ok(err)
		if row := h.system(); !row.Paused || !row.DownUntil.IsZero() {
			t.Errorf("%+v", row)
		}
	})
}

func TestTestsAreFewAndForWhoRetriesDeliveries(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		p := h.patience()
		h.connect(0)
		if _, err := h.desk.Canary(h.ctx, h.staff["bob"], "crm"); fault.KindOf(err) != fault.Denied {
			t.Errorf("bob: %v", err)
		}
		_, err := h.desk.Canary(h.ctx, h.staff["sue"], "erp")
		h.refused(err, "no_system")
		var last error
		for range 25 {
			h.clock.Add(time.Second)
			_, last = h.desk.Canary(h.ctx, h.staff["sue"], "crm")
		}
		h.refused(last, "send_limit")
		if len(p.tried) != 40 {
			t.Errorf("%d calls by 25 tests", len(p.tried))
		}
	})
}

func TestConnectorThatCannotBeTriedSaysSo(t *testing.T) {
	h := open(t)
	h.connect(0)
	before := h.rows()
	_, err := h.desk.Canary(h.ctx, h.staff["ivy"], "crm")
	h.refused(err, "no_test")
	_, _, err = h.desk.Sample(h.ctx, h.staff["ivy"], "crm", "")
	h.refused(err, "no_test")
	if h.rows() != before || len(h.crm.calls) != 0 {
		t.Error("it was tried")
	}
}

func TestSampleShowsWhatWouldLeaveAndCallsNobody(t *testing.T) {
	h := open(t)
	p := h.patience()
	h.connect(0)
	h.fang()
	kind, text, err := h.desk.Sample(h.ctx, h.staff["otto"], "crm", "")
	h.ok(err)
	var fields []downstream.Member
	h.ok(json.Unmarshal(text, &fields))
	if kind != customer.Person || len(fields) != 2 || fields[0].Name != "phone" || fields[0].Content != "+12025550100" || fields[1].Name != "title" || len(p.tried) != 0 {
		t.Errorf("%s", text)
	}
	_, _, err = h.desk.Sample(h.ctx, h.staff["otto"], "crm", customer.Account)
	h.refused(err, "unknown_kind")
	if _, _, err := h.desk.Sample(h.ctx, h.staff["ada"], "crm", customer.Person); fault.KindOf(err) != fault.Denied {
		t.Errorf("ada: %v", err)
	}
}

// The canary goes to systems that check what they get: each of its values is in order.
func TestEveryValueOfTheCanaryIsWellFormed(t *testing.T) {
	cat := customer.Shipped()
	s := crm()
	s.Fields, s.Kinds = nil, []customer.Kind{customer.Person, customer.Organization, customer.Account}
	for name := range cat {
		s.Fields = append(s.Fields, downstream.Subscription{Key: name})
	}
	var seen []customer.Type
	for _, kind := range s.Kinds {
		for _, m := range s.Canary(kind, cat, monday).Fields {
			f, _ := cat.Of(m.Key)
			is, fault := quality.Checker{Today: monday}.NormaliseText(f, string(m.Content))
			if fault != nil || is != m.Content {
				t.Errorf("%s: %q becomes %q, %v", m.Key, m.Content, is, fault)
			}
			if !slices.Contains(seen, f.Type) {
				seen = append(seen, f.Type)
			}
		}
	}
	if len(seen) != 18 {
		t.Errorf("%d of 18 types are tried: %v", len(seen), seen)
	}
}
