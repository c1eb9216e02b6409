package browser

import (
	"encoding/base32"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/desk"
	"amend/verify"
)

func TestAgentFilesForACallerWhoTapsTheLink(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.SignsInByHand("ada")
		w.Goes("/console/intake")
		w.Fills("q", me.phone)
		w.Presses("console.intake.find")
		w.Presses("console.intake.begin")
		w.DoesNotSee(me.name)
		w.Ticks("field", "phone")
		w.Presses("console.intake.next")
		w.Fills("phone", me.newPhone())
		w.Fills("reason", me.says("换了手机号", "A new number"))
		w.Presses("console.intake.check")
		w.Sees("console.intake.aloud")
		w.Presses("console.intake.file")
		w.Sees("said.filed")
		id := w.followed()

		w.Clock.Add(2 * time.Minute)
		w.PressesBeside(w.words("console.steps.way.old", "field", w.field("phone")), "console.steps.ask.link")
		w.Sees("said.asked")
		phone := w.opens(w.T, reader{lang: w.lang, width: 360, noScript: !w.noScript})
		phone.Goes(w.linkFor(me.phone, access.Status))
		phone.Sees("portal.link.agree")
		phone.Presses("portal.link.agree_yes")
		phone.Sees("said.you_proved")

		w.Reloads()
		w.Sees("console.steps.proven")
		w.PressesBeside(w.words("console.steps.way.new", "field", w.field("phone")), "console.steps.ask.link")
		phone.Goes(w.linkFor("+86"+strings.ReplaceAll(me.newPhone(), " ", ""), access.Address))
		phone.Presses("portal.address_link.yes")
		phone.Sees("portal.link.used")
		if state := w.state(id); state != change.Reviewing {
			w.Errorf("the caller has proven both, and the request is %s", state)
		}
	})
}

func TestAgentFreezesWhatLooksWrong(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("sam", me, fieldValue{"phone", me.newPhone()})
		w.SignsIn("ada")
		w.Goes("/console/intake/changes/" + string(r.ID))
		w.Fills("reason", me.says("听起来不像本人", "It doesn't sound like them"))
		w.Presses("console.steps.freeze")
		w.Sees("said.frozen")
		if state := w.state(r.ID); state != change.Disputed {
			w.Errorf("it is %s", state)
		}
	})
}

func TestDecisionTakesEffectTenSecondsLater(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("ada", me, fieldValue{"name_spelling", "WANG Xiaofang"})
		w.SignsIn("bob")
		w.Goes("/console/inbox")
		w.Goes("/console/changes/" + string(r.ID))
		w.Presses("console.approve.do")
		w.Sees("said.approved")
		w.Clock.Add(change.UndoWithin + time.Second)
		w.settle()
		if !w.decidedBy(r.ID, "bob") {
			w.Error("the decision does not count")
		}
	})
}

// decidedBy reports whether a decision of somebody counts.
func (h *house) decidedBy(id change.ID, name string) bool {
	h.t.Helper()
	_, decided := h.request(id).DecidedBy(h.people[name].id)
	return decided
}

func TestApproverRejectsWithWordsForTheCustomer(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("ada", me, fieldValue{"name_spelling", "WANG Xiaofang"})
		w.SignsIn("bob")
		w.Goes("/console/changes/" + string(r.ID))
		w.Presses("console.reject.open")
		w.Sees("console.reject.reason")
		w.Ticks("reason_code", "value_wrong")
		w.Presses("console.reject.do")
		w.Sees("said.rejected")
		w.Clock.Add(change.UndoWithin + time.Second)
		w.settle()
		if state := w.state(r.ID); state != change.Refused {
			w.Errorf("it is %s", state)
		}
	})
}

func TestWhoFiledIsToldWhoMayDecide(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("sue", me, fieldValue{"name_spelling", "WANG Xiaofang"})
		w.SignsIn("sue")
		w.Goes("/console/changes/" + string(r.ID))
		w.Sees("bob")
		w.DoesNotSee("console.approve.do")
	})
}

func TestReviewerAsksAndTheCustomerAnswersByTheLink(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("", me, fieldValue{"bank_card", "6222021234567890128"})
		w.seenAndCalled(r)
		w.SignsIn("bob")
		w.Goes("/console/changes/" + string(r.ID))
		w.Presses("console.ask.open_customer")
		w.Fills("question", me.says("最后一位对吗？", "Is the last digit right?"))
		w.Presses("console.ask.do")
		w.Sees("said.question_asked")

		phone := w.opens(w.T, reader{lang: w.lang, width: 360, noScript: !w.noScript})
		phone.Goes(w.linkFor(me.phone, access.Status))
		phone.Sees(me.says("最后一位对吗？", "Is the last digit right?"))
		phone.Fills("answer", me.says("对的", "It is"))
		phone.Presses("portal.track.answer_do")
		phone.Sees("said.you_answered")
		w.Reloads()
		w.Sees(me.says("对的", "It is"))
	})
}

