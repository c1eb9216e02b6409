package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/store"
)

// apply files a change of low risk by ada and has bob approve it, until it is on record.
func (w *world) apply(id customer.ID, pairs ...string) change.ID {
	w.t.Helper()
	r := w.file("ada", id, pairs...)
	for _, name := range []string{"bob", "bea"} {
		s, err := w.reader.Standing(w.t.Context(), w.staff[name], r)
		w.ok(err)
		if s.State == change.Reviewing {
			w.ok(w.Desk.Approve(w.t.Context(), w.staff[name], r, s.ContentHash, "fine"))
		}
	}
	w.settle()
	c, err := w.reader.Change(w.t.Context(), w.staff["bob"], r)
	if w.ok(err); c.AppliedAt.IsZero() {
		w.t.Fatalf("the change is %s", c.State)
	}
	return r
}

var proofLink = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})/([0-9a-v]{20})/([0-9]{6})`)

// taps has the customer open the newest link that was sent to a contact of theirs.
func (w *world) taps(to string, id change.ID) {
	w.t.Helper()
	w.settle()
	messages := w.Mailbox.To(to)
	for i := len(messages) - 1; i >= 0; i-- {
		if m := proofLink.FindStringSubmatch(messages[i].Text); m != nil {
			by, err := w.reader.SignIn(w.t.Context(), m[1])
			w.ok(err)
			w.ok(w.Desk.Prove(w.t.Context(), by, id, m[2], m[3]))
			return
		}
	}
	w.t.Fatalf("no link was sent to %s", to)
}

// values are what the record of fang holds, in clear and masked: neither may be seen before
// she is proven.
var values = []string{"王小芳", "王*芳", "小芳", "13800138000", "138 0013 8000", "138****8000", "8000", "fang@example.com", "f***g@e***.com", "example.com"}

// Threat T24: whoever calls with a story gets the agent to read the data out.
func TestNothingOfTheRecordIsShownBeforeTheCallerIsProven(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada := w.in("ada")
	at := "/intake/" + string(fang)

	// She gives her customer number, so that not one digit of a contact was said.
	w.apply(fang, "external_id", "C-20418837")
	found := ada.post("/intake/find", "q", "C-20418837", "channel", "hotline").is(http.StatusOK).says("A record matches: 王…")
	found.hides(values...)
	ada.get(at + "?channel=hotline").is(http.StatusOK).says("Nothing of the record is shown yet").hides(values...)
	ada.get(at + "?channel=hotline&field=phone&field=email&field=legal_name").is(http.StatusOK).hides(values...)
	ada.get("/intake/handover/" + string(fang)).is(http.StatusOK).hides(values[:len(values)-1]...) // the site is at example.com, too
	ada.post(at+"/hint", "field", "shoe").is(http.StatusUnprocessableEntity).hides(values...)
	ada.post(at, "field", "phone", "phone", "139001", "do", "check").is(http.StatusUnprocessableEntity).hides(values...)
	ada.post(at, "field", "phone", "phone", "13900139000", "reason", "new number", "do", "check").is(http.StatusOK).says("139 0013 9000").hides(values...)

	filed := ada.follow(ada.post(at, "channel", "hotline", "field", "phone", "phone", "13900139000", "reason", "new number", "do", "file", "key", "k1"))
	filed.is(http.StatusOK).says("Link to the contact on record: Phone").hides(values...)
	id := filedID(t, filed)
	ada.follow(ada.post("/intake/changes/"+string(id)+"/ask", "method", "sms_code", "to", "phone")).is(http.StatusOK).says("It's on its way", "It can be sent again at").hides(values...)
	ada.post("/intake/changes/"+string(id)+"/ask", "method", "sms_code", "to", "phone").hides(values...) // too soon
	ada.get(at).is(http.StatusOK).hides(values...)

	w.taps("+8613800138000", id)
	shown := ada.get("/intake/changes/"+string(id)).is(http.StatusOK).says("The customer has proven this request").hides("13800138000", "王小芳")
	if text := strings.ReplaceAll(shown.text(), " ", ""); !strings.Contains(text, "138****8000") || !strings.Contains(text, "139****9000") { // the differing digits are marked apart
		t.Errorf("old and new are not shown: %s", shown.text())
	}
}

func filedID(t *testing.T, a answer) change.ID {
	t.Helper()
	u, err := url.Parse(strings.TrimPrefix(a.what, "GET "))
	if err != nil {
		t.Fatal(err)
	}
	return change.ID(u.Path[strings.LastIndex(u.Path, "/")+1:])
}

func TestPageThatWaitsForTheProofIsNobodysPresence(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "phone", "13900139000")
	ada := w.in("ada")
	w.Clock.Add(2 * time.Minute)
	ask := func(fragment bool) answer {
		r := httptest.NewRequest("GET", at("/intake/changes/"+string(id)), nil)
		if fragment {
			r.Header.Set("HX-Request", "true")
		}
		return ada.send(r).is(http.StatusOK)
	}
	part := ask(true)
	if part.Header.Get("Set-Cookie") != "" || strings.Contains(part.Body, "<html") || !strings.Contains(part.Body, `hx-trigger="every 5s"`) {
		t.Errorf("a part that is fetched by itself: %v %s", part.Header, part.Body)
	}
	if ask(false).Header.Get("Set-Cookie") == "" {
		t.Error("whoever looks is not seen")
	}
}

// A proof of the new number shows that it answers, and not who is calling.
func TestProofOfTheNewContactShowsNothing(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "phone", "13900139000")
	ada := w.in("ada")
	ada.post("/intake/changes/"+string(id)+"/ask", "method", "sms_code", "to", "phone", "new", "yes").is(http.StatusSeeOther)
	w.taps("+8613900139000", id)
	ada.get("/intake/changes/" + string(id)).is(http.StatusOK).says("Answered").hides(values...)
}

func TestNameOrTheEndOfANumberIsNotEnoughToFindACaller(t *testing.T) {
	w := newWorld(t)
	w.fang()
	ada := w.in("ada")
	for _, q := range []string{"王小芳", "8000", "wangxiaofang", ""} {
		ada.post("/intake/find", "q", q).is(http.StatusOK).says("No record matches")
	}
	ada.post("/intake/find", "q", "fang@example.com").is(http.StatusOK).says("A record matches")
	w.in("bob").get("/intake").is(http.StatusForbidden)
}

func TestIntakeFilesWithItsChannelOnceForEachForm(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada := w.in("ada")
	form := []string{"channel", "shop", "field", "preferred_name", "preferred_name", "Fang", "reason", "says so", "do", "file", "key", "once"}
	first := ada.post("/intake/"+string(fang), form...).is(http.StatusSeeOther).Header.Get("Location")
	again := ada.post("/intake/"+string(fang), form...).is(http.StatusSeeOther).Header.Get("Location")
	if first != again {
		t.Errorf("a second press leads to %s, not %s", again, first)
	}
	all, err := w.reader.Changes(t.Context(), w.staff["bob"], store.Filter{Record: fang}, store.Slice{})
	if w.ok(err); len(all.Items) != 1 {
		t.Fatalf("filed: %+v", all.Items)
	}
	c, err := w.reader.Change(t.Context(), w.staff["bob"], all.Items[0].ID)
	if w.ok(err); c.Channel != "shop" || c.Filed.ID != w.staff["ada"].ID || c.Reason != "says so" || c.Source != "staff" {
		t.Errorf("filed as %+v", c)
	}
}

func TestFormOfIntakeKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada := w.in("ada")
	back := ada.post("/intake/"+string(fang), "field", "email", "email", "new@example", "reason", "moved", "do", "check").is(http.StatusUnprocessableEntity)
	if !strings.Contains(back.Body, `value="new@example"`) || !strings.Contains(back.Body, "moved") {
		t.Error("what was typed is lost")
	}
	ada.post("/intake/"+string(fang), "field", "email", "do", "check").is(http.StatusUnprocessableEntity).says("Write down what the customer says")
	ada.post("/intake/"+string(fang), "field", "shoe_size", "shoe_size", "41", "reason", "x", "do", "check").is(http.StatusUnprocessableEntity)
}

func TestAddressIsTakenByRegionOrInOneLine(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	ada := w.in("ada")
	at := "/intake/" + string(fang)
	ada.post(at, "field", "address", "address.province", "31", "do", "regions").is(http.StatusOK).says("市辖区")
	ada.get("/intake/regions?of=3101").is(http.StatusOK).says("浦东新区")
	stale := []string{"field", "address", "address.province", "31", "address.city", "3101", "address.area", "310115", "address.street", "110108030"}
	ada.post(at, append(stale, "address", "张江路88弄", "reason", "moved", "do", "check")...).is(http.StatusOK).says("上海市浦东新区张江路88弄")
	stale = []string{"field", "address", "address.province", "31", "address.city", "1101", "address.area", "110108"}
	ada.post(at, append(stale, "do", "regions")...).is(http.StatusOK).says("市辖区").hides("海淀区")
	ada.post(at, append(stale, "address", "张江路88弄", "reason", "moved", "do", "check")...).is(http.StatusUnprocessableEntity)
	ada.post(at, "field", "address", "address.province", "31", "address.city", "3101", "address.area", "310115", "address", "张江路88弄", "reason", "moved", "do", "check").
		is(http.StatusOK).says("上海市浦东新区张江路88弄")
	ada.post(at, "field", "address", "address", "上海市浦东新区张江路88弄", "reason", "moved", "do", "check").is(http.StatusOK).says("上海市浦东新区张江路88弄")
	ada.post(at, "field", "address", "address", "10 Downing Street", "address.country", "GB", "address.postcode", "SW1A 2AA", "reason", "moved", "do", "check").is(http.StatusOK).says("10 Downing Street")
}

func TestWhoTookItInAttestsNothing(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	id := w.file("ada", fang, "phone", "13900139000")
	steps := "/intake/changes/" + string(id)
	ada, sam := w.in("ada"), w.in("sam")
	ada.follow(ada.post(steps+"/ask", "method", "callback", "to", "phone")).says("You took this in, so a colleague confirms it")
	ada.post(steps+"/attest", "kind", "callback", "contact", "phone", "passed", "yes", "outcome", "fine").is(http.StatusForbidden)
	sam.get(steps).is(http.StatusOK).says("How the call ended", "never one that a caller gives you").hides(values...)
	sam.post(steps+"/attest", "kind", "callback", "contact", "phone", "outcome", "fine").is(http.StatusUnprocessableEntity) // silence ends nothing
	sam.follow(sam.post(steps+"/attest", "kind", "callback", "contact", "phone", "passed", "yes", "outcome", "agreed")).says("It's on record")
	c, err := w.reader.Change(t.Context(), w.staff["bob"], id)
	if w.ok(err); len(c.Proofs) != 1 || c.Proofs[0].By.ID != w.staff["sam"].ID {
		t.Errorf("proofs: %+v", c.Proofs)
	}
}

func TestThisLooksWrongFreezesInOneAct(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	id := w.file("ada", fang, "phone", "13900139000")
	sam := w.in("sam")
	sam.get("/intake/" + string(fang)).is(http.StatusOK).says("This looks wrong")
	sam.follow(sam.post("/intake/changes/"+string(id)+"/freeze", "back", "/console/intake/"+string(fang))).is(http.StatusOK).says("Frozen")
	if s := w.state(id); s != change.Disputed {
		t.Errorf("the request is %s", s)
	}
}

func TestNewCustomerIsFiledAndReadBackFirst(t *testing.T) {
	w := newWorld(t)
	ada := w.in("ada")
	said := []string{"kind", "person", "channel", "shop", "legal_name", "李四", "phone", "13600136000", "reason", "opens an account"}
	ada.post("/intake/new", append(said, "do", "check")...).is(http.StatusOK).says("Your Legal name becomes:", "李四", "136 0013 6000", "Original document seen")
	ada.follow(ada.post("/intake/new", append(said, "do", "file", "key", "n1")...)).is(http.StatusOK).says("Link to the new contact: Phone")
	ada.post("/intake/new", "do", "check").is(http.StatusUnprocessableEntity)
	w.in("bob").get("/intake/new").is(http.StatusForbidden)
}

func TestHandoverCodeHoldsTheAddressOnly(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	page := w.in("ada").get("/intake/handover/" + string(fang) + "?channel=shop").is(http.StatusOK).says("https://portal.example.com")
	if !strings.Contains(page.Body, `class="qr"`) {
		t.Error("no code is drawn")
	}
}

func TestFieldsToVerifyNowAreNamedWithoutTheirValues(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	w.Clock.Add(300 * 24 * time.Hour)
	w.in("ada").get("/intake/"+string(fang)).is(http.StatusOK).says("Ask for these now", "What is your Phone now?", "Expired").hides(values...)
}
