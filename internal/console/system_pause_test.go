package console_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/internal/lang"
)

func TestPauseShowsWhomItReachesBeforeItIsDecided(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.self(fang, "preferred_name", "Fang")
	w.settle()
	w.CRM.Fail(100)
	w.self(fang, "contact_time", "morning")
	w.settle()
	w.in("sue").get("/systems/crm").is(200).hides("/systems/crm/pause")
	w.in("sue").get("/systems/crm/pause").is(403).says("Integrator")

	ivy := w.in("ivy")
	ivy.get("/systems/crm").is(200).says("Pause…")
	ivy.get("/systems/crm/pause").is(200).says("1 customer waits for it now", "1 delivery reached it in the last 24 hours", "Preferred name", "Other systems and further changes aren't held up", "Holds placed meanwhile don't reach it")
	ivy.post("/systems/crm/pause", "reason", " ").is(422).says("Say why crm is paused")
	ivy.follow(ivy.post("/systems/crm/pause", "reason", "upgrade until noon")).is(200).says("Paused. What it must hear waits", "CRM Paused by ivy since 10:00 today: upgrade until noon", "1 customer waits for it. Nothing is lost.", "Resume").hides("hasn't been updated")
	ivy.get("/systems/crm/pause").is(409).says("paused already")
}

