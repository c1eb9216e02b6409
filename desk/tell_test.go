package desk_test

import (
	"errors"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/store"
	"amend/notify"
)

// notices are the notices of a request of one kind.
func (h *house) notices(id change.ID, kind notify.Kind) []store.Notice {
	h.t.Helper()
	all, err := h.view().NoticesOf(id)
	h.ok(err)
	var of []store.Notice
	for _, n := range all {
		if n.Kind == kind {
			of = append(of, n)
		}
	}
	return of
}

// wait lets hours pass, one by one, and tells what is due.
func (h *house) wait(hours int) {
	h.t.Helper()
	for range hours {
		h.clock.Add(time.Hour)
		h.tell()
	}
}

func TestCodeOfUnknownFateIsNeverSentAgain(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	h.tell()
	h.sms.answer = notify.Answer{Outcome: notify.Unknown, Code: "timeout"}
	_, err := h.desk.Challenge(h.ctx, self(fang), r.ID, authority("phone"))
	h.ok(err)
	h.tell()
	h.wait(3)
	if n := len(h.sms.of(notify.Code)); n != 1 {
		t.Errorf("the code was sent %d times", n)
	}
	got := h.notices(r.ID, notify.Code)
	if len(got) != 1 || got[0].State != store.NoticeUnknown || h.count(`SELECT COUNT(body) FROM notice WHERE kind = 'code'`) != 0 {
		t.Errorf("%+v", got)
	}
	if _, err = h.desk.Challenge(h.ctx, self(fang), r.ID, authority("phone")); err != nil {
		t.Errorf("the customer asks for another: %v", err)
	}
}

func TestNewsOfUnknownFateIsSentAgainUnderTheSameName(t *testing.T) {
	h := open(t)
	fang := h.fang()
	h.sms.answer = notify.Answer{Outcome: notify.Unknown}
	h.mail.answer = h.sms.answer
	r := h.phone(fang)
	h.wait(20)
	told := h.notices(r.ID, notify.RequestedOld)
	if len(told) == 0 {
		t.Fatal("no old contact was told")
	}
	for _, n := range told {
		if n.State != store.NoticeUnknown || n.Attempts != 8 || !n.Due.IsZero() {
			t.Errorf("%+v", n)
		}
	}
	names := map[string]int{}
	for _, m := range append(h.sms.of(notify.RequestedOld), h.mail.of(notify.RequestedOld)...) {
		names[m.ID]++
	}
	if len(names) != len(told) {
		t.Errorf("%d names for %d notices: %v", len(names), len(told), names)
	}
}

