package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"regexp"
	"testing"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store/storetest"
)

func TestFirst(t *testing.T) {
	for name, url := range map[string]string{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)} {
		t.Run(name, func(t *testing.T) { first(t, url) })
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

var linkRe = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})(?:/([0-9a-v]{20})/([0-9]{6}))?`)

func first(t *testing.T, url string) {
	ctx := context.Background()
	w, err := sandbox.Open(ctx, sandbox.Config{URL: url, Folder: t.TempDir(), Start: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC), Rand: rand.Reader, Zone: time.UTC, Lang: "en", Base: "https://portal.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	person := func(name string, roles ...access.Role) access.Actor {
		a, _, err := w.Desk.AddPerson(ctx, access.Actor{Name: name, Roles: roles}, "")
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	ada := person("Ada", access.Agent)
	sam := person("Sam", access.Agent)
	bob := person("Bob", access.Approver)
	bea := person("Bea", access.Approver)
	ivy := person("Ivy", access.Integrator)
	if err := w.Connect(ctx, ivy); err != nil {
		t.Fatal(err)
	}
	settle := func() {
		t.Helper()
		if _, err := w.Settle(ctx); err != nil {
			t.Fatal(err)
		}
	}
	// customer credential by link
	by := func(to string) (access.Actor, string, string) {
		t.Helper()
		ms := w.Mailbox.To(to)
		for i := len(ms) - 1; i >= 0; i-- {
			for _, m := range linkRe.FindAllStringSubmatch(ms[i].Text, -1) {
				if m[2] == "" {
					continue
				}
				l, rec, err := w.Store.View(ctx).Link(linkHash(m[1]), w.Clock.Now())
				if err != nil {
					continue
				}
				return access.Actor{ID: string(rec), Sort: access.Customer, Via: "link", Link: l}, m[2], m[3]
			}
		}
		t.Fatalf("no link for %s in %v", to, ms)
		return access.Actor{}, "", ""
	}
	val := func(s string) json.RawMessage { b, _ := json.Marshal(s); return b }
	filed := must[desk.Filed](t)(w.Desk.Propose(ctx, ada, desk.Proposal{RecordKind: customer.Person, Channel: "shop", Reason: "new customer",
		Items: []desk.Proposed{{Key: "legal_name", Value: val("王小芳")}, {Key: "phone", Value: val("13800138000")}}}))
	r := filed.Changes[0]
	t.Logf("plan %+v", r.Plan)
	must[desk.Sent](t)(w.Desk.Challenge(ctx, ada, r.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true}))
	settle()
	cust, ch, code := by("+8613800138000")
	if err := w.Desk.Prove(ctx, cust, r.ID, ch, code); err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.Attest(ctx, sam, r.ID, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "ID card", Compared: "name"}); err != nil {
		t.Fatal(err)
	}
	approve := func(a access.Actor, id change.ID) {
		t.Helper()
		r := must[change.Request](t)(w.Store.View(ctx).Change(id))
		if err := w.Desk.Approve(ctx, a, id, r.Hash(), ""); err != nil {
			t.Fatal(err)
		}
	}
	approve(bob, r.ID)
	approve(bea, r.ID)
	settle()
	r = must[change.Request](t)(w.Store.View(ctx).Change(r.ID))
	if r.AppliedAt.IsZero() {
		st, du := r.Next(w.Clock.Now())
		t.Fatalf("not applied: %v %v %+v", st, du, r)
	}
	rec := must[customer.Record](t)(w.Store.View(ctx).Record(r.Record))
	t.Logf("record %+v", rec.Values)
	w.Clock.Add(45 * 24 * time.Hour)
	settle()

	w.Mailing.Fail(2)
	filed = must[desk.Filed](t)(w.Desk.Propose(ctx, ada, desk.Proposal{Record: r.Record, Channel: "hotline", Reason: "new phone",
		Items: []desk.Proposed{{Key: "phone", Value: val("139 0013 9000")}}}))
	r = filed.Changes[0]
	t.Logf("plan %+v", r.Plan)
	must[desk.Sent](t)(w.Desk.Challenge(ctx, ada, r.ID, desk.Ask{Method: change.SMSCode, To: "phone"}))
	must[desk.Sent](t)(w.Desk.Challenge(ctx, ada, r.ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true}))
	settle()
	cust, ch, code = by("+8613800138000")
	if err := w.Desk.Prove(ctx, cust, r.ID, ch, code); err != nil {
		t.Fatal(err)
	}
	cust, ch, code = by("+8613900139000")
	if err := w.Desk.Prove(ctx, cust, r.ID, ch, code); err != nil {
		t.Fatal(err)
	}
	approve(bob, r.ID)
	settle()
	w.Clock.Add(10 * time.Second)
	settle()
	w.Clock.Add(2 * time.Minute)
	settle()
	for _, m := range w.Mailbox.All() {
		t.Logf("%s %s: %s", m.Medium, m.To, m.Text)
	}
	s, _ := w.Mailing.Holding(string(r.Record))
	t.Logf("mailing %+v calls %d", s, w.Mailing.Calls())
	rcpt := must[audit.Receipt](t)(w.Desk.Receipt(ctx, bob, r.ID))
	data, _ := rcpt.JSON()
	key, _ := w.Desk.LogKey(ctx)
	if _, err := audit.Verify(data, key); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", data)
}

func linkHash(token string) []byte { return keys.LinkHash(token) }
