package desk_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"amend/desk"
	"amend/downstream"
	"amend/internal/store"
	"amend/notify"
)

// A picky channel panics over one address, with words that no log may hold.
type picky struct {
	box
	over  string
	tries int
}

func (p *picky) Send(ctx context.Context, m notify.Outgoing) (notify.Answer, error) {
	if m.To == p.over {
		p.tries++
		panic("over " + m.To)
	}
	return p.box.Send(ctx, m)
}

// aPanic fails the test unless err is a panic that says where it was and nothing more.
func aPanic(t *testing.T, err error) {
	t.Helper()
	var p *desk.Panic
	if !errors.As(err, &p) || strings.Contains(err.Error()+p.Stack, "13800138000") || !strings.Contains(p.Stack, "panic_test.go") {
		t.Fatalf("not the place of a panic: %v", err)
	}
}

func TestPanicOverOneMessageDoesNotKeepTheOthersWaiting(t *testing.T) {
	h := open(t)
	h.tell()
	fang, sms := h.fang(), &picky{over: "+8613800138000"}
	h.out.Channels[notify.SMS] = sms
	h.rebuild()
	r := h.phone(fang) // warns the number on record, which the channel cannot bear
	h.clock.Add(time.Minute)
	_, err := h.desk.Tell(h.ctx, 100)
	aPanic(t, err)
	for _, n := range h.notices(r.ID, notify.RequestedOld) {
		if sent := n.State == store.NoticeSent; sent != (n.Channel == notify.Mail) {
			t.Errorf("%s to %s is %s", n.Kind, n.Audience, n.State)
		}
	}
	for range 10 {
		h.clock.Add(time.Hour)
		if _, err := h.desk.Tell(h.ctx, 100); err != nil {
			aPanic(t, err)
		}
	}
	if sms.tries != 5 {
		t.Errorf("it was tried %d times", sms.tries)
	}
	if n := h.count(`SELECT COUNT(*) FROM notice WHERE state = 'unknown' AND last_error = 'panic' AND due_at IS NULL`); n != 1 {
		t.Errorf("%d set aside", n)
	}
}

func TestPanicOverOneRecordIsARefusalAndShownAfterTheFifth(t *testing.T) {
	h, ids := connected(t, 2)
	bad, good, calls := ids[0], ids[1], 0
	h.crm.answer = func(e downstream.Envelope) (downstream.Answer, error) {
		if e.Record == bad {
			calls++
			panic("over +8613800138000")
		}
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	for range 10 {
		if _, err := h.desk.Deliver(h.ctx, "crm", 100); err != nil {
			aPanic(t, err)
		}
		if h.delivery(good).State != downstream.Settled {
			t.Fatalf("a neighbour waits: %+v", h.delivery(good))
		}
		h.clock.Add(12 * time.Hour)
	}
	if d := h.delivery(bad); calls != 5 || d.State != downstream.Stopped || d.LastCode != "panic" || len(h.exceptions()) != 1 {
		t.Errorf("%d calls, %+v", calls, d)
	}
}
