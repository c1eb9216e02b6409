package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/lang"
)

func TestRequestIsShownMaskedWithWhoAskedWhyAndWhatFollows(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "phone", "13900139000")

	a := w.in("bob").get("/changes/" + string(id)).is(200)

	a.says("王*芳", "had this filed by ada", "by phone", "Phone", "138****8000", "139****9000", "Prove 0/2", "missing: authority, new contact",
		"Not shown to answer yet", "ada filed the request", "Waiting for proofs", "Approvals needed: 1", "What will be held", "Password reset blocked", "The filer's history")
	a.hides("13800138000", "13900139000", "王小芳")
}

func TestAddressThatIsToldByLetterIsShownAsOneReadsIt(t *testing.T) {
	w := newWorld(t)
	id := w.customer(map[customer.Key]customer.Content{
		"legal_name": "王小芳", "phone": "+8613800138000", "address": `{"country":"CN","region":"310115","line":"张江路88弄"}`,
	})
	request := w.file("ada", id, "phone", "13900139000")
	w.settle()
	w.in("bob").get("/changes/"+string(request)).is(200).says("Letter", "上海市浦东新区").hides(`"country"`, "country&#34;", "张江路")
}

func TestOwnRequestIsRefusedWithTheNamesOfWhoMay(t *testing.T) {
	w := newWorld(t)
	id := w.file("sue", w.fang(), "name_spelling", "WANG Xiaofang")
	sue := w.in("sue")

	sue.get("/changes/"+string(id)).is(200).says("You started or collected this request", "bob", "bea", "ben").hides(`name="content_hash"`)

	hash := w.in("bob").get("/changes/" + string(id)).hash()
	sue.post("/changes/"+string(id)+"/approve", "content_hash", hash).is(http.StatusForbidden).says("You started or collected this request", "bob")
	if n := w.entries("intend"); n != 0 {
		t.Errorf("a refused approval left %d entries", n)
	}
}

func TestRevealIsForAPurposeLeavesAnEntryAndIsInNoAddress(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "phone", "13900139000")
	bob := w.in("bob")

	bob.post("/changes/"+string(id)+"/reveal", "purpose", "").is(http.StatusUnprocessableEntity).says("Pick a purpose").hides("139 0013 9000")
	if n := w.entries("reveal"); n != 0 {
		t.Fatalf("%d entries before anything was shown", n)
	}

	a := bob.post("/changes/"+string(id)+"/reveal", "purpose", "approval").is(200)
	a.says("138 0013 8000", "139 0013 9000")
	if !strings.Contains(a.Body, `data-hide-after="30"`) || !strings.Contains(a.Body, `http-equiv="refresh" content="30"`) {
		t.Error("the values stay for longer than half a minute")
	}
	if n := w.entries("reveal"); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
	bob.follow(bob.get("/changes/" + string(id) + "/reveal")).is(200).hides("139 0013 9000")
}

func TestQuestionGoesToTheFilerAndItsAnswerBack(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob, ada := w.in("bob"), w.in("ada")

	bob.get("/changes/" + string(id) + "/ask").is(200).says("Only ada receives this")
	bob.post("/changes/"+string(id)+"/ask", "question", "").is(http.StatusUnprocessableEntity).says("Write something")
	bob.follow(bob.post("/changes/"+string(id)+"/ask", "question", "Is it on the passport?")).says("the clock pauses", "Is it on the passport?", "Internal note", "Paused")

	ada.follow(ada.post("/changes/"+string(id)+"/answer", "answer", "Yes, page 2.")).says("The answer is sent", "Yes, page 2.")
	if s := w.state(id); s != change.Reviewing {
		t.Errorf("after the answer it is %s", s)
	}
}

func TestRejectionShowsTheWordsThatTheCustomerWillRead(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob := w.in("bob")
	form := bob.get("/changes/" + string(id) + "/reject").is(200)
	form.says("Customer reads: We couldn't make the change in", "the document can't be read", "Your details have not changed")

	bob.post("/changes/"+string(id)+"/reject", "content_hash", form.hash()).is(http.StatusUnprocessableEntity).says("Pick a reason")
	bob.follow(bob.post("/changes/"+string(id)+"/reject", "content_hash", form.hash(), "reason_code", "value_wrong", "comment", "spelt otherwise")).says("Rejected; in effect in 10 seconds")
	w.later(change.UndoWithin)

	if s := w.state(id); s != change.Refused {
		t.Fatalf("it is %s", s)
	}
	bob.get("/changes/"+string(id)).says("bob rejected", "spelt otherwise", "differs from what we found")
}

func TestPutOffRequestComesBackInTheListOfLater(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob := w.in("bob")

	bob.post("/changes/"+string(id)+"/snooze", "until", "never").is(http.StatusUnprocessableEntity).says("Choose one")
	bob.follow(bob.post("/changes/"+string(id)+"/snooze", "until", "hour")).says("Put off", "Your inbox is clear")
	bob.get("/inbox?box=later").says("Name spelling")
	w.in("bea").get("/inbox").says("Name spelling")

	w.Clock.Add(time.Hour)
	w.in("bob").get("/inbox").says("Name spelling")
}

