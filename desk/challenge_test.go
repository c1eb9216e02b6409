package desk_test

import (
	"errors"
	"fmt"
	"regexp"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/verify"
)

// authority asks for a code to a phone on record.
func authority(k customer.Key) desk.Ask { return desk.Ask{Method: change.SMSCode, To: k} }

func sighted() desk.Attestation {
	return desk.Attestation{Kind: change.Sighted, Passed: true, Document: "passport", Compared: "name and photo"}
}

// code is the code in the newest SMS: alone, or at the end of a link.
func (h *house) code() string {
	h.t.Helper()
	text := h.sms.sent[len(h.sms.sent)-1].Text
	digits := regexp.MustCompile(`(?:\b|/)([0-9]{6})\b`).FindAllStringSubmatch(text, -1)
	if len(digits) == 0 {
		h.t.Fatalf("no code in %q", text)
	}
	return digits[len(digits)-1][1]
}

// wrong is a code of six digits that is not c.
func wrong(c string) string {
	if c == "000000" {
		return "000001"
	}
	return "000000"
}

// phone files a change of phone by the customer, and answers the request.
func (h *house) phone(id customer.ID) change.Request {
	h.t.Helper()
	return h.file(self(id), proposal(id, "phone", "13900139000"))
}

// ask asks for a code and answers its challenge and the code.
func (h *house) ask(by access.Actor, id change.ID, a desk.Ask) (challenge, code string, err error) {
	h.t.Helper()
	sent, err := h.desk.Challenge(h.ctx, by, id, a)
	if err != nil {
		return "", "", err
	}
	h.tell()
	return sent.Challenge, h.code(), nil
}

func TestCodeThatWouldProveNothingIsNotSent(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	for name, a := range map[string]struct {
		ask  desk.Ask
		code string
	}{
		"no such field":        {desk.Ask{Method: change.SMSCode, To: "shoe_size"}, "unknown_field"},
		"mail to a phone":      {desk.Ask{Method: change.MailCode, To: "phone"}, "method_unfit"},
		"no method":            {desk.Ask{To: "phone"}, "method_unfit"},
		"contact not on file":  {desk.Ask{Method: change.SMSCode, To: "phone/work"}, "contact_no_authority"},
		"nothing proposed":     {desk.Ask{Method: change.MailCode, To: "email", New: true}, "proof_not_needed"},
		"a letter to a number": {desk.Ask{Method: change.Letter, To: "phone"}, "method_unfit"},
	} {
		before := h.rows()
		_, err := h.desk.Challenge(h.ctx, self(fang), r.ID, a.ask)
		if fault.CodeOf(err) != a.code {
			t.Errorf("%s: %v, want %s", name, err, a.code)
		}
		if h.rows() != before {
			t.Errorf("%s wrote something", name)
		}
	}
	_, err := h.desk.Challenge(h.ctx, self(h.fang()), r.ID, authority("phone"))
	h.refused(err, "no_change")
	_, err = h.desk.Challenge(h.ctx, self(fang), "nobody", authority("phone"))
	h.refused(err, "no_change")
}

func TestDestinationGetsACodeAMinuteAndFiveADayWhateverTheyAreFor(t *testing.T) {
	h := open(t)
	fang := h.fang()
	phone, name := h.phone(fang), h.file(h.staff["ada"], proposal(fang, "legal_name", "王芳"))
	if _, _, err := h.ask(self(fang), phone.ID, authority("phone")); err != nil {
		t.Fatal(err)
	}
	before := h.rows()
	_, _, err := h.ask(h.staff["ada"], name.ID, authority("phone"))
	h.refused(err, "resend_wait")
	if h.rows() != before {
		t.Error("a refused code wrote something")
	}
	for i := range 4 {
		h.clock.Add(verify.PerDestination().Gap)
		of := []change.ID{name.ID, phone.ID}[i%2]
		if _, _, err := h.ask(h.staff["ada"], of, authority("phone")); err != nil {
			t.Fatalf("code %d: %v", i+2, err)
		}
	}
	h.clock.Add(time.Hour)
	_, _, err = h.ask(h.staff["ada"], name.ID, authority("phone"))
	h.refused(err, "send_limit")
	if _, _, err = h.ask(self(fang), phone.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true}); err != nil {
		t.Errorf("another destination: %v", err)
	}
	h.clock.Add(24 * time.Hour)
	if _, _, err = h.ask(h.staff["ada"], name.ID, authority("phone")); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestSourceAsksForTwentyCodesAnHour(t *testing.T) {
	h := open(t)
	sent := 0
	for i := range 22 {
		id := h.customer(map[customer.Key]customer.Content{"phone": customer.Content(fmt.Sprintf("+86138001380%02d", i))})
		r := h.phone(id)
		a := authority("phone")
		a.From = "10.0.0.0/24"
		_, err := h.desk.Challenge(h.ctx, self(id), r.ID, a)
		switch {
		case err == nil:
			sent++
		case fault.CodeOf(err) != "send_limit":
			t.Fatal(err)
		}
		if a.From = "10.0.1.0/24"; i == 21 {
			if _, err := h.desk.Challenge(h.ctx, self(id), r.ID, a); err != nil {
				t.Errorf("another source: %v", err)
			}
		}
	}
	if sent != 20 {
		t.Errorf("%d codes for one source", sent)
	}
}

