package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// leveled is a page without what may differ between a hit and a miss: the key that was
// typed, masked, the word of the page, and the moment.
func leveled(body string) string {
	for _, p := range []string{`<b class="nowrap">[^<]*</b>`, `<b>[A-Z][2-9]</b>`, `content="2026-[^"]*"`, `data-until="[^"]*"`} {
		body = regexp.MustCompile(p).ReplaceAllString(body, "")
	}
	return body
}

func TestHitAndMissLookAlikeAndTakeAsLong(t *testing.T) {
	look := func(key string) (pages []string, paused []time.Duration) {
		w := open(t)
		w.fang()
		b := w.browser("en").get("/").press("/find", "by", "phone", "key", key).is(200)
		pages = append(pages, leveled(b.Body))
		for range 6 {
			b.press("/prove", "code", "abc")
			pages = append(pages, leveled(b.Body))
		}
		b.get("/prove").press("/prove/again", "other", "yes")
		pages = append(pages, leveled(b.Body))
		return pages, w.paused
	}
	hit, waited := look("13800138000")
	miss, also := look("13900139000")
	for i := range hit {
		if hit[i] != miss[i] {
			t.Errorf("page %d tells a stranger:\n%s\n%s", i, hit[i], miss[i])
		}
	}
	if len(waited) != len(also) || len(waited) != 8 {
		t.Errorf("%d and %d answers were held back", len(waited), len(also))
	}
	for _, d := range append(waited, also...) {
		if d <= 0 || d > 300*time.Millisecond {
			t.Errorf("held back for %v", d)
		}
	}
}

func TestBadlyFormedKeyStaysOnThePageWithItsRemedy(t *testing.T) {
	w := open(t)
	b := w.browser("en").get("/")
	b.press("/find", "by", "phone", "key", "138 0013 800").is(422).says("A mobile number has 11 digits. This has 10", "Update your details")
	if attribute(b.find("input", "name", "key"), "value") != "138 0013 800" {
		t.Error("what was typed is gone")
	}
}

func TestLinksThatAreOnlyLookedAtChangeNothing(t *testing.T) {
	w := open(t)
	w.fang()
	customer := w.browser("en")
	id := customer.newPhone()
	customer.wait()
	customer.press("/me/changes/"+string(id)+"/send", "to", "phone", "method", "sms_code", "new", "yes").is(200)
	w.settle()
	seen := map[string]bool{}
	for _, m := range w.Mailbox.All() {
		for _, at := range linkPattern.FindAllStringSubmatch(m.Text, -1) {
			seen[at[1]] = true
		}
	}
	if len(seen) < 3 {
		t.Fatalf("only %d links were sent", len(seen))
	}
	rows := w.rows()
	for at := range seen {
		w.browser("en").get(at).is(200)
	}
	customer.get("/me").get("/me/history").get("/me/received").get("/me/edit/email").get("/me/check").get("/lost").get("/help")
	if after := w.rows(); after != rows {
		t.Errorf("looking wrote:\n%s\n%s", rows, after)
	}
}

func TestWarningFreezesAtOnceAndItsLinkSaysSoForEver(t *testing.T) {
	w := open(t)
	w.fang()
	w.browser("en").newPhone()
	b := w.browser("en").get(w.link(mail, "freeze it now:")).is(200).says("Asked to change: Phone. Was this you?", "138 **** 8000")
	b.press("/l/dispute").is(200).says("Frozen", "Your details have not changed", "REQ-")
	b.get("/l").is(200).says("Frozen since")
	if strings.Contains(b.Body, "139 ****") {
		t.Error("a used link shows a value")
	}
	for _, c := range canaries() {
		if strings.Contains(b.seen, c) {
			t.Errorf("a page shows %q", c)
		}
	}
}

func TestLinkThatIsOverSaysWhy(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en")
	b.get("/l").is(200).says("Open the link in our message")
	b.get("/l/" + strings.Repeat("A", 43)).is(404).says("We don't know this link")
	w.browser("en").newPhone()
	at := w.link(mail, "freeze it now:")
	w.Clock.Add(200 * 24 * time.Hour)
	b.get(at).is(http.StatusGone).says("This link has expired", "Sign in")
}

