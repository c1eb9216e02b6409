package desk_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
)

// byLink is a customer who came by a link that was sent to a contact.
func byLink(r change.Request, p access.Purpose, contact customer.Key) access.Actor {
	l := access.Link{ID: "a link", Purpose: p, Submission: r.Submission, Contact: string(contact)}
	if p != access.Status {
		l.Change = string(r.ID)
	}
	return access.Actor{ID: string(r.Record), Sort: access.Customer, Via: "link", Link: l}
}

func TestNobodyEndsARequestByFailingAProofThatItDoesNotAskFor(t *testing.T) {
	h := open(t)
	fang := h.fang()
	fail := desk.Attestation{Kind: change.Sighted, Document: "passport", Compared: "does not fit"}
	for name, r := range map[string]change.Request{"in review": h.review(fang), "waiting for codes": h.file(self(fang), proposal(fang, "email", "new@example.com"))} {
		h.refused(h.desk.Attest(h.ctx, h.staff["sam"], r.ID, fail), "proof_not_needed")
		if got := h.request(r.ID); got.End != "" {
			t.Errorf("%s: ended %s by a proof that nobody asked for", name, got.End)
		}
	}
}

func TestReceiptIsNotForWhoeverHoldsTheContactThatWasReplaced(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	for _, a := range []desk.Ask{authority("phone"), {Method: change.SMSCode, To: "phone", New: true}} {
		id, code, err := h.ask(self(fang), r.ID, a)
		h.ok(err)
		h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, id, code))
	}
	h.ok(h.desk.Due(h.ctx, r.ID))
	h.sequence()
	if h.request(r.ID).AppliedAt.IsZero() {
		t.Fatal("not applied")
	}
	for name, by := range map[string]access.Actor{
		"the old phone's notice":      byLink(r, access.Dispute, "phone"),
		"the old phone's status link": byLink(r, access.Status, "phone"),
		"another contact's notice":    byLink(r, access.Dispute, "email"),
	} {
		if _, err := h.desk.Receipt(h.ctx, by, r.ID); err == nil {
			t.Errorf("%s opens the new number", name)
		}
	}
	for _, p := range []access.Purpose{access.Status, access.Confirm} {
		if _, err := h.desk.Receipt(h.ctx, byLink(r, p, "email"), r.ID); err != nil {
			t.Errorf("%s link to a contact that stays: %v", p, err)
		}
	}
}

func TestCollectorIsAMemberOfStaffWhomStaffName(t *testing.T) {
	h := open(t)
	fang := h.fang()
	p := proposal(fang, "name_spelling", "Fang Wang")
	for _, name := range []string{"nobody", "13900139000"} {
		p.Collector = name
		_, err := h.desk.Propose(h.ctx, h.staff["ada"], p)
		h.refused(err, "delegate_unknown")
	}
	p.Collector = h.staff["bob"].ID // a thief who is signed in would choose who may not decide
	_, err := h.desk.Propose(h.ctx, self(fang), p)
	h.refused(err, "staff_only")
	h.file(h.staff["ada"], p)
}

func TestRevealedSlotIsNeverTextOfTheCaller(t *testing.T) {
	h := open(t)
	_, err := h.desk.Reveal(h.ctx, h.staff["ada"], h.fang(), []customer.Key{"phone/Wang Fang 13800138000"}, "service_call")
	h.refused(err, "unknown_field")
	h.absent("Wang Fang 13800138000")
}

func TestCustomerWhoHasOnlyAnAddressAddsAPhoneByTheRecoveryLane(t *testing.T) {
	h := open(t)
	id := h.customer(map[customer.Key]customer.Content{"legal_name": "王小芳", "address": `{"country":"CN","region":"上海市","line":"南京西路1号"}`})
	r := h.file(h.staff["ada"], proposal(id, "phone", "13900139000"))
	ch, code, err := h.ask(h.staff["ada"], r.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true})
	h.ok(err)
	h.ok(h.desk.Prove(h.ctx, self(id), r.ID, ch, code))
	for _, name := range []string{"sam", "ann"} {
		if h.state(r.ID) == change.Verifying {
			h.ok(h.desk.Attest(h.ctx, h.staff[name], r.ID, sighted()))
		}
	}
	for h.state(r.ID) == change.Reviewing {
		h.approve(r.ID)
	}
	h.clock.Add(100 * time.Hour)
	h.ok(h.desk.Due(h.ctx, r.ID))
	if got := h.request(r.ID); got.AppliedAt.IsZero() {
		t.Errorf("kind %s, recipe %s, ended %q with %q", got.Kind, got.Plan.Recipe, got.End, got.EndCode)
	}
}

func TestAnswerThatTakesAValueBackIsNotPassedOver(t *testing.T) {
	h := open(t)
	fang := h.customer(map[customer.Key]customer.Content{"name_spelling": "Fang Wang", "title": "Ms", "phone": "+8613800138000"})
	r := h.file(h.staff["ada"], proposal(fang, "name_spelling", "Wang Fang", "title", "Dr"))
	h.ok(h.desk.Ask(h.ctx, h.staff["bob"], r.ID, "both?"))
	err := h.desk.Answer(h.ctx, h.staff["ada"], r.ID, "the title only, and it is Prof", proposal("", "name_spelling", "Fang Wang", "title", "Prof").Items)
	h.refused(err, "nothing_changes")
}

