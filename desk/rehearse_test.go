package desk_test

import (
	"strings"
	"testing"

	"amend/desk"
	"amend/notify"
	"amend/verify"
)

// rehearsal is a code with invented values.
func rehearsal(by notify.Medium, phone string) desk.Rehearsal {
	params := map[string]string{"report": "https://portal.example.com/l/sample"}
	for _, name := range notify.Code.Params() {
		params[name] = "sample"
	}
	return desk.Rehearsal{
		Message: notify.Message{Parts: []notify.Part{{Kind: notify.Code, Channel: by, Lang: notify.EN, Params: params}}},
		Phone:   phone, Mark: "[Test] ",
	}
}

func TestTextIsRehearsedThroughItsChannel(t *testing.T) {
	h := open(t)
	olga := h.staff["olga"]
	answer, err := h.desk.Rehearse(h.ctx, olga, rehearsal(notify.SMS, "139 0013 9000"))
	if h.ok(err); answer.Outcome != notify.Taken {
		t.Errorf("the gateway answered %+v", answer)
	}
	if got := h.sms.of(notify.Code); len(got) != 1 || got[0].To != "+8613900139000" || strings.Contains(got[0].Text, "[Test]") {
		t.Errorf("sent %+v", got)
	}
	_, err = h.desk.Rehearse(h.ctx, olga, rehearsal(notify.Mail, "ignored"))
	h.ok(err)
	if got := h.mail.of(notify.Code); len(got) != 1 || got[0].To != "olga@house.example.com" || !strings.HasPrefix(got[0].Subject, "[Test] ") {
		t.Errorf("mailed %+v", got)
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'text.rehearse'`); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestRehearsalsAreFewAndOnlyOfWhoAnswersForTexts(t *testing.T) {
	h := open(t)
	_, err := h.desk.Rehearse(h.ctx, h.staff["ada"], rehearsal(notify.SMS, "13900139000"))
	h.refused(err, "not_allowed")
	_, err = h.desk.Rehearse(h.ctx, h.staff["olga"], rehearsal(notify.SMS, "139"))
	if err == nil {
		t.Error("a number that is none was sent to")
	}
	for range verify.PerRehearser().Max {
		_, err = h.desk.Rehearse(h.ctx, h.staff["olga"], rehearsal(notify.Mail, ""))
		h.ok(err)
	}
	_, err = h.desk.Rehearse(h.ctx, h.staff["olga"], rehearsal(notify.Mail, ""))
	h.refused(err, "send_limit")
	if got := len(h.mail.of(notify.Code)); got != verify.PerRehearser().Max {
		t.Errorf("%d left", got)
	}
}

func TestRehearsalSaysThatThereIsNoChannel(t *testing.T) {
	h := open(t)
	delete(h.out.Channels, notify.SMS)
	h.rebuild()
	answer, err := h.desk.Rehearse(h.ctx, h.staff["olga"], rehearsal(notify.SMS, "13900139000"))
	if h.ok(err); answer.Outcome != notify.Retry || answer.Code != "no_channel" {
		t.Errorf("%+v", answer)
	}
}
