package desk_test

import (
	"strings"
	"testing"
	"time"

	"amend/audit"
	"amend/customer"
	"amend/desk"
	"amend/verify"
)

func TestRevealedRequestIsOnRecord(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.file(h.staff["ada"], proposal(fang, "phone", "13900139000"))

	shown, err := h.desk.RevealChange(h.ctx, h.staff["bob"], r.ID, "approval")
	h.ok(err)
	if got, want := shown["phone"], (desk.RevealedItem{Was: "+8613800138000", Held: "+8613800138000", Now: "+8613900139000"}); got != want {
		t.Errorf("shown %+v, want %+v", got, want)
	}

	var leaf []byte
	h.ok(h.store.Row(h.ctx, `SELECT leaf FROM entry WHERE verb = 'reveal' AND record_id = $1`, fang).Scan(&leaf))
	e, err := audit.ParseLeaf(leaf)
	h.ok(err)
	facts := map[string]string{}
	for _, f := range e.Facts {
		facts[f.Name] = f.Value
	}
	if e.Actor != h.staff["bob"].ID || facts["change"] != string(r.ID) || facts["purpose"] != "approval" || strings.TrimSpace(facts["fields"]) != "phone" {
		t.Errorf("the entry says %+v %v", e, facts)
	}
}

func TestRequestIsRevealedOnlyForAPurposeAndToWhoMay(t *testing.T) {
	h := open(t)
	r := h.file(h.staff["ada"], proposal(h.fang(), "phone", "13900139000"))
	before := h.rows()

	_, err := h.desk.RevealChange(h.ctx, h.staff["bob"], r.ID, "curious")
	h.refused(err, "purpose_unknown")
	_, err = h.desk.RevealChange(h.ctx, h.staff["otto"], r.ID, "audit")
	h.refused(err, "not_allowed")
	_, err = h.desk.RevealChange(h.ctx, self(customer.ID(r.Record)), r.ID, "audit")
	h.refused(err, "not_allowed")

	if after := h.rows(); after != before {
		t.Errorf("a refused reveal wrote something:\n%s\n%s", before, after)
	}
}

// A reader who copies the customer base, value by value, is stopped (threat T20).
func TestRevealsOfADayAreLimited(t *testing.T) {
	h := open(t)
	fang := h.fang()
	see := func() error {
		_, err := h.desk.Reveal(h.ctx, h.staff["bob"], fang, []customer.Key{"phone"}, "approval")
		return err
	}
	for range verify.PerReader().Max {
		h.ok(see())
	}
	h.refused(see(), "reveal_limit")
	h.clock.Add(24 * time.Hour)
	h.ok(see())
}

func TestEveryReasonHasARemedy(t *testing.T) {
	for _, r := range desk.Reasons() {
		if r.Remedy == "" {
			t.Errorf("%s has no remedy", r.Code)
		}
	}
}