func TestResultIsConfirmedByItsLinkOnce(t *testing.T) {
	w := open(t)
	w.fang()
	customer := w.browser("en")
	customer.newPhone()
	customer.proveBoth()
	at := w.confirmLink()
	b := w.browser("en").get(at).is(200).says("Changed: Phone. Was this you?", "Yes, this was me", "This was not me")
	b.press("/l/confirm").is(200).says("You've confirmed it", "nothing more to do")
	b.get(at).is(200).says("You've confirmed it")
}

// confirmLink is the link by which the mail asks whether the result is right.
func (w *world) confirmLink() string {
	w.t.Helper()
	w.settle()
	for _, m := range slices.Backward(w.Mailbox.To(mail)) {
		for _, at := range linkPattern.FindAllStringSubmatch(m.Text, -1) {
			if b := w.browser("en").get(at[1]); b.find("button", "formaction", "/l/confirm") != nil {
				return at[1]
			}
		}
	}
	w.t.Fatalf("nobody was asked to confirm: %+v", w.Mailbox.To(mail))
	return ""
}

func TestLinkToANewContactShowsNothingOfAnybody(t *testing.T) {
	w := open(t)
	id := w.fang()
	filed, err := w.Desk.Propose(t.Context(), w.staff("Ada", access.Agent), wanting(id, "phone", "13900139000"))
	w.ok(err)
	by := access.Actor{ID: string(id), Sort: access.Customer, Via: "portal"}
	_, err = w.Desk.Challenge(t.Context(), by, filed.Changes[0].ID, ask("phone", true))
	w.ok(err)
	b := w.browser("en").get(w.link("+8613900139000", "")).is(200).says("Is this contact yours?")
	for _, c := range append(canaries(), "****", "REQ-", "Phone", "f***y", "小芳") {
		if strings.Contains(b.text(), c) {
			t.Errorf("it shows %q:\n%s", c, b.text())
		}
	}
	b.press("/l/prove").is(200).says("You've answered already")
	r, err := w.Store.View(t.Context()).Change(filed.Changes[0].ID)
	w.ok(err)
	if !r.Reached("phone") {
		t.Error("the button proved nothing")
	}
}

func TestStrangerSaysThatAContactIsNotTheirs(t *testing.T) {
	w := open(t)
	id := w.fang()
	filed, err := w.Desk.Propose(t.Context(), w.staff("Ada", access.Agent), wanting(id, "phone", "13900139000"))
	w.ok(err)
	by := access.Actor{ID: string(id), Sort: access.Customer, Via: "portal"}
	_, err = w.Desk.Challenge(t.Context(), by, filed.Changes[0].ID, ask("phone", true))
	w.ok(err)
	w.browser("zh").get(w.link("+8613900139000", "")).is(200).press("/l/not-mine").is(200).says("您已经回答过")
	r, err := w.Store.View(t.Context()).Change(filed.Changes[0].ID)
	w.ok(err)
	if r.End != change.Failed {
		t.Errorf("it is %s", r.End)
	}
}

func TestLinkToAContactOnRecordAsksWhatItAgreesTo(t *testing.T) {
	w := open(t)
	id := w.fang()
	filed, err := w.Desk.Propose(t.Context(), w.staff("Ada", access.Agent), wanting(id, "phone", "13900139000"))
	w.ok(err)
	by := access.Actor{ID: string(id), Sort: access.Customer, Via: "portal"}
	_, err = w.Desk.Challenge(t.Context(), by, filed.Changes[0].ID, ask("phone", false))
	w.ok(err)
	at := w.link(phone, "")
	b := w.browser("en").get(at).is(200).says("Do you agree to this change?", "138 **** 8000", "139 **** 9000")
	b.press("/l/prove").is(200).says("Waiting for you to verify", "Proven")
	b.get(at).is(200).says("Waiting for you to verify")
}

