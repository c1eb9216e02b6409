package sandbox

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
)

// march is when the worlds of these tests begin.
var march = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// open opens a world in a folder of its own.
func open(t *testing.T) *World {
	t.Helper()
	dir := t.TempDir()
	w, err := Open(context.Background(), Config{
		URL: "sqlite://" + filepath.Join(dir, "amend.db"), Folder: dir, Start: march, Rand: rand.Reader,
		Zone: time.UTC, Lang: "en", Base: "https://portal.example.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func person(t *testing.T, w *World, name string, role access.Role) access.Actor {
	t.Helper()
	a, _, err := w.Desk.AddPerson(context.Background(), access.Actor{Name: name, Roles: []access.Role{role}}, "")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestClockMovesOnlyForwards(t *testing.T) {
	c := NewClock(march)
	c.Set(march.Add(-time.Hour))
	first := c.Now()
	if first.Before(march) || !c.Now().After(first) {
		t.Errorf("went back, or stood still, at %s", first)
	}
}

func TestClockFollowsAnotherButNeverBack(t *testing.T) {
	c, other := NewClock(march), march.Add(-time.Hour)
	c.Follow(func() time.Time { return other })
	if got := c.Now(); got.Before(march) {
		t.Errorf("went back to %s", got)
	}
	other = march.Add(time.Hour)
	if got := c.Now(); !got.Equal(other) {
		t.Errorf("got %s, want %s", got, other)
	}
	if again := c.Now(); !again.After(other) {
		t.Errorf("two readings fall together at %s", again)
	}
}

func TestSampleReachesEverySystemAsInheritedValues(t *testing.T) {
	ctx, w := context.Background(), open(t)
	if err := w.Connect(ctx, person(t, w, "Ivy", access.Integrator)); err != nil {
		t.Fatal(err)
	}
	since := march.AddDate(-4, 0, 0)
	n, err := w.LoadSample(ctx, person(t, w, "Otto", access.Operator), since)
	if err != nil || n != 20 {
		t.Fatalf("%d customers, %v", n, err)
	}
	if _, err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[customer.Kind]int{customer.Person: 17, customer.Organization: 3} {
		page, err := w.Store.View(ctx).RecordIDs(kind, "", 100)
		if err != nil || len(page) != want {
			t.Fatalf("%d of kind %s, want %d: %v", len(page), kind, want, err)
		}
		for _, row := range page {
			inherited(t, w, row.ID, since)
		}
	}
}

// inherited checks one sample record and what the systems hold of it.
func inherited(t *testing.T, w *World, id customer.ID, since time.Time) {
	t.Helper()
	rec, err := w.Store.View(context.Background()).Record(id)
	if err != nil {
		t.Fatal(err)
	}
	phone := rec.Values["phone"]
	if phone.Grade != customer.GradeD || !phone.HeldSince.Equal(since) || !phone.ProvenSince.IsZero() {
		t.Errorf("%s: phone is grade %s, held since %s, proven since %s", id, phone.Grade, phone.HeldSince, phone.ProvenSince)
	}
	crm, ok := w.CRM.Holding(string(id))
	mobile, err := w.ERP.Mobile(string(id))
	if !ok || err != nil || crm.Fields["phone"] != string(phone.Content) || mobile != string(phone.Content) {
		t.Errorf("%s: the systems hold something else: %v, %q, %v", id, crm.Fields["phone"], mobile, err)
	}
}

func TestTapFindsOnlyLinksThatStillWork(t *testing.T) {
	ctx, w := context.Background(), open(t)
	agent := person(t, w, "Ada", access.Agent)
	if _, err := w.Tap(ctx, "+8613800138000", access.Address, true); err == nil {
		t.Error("found a link before any message came")
	}
	filed, err := w.Desk.Propose(ctx, agent, desk.Proposal{
		RecordKind: customer.Person, Channel: "shop", Reason: "new customer",
		Items: []desk.Proposed{{Key: "legal_name", Value: []byte(`"Wang Fang"`)}, {Key: "phone", Value: []byte(`"13800138000"`)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	id := filed.Changes[0].ID
	if _, err := w.Desk.Challenge(ctx, agent, id, desk.Ask{Method: change.SMSCode, To: "phone", New: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	tap, err := w.Tap(ctx, "+8613800138000", access.Address, true)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Desk.Prove(ctx, tap.By, id, tap.Challenge, tap.Code); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Tap(ctx, "+8613800138000", access.Address, true); err == nil {
		t.Error("a link that was used is found again")
	}
}

func TestMailboxPageShowsMessagesAsTextAndAllowsNothing(t *testing.T) {
	w := open(t)
	w.Mailbox.keep(Message{Medium: "sms", To: "+8613800138000", Text: "<script>alert(1)</script>"})
	address, err := w.Mailbox.ServePage(Page{Lang: "en", Title: "Mailbox", Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	page, rule := string(body), answer.Header.Get("Content-Security-Policy")
	if strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") || !strings.Contains(page, "2026-03-02 02:00:00") {
		t.Errorf("the page says:\n%s", page)
	}
	if !strings.HasPrefix(rule, "default-src 'none';") || strings.Contains(rule, "unsafe") {
		t.Errorf("the page may do too much: %s", rule)
	}
	if answer, err := http.Post(address, "text/plain", nil); err != nil || answer.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("the page takes more than reading: %v", err)
	}
}