// seenAndCalled brings a request about money to where it is decided: the original was seen,
// the customer was called back.
func (h *house) seenAndCalled(r change.Request) {
	h.t.Helper()
	h.must(h.Desk.Attest(h.t.Context(), h.actor("sue"), r.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID", Compared: "OK"}))
	_, err := h.Desk.Challenge(h.t.Context(), h.actor("ada"), r.ID, desk.Ask{Method: change.Callback, To: "phone"})
	h.must(err)
	h.must(h.Desk.Attest(h.t.Context(), h.actor("ann"), r.ID, desk.Attestation{Kind: change.Callback, Passed: true, Compared: "OK"}))
	h.settle()
}

func TestDecisionOfHighRiskAsksForTheCodeAgain(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.files("", me, fieldValue{"bank_card", "6222021234567890128"})
		w.seenAndCalled(r)
		w.SignsIn("bob")
		w.Clock.Add(6 * time.Minute) // a code counts for five
		w.Goes("/console/changes/" + string(r.ID))
		w.DoesNotSee("console.approve.do")
		w.Presses("console.approve.step_up")
		w.Fills("code", w.code("bob"))
		w.Presses("console.step_up.do")
		w.Sees("said.stepped_up")

		w.Presses("console.approve.do") // every field is to be looked at first
		w.DoesNotSee("said.approved")
		w.Ticks("seen", "bank_card")
		w.Presses("console.approve.do")
		w.Sees("said.approved")
	})
}

func TestStewardDecidesADispute(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.disputes(me)
		r := w.newest(me)
		w.SignsIn("sue")
		w.Clock.Add(6 * time.Minute)
		w.Goes("/console/changes/" + string(r))
		w.Presses("console.dispute.step_up")
		w.Fills("code", w.code("sue"))
		w.Presses("console.step_up.do")
		w.Presses("console.dispute.open")
		w.Ticks("outcome", "reject")
		w.Fills("comment", me.says("客户来电确认", "The customer confirmed it on the phone"))
		w.Presses("console.dispute.do")
		w.Sees("said.dispute_voted")
		if state := w.state(r); state != change.Refused {
			w.Errorf("it is %s", state)
		}
	})
}

// newest is somebody's newest request.
func (h *house) newest(of *somebody) (id change.ID) {
	h.t.Helper()
	h.must(h.Store.View(h.t.Context()).Row(`SELECT id FROM change_request WHERE record_id = $1 ORDER BY id DESC LIMIT 1`, string(of.id)).Scan(&id))
	return id
}

func TestStewardRebasesOnTheThreeValues(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		w.conflict(me)
		first := w.conflicting()
		w.SignsIn("sue")
		w.Goes("/console/changes/" + string(first))
		w.Sees("console.conflict.title")
		w.Presses("console.conflict.do")
		w.Sees("said.rebased")
		w.DoesNotSee("console.conflict.title")
	})
}

// conflicting is the request whose base another one moved.
func (h *house) conflicting() (id change.ID) {
	h.t.Helper()
	h.must(h.Store.View(h.t.Context()).Row(`SELECT id FROM change_request WHERE state = 'reviewing' ORDER BY id DESC LIMIT 1`).Scan(&id))
	return id
}

func TestAuditorChecksAProofInTheBrowser(t *testing.T) {
	journeys(t, func(w *tab, me *somebody) {
		r := w.phoneChanges(me)
		w.SignsIn("aud")
		w.settle()
		w.Goes("/console/audit?change=" + string(r.ID))
		w.Goes(w.firstLink("/console/audit/0"))
		w.Sees("seal.proven")
		if w.noScript {
			return // the server has computed it
		}
		w.Presses("console.proof.here")
		w.Sees("console.proof.here_good")
	})
}

// firstLink is the first address on the page that begins so.
func (t *tab) firstLink(begins string) string {
	t.Helper()
	var to string
	t.evaluates(`document.querySelector('a[href^="`+begins+`"]')?.getAttribute("href") ?? ""`, &to)
	if to == "" {
		t.fails("no link begins with " + begins)
	}
	return to
}

// secret is how a page writes the key of an authenticator app.
var secret = regexp.MustCompile(`[A-Z2-7]{32}`)

func TestOperatorLetsSomebodyInWhoSetsPasswordAndApp(t *testing.T) {
	journeys(t, func(w *tab, _ *somebody) {
		w.SignsIn("otto")
		w.Goes("/console/admin/people")
		w.Fills("name", "Nora")
		w.Ticks("roles", "agent")
		w.Presses("console.people.add_do")
		w.Sees("console.people.link_title", "name", "Nora")
		var link string
		w.evaluates(`(document.body.innerText.match(/http\S+\/console\/sign-in\/\S+/) ?? [""])[0]`, &link)

		nora := w.opens(w.T, reader{lang: w.lang, width: 1024, noScript: !w.noScript})
		nora.Goes(link)
		var page string
		nora.evaluates(`document.body.innerText`, &page)
		key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret.FindString(page))
		w.must(err)
		nora.Fills("password", "seven green lanterns")
		nora.Fills("again", "seven green lanterns")
		nora.Fills("code", verify.TOTPCode(key, w.Clock.Now()))
		nora.Presses("console.welcome.do")
		nora.Sees("said.welcome")
		nora.Goes(link)
		nora.DoesNotSee("console.welcome.title") // it works once
	})
}

func TestSigningOutEverywhereElseEndsTheOtherSessions(t *testing.T) {
	journeys(t, func(w *tab, _ *somebody) {
		other := w.opens(w.T, reader{lang: w.lang, width: 1440, noScript: !w.noScript})
		other.SignsInByHand("bob")
		w.SignsInByHand("bob")
		w.Goes("/console/account")
		w.Presses("console.account.elsewhere")
		w.Sees("said.signed_out_elsewhere")
		other.Goes("/console/inbox")
		other.Sees("console.sign_in.title")
		w.Goes("/console/inbox")
		w.Sees("console.inbox.title")
	})
}
