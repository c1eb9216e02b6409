package console_test

import (
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/internal/sandbox"
)

// connected is a world with its three systems.
func connected(t *testing.T) *world {
	w := newWorld(t)
	w.ok(w.Connect(t.Context(), w.staff["ivy"]))
	return w
}

// self files by the customer's own hand, which a preference needs nothing more for.
func (w *world) self(id customer.ID, key, value string) {
	w.t.Helper()
	w.Clock.Add(2 * time.Millisecond)
	_, err := w.Desk.Propose(w.t.Context(), access.Actor{ID: string(id), Sort: access.Customer, Via: "app"}, desk.Proposal{
		Record: id, Channel: "portal", Reason: "it is wrong", Items: []desk.Proposed{{Key: customer.Key(key), Value: []byte(`"` + value + `"`)}},
	})
	w.ok(err)
}

func TestSystemThatIsLateIsSaidInCustomersWords(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.self(fang, "preferred_name", "Fang")
	w.settle()
	w.in("sue").get("/systems").is(200).says("3 systems receive changes. Of the last 1, 1 are everywhere they belong.", "Preferred name", "1/1", "Complete").hides("王小芳")

	w.CRM.Fail(100)
	w.self(fang, "contact_time", "morning")
	w.settle()
	w.later(12 * time.Minute)
	w.in("sue").get("/systems").is(200).says("CRM hasn't been updated for 12 min; it affects 1 customer.", "0/1", "Retrying", "1 waiting")
	w.in("sue").get("/systems/crm").is(200).says("Preferred contact time", "http_503", "Its own name")
}

func TestDeliveryThatStoppedIsSentAgainOrSkippedWithAReason(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.CRM.Refuse(string(fang), true)
	w.self(fang, "preferred_name", "Fang")
	for range 12 {
		w.later(6 * time.Hour)
	}
	sue := w.in("sue")
	sue.get("/systems").is(200).says("CRM: Refused by the system", "http_422", "1 with a person")

	sue.post("/systems/crm/skip", "record", string(fang), "reason", "").is(422).says("Say why")
	w.in("ada").post("/systems/crm/retry", "record", string(fang)).is(403)
	sue.follow(sue.post("/systems/crm/retry", "record", string(fang), "back", "/console/systems")).says("Sent again")
	for range 12 {
		w.later(6 * time.Hour)
	}
	sue = w.in("sue")
	sue.follow(sue.post("/systems/crm/skip", "record", string(fang), "reason", "it keeps no nicknames")).says("the system goes without")
	w.in("bob").get("/supervision").is(200).says("it keeps no nicknames", "sue, ")
}

func TestEverythingIsSentAgainOnlyByWhoTypesTheName(t *testing.T) {
	w := connected(t)
	w.fang()
	ivy := w.in("ivy")
	ivy.post("/systems/crm/load", "confirm", "erp").is(422).says("That isn't crm, so nothing was done")
	if n := w.entries("system.load"); n != 0 {
		t.Fatalf("%d loads", n)
	}
	ivy.follow(ivy.post("/systems/crm/load", "confirm", "crm")).says("Everything is queued")
}

func TestSystemIsConnectedWithASecretThatIsShownOnce(t *testing.T) {
	w := newWorld(t)
	w.in("sue").get("/systems/new").is(403).says("Integrator")
	ivy := w.in("ivy")
	ivy.post("/systems", "name", "Billing", "id", "Billing!", "url", "https://billing.example.com").is(422).says("lower-case letters")
	made := ivy.post("/systems", "name", "Billing", "id", "billing", "url", "https://billing.example.com/amend", "owner", "finance", "kinds", "person", "fields", "phone", "fields", "email").is(200)
	made.says("Billing is connected", "whsec_")
	secret := made.Body[strings.Index(made.Body, "whsec_"):][:50]
	ivy.get("/systems/billing").is(200).says("Phone", "E-mail", "https://billing.example.com/amend").hides(secret)
	w.in("sue").get("/systems/billing").is(200).hides("billing.example.com")
}

func TestOperatorSeesNoCustomerAnywhereInTheHouse(t *testing.T) {
	w := connected(t)
	fang := w.fang()
	w.CRM.Refuse(string(fang), true)
	w.self(fang, "preferred_name", "Fangfang")
	w.file("ada", fang, "phone", "13911112222")
	for range 12 {
		w.later(6 * time.Hour)
	}
	otto := w.in("otto")
	for _, path := range []string{"/systems", "/systems/crm", "/supervision", "/audit", "/audit?record=" + string(fang), "/admin", "/admin/people", "/admin/tokens"} {
		otto.get(path).is(200).hides("王小芳", "Fangfang", "13800138000", "13911112222", "fang@example.com", "/console/customers/"+string(fang), "/console/changes/")
	}
}

func TestNewestChangesNameEverySystemThatFollows(t *testing.T) {
	w := newWorld(t)
	w.ok(w.ConnectOnly(t.Context(), w.staff["ivy"], sandbox.CRM, sandbox.ERP))
	w.self(w.fang(), "preferred_name", "Fang")
	w.settle()
	arrivals, err := w.reader.Arrivals(t.Context(), w.staff["ivy"])
	if err != nil || len(arrivals) != 1 || len(arrivals[0].Systems) != 1 || !arrivals[0].Systems[0].Acked {
		t.Errorf("%+v %v", arrivals, err)
	}
}