func TestReviewerLearnsThatACorrectedContactIsShared(t *testing.T) {
	h := open(t)
	h.customer(map[customer.Key]customer.Content{"phone": "+8613700137000"})
	fang := h.fang()
	r := h.file(h.staff["ada"], proposal(fang, "phone", "13900139000"))
	for _, a := range []desk.Ask{authority("phone"), {Method: change.SMSCode, To: "phone", New: true}} {
		id, code, err := h.ask(h.staff["ada"], r.ID, a)
		h.ok(err)
		h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, id, code))
	}
	h.ok(h.desk.Ask(h.ctx, h.staff["bob"], r.ID, "this number?"))
	h.ok(h.desk.Answer(h.ctx, h.staff["ada"], r.ID, "no, that one", proposal("", "phone", "13700137000").Items))
	if got := h.request(r.ID).Plan.Standing; !strings.Contains(fmt.Sprint(got), "contact_shared") {
		t.Errorf("the reviewer is told %v", got)
	}
}

func TestRequestHasOneCallBackOpenAtATime(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	call := desk.Ask{Method: change.Callback, To: "phone"}
	_, err := h.desk.Challenge(h.ctx, self(fang), r.ID, call)
	h.ok(err)
	_, err = h.desk.Challenge(h.ctx, self(fang), r.ID, call)
	h.refused(err, "resend_wait")
	if n := h.count(`SELECT COUNT(*) FROM task WHERE kind = 'callback'`); n != 1 {
		t.Errorf("%d calls are to be made", n)
	}
}

func TestEveryContactHearsThatAContactChangeWasTakenBack(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.phone(fang)
	for _, a := range []desk.Ask{authority("phone"), {Method: change.SMSCode, To: "phone", New: true}} {
		id, code, err := h.ask(self(fang), r.ID, a)
		h.ok(err)
		h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, id, code))
	}
	h.ok(h.desk.Due(h.ctx, r.ID))
	h.clock.Add(time.Hour)
	h.ok(h.desk.Dispute(h.ctx, self(fang), r.ID, "not me"))
	id, code, err := h.ask(self(fang), r.ID, authority("phone"))
	h.ok(err)
	h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, id, code))
	h.ok(h.desk.Decide(h.ctx, h.staff["bea"], r.ID, change.Revert, "proven"))
	told := map[string]bool{}
	for _, n := range h.notices(r.ID, notify.Reverted) {
		told[n.Audience] = true
	}
	if !told["phone"] || !told["email"] {
		t.Errorf("told %v", told)
	}
}

func TestWhoStandsInForSomebodyInvolvedDecidesNoDispute(t *testing.T) {
	h := open(t)
	r := h.review(h.fang()) // filed by ada
	now := h.clock.Now()
	h.ok(h.desk.Absent(h.ctx, h.staff["ada"], org.Absence{Person: h.staff["ada"].ID, From: now, Until: now.Add(24 * time.Hour)}, h.staff["bob"].ID))
	h.ok(h.desk.Dispute(h.ctx, h.staff["sam"], r.ID, "the customer called"))
	h.refused(h.desk.Decide(h.ctx, h.staff["bob"], r.ID, change.Resume, "fine"), "took_part")
	h.ok(h.desk.Decide(h.ctx, h.staff["bea"], r.ID, change.Resume, "fine"))
}

func TestReplacedContactThatOthersHoldTooIsNoProofOfADispute(t *testing.T) {
	h := open(t)
	h.customer(map[customer.Key]customer.Content{"phone": "+8613800138000"})
	fang := h.customer(map[customer.Key]customer.Content{"email": "fang@example.com"})
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		past := monday.Add(-200 * 24 * time.Hour)
		v := customer.Value{Content: "+8613800138000", Grade: customer.GradeD, Source: "migration", Since: past, HeldSince: past, CheckedAt: past, Salt: []byte("0123456789abcdef")}
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "migrate", "system", string(fang)
		_, err := tx.Record(fang)
		if err != nil {
			return err
		}
		if e.Effects, _, err = tx.Alter(fang, []customer.Effect{{Key: "phone", Value: &v}}, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	}))
	r := h.phone(fang)
	sent, err := h.desk.Challenge(h.ctx, self(fang), r.ID, desk.Ask{Method: change.MailCode, To: "email"})
	h.ok(err)
	h.tell()
	h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, sent.Challenge, h.mailCode()))
	h.ok(h.desk.Attest(h.ctx, h.staff["sam"], r.ID, sighted()))
	id, code, err := h.ask(self(fang), r.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true})
	h.ok(err)
	h.ok(h.desk.Prove(h.ctx, self(fang), r.ID, id, code))
	h.ok(h.desk.Due(h.ctx, r.ID))
	if h.request(r.ID).AppliedAt.IsZero() {
		t.Fatal(h.state(r.ID))
	}
	h.ok(h.desk.Dispute(h.ctx, self(fang), r.ID, "not me"))
	_, err = h.desk.Challenge(h.ctx, self(fang), r.ID, authority("phone"))
	h.refused(err, "contact_no_authority")
}

// mailCode is the code in the newest mail that has one.
func (h *house) mailCode() string {
	h.t.Helper()
	sent := h.mail.of(notify.Code)
	if len(sent) == 0 {
		h.t.Fatal("no mail with a code")
	}
	return regexp.MustCompile(`\b[0-9]{6}\b`).FindString(sent[len(sent)-1].Text)
}
