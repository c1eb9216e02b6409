package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
)

func TestProposalThatIsRefusedLeavesNothingBehind(t *testing.T) {
	h := open(t)
	fang, other := h.fang(), h.customer(map[customer.Key]customer.Content{"passport": "E87654321", "phone": "+8613700137000"})
	ada, good := h.staff["ada"], proposal(fang, "phone", "13900139000")
	with := func(edit func(p *desk.Proposal)) desk.Proposal {
		p := good
		edit(&p)
		return p
	}
	many := make([]string, 0, 102)
	for range 51 {
		many = append(many, "remark", "x")
	}
	open := h.file(self(fang), proposal(fang, "email", "new@example.com"))
	frozen := h.file(ada, proposal(fang, "name_spelling", "Fang Wang"))
	h.ok(h.desk.Dispute(h.ctx, ada, frozen.ID, "not asked for"))
	for code, p := range map[string]desk.Proposal{
		"no_items":            with(func(p *desk.Proposal) { p.Items = nil }),
		"too_many_items":      proposal(fang, many...),
		"reason_missing":      with(func(p *desk.Proposal) { p.Reason = "" }),
		"too_long":            with(func(p *desk.Proposal) { p.Reason = strings.Repeat("x", 1001) }),
		"channel_missing":     with(func(p *desk.Proposal) { p.Channel = "" }),
		"no_customer":         with(func(p *desk.Proposal) { p.Record = "nobody" }),
		"unknown_field":       proposal(fang, "shoe_size", "38"),
		"field_not_of_kind":   proposal(fang, "org_name", "Amend"),
		"field_has_one_value": proposal(fang, "legal_name/work", "王小芳"),
		"field_twice":         proposal(fang, "phone", "13900139000", "phone", "13900139001"),
		"nothing_changes":     proposal(fang, "phone", "138 0013 8000"),
		"effective_far":       with(func(p *desk.Proposal) { p.Effective = monday.Add(366 * 24 * time.Hour) }),
		"effective_past":      with(func(p *desk.Proposal) { p.Effective = monday.Add(-time.Minute) }),
		"field_frozen":        proposal(fang, "name_spelling", "Wang Fang"),
		"identity_taken":      proposal(fang, "passport", "E87654321"),
		"reference_unknown":   proposal(fang, "spouse", "06earhkqg0gnp18fjnb1"),
		"no_appeal":           with(func(p *desk.Proposal) { p.Appeals = open.ID }),
		"no_change":           with(func(p *desk.Proposal) { p.Appeals = "nobody" }),
	} {
		before := h.rows()
		_, err := h.desk.Propose(h.ctx, ada, p)
		h.refused(err, code)
		if h.rows() != before {
			t.Errorf("%s wrote something", code)
		}
	}
	for by, code := range map[string]string{"bob": "not_allowed", "otto": "not_allowed"} {
		_, err := h.desk.Propose(h.ctx, h.staff[by], good)
		if fault.KindOf(err) != fault.Denied {
			t.Errorf("%s: %v, want %s", by, err, code)
		}
	}
	_, err := h.desk.Propose(h.ctx, self(other), good)
	h.refused(err, "no_customer")
}

func TestFaultsOfOneProposalAreReportedTogether(t *testing.T) {
	h := open(t)
	fang := h.fang()
	before := h.rows()
	_, err := h.desk.Propose(h.ctx, h.staff["ada"], proposal(fang, "phone", "12", "shoe_size", "38", "email", "new@example.com", "org_name", "x", "spouse", "06earhkqg0gnp18fjnb1"))
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("got %v", err)
	}
	at := map[string]string{f.Field: f.Code}
	for _, m := range f.More {
		at[m.Field] = m.Code
	}
	for field, code := range map[string]string{"shoe_size": "unknown_field", "org_name": "field_not_of_kind", "spouse": "reference_unknown"} {
		if at[field] != code {
			t.Errorf("%s: %q, want %s", field, at[field], code)
		}
	}
	if len(at) != 4 || at["phone"] == "" || at["email"] != "" {
		t.Errorf("faults at %v, want phone and three others", at)
	}
	if h.rows() != before {
		t.Error("something was written")
	}
}

func TestSameFieldTwiceIsRefusedEvenIfOneOfThemIsTheValueOnRecord(t *testing.T) {
	h := open(t)
	_, err := h.desk.Propose(h.ctx, h.staff["ada"], proposal(h.fang(), "phone", "13800138000", "phone", "13900139000"))
	h.refused(err, "field_twice")
}

func TestNewerProposalOfTheSameFilerReplacesTheOlder(t *testing.T) {
	h := open(t)
	fang := h.fang()
	first := h.file(h.staff["ada"], proposal(fang, "phone", "13900139000"))
	others := h.file(h.staff["sam"], proposal(fang, "phone", "13900139001"))
	second := h.file(h.staff["ada"], proposal(fang, "phone", "13900139002"))
	if s := h.state(first.ID); s != change.Superseded {
		t.Errorf("the older is %s", s)
	}
	for _, id := range []change.ID{others.ID, second.ID} {
		if s := h.state(id); s != change.Verifying {
			t.Errorf("%s is %s", id, s)
		}
	}
}

func TestRejectedRequestIsAppealedOnceAndBySomebodyElseDecided(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.review(fang)
	h.ok(h.desk.Reject(h.ctx, h.staff["bob"], r.ID, r.Hash(), "other", "no"))
	appeal := proposal(fang, "name_spelling", "Fang Wang")
	appeal.Appeals = r.ID
	filed, err := h.desk.Propose(h.ctx, h.staff["ada"], appeal)
	h.ok(err)
	again := filed.Changes[0]
	_, err = h.desk.Propose(h.ctx, h.staff["sam"], appeal)
	h.refused(err, "appealed_once")
	twice := appeal
	twice.Appeals = again.ID
	_, err = h.desk.Propose(h.ctx, h.staff["sam"], twice)
	h.refused(err, "no_appeal")
	now := h.request(again.ID)
	h.refused(h.desk.Approve(h.ctx, h.staff["bob"], now.ID, now.Hash(), ""), "appeal_needs_another")
	h.ok(h.desk.Approve(h.ctx, h.staff["bea"], now.ID, now.Hash(), ""))
}
