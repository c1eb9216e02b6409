package portal_test

import (
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/store"
)

// changed is the id of the request that the browser looks at.
func (b *browser) changed() change.ID {
	b.t.Helper()
	_, rest, found := strings.Cut(b.Path, "/changes/")
	if !found {
		b.t.Fatalf("at %s", b.Path)
	}
	id, _, _ := strings.Cut(rest, "?")
	id, _, _ = strings.Cut(id, "/")
	return change.ID(id)
}

// newPhone asks for another phone number and answers the request.
func (b *browser) newPhone() change.ID {
	b.t.Helper()
	b.signIn()
	b.get("/me/edit/phone").is(200).press("/me/edit/phone", "country", "CN", "value", "139 0013 9000", "do", "keep").is(200)
	b.press("/me/check", "reason", "new handset", "do", "send").is(200)
	return b.changed()
}

// proveBoth answers a code to the old and one to the new number.
func (b *browser) proveBoth() {
	b.t.Helper()
	b.wait()
	at := "/me/changes/" + string(b.changed())
	for _, to := range []string{"", "yes"} {
		number := phone
		if to != "" {
			number = "+8613900139000"
		}
		b.press(at+"/send", "to", "phone", "method", "sms_code", "new", to).is(200)
		challenge := attribute(b.find("input", "name", "challenge"), "value")
		b.press(at+"/prove", "challenge", challenge, "code."+challenge, b.code(number)).is(200)
	}
}

func TestCustomerChangesTheirPhoneWithoutAScript(t *testing.T) {
	for lang, words := range map[string][]string{
		"en": {"Update your details", "Enter the 6-digit code", "My details", "Change: Phone", "Check your answers", "Waiting for you to verify", "Updated", "You confirmed it"},
		"zh": {"更新您的资料", "输入 6 位验证码", "我的资料", "修改电话", "核对后提交", "等待您验证", "已更新", "您已确认"},
	} {
		t.Run(lang, func(t *testing.T) {
			w := open(t)
			w.fang()
			b := w.browser(lang)
			b.get("/").is(200).says(words[0]).press("/find", "by", "phone", "key", "１３８ 0013 8000").is(200).says(words[1])
			b.press("/prove", "code", w.code(phone)).is(200).says(words[2], "138 **** 8000")
			b.get("/me/edit/phone").is(200).says(words[3]).press("/me/edit/phone", "country", "CN", "value", "139 0013 9000", "do", "keep")
			b.is(200).says(words[4]).press("/me/check", "reason", "new handset", "do", "send").is(200).says(words[5])
			b.proveBoth()
			w.settle()
			id := b.changed()
			b.get("/me/changes/" + string(id)).is(200).says(words[6])
			b.get("/me/changes/" + string(id) + "/confirm").is(200).press("/me/changes/" + string(id) + "/confirm").is(200).says(words[7])
			for _, c := range append(canaries(), "13900139000") {
				if strings.Contains(b.seen, c) {
					t.Errorf("a page shows %q", c)
				}
			}
		})
	}
}

func TestDraftIsGoneOnceSentAndTheSameFormSentTwiceFilesOnce(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn()
	b.get("/me/edit/preferred_name").press("/me/edit/preferred_name", "value", "Fang", "do", "keep").is(200)
	key := attribute(b.find("input", "name", "key"), "value")
	b.press("/me/check", "do", "send").is(200).says("Updated")
	first := b.Path
	rows := w.rows()
	b.send("POST", "/me/check", map[string][]string{"key": {key}, "do": {"send"}}, "same-origin")
	if b.is(200).Path != first || w.rows() != rows {
		t.Errorf("sent again, it leads to %s and writes:\n%s\n%s", b.Path, rows, w.rows())
	}
	b.get("/me/check").says("Nothing to send")
}

func TestDraftGoesOnWithAnotherDeviceAndItsFormDoesNotSendWhatItDidNotShow(t *testing.T) {
	w := open(t)
	w.fang()
	one := w.browser("en").signIn()
	one.get("/me/edit/preferred_name").press("/me/edit/preferred_name", "value", "Fang", "do", "keep").is(200)
	w.wait()
	other := w.browser("en").signIn()
	other.says("You have changes you haven't sent")
	other.get("/me/edit/title").press("/me/edit/title", "value", "Dr", "do", "keep").is(200)
	rows := w.rows()
	one.press("/me/check", "do", "send").is(409).says("This has changed since you opened the page")
	if w.rows() != rows {
		t.Error("it was sent all the same")
	}
	other.press("/me/check/drop", "field", "title").is(200)
	other.press("/me/check", "do", "send").is(200).says("Updated")
}