func TestLastTwoCodesAreGoodAndTheOneBeforeIsVoid(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	var challenges, codes [3]string
	for i := range 3 {
		var err error
		if challenges[i], codes[i], err = h.ask(self(fang), r.ID, authority("phone")); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(time.Minute)
	}
	h.refused(h.desk.Prove(h.ctx, self(fang), r.ID, challenges[0], codes[0]), "code_over")
	h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, challenges[1], codes[1]))
	h.refused(h.desk.Prove(h.ctx, self(fang), r.ID, challenges[1], codes[1]), "code_over")
}

func TestCodeProvesItsOwnRequestInItsOwnTime(t *testing.T) {
	h := open(t)
	fang := h.fang()
	a, b := h.phone(fang), h.file(self(fang), proposal(fang, "email", "new@example.com"))
	challenge, code, err := h.ask(self(fang), a.ID, authority("phone"))
	h.ok(err)
	before := h.rows()
	h.refused(h.desk.Prove(h.ctx, self(fang), b.ID, challenge, code), "no_challenge")
	h.refused(h.desk.Prove(h.ctx, self(h.fang()), a.ID, challenge, code), "no_change")
	h.refused(h.desk.Prove(h.ctx, self(fang), a.ID, "nobody", code), "no_challenge")
	h.refused(h.desk.Prove(h.ctx, h.staff["ada"], a.ID, challenge, code), "customer_only")
	if got := h.rows(); got != before && len(h.request(a.ID).Proofs) != 0 {
		t.Error("a refused code proved something")
	}
	h.clock.Add(verify.Lives(change.SMSCode))
	h.refused(h.desk.Prove(h.ctx, self(fang), a.ID, challenge, code), "code_over")
	if len(h.request(a.ID).Proofs)+len(h.request(b.ID).Proofs) != 0 {
		t.Error("something was proven")
	}
}

func TestClosedRequestTakesNoProofAndForeignOnesAnswerAsIfTheyWereNone(t *testing.T) {
	h := open(t)
	fang, other := h.fang(), h.customer(map[customer.Key]customer.Content{"phone": "+8613700137000"})
	r := h.phone(fang)
	challenge, code, err := h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	h.ok(h.desk.Withdraw(h.ctx, self(fang), r.ID))
	h.refused(h.desk.Prove(h.ctx, self(fang), r.ID, challenge, code), "no_open_request")
	closed := h.desk.Prove(h.ctx, self(other), r.ID, challenge, code)
	open := h.desk.Prove(h.ctx, self(other), h.phone(fang).ID, challenge, code)
	never := h.desk.Prove(h.ctx, self(other), "06earhkqg0gnp18fjnb1", challenge, code)
	for name, err := range map[string]error{"closed": closed, "open": open, "never": never} {
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != "no_change" || f.Kind != fault.NotFound || len(f.Params) != 1 {
			t.Errorf("a foreign request that is %s: %v", name, err)
		}
	}
}

func TestSixthGuessFindsTheChannelAtRest(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	challenge, code, err := h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	for i := range 5 {
		err := h.desk.Prove(h.ctx, self(fang), r.ID, challenge, wrong(code))
		if want := "wrong_code"; i < 4 {
			h.refused(err, want)
		} else {
			h.refused(err, "channel_rests")
		}
	}
	h.refused(h.desk.Prove(h.ctx, self(fang), r.ID, challenge, code), "channel_rests")
	_, _, err = h.ask(self(fang), r.ID, authority("phone"))
	h.refused(err, "channel_rests")
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'miss'`); n != 5 {
		t.Errorf("%d misses on record", n)
	}
	h.clock.Add(15 * time.Minute)
	challenge, code, err = h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, challenge, code))
}