func TestForeignRequestAndForeignRecordAreNotFound(t *testing.T) {
	w := open(t)
	w.fang()
	mine := w.browser("en").newPhone()
	other := w.person(map[customer.Key]customer.Content{"legal_name": "陈国", "phone": "+8613700137000"})
	b := w.browser("en")
	b.get("/").press("/find", "by", "phone", "key", "13700137000").press("/prove", "code", w.code("+8613700137000")).is(200)
	for _, path := range []string{"", "/withdraw", "/confirm", "/dispute", "/appeal", "/receipt", "/receipt.json", "/promise.ics"} {
		b.get("/me/changes/" + string(mine) + path).is(404)
	}
	for _, act := range []string{"send", "prove", "answer", "withdraw", "confirm", "dispute"} {
		b.send("POST", "/me/changes/"+string(mine)+"/"+act, url.Values{"challenge": {"x"}, "answer": {"x"}, "method": {"sms_code"}, "to": {"phone"}}, "same-origin")
		b.is(404)
	}
	b.get("/me/account/" + string(w.fang())).is(404)
	b.get("/me/account/" + string(other) + "/edit/phone").is(200) // their own, whatever it is called
}

func TestEveryFormFromAnotherSiteIsRefused(t *testing.T) {
	w := open(t)
	w.fang()
	b := w.browser("en")
	at := "/me/changes/" + string(b.newPhone())
	rows := w.rows()
	for _, path := range []string{
		"/find", "/prove", "/prove/again", "/choose-me", "/enter", "/language", "/session/extend", "/sign-out", "/me/edit/phone", "/me/check", "/me/check/drop",
		at + "/send", at + "/prove", at + "/answer", at + "/withdraw", at + "/confirm", at + "/dispute", at + "/appeal",
		"/l/prove", "/l/confirm", "/l/dispute", "/l/not-mine",
	} {
		b.send("POST", path, url.Values{"by": {"phone"}, "key": {"13800138000"}, "value": {"x"}}, "cross-site")
		b.is(403).says("This form was sent from another site")
	}
	if after := w.rows(); after != rows {
		t.Errorf("one had an effect:\n%s\n%s", rows, after)
	}
}

func TestOtherCredentialInTheCookieOfALinkOpensNothing(t *testing.T) {
	w := open(t)
	_, token, err := w.Desk.AddToken(t.Context(), access.Actor{Name: "Otto", Roles: []access.Role{access.Steward}})
	w.ok(err)
	b := w.browser("en")
	b.cookies["amend-link"] = token
	b.get("/l").is(404).says("We don't know this link")
	b.cookies["amend-customer"] = token
	b.get("/me").is(200).says("Update your details")
}

func TestAppLetsItsCustomerInByAButton(t *testing.T) {
	w := open(t)
	id := w.fang()
	app := access.Actor{ID: "the app", Sort: access.Client, Roles: []access.Role{access.App}}
	address, _, err := w.Desk.Admit(t.Context(), app, id)
	w.ok(err)
	rows := w.rows()
	b := w.browser("en").get(strings.TrimPrefix(address, "https://portal.example.com")).is(200).says("You're signed in to our app")
	if w.rows() != rows {
		t.Error("looking wrote something")
	}
	b.press("/enter").is(200).says("My details", "138 **** 8000")
	w.browser("en").get(strings.TrimPrefix(address, "https://portal.example.com")).says("Update your details")
}

func TestFamilyOfOnePhoneChoosesWhoTheyAre(t *testing.T) {
	w := open(t)
	w.fang()
	guo := w.person(map[customer.Key]customer.Content{"legal_name": "陈建国", "phone": phone})
	b := w.browser("zh").get("/").press("/find", "by", "phone", "key", "13800138000").press("/prove", "code", w.code(phone)).is(200).says("您是哪一位")
	if strings.Contains(b.Body, name) || strings.Contains(b.Body, "陈建国") {
		t.Error("a name is shown whole")
	}
	b.press("/choose-me").is(422).says("请选择一位")
	b.press("/choose-me", "who", string(guo)).is(200).says("我的资料", "陈*国")
}
