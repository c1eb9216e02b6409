package portal_test

import (
	"strings"
	"testing"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/store"
)

// self is the customer in a session of the portal.
func self(id customer.ID) access.Actor {
	return access.Actor{ID: string(id), Sort: access.Customer, Via: "portal"}
}

func (w *world) reader() *store.Reader { return store.NewReader(w.Store, w.House.Calendar) }

func TestForeseenIsMaskedAndNamesWhoHears(t *testing.T) {
	w := open(t)
	id := w.fang()
	p := wanting(id, "phone", "13900139000")
	seen, err := w.Desk.Preview(t.Context(), self(id), p)
	w.ok(err)
	lanes, err := w.reader().Foreseen(t.Context(), self(id), seen.Changes)
	w.ok(err)
	if len(lanes) != 1 || lanes[0].Items[0].Now.Text != "139****9000" || len(lanes[0].Impact) != 3 {
		t.Fatalf("%+v", lanes)
	}
	told := ""
	for _, h := range lanes[0].Hears {
		told += string(h.Contact) + " " + h.To + "\n"
		if h.New != (h.To == "139****9000") {
			t.Errorf("%+v", h)
		}
	}
	for _, want := range []string{"phone 138****8000", "email f***y@e***.com", "phone 139****9000", "address {"} {
		if !strings.Contains(told, want) {
			t.Errorf("%s isn't told:\n%s", want, told)
		}
	}
	if _, err := w.reader().Foreseen(t.Context(), self("00000000000000000000"), seen.Changes); fault.CodeOf(err) != "no_change" {
		t.Errorf("somebody else sees it: %v", err)
	}
}

// Every way that is offered is one that the desk takes, and no other contact is one.
func TestWaysAreTheContactsThatADeskTakesACodeFrom(t *testing.T) {
	for _, key := range []customer.Key{"phone", "email", "address", "passport"} {
		w := open(t)
		id := w.fang()
		value := map[customer.Key]string{"phone": "13900139000", "email": "new@example.com", "address": "上海市浦东新区新路 1 号", "passport": "E87654321"}[key]
		filed, err := w.Desk.Propose(t.Context(), self(id), wanting(id, key, value))
		w.ok(err)
		request := filed.Changes[0].ID
		ways, err := w.reader().Ways(t.Context(), self(id), request)
		w.ok(err)
		offered := map[desk.Ask]bool{}
		for _, way := range ways {
			offered[desk.Ask{Method: way.Method, To: way.Contact, New: way.New}] = true
		}
		for _, a := range []desk.Ask{{Method: change.SMSCode, To: "phone"}, {Method: change.MailCode, To: "email"}, {Method: change.SMSCode, To: "phone", New: true}, {Method: change.MailCode, To: "email", New: true}} {
			w.wait()
			_, err := w.Desk.Challenge(t.Context(), self(id), request, a)
			if (err == nil) != offered[a] {
				t.Errorf("%s: %+v is offered: %v, and the desk says %v", key, a, offered[a], err)
			}
		}
	}
}

func TestUsedLinkTellsItsHolderNoValue(t *testing.T) {
	w := open(t)
	w.fang()
	w.browser("en").newPhone()
	at := w.link(mail, "freeze it now:")
	token := strings.TrimPrefix(at, "/l/")
	if _, err := w.reader().Spent(t.Context(), token); fault.CodeOf(err) != "no_change" {
		t.Errorf("it wasn't used: %v", err)
	}
	w.browser("en").get(at).press("/l/dispute")
	spent, err := w.reader().Spent(t.Context(), token)
	w.ok(err)
	if spent.State != change.Disputed || spent.Applied || !strings.HasPrefix(spent.Ref, "REQ-") {
		t.Errorf("%+v", spent)
	}
}