func TestMessageThatWillNeverArriveHasFailed(t *testing.T) {
	for name, fail := range map[string]func(b *box){
		"permanent": func(b *box) { b.answer = notify.Answer{Outcome: notify.Permanent, Why: notify.BadAddress, Code: "550"} },
		"retried":   func(b *box) { b.answer = notify.Answer{Outcome: notify.Retry, Code: "421", After: 30 * time.Minute} },
		"not sent":  func(b *box) { b.fails = errors.New("not configured") },
	} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			fail(h.sms)
			fail(h.mail)
			r := h.phone(h.fang())
			h.wait(30)
			for _, n := range h.notices(r.ID, notify.RequestedOld) {
				if n.State != store.NoticeFailed || !n.Due.IsZero() {
					t.Errorf("%+v", n)
				}
			}
			if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'tell' AND change_id = $1`, r.ID); n == 0 {
				t.Error("nothing on record")
			}
		})
	}
}

func TestStaffMailThatWasNotTakenIsSentAgain(t *testing.T) {
	h := open(t)
	h.tell()
	r := h.review(h.fang())
	h.mail.answer = notify.Answer{Outcome: notify.Retry, Code: "421"}
	h.ok(h.desk.Reassign(h.ctx, h.staff["sue"], r.ID, "bea"))
	h.tell()
	if got := h.notices(r.ID, notify.StaffTask); got[0].State != store.NoticeQueued || got[0].Attempts != 1 || !got[0].Due.After(h.clock.Now()) {
		t.Errorf("%+v", got)
	}
	h.mail.answer = notify.Answer{}
	h.wait(1)
	sent := h.mail.of(notify.StaffTask)
	if got := h.notices(r.ID, notify.StaffTask); got[0].State != store.NoticeSent || len(sent) != 2 || sent[0].ID != sent[1].ID {
		t.Errorf("%+v, %d mails", got, len(sent))
	}
}

func TestNoticeThatCannotBeOpenedDoesNotKeepTheOthersWaiting(t *testing.T) {
	h := open(t)
	h.tell()
	lost, fine := h.phone(h.fang()), h.phone(h.fang())
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.Exec(`UPDATE notice SET body = x'00' WHERE change_id = $1 AND kind = 'requested_old'`, lost.ID)
		return nil
	}))
	if _, err := h.desk.Waiting(h.ctx); err != nil {
		t.Errorf("the whole loop stops: %v", err)
	}
	h.tell()
	for _, n := range h.notices(fine.ID, notify.RequestedOld) {
		if n.State != store.NoticeSent {
			t.Errorf("a neighbour is %s", n.State)
		}
	}
	for _, n := range h.notices(lost.ID, notify.RequestedOld) {
		if n.State != store.NoticeFailed || n.Code != "unreadable" {
			t.Errorf("%+v", n)
		}
	}
}

func TestChannelThatWasTakenAwayIsOneThatCannotSendNow(t *testing.T) {
	h := open(t)
	r := h.phone(h.fang())
	delete(h.out.Channels, notify.SMS)
	h.rebuild()
	h.tell()
	for _, n := range h.notices(r.ID, notify.RequestedOld) {
		if want := map[notify.Medium]store.NoticeState{notify.SMS: store.NoticeQueued, notify.Mail: store.NoticeSent}[n.Channel]; n.State != want {
			t.Errorf("%s: %s", n.Channel, n.State)
		}
	}
}

func TestReceiptOfAProviderIsOnRecordOnceFinal(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	h.tell()
	ref := "ref-" + h.notices(r.ID, notify.RequestedOld)[0].ID
	h.ok(h.desk.Received(h.ctx, notify.Receipt{Ref: ref, State: notify.Pending}))
	h.ok(h.desk.Received(h.ctx, notify.Receipt{Ref: ref, State: notify.Delivered}))
	h.ok(h.desk.Received(h.ctx, notify.Receipt{Ref: ref, State: notify.Undelivered, Code: "late"}))
	if got := h.notices(r.ID, notify.RequestedOld)[0]; got.State != store.NoticeDelivered {
		t.Errorf("%+v", got)
	}
	if err := h.desk.Received(h.ctx, notify.Receipt{Ref: "nobody's", State: notify.Delivered}); !errors.Is(err, store.ErrNoRow) {
		t.Errorf("got %v", err)
	}
}

func TestMediumWithoutAChannelIsATaskForAPerson(t *testing.T) {
	h := open(t)
	delete(h.out.Channels, notify.SMS)
	h.rebuild()
	fang := h.customer(map[customer.Key]customer.Content{"phone": "+8613800138000"})
	r := h.file(self(fang), proposal(fang, "title", "Dr"))
	tasks, err := h.view().Tasks(r.ID)
	if err != nil || len(tasks) == 0 || tasks[0].Kind != string(notify.Call) {
		t.Errorf("%+v %v", tasks, err)
	}
	h.tell()
	if len(h.sms.sent) != 0 {
		t.Errorf("sent %v", h.sms.sent)
	}
}

func TestMessageThatCannotBeWordedDoesNotKeepTheOthersWaiting(t *testing.T) {
	h := open(t)
	h.tell()
	fang := h.fang()
	fine := h.phone(fang)
	for _, n := range []store.Notice{{Change: "c1", Audience: "phone"}, {Change: "c1", Audience: "role:operator"}} {
		n.Kind, n.Channel, n.To, n.Lang, n.Record, n.Due = notify.Changed, notify.SMS, "+8613800138000", notify.EN, fang, monday
		if n.Audience != "phone" {
			n.Kind, n.Channel = notify.StaffTask, notify.Mail
		}
		h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error { // of an older version, say, which had other parameters
			n.ID = tx.NewID()
			return tx.QueueNotice(n)
		}))
	}
	h.wait(10)
	for _, n := range append(h.notices("c1", notify.Changed), h.notices("c1", notify.StaffTask)...) {
		if n.State != store.NoticeFailed || n.Code != "not_worded" {
			t.Errorf("%+v", n)
		}
	}
	for _, n := range h.notices(fine.ID, notify.RequestedOld) {
		if n.State != store.NoticeSent {
			t.Errorf("a neighbour is %s", n.State)
		}
	}
}
