package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/policy"
)

// stricter is the shipped policy in which bank data waits for a day.
func stricter() string {
	text := string(policy.Shipped().Text())
	begin := strings.Index(text, `"financial": {`)
	return text[:begin] + strings.Replace(text[begin:], `"levels": [`, `"cool": "24h", "levels": [`, 1)
}

func TestPolicyIsDraftedTriedAgreedToAndJudgesTheNextDay(t *testing.T) {
	w := newWorld(t)
	sid, _, err := w.Desk.AddPerson(t.Context(), access.Actor{Name: "sid", Roles: []access.Role{access.Security}}, "")
	w.ok(err)
	w.staff["sid"] = sid
	w.bank(w.fang())

	seth := w.in("seth")
	seth.get("/policy").is(http.StatusOK).says("In force", "Shipped with the program", "No draft, and no version that waits.", "The floor")
	seth.get("/policy/new").is(http.StatusOK).says("Judges nothing until a second person agrees", "Words that a condition may use")
	seth.post("/policy", "text", stricter(), "do", "try").is(http.StatusOK).says("What it would have changed", "Tried on", "Asks for more")
	seth.get("/policy").says("No draft, and no version that waits.")
	seth.post("/policy", "text", stricter(), "do", "draft").is(http.StatusUnprocessableEntity).says("Write something")
	seth.post("/policy", "text", `{"version": 2}`, "do", "draft", "reason", "a try").is(http.StatusUnprocessableEntity)
	seth.follow(seth.post("/policy", "text", stricter(), "do", "draft", "reason", "two cases of fraud")).says("waits for a second person", "two cases of fraud", "You drafted this version")
	seth.post("/policy/2/agree").is(http.StatusForbidden)

	other := w.in("sid")
	other.get("/policy/2").is(http.StatusOK).says("Agree to this version", "Items judged otherwise", "Judges nothing for 24 hours")
	other.follow(other.post("/policy/2/agree")).says("Waits for its day")
	w.Clock.Add(25 * time.Hour)
	w.in("sid").get("/policy").says("two cases of fraud", "Earlier versions", "Shipped with the program")
	w.in("seth").post("/policy/2/drop").is(http.StatusConflict)

	back := w.in("seth")
	back.follow(back.post("/policy/1/restore", "reason", "nobody got through")).says("Puts back version", "nobody got through")
	other = w.in("sid")
	other.follow(other.post("/policy/3/agree")).says("In force")
}

func TestPolicyIsReadByManyAndDraftedByFew(t *testing.T) {
	w := newWorld(t)
	w.in("audrey").get("/policy").is(http.StatusOK).hides("Draft a version").says("Versions are drafted by: Security")
	w.in("audrey").get("/policy/new").is(http.StatusForbidden)
	w.in("audrey").post("/policy", "text", stricter(), "do", "try").is(http.StatusForbidden)
	w.in("seth").get("/policy/99").is(http.StatusNotFound)
	w.in("seth").get("/policy/x").is(http.StatusNotFound)
}

func TestPolicySaysWhyAChangeNeedsWhatItNeeds(t *testing.T) {
	w := newWorld(t)
	seth := w.in("seth")
	seth.get("/policy/try").is(http.StatusOK).says("What Phone needs", "Because", "otherwise")
	seth.get("/policy/try?field=bank_card&filed_by=staff").says("What Bank card number needs", "A change that staff file for a customer needs one approver more")
	seth.get("/policy/try?field=nothing&filed_by=nobody").is(http.StatusOK).says("What Phone needs")

	id := w.file("ada", w.fang(), "phone", "13900139000")
	bob := w.in("bob")
	bob.get("/changes/" + string(id)).says("Every condition, and what would be without it")
	bob.get("/changes/"+string(id)+"/why").is(http.StatusOK).says("Why REQ-", "What Phone needs", "otherwise").hides("13900139000", "13800138000")
}
