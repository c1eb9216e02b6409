package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"amend/change"
)

func TestApprovalTakesEffectTenSecondsLater(t *testing.T) {
	w := newWorld(t)
	fang := w.fang()
	id := w.file("ada", fang, "name_spelling", "WANG Xiaofang")
	hash := w.in("bea").get("/changes/" + string(id)).hash()
	w.ok(w.Desk.Approve(t.Context(), w.staff["bea"], id, hash, ""))
	bob := w.in("bob")

	sent := bob.post("/changes/"+string(id)+"/approve", "content_hash", bob.get("/changes/"+string(id)).says("Fields written: 1").hash())
	if to, _ := url.Parse(sent.Header.Get("Location")); to.Query().Get("undo") != string(id) {
		t.Errorf("no way back from %s", to)
	}
	bob.follow(sent).says("Approved; in effect in 10 seconds", "Undo", "Your inbox is clear")

	w.later(change.UndoWithin - time.Second)
	if s := w.state(id); s != change.Reviewing {
		t.Fatalf("a second before it is due it is %s", s)
	}
	w.later(2 * time.Second)
	if s := w.state(id); s != change.Applied {
		t.Fatalf("afterwards it is %s", s)
	}
	bob.get("/changes/"+string(id)).says("bob approved", "Applied")
	bob.get("/inbox?box=done").says("Name spelling")
}

func TestUndoneApprovalNeverTakesEffect(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob, bea := w.in("bob"), w.in("bea")
	hash := bob.get("/changes/" + string(id)).hash()
	bob.post("/changes/"+string(id)+"/approve", "content_hash", hash).is(http.StatusSeeOther)

	bea.get("/changes/" + string(id)).says("bob has just decided this")
	bea.post("/changes/"+string(id)+"/approve", "content_hash", hash).is(http.StatusConflict).says("bob has just decided this", "See it as it is now")
	bea.post("/changes/" + string(id) + "/undo").is(http.StatusConflict)
	bob.follow(bob.post("/changes/" + string(id) + "/undo")).says("the decision never took effect")

	w.later(time.Minute)
	if s := w.state(id); s != change.Reviewing {
		t.Errorf("it is %s", s)
	}
	if n := w.entries("approve"); n != 0 {
		t.Errorf("%d approvals on record", n)
	}
}

func TestHighRiskAsksForTheSecondFactorAndForEveryField(t *testing.T) {
	w := newWorld(t)
	id := w.bank(w.fang())
	bob := w.in("bob")
	path := "/changes/" + string(id)

	fresh := bob.get(path).says("View every field before approving")
	bob.post(path+"/approve", "content_hash", fresh.hash()).is(http.StatusUnprocessableEntity).says("view every field and tick it")

	w.Clock.Add(6 * time.Minute)
	bob.get(path).says("Confirm it's you, then approve")
	sent := bob.post(path+"/approve", "content_hash", fresh.hash(), "seen", "bank_account_no", "back", "/console"+path).is(http.StatusSeeOther)
	if to := sent.Header.Get("Location"); !strings.HasPrefix(to, "/console/step-up?to="+url.QueryEscape("/console"+path)) {
		t.Errorf("led to %s", to)
	}
	if n := w.entries("intend"); n != 0 {
		t.Fatalf("%d decisions without the second factor", n)
	}

	bob = w.in("bob")
	bob.follow(bob.post(path+"/approve", "content_hash", fresh.hash(), "seen", "bank_account_no")).says("Approved; in effect in 10 seconds")
}

func TestDecisionOnContentThatMovedIsRefused(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")

	a := w.in("bob").post("/changes/"+string(id)+"/approve", "content_hash", strings.Repeat("0", 32))

	a.is(http.StatusConflict).says("The content changed since you opened it", "See it as it is now")
}

func TestLateDecisionNamesWhoWasFaster(t *testing.T) {
	w := newWorld(t)
	id := w.file("ada", w.fang(), "name_spelling", "WANG Xiaofang")
	bob := w.in("bob")
	hash := bob.get("/changes/" + string(id)).hash()
	w.ok(w.Desk.Reject(t.Context(), w.staff["bea"], id, hash, "not_needed", ""))

	bob.post("/changes/"+string(id)+"/approve", "content_hash", hash).is(http.StatusConflict).says("bea rejected this at", "your decision wasn't counted")
}