func TestWhatWaitsForAPausedSystemIsNeverCalledLate(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	ivy := w.in("ivy")
	ivy.follow(ivy.post("/systems/crm/pause", "reason", "upgrade until noon"))
	w.self(fang, "preferred_name", "Fang")
	w.settle()
	w.later(3 * 24 * time.Hour)
	for _, l := range lang.Langs() {
		w.speaks(w.in("sue").speaks(l).get("/systems").is(200), l)
	}
	sue := w.in("sue")
	sue.get("/systems").is(200).says("CRM Paused by ivy since 2 Mar", "upgrade until noon", "1 waiting, paused").hides("hasn't been updated")
	var request string
	w.ok(w.Store.View(t.Context()).Row(`SELECT id FROM change_request ORDER BY id DESC LIMIT 1`).Scan(&request))
	sue.get("/changes/"+request).is(200).says("Paused by ivy since 2 Mar", "upgrade until noon")
	sue.get("/supervision").is(200).says("Paused systems", "Paused by ivy since 2 Mar", "3 d")
	w.in("bob").get("/supervision").is(200).says("ivy, 2 Mar").hides("upgrade until noon")

	w.in("sue").post("/systems/crm/resume").is(403)
	ivy = w.in("ivy")
	ivy.follow(ivy.post("/systems/crm/resume")).is(200).says("Resumed. What waited goes out now", "Resumed by ivy at 10:00 today, after 3 d").hides("Paused by ivy since 2 Mar 2026, 10:00: upgrade until noon. ")
	w.settle()
	w.in("sue").get("/systems").is(200).says("1/1", "Complete").hides("Paused by ivy")
	if n := w.entries("system.pause") + w.entries("system.resume"); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestPausedMustSystemSaysThatNextChangesWait(t *testing.T) {
	w := connected(t)
	rows, err := w.Store.View(t.Context()).Systems()
	w.ok(err)
	for _, row := range rows {
		if row.ID == "crm" {
			ledger := row.System
			ledger.ID, ledger.Name, ledger.Must = "ledger", "Ledger", true
			w.ok(w.Desk.AddSystem(t.Context(), w.staff["ivy"], ledger, w.CRM.Secret()))
		}
	}
	ivy := w.in("ivy")
	ivy.get("/systems/ledger/pause").is(200).says("A customer's next change waits until it has this one", "within ten minutes")
	ivy.follow(ivy.post("/systems/ledger/pause", "reason", "month end")).says("A second change of any customer will wait for it.")
	fang := w.fang()
	w.self(fang, "preferred_name", "Fang")
	w.settle()
	ivy.get("/systems/ledger").says("1 customer waits for it, and so does their next change.")
}

func TestActsOnAWholeSystemAskForTheSecondFactorAgain(t *testing.T) {
	w := connected(t)
	ivy, otto := w.in("ivy"), w.in("otto")
	w.Clock.Add(6 * time.Minute)
	ivy.get("/systems/crm/pause").asksAgain("/systems/crm/pause")
	ivy.post("/systems/crm/pause", "reason", "upgrade").asksAgain("/systems/crm/pause")
	ivy.post("/systems/crm/resume").asksAgain("/systems/crm")
	otto.post("/admin/tokens/x/revoke").asksAgain("/admin/tokens")
	otto.post("/account/tokens/x/revoke").asksAgain("/account")
	if n := w.entries("system.pause"); n != 0 {
		t.Errorf("%d entries", n)
	}
}

func TestTestOfASystemIsAnsweredOnItsPage(t *testing.T) {
	w := connected(t)
	otto := w.in("otto")
	otto.get("/systems/crm").is(200).says("Send a test")
	otto.follow(otto.post("/systems/crm/test")).is(200).says("The outcome is on record", "Taken in", "http_200", "Sent by otto")
	w.CRM.Fail(1)
	otto.follow(otto.post("/systems/crm/test")).is(200).says("Not reached", "http_503")
	w.in("audrey").post("/systems/crm/test").is(403)
	otto.follow(otto.post("/systems/erp/test")).is(200).says("Taken in", "written")
	if mobile, err := w.ERP.Mobile("00000000000000000000"); err != nil || mobile != "" {
		t.Errorf("the test left a row: %q %v", mobile, err)
	}
	if _, held := w.CRM.Holding("00000000000000000000"); held {
		t.Error("the test left a customer")
	}
	for range 18 {
		otto.post("/systems/crm/test")
	}
	otto.post("/systems/crm/test").is(429).says("Try again after")
}

func TestSampleAndCommandHoldNoCustomerAndNoSecret(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	page := w.in("ivy").get("/systems/crm").is(200)
	page.says(`"type": "amend.customer.changed"`, "+12025550100", "curl -i -X POST 'http://127.0.0.1:", "webhook-signature: v1,", "401 means")
	page.hides(string(w.CRM.Secret()), string(fang), "13800138000", "王小芳")
	if strings.Contains(page.Body, "style=") {
		t.Error("a style stands in the page")
	}
	w.in("sue").get("/systems/crm").is(200).says("+12025550100").hides("curl", "127.0.0.1")
	w.in("ivy").get("/systems/erp").is(200).says(`"table": "partner"`, "+12025550100").hides("curl")
}

func TestOneRecordIsSentAgainByItsId(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.self(fang, "preferred_name", "Fang")
	w.settle()
	calls := w.CRM.Calls()
	sue := w.in("sue")
	sue.post("/systems/crm/replay", "replay", "nobody").is(404).says("We can't find this customer")
	sue.follow(sue.post("/systems/crm/replay", "replay", " "+string(fang)+" ")).says("queued to go out again")
	w.settle()
	if w.CRM.Calls() != calls+1 {
		t.Errorf("%d calls", w.CRM.Calls()-calls)
	}
	w.in("audrey").post("/systems/crm/replay", "replay", string(fang)).is(403)
}

func TestPaceOfTheDayIsDrawnWithItsTable(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.in("ivy").get("/systems/crm").is(200).hides("<figure")
	w.self(fang, "preferred_name", "Fang")
	w.settle()
	w.CRM.Fail(1)
	w.self(fang, "contact_time", "morning")
	w.settle()
	ivy := w.in("ivy")
	ivy.get("/systems/crm").is(200).says("The last 24 hours", "Show as a table", "Failed calls", "95 % within")
	rows := regexp.MustCompile(`(?s)<tr>.*?CRM.*?</tr>`).FindString(ivy.get("/systems").is(200).Body)
	if !strings.Contains(rows, `class="spark"`) || !strings.Contains(rows, "1 s") {
		t.Errorf("the row of the CRM: %s", rows)
	}
}

func TestTokenIsRevokedOnThePageAndItsHolderSeesIt(t *testing.T) {
	w := newWorld(t)
	otto := w.in("otto")
	made := otto.post("/admin/tokens", "name", "ivy", "roles", "integrator").is(200)
	token := regexp.MustCompile(`<code class="strong">([^<]+)</code>`).FindStringSubmatch(made.Body)[1]
	lines, err := w.reader.TokenLines(t.Context(), w.staff["otto"])
	if err != nil || len(lines) != 1 {
		t.Fatalf("%+v %v", lines, err)
	}
	path := "/tokens/" + lines[0].ID + "/revoke"
	w.in("ivy").get("/account").is(200).says("Your tokens", "Works")
	w.in("sue").get("/account").is(200).hides("Your tokens")
	w.in("ivy").post("/admin" + path).is(303) // of one's own: it is hers
	if _, err := w.reader.SignIn(t.Context(), token); err == nil {
		t.Error("a revoked token lets in")
	}
	w.in("ivy").get("/account").is(200).says("Revoked 2 Mar 2026")
	otto.get("/admin/tokens").is(200).says("ivy", "Revoked 2 Mar 2026")
	otto.post("/admin" + path).is(409).says("revoked already")
	w.in("sue").post("/account" + path).is(403)
	if who := w.entries("token.revoke"); who != 1 {
		t.Errorf("%d entries", who)
	}
}