// Whoever took over an old number that nobody proved doesn't read what the customer typed.
func TestDraftIsNotShownToWhoHasProvenLess(t *testing.T) {
	w := open(t)
	w.unproven(w.fang(), "phone")
	one := w.browser("en")
	one.get("/").press("/find", "by", "email", "key", mail).is(200)
	one.press("/prove", "code", one.code(mail)).is(200)
	one.get("/me/edit/preferred_name").press("/me/edit/preferred_name", "value", "Fangfang", "do", "keep").is(200)
	one.get("/me").says("You have changes you haven't sent")
	w.wait()
	other := w.browser("en").signIn()
	for _, path := range []string{"/me", "/me/check", "/me/edit/preferred_name"} {
		if got := other.get(path).is(200).Body; strings.Contains(got, "Fangfang") || strings.Contains(got, "haven't sent") {
			t.Errorf("%s shows the draft", path)
		}
	}
}

func TestLostContactSeesItsDateBeforeTheSlowerWayBegins(t *testing.T) {
	w := open(t)
	w.person(map[customer.Key]customer.Content{"legal_name": name, "phone": phone})
	b := w.browser("en")
	b.get("/lost").is(200).says("takes effect at the earliest", "We wait 72 hours", "Two people check it", "Another person checks one more proof", "payouts and refunds")
	b.signIn().get("/me/edit/phone").press("/me/edit/phone", "country", "CN", "value", "13900139000", "do", "keep").is(200)
	rows := w.rows()
	b.press("/me/check", "lost", "yes", "do", "send").is(422).says("Read the steps and the date below first", "We wait 72 hours")
	if w.rows() != rows {
		t.Error("it began")
	}
	b.press("/me/check", "lost", "yes", "do", "send").is(200).says("A look at your original document", "What a person must see")
}

func TestLostPhoneIsMadeUpForByMailAndAnOriginal(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn()
	b.get("/me/edit/phone").press("/me/edit/phone", "country", "CN", "value", "13900139000", "do", "keep").is(200)
	b.press("/me/check", "lost", "yes", "do", "send").is(422).says("a code by mail, and an original shown in person")
}

func TestSeveralLanesAreListedEachWithItsOwnWay(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn()
	b.get("/me/edit/phone").press("/me/edit/phone", "country", "CN", "value", "13900139000", "do", "keep").is(200)
	b.get("/me/edit/preferred_name").press("/me/edit/preferred_name", "value", "Fang", "do", "keep").is(200).says("What happens next: Phone", "What happens next: Preferred name")
	b.press("/me/check", "do", "send").is(200).says("Your request has several parts", "Updated", "Waiting for you to verify")
	b.get(b.href("/me/changes/")).is(200).says("Other parts you sent")
}

func TestRequestIsWithdrawnAndAskedForAgain(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en")
	id := b.newPhone()
	at := "/me/changes/" + string(id)
	b.get(at + "/withdraw").is(200).press(at + "/withdraw").is(200).says("Not updated: withdrawn")
	b.get(at+"/appeal").is(200).press(at+"/appeal", "reason", "").is(422).says("Say why")
	b.press(at+"/appeal", "reason", "I meant it").is(200).says("Waiting for you to verify")
	if b.changed() == id {
		t.Error("nothing was filed")
	}
}

func TestFrozenRequestSaysSinceWhenAndWhatStops(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en")
	at := "/me/changes/" + string(b.newPhone())
	b.get(at+"/dispute").is(200).press(at+"/dispute").is(200).says("Frozen", "Your details have not changed", "400-000-2288", "Prove it's you")
	if !strings.Contains(b.text(), w.Clock.Now().UTC().Format("15:04:")) {
		t.Error("not to the second")
	}
}

func TestReceiptIsADocumentThatWasChecked(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("zh")
	id := b.newPhone()
	b.proveBoth()
	w.settle()
	at := "/me/changes/" + string(id)
	b.get(at+"/receipt").is(200).says("变更回执", "已核对：这条变更在记录里，且没有被改动", "138 **** 8000", "139 **** 9000")
	for _, c := range canaries() {
		if strings.Contains(b.Body, c) {
			t.Errorf("the receipt's page shows %q", c)
		}
	}
	b.get(at + "/receipt.json").is(200)
	if b.Header.Get("Content-Disposition") == "" || !strings.Contains(b.Body, "amend.receipt.v1") {
		t.Error("no file")
	}
	if b.get(at+"/receipt.html").is(200).Header.Get("Content-Disposition") == "" {
		t.Error("its page brings a script of its own, so it must be a download")
	}
}

