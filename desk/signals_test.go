package desk_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
	"amend/policy"
)

// concerns are the codes of the reasons that a reviewer sees for a request.
func (h *house) concerns(id change.ID) map[string]policy.Concern {
	h.t.Helper()
	r, err := store.NewReader(h.store, h.books.Calendar).Review(h.ctx, h.staff["bob"], id)
	h.ok(err)
	all := map[string]policy.Concern{}
	for _, c := range r.Concerns {
		all[c.Code] = c
	}
	return all
}

// filed is the request of a change that somebody files.
func (h *house) filed(by access.Actor, id customer.ID, pairs ...string) change.ID {
	h.t.Helper()
	filed, err := h.desk.Propose(h.ctx, by, proposal(id, pairs...))
	h.ok(err)
	return filed.Changes[0].ID
}

func TestUnusualFilingIsNoticed(t *testing.T) {
	h := open(t)
	ada := h.staff["ada"]
	usual := h.concerns(h.filed(ada, h.fang(), "email", "fang@mail.example.com"))
	for _, code := range []string{policy.ManyChanges, policy.DisputedBefore, policy.MailDisposable, policy.ChannelYoung, policy.CodesFailed, policy.UnusualHour, policy.ClerkBusy} {
		if _, noticed := usual[code]; noticed {
			t.Errorf("a usual filing is noticed for %s", code)
		}
	}

	if c := h.concerns(h.filed(ada, h.fang(), "email", "x@inbox.mailinator.com"))[policy.MailDisposable]; c.Field != "email" || c.Level != policy.MediumRisk {
		t.Errorf("a disposable mailbox: %+v", c)
	}

	fang := h.fang()
	r := h.phone(fang)
	h.tell()
	for range 4 {
		c, err := h.desk.Challenge(h.ctx, self(fang), r.ID, authority("phone"))
		h.ok(err)
		_ = h.desk.Prove(h.ctx, self(fang), r.ID, c.Challenge, "000000")
		h.clock.Add(2 * time.Minute)
	}
	if c := h.concerns(h.filed(ada, fang, "email", "new@example.com"))[policy.CodesFailed]; c.Level != policy.HighRisk {
		t.Errorf("failed codes: %+v", c)
	}

	h.clock.Add(14 * time.Hour) // past midnight
	if _, noticed := h.concerns(h.filed(ada, h.fang(), "email", "late@example.com"))[policy.UnusualHour]; !noticed {
		t.Error("nobody notices the hour")
	}
	if _, noticed := h.concerns(h.filed(self(fang), fang, "name_spelling", "WANG Fang"))[policy.UnusualHour]; noticed {
		t.Error("a customer has no hours")
	}
}

func TestClerkWhoFilesFarTooMuchIsNoticedAndNotStopped(t *testing.T) {
	h := open(t)
	ada := h.staff["ada"]
	var last change.ID
	for range 81 {
		last = h.filed(ada, h.customer(map[customer.Key]customer.Content{"legal_name": "陈国"}), "name_spelling", "CHEN Guo")
	}
	if _, noticed := h.concerns(last)[policy.ClerkBusy]; !noticed {
		t.Error("the 81st of a day is as usual")
	}
}
