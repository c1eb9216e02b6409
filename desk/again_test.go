package desk_test

import "testing"

func TestRejectedRequestIsAppealedWithTheSameValues(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.review(fang)
	h.ok(h.desk.Reject(h.ctx, h.staff["bob"], r.ID, r.Hash(), "unclear_evidence", ""))
	by := self(fang)
	by.Weak = true // so that the appeal is reviewed too
	filed, err := h.desk.Again(h.ctx, by, r.ID, "portal", "look again")
	h.ok(err)
	is := h.request(filed.Changes[0].ID)
	if is.Appeals != r.ID || len(is.Items) != len(r.Items) || is.Items[0].Now != r.Items[0].Now {
		t.Errorf("%+v", is)
	}
	_, err = h.desk.Again(h.ctx, by, r.ID, "portal", "and again")
	h.refused(err, "appealed_once")
	_, err = h.desk.Again(h.ctx, self("00000000000000000000"), r.ID, "portal", "mine?")
	h.refused(err, "no_change")
}

func TestWhatWasAppliedIsNotFiledAgain(t *testing.T) {
	h := open(t)
	fang := h.fang()
	p := proposal(fang, "preferred_name", "Fang")
	p.Channel = "portal"
	r := h.file(self(fang), p)
	_, err := h.desk.Again(h.ctx, self(fang), r.ID, "portal", "once more")
	h.refused(err, "no_appeal")
	r = h.review(fang)
	h.ok(h.desk.Withdraw(h.ctx, h.staff["ada"], r.ID))
	filed, err := h.desk.Again(h.ctx, self(fang), r.ID, "portal", "I meant it")
	h.ok(err)
	if is := h.request(filed.Changes[0].ID); is.Appeals != "" {
		t.Errorf("%+v", is.Appeals)
	}
}
