package desk_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/notify"
	"amend/org"
	"amend/verify"
)

func TestHolderHearsOfAnAccountOpenedInTheirName(t *testing.T) {
	h := open(t)
	fang := h.fang()
	p := proposal("", "holder", string(fang), "account_no", "A-1", "billing_email", "thief@example.com")
	p.RecordKind, p.Reason = customer.Account, "a new contract"
	r := h.file(h.staff["ada"], p)
	told := map[string]bool{}
	for _, kind := range []notify.Kind{notify.RequestedOld, notify.Received} {
		for _, n := range h.notices(r.ID, kind) {
			told[n.Audience] = true
		}
	}
	if !told["phone"] || !told["email"] {
		t.Errorf("told %v", told)
	}
}

func TestHolderOfAnAccountIsACustomer(t *testing.T) {
	h := open(t)
	fang := h.fang()
	p := proposal("", "holder", string(fang), "account_no", "A-1")
	p.RecordKind = customer.Account
	r := h.file(h.staff["ada"], p)
	h.ok(h.desk.Attest(h.ctx, h.staff["sam"], r.ID, sighted()))
	for h.state(r.ID) == change.Reviewing {
		h.approve(r.ID)
	}
	h.ok(h.desk.Due(h.ctx, r.ID))
	if h.request(r.ID).AppliedAt.IsZero() {
		t.Fatalf("%+v", h.request(r.ID).Plan)
	}
	p.Items[0].Value = quote(string(r.Record)) // another account: its bill's mailbox would speak
	_, err := h.desk.Propose(h.ctx, h.staff["ada"], p)
	h.refused(err, "reference_unknown")
}

func TestCustomerDoesNotSetWhatTheCompanyKnowsOfThem(t *testing.T) {
	h := open(t)
	fang := h.fang()
	for key, text := range map[string]string{"customer_class": "standard", "risk_tags": "", "credit_history": "", "spend": "", "segment": ""} {
		raw := quote(text)
		if text == "" {
			raw = []byte(`["clean"]`)
		}
		p := desk.Proposal{Record: fang, Channel: "app", Reason: "mine", Items: []desk.Proposed{{Key: customer.Key(key), Value: raw}}}
		filed, err := h.desk.Propose(h.ctx, self(fang), p)
		if err != nil {
			t.Log(key, err)
			continue
		}
		for _, r := range filed.Changes {
			people := 0
			for _, g := range r.Plan.Gates {
				if g.Kind == change.Approval {
					people += g.Level.Quorum
				}
			}
			if people == 0 {
				t.Errorf("%s: recipe %s, rules %v, nobody agrees", key, r.Plan.Recipe, r.Plan.Rules)
			}
		}
	}
}

func TestOfTwoAppliesAtOnceForOneIdentityNumberOneIsRefused(t *testing.T) {
	for range 5 {
		h := open(t)
		var ids [2]change.ID
		for i := range ids {
			who := h.customer(map[customer.Key]customer.Content{"legal_name": "王小芳", "phone": customer.Content([]string{"+8613800138000", "+8613800138001"}[i])})
			r := h.file(h.staff["ada"], proposal(who, "passport", "E11111111"))
			h.ok(h.bring(r.ID))
			for h.state(r.ID) == change.Reviewing {
				h.approve(r.ID)
			}
			ids[i] = r.ID
		}
		h.clock.Add(100 * time.Hour)
		var all sync.WaitGroup
		for _, id := range ids {
			all.Go(func() { _ = h.desk.Due(h.ctx, id) })
		}
		all.Wait()
		applied := 0
		for _, id := range ids {
			_ = h.desk.Due(h.ctx, id)
			if !h.request(id).AppliedAt.IsZero() {
				applied++
			}
		}
		if applied != 1 {
			t.Fatalf("%d records hold one passport", applied)
		}
	}
}

func TestRunOpenedOnAnEmptyDatabaseWaitsOnceOthersCameFirst(t *testing.T) {
	h := open(t)
	late := h.start("sue", "a file for a later day")
	first := h.start("sue", "the customers")
	_, _, err := h.desk.ImportRows(h.ctx, h.staff["sue"], first, people(2, "13800138000"))
	h.ok(err)
	_, _, err = h.desk.ImportRows(h.ctx, h.staff["sue"], late, people(2, "13900139000"))
	h.refused(err, "import_waits")
	h.refused(h.desk.ApproveImport(h.ctx, h.staff["sue"], late.ID), "not_allowed")
	h.ok(h.desk.ApproveImport(h.ctx, h.staff["otto"], late.ID))
	if late = h.start("sue", "a file for a later day"); late.ApprovedBy != h.staff["otto"].ID {
		t.Errorf("%+v", late)
	}
	_, _, err = h.desk.ImportRows(h.ctx, h.staff["sue"], late, people(2, "13900139000"))
	h.ok(err)
}

func TestOneFilerCannotFloodACustomerWithWarnings(t *testing.T) {
	h := open(t)
	fang := h.fang()
	for i := range verify.PerFiler().Max {
		h.file(self(fang), proposal(fang, "phone", fmt.Sprintf("139001390%02d", i)))
	}
	before := h.rows()
	_, err := h.desk.Propose(h.ctx, self(fang), proposal(fang, "phone", "13700137000"))
	h.refused(err, "send_limit")
	if h.rows() != before {
		t.Error("a refused filing wrote something")
	}
	h.file(self(fang), proposal(fang, "title", "Dr")) // nobody is warned of that
	h.file(h.staff["ada"], proposal(fang, "email", "new@example.com"))
	h.clock.Add(24 * time.Hour)
	h.file(self(fang), proposal(fang, "phone", "13700137000"))
}

func TestNobodyBarsMoreThanOneColleagueByNamingStandIns(t *testing.T) {
	h := open(t)
	ada, now := h.staff["ada"], h.clock.Now()
	away := org.Absence{Person: ada.ID, From: now, Until: now.Add(24 * time.Hour)}
	h.ok(h.desk.Absent(h.ctx, ada, away, h.staff["bob"].ID))
	h.refused(h.desk.Absent(h.ctx, ada, away, h.staff["ben"].ID), "delegation_twice")
	r := h.review(h.fang())
	h.refused(h.desk.Approve(h.ctx, h.staff["bob"], r.ID, r.Hash(), ""), "stands_in")
	h.ok(h.desk.Approve(h.ctx, h.staff["ben"], r.ID, r.Hash(), ""))
	next := org.Absence{Person: ada.ID, From: away.Until, Until: away.Until.Add(time.Hour)}
	h.ok(h.desk.Absent(h.ctx, ada, next, h.staff["ben"].ID))
	h.ok(h.desk.Absent(h.ctx, h.staff["otto"], away, h.staff["bea"].ID)) // bob fell ill too
}
