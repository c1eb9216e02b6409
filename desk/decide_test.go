package desk_test

import (
	"testing"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/notify"
	"amend/org"
)

// review files a change that people must agree to.
func (h *house) review(id customer.ID) change.Request {
	h.t.Helper()
	return h.file(h.staff["ada"], proposal(id, "name_spelling", "Fang Wang"))
}

func TestDecisionOnContentThatMovedIsRefused(t *testing.T) {
	h := open(t)
	r := h.review(h.fang())
	seen := r.Hash()
	h.ok(h.desk.Ask(h.ctx, h.staff["bob"], r.ID, "which spelling?"))
	h.ok(h.desk.Answer(h.ctx, h.staff["ada"], r.ID, "this one", proposal("", "name_spelling", "Wang Fang").Items))
	before := h.rows()
	for name, err := range map[string]error{
		"approve": h.desk.Approve(h.ctx, h.staff["bob"], r.ID, seen, ""),
		"reject":  h.desk.Reject(h.ctx, h.staff["bob"], r.ID, seen, "other", ""),
		"empty":   h.desk.Approve(h.ctx, h.staff["bob"], r.ID, "", ""),
	} {
		if fault.CodeOf(err) != "content_changed" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.rows() != before {
		t.Error("a refused decision wrote something")
	}
	h.ok(h.desk.Approve(h.ctx, h.staff["bob"], r.ID, h.request(r.ID).Hash(), "now I see"))
	h.refused(h.desk.Approve(h.ctx, h.staff["bob"], r.ID, h.request(r.ID).Hash(), ""), "already_decided")
}

func TestWhoHadAHandInARequestNeverDecidesIt(t *testing.T) {
	h := open(t)
	r := h.review(h.fang())
	for name, want := range map[string]fault.Kind{"ada": fault.Denied, "ivy": fault.Denied, "otto": fault.Denied} {
		if err := h.desk.Approve(h.ctx, h.staff[name], r.ID, r.Hash(), ""); fault.KindOf(err) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	h.refused(h.desk.Approve(h.ctx, h.staff["bob"], "nobody", "x", ""), "no_change")
	h.refused(h.desk.Reject(h.ctx, h.staff["bob"], r.ID, r.Hash(), "mood", ""), "unknown_reason")
	h.refused(h.desk.Ask(h.ctx, h.staff["bob"], r.ID, ""), "text_missing")
}

func TestDelegateDecidesOnBehalfWhileTheAbsenceLasts(t *testing.T) {
	h := open(t)
	r := h.review(h.fang())
	now := h.clock.Now()
	away := org.Absence{Person: h.staff["bob"].ID, From: now, Until: now.Add(24 * time.Hour)}
	h.refused(h.desk.Absent(h.ctx, h.staff["bob"], away, h.staff["bob"].ID), "delegate_self")
	h.refused(h.desk.Absent(h.ctx, h.staff["bob"], away, "nobody"), "delegate_unknown")
	if err := h.desk.Absent(h.ctx, h.staff["bea"], away, h.staff["sue"].ID); fault.KindOf(err) != fault.Denied {
		t.Errorf("bea sends bob away: %v", err)
	}
	stands := h.staff["olga"] // an owner: her own role does not decide here
	before := h.rows()
	h.refused(h.desk.Approve(h.ctx, stands, r.ID, r.Hash(), ""), "wrong_role")
	if h.rows() != before {
		t.Error("a refused decision wrote something")
	}
	h.ok(h.desk.Absent(h.ctx, h.staff["bob"], away, stands.ID))
	h.ok(h.desk.Approve(h.ctx, stands, r.ID, r.Hash(), ""))
	d, decided := h.request(r.ID).DecidedBy(stands.ID)
	if !decided || d.By.ID != stands.ID || d.For != h.staff["bob"].ID {
		t.Errorf("%+v", d)
	}
	if _, spoke := h.request(r.ID).DecidedBy(h.staff["bob"].ID); !spoke {
		t.Error("bob may decide a second time")
	}
	other := h.review(h.fang())
	h.clock.Add(24 * time.Hour)
	h.refused(h.desk.Approve(h.ctx, stands, other.ID, other.Hash(), ""), "wrong_role")
}

func TestReassigningNamesSomebodyWhoMayDecide(t *testing.T) {
	h := open(t)
	r := h.review(h.fang())
	h.refused(h.desk.Reassign(h.ctx, h.staff["sue"], r.ID, "ada"), "wrong_role")
	h.refused(h.desk.Reassign(h.ctx, h.staff["sue"], r.ID, "nobody"), "wrong_role")
	if err := h.desk.Reassign(h.ctx, h.staff["ada"], r.ID, "bea"); fault.KindOf(err) != fault.Denied {
		t.Errorf("ada reassigns: %v", err)
	}
	h.ok(h.desk.Reassign(h.ctx, h.staff["sue"], r.ID, "bea"))
	if got := h.request(r.ID).Assigned; got != h.staff["bea"].ID {
		t.Errorf("assigned to %s", got)
	}
	h.tell()
	told := h.mail.of(notify.StaffTask)
	if len(told) != 1 || told[0].To != "bea@house.example.com" {
		t.Errorf("told %v", told)
	}
	h.ok(h.desk.Approve(h.ctx, h.staff["bob"], r.ID, h.request(r.ID).Hash(), "")) // it takes nothing from others
}

func TestAnswerMayNotTakeAnIdentityNumberOfSomebodyElse(t *testing.T) {
	h := open(t)
	h.customer(map[customer.Key]customer.Content{"passport": "E87654321"})
	r := h.file(h.staff["ada"], proposal(h.fang(), "passport", "E11111111"))
	h.ok(h.bring(r.ID))
	h.ok(h.desk.Ask(h.ctx, h.staff["bob"], r.ID, "really?"))
	for code, items := range map[string][]string{
		"identity_taken": {"passport", "E87654321"}, "not_in_request": {"phone", "13900139000"}, "nothing_changes": {"passport", "E12345678"},
	} {
		h.refused(h.desk.Answer(h.ctx, h.staff["ada"], r.ID, "so it is", proposal("", items...).Items), code)
	}
	h.ok(h.desk.Answer(h.ctx, h.staff["ada"], r.ID, "so it is", proposal("", "passport", "E22222222").Items))
}

// bring gives the proofs that a legal change wants, up to its review.
func (h *house) bring(id change.ID) error {
	h.t.Helper()
	r := h.request(id)
	sent, err := h.desk.Challenge(h.ctx, h.staff["ada"], id, authority("phone"))
	if err != nil {
		return err
	}
	h.tell()
	if err := h.desk.Prove(h.ctx, self(r.Record), id, sent.Challenge, h.code()); err != nil {
		return err
	}
	for _, name := range []string{"sam", "ann"} {
		err := h.desk.Attest(h.ctx, h.staff[name], id, sighted())
		if err != nil && fault.CodeOf(err) != "proof_not_needed" {
			return err
		}
	}
	return nil
}

func TestOfTwoRequestsForOneIdentityNumberTheSecondEndsUnapplied(t *testing.T) {
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
	for _, id := range ids {
		h.ok(h.desk.Due(h.ctx, id))
	}
	first, second := h.request(ids[0]), h.request(ids[1])
	if first.AppliedAt.IsZero() || second.End != change.Failed || second.EndCode != "identity_taken" {
		t.Errorf("the first applied at %v; the second ended %q with %q", first.AppliedAt, second.End, second.EndCode)
	}
}

// approve lets the first approver who may say yes to the open level.
func (h *house) approve(id change.ID) {
	h.t.Helper()
	var err error
	for _, name := range []string{"bob", "bea", "ben", "olga", "sue"} {
		if err = h.desk.Approve(h.ctx, h.staff[name], id, h.request(id).Hash(), ""); err == nil {
			return
		}
	}
	h.t.Fatalf("nobody may approve: %v", err)
}