func TestPromisedDayIsAnEntryForTheCalendarWithoutAValue(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en")
	b.get("/me/changes/" + string(b.newPhone()) + "/promise.ics").is(200)
	for _, want := range []string{"BEGIN:VEVENT\r\n", "DTSTART:20260302T05"} {
		if !strings.Contains(b.Body, want) {
			t.Errorf("no %q in %s", want, b.Body)
		}
	}
	for _, c := range append(canaries(), "139") {
		if strings.Contains(b.Body, c) {
			t.Errorf("the calendar holds %q", c)
		}
	}
}

func TestQuestionOfAReviewerIsAnsweredAndTheValueCorrected(t *testing.T) {
	w := open(t)
	id := w.fang()
	b := w.browser("en").signIn()
	b.get("/me/edit/passport").press("/me/edit/passport", "value", "E87654321", "do", "keep").is(200).press("/me/check", "do", "send").is(200)
	request := b.changed()
	w.reviewed(id, request)
	r, err := w.Store.View(t.Context()).Change(request)
	w.ok(err)
	if state, _ := r.Next(w.Clock.Now()); state != change.Reviewing {
		t.Fatalf("it is %s", state)
	}
	w.ok(w.Desk.Ask(t.Context(), w.staff("Bob", "approver"), request, "Which page is it on?"))
	at := "/me/changes/" + string(request)
	b.get(at).is(200).says("We need your answer", "Which page is it on?").press(at+"/answer", "answer", "").is(422).says("Write something")
	b.press(at+"/answer", "answer", "the last one", "fix.passport", "E8765432X1!").is(422)
	b.press(at+"/answer", "answer", "the last one").is(200).says("Your answer is on its way")
}

func TestSessionIsExtendedAndSignedOut(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn()
	w.Clock.Add(19 * time.Minute)
	b.press("/session/extend", "back", "/me/history").is(200).says("Your session goes on")
	w.Clock.Add(19 * time.Minute)
	b.get("/me").is(200).says("My details").press("/sign-out").is(200).says("You're signed out", "Update your details")
	b.get("/me/history").is(200).says("Update your details")
	if !strings.Contains(b.Path, "to=%2Fme%2Fhistory") {
		t.Errorf("it doesn't lead back: %s", b.Path)
	}
}

func TestLanguageIsChosenAndKept(t *testing.T) {
	w := open(t)
	b := w.browser("en").get("/help").is(200).says("Help and phone")
	b.press("/language", "lang", "zh").is(200).says("帮助与电话")
	b.get("/").says("更新您的资料")
}

func TestPageThatLooksForNewsByItselfKeepsNoSessionAlive(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en").signIn()
	b.htmx = true
	for range 4 {
		w.Clock.Add(6 * time.Minute)
		b.get("/me")
	}
	if !strings.HasPrefix(b.Path, "/?to=") {
		t.Errorf("still at %s", b.Path)
	}
}

func TestCoolingRequestCanBeStopped(t *testing.T) {
	w := open(t)
	id := w.fang()
	b := w.browser("en").signIn()
	b.get("/me/edit/passport").press("/me/edit/passport", "value", "E87654321", "do", "keep").press("/me/check", "do", "send").is(200)
	request := b.changed()
	w.reviewed(id, request)
	w.approve(request)
	b.get("/me/changes/"+string(request)).is(200).says("Takes effect soon", "Stop it now", "Ends on 5 Mar 2026")
	b.press("/language", "lang", "zh").is(200).says("即将生效", "立即停止")
	b.get(b.href("/me/changes/" + string(request) + "/dispute")).press("/me/changes/" + string(request) + "/dispute").is(200).says("已冻结")
}

func TestValuesAreCalledStillRightByOneTap(t *testing.T) {
	for lang, words := range map[string][]string{
		"en": {"Still right", "Everything is still right", "Thank you. We know now that it's right", "Confirmed today"},
		"zh": {"仍然正确", "全部仍然正确", "谢谢，已记下资料仍然正确", "今天确认过"},
	} {
		w := open(t)
		id := w.fang()
		b := w.browser(lang)
		b.signIn()
		b.get("/me").is(200).says(words[0], words[1])
		b.press("/me/affirm").is(200).says(words[2], words[3])
		before, err := w.reader().Customer(t.Context(), self(id), id, store.Demand{})
		w.ok(err)
		fresh := 0
		for _, h := range before.Values {
			if w.Clock.Now().Sub(h.CheckedAt) < time.Hour {
				fresh++
			}
		}
		if fresh < 2 {
			t.Errorf("%d values are fresh", fresh)
		}
	}
}