func TestHandedOverRequestNamesWhoIsAsked(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob := w.in("bob")
	bob.get("/changes/"+string(id)+"/assign").is(200).says("bea", "ben").hides(">ada<")

	bob.follow(bob.post("/changes/"+string(id)+"/assign", "person", w.staff["bea"].ID)).says("Handed over")

	w.in("ada").get("/changes/"+string(id)).says("bea", "is asked")
	w.in("bea").get("/notices").says("needs you", "approve or reject")
}

func TestFrozenRequestIsDecidedByWhoTookNoPart(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob, bea := w.in("bob"), w.in("bea")

	bob.follow(bob.post("/changes/"+string(id)+"/freeze", "reason", "the caller sounded forced")).says("Frozen", "Disputed and frozen at", "the caller sounded forced")
	bob.get("/changes/" + string(id)).says("You took part in this request").hides("Decide the dispute</span>")

	bea.get("/changes/" + string(id) + "/decide").says("Unfreeze; it goes on where it stood")
	bea.post("/changes/"+string(id)+"/decide", "comment", "called back, all fine").is(http.StatusUnprocessableEntity).says("Choose one")
	bea.follow(bea.post("/changes/"+string(id)+"/decide", "outcome", "resume", "comment", "called back, all fine")).says("Your word on the dispute is on record")
	if s := w.state(id); s != change.Reviewing {
		t.Errorf("after the dispute it is %s", s)
	}
}

func TestMovedRecordIsComparedInThreeValuesAndRebased(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	first, second := w.file("ada", fang, "preferred_name", "Fangfang"), w.file("sam", fang, "preferred_name", "Xiao Fang")
	for _, id := range []change.ID{first, second} {
		for _, name := range []string{"bob", "bea", "ben"} {
			if w.state(id) == change.Reviewing {
				hash := w.in(name).get("/changes/" + string(id)).hash()
				w.ok(w.Desk.Approve(t.Context(), w.staff[name], id, hash, ""))
			}
		}
		w.settle()
	}
	if s := w.state(second); s != change.Reviewing {
		t.Fatalf("the second request is %s", s)
	}
	sue := w.in("sue")
	sue.get("/changes/"+string(second)).says("Another request changed the record", "At filing", "Now", "New", "The record moved: rebase first")
	sue.follow(sue.post("/changes/" + string(second) + "/rebase")).says("Rebased on the record as it is")
}

func TestFormOfAnActIsShownToWhoMayDoItAlone(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")

	w.in("ada").get("/changes/" + string(id) + "/reject").is(200).hides(`name="reason_code"`)
	w.in("ada").get("/changes/" + string(id) + "/withdraw").is(200).says("The record stays as it is")
	w.in("bob").get("/changes/" + string(id) + "/withdraw").is(200).hides("Withdraw request")
	w.in("bob").get("/changes/" + string(id) + "/erase").is(http.StatusNotFound)
}

func TestClockCountsWorkingTime(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	path := "/changes/" + string(id)

	w.in("bob").get(path).says("8 h 59 min left")
	w.Clock.Add(7*time.Hour + 30*time.Minute) // 17:30, and the next day begins at nine
	w.in("bob").get(path).says("1 h 29 min left")
	w.Clock.Add(24 * time.Hour)
	w.in("bob").get(path).says("over")
}

func TestEveryPanelHasItsWordsInBothLanguages(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	id, high := w.file("ada", fang, "name_spelling", "WANG Xiaofang"), w.bank(fang)
	w.file("ada", fang, "email", "new@example.com")
	w.settle()
	frozen := w.file("sam", w.fang(), "phone", "13900139000")
	w.ok(w.Desk.Dispute(t.Context(), w.staff["ann"], frozen, "no"))
	bob, auditor, operator := w.in("bob"), w.in("audrey"), w.in("otto")
	paths := []string{"/", "/inbox", "/inbox?box=filed", "/inbox?box=team", "/inbox?box=later", "/inbox?box=done", "/inbox?risk=high&ref=x", "/notices"}
	for _, panel := range []string{"", "/approve", "/ask", "/reject", "/assign", "/snooze", "/freeze", "/withdraw", "/decide", "/answer", "/attest", "/show"} {
		for _, one := range []change.ID{id, high, frozen} {
			paths = append(paths, "/changes/"+string(one)+panel)
		}
	}
	for _, l := range lang.Langs() {
		for _, path := range paths {
			noKeys(t, bob.speaks(l).get(path).is(200))
		}
		noKeys(t, auditor.speaks(l).get("/").is(200))
		noKeys(t, operator.speaks(l).get("/").is(200))
	}
}

// noKeys fails for a page on which a key stands instead of its words.
func noKeys(t *testing.T, a answer) {
	t.Helper()
	page := a.text()
	for _, family := range []string{"console.", "page.", "said.", "text_kind.", "fault.", "concern.", "class.", "tier.", "verb."} {
		text := page
		for i := strings.Index(text, family); i >= 0; i = strings.Index(text, family) {
			rest := text[i+len(family):]
			if rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
				t.Errorf("%s shows the key %s%.30s", a.what, family, rest)
				break
			}
			text = rest
		}
	}
}
