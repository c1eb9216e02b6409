package desk_test

import (
	"slices"
	"testing"
	"time"

	"amend/policy"
)

func TestRequestIsExplainedByThePolicyThatJudgedIt(t *testing.T) {
	h := open(t)
	seth, sue := h.securities()
	fang := h.fang()
	r := h.phone(fang)
	draft, err := h.desk.DraftPolicy(h.ctx, seth, strictPolicy(t), "stricter")
	h.ok(err)
	_, err = h.desk.AgreePolicy(h.ctx, sue, draft.Number)
	h.ok(err)
	h.clock.Add(48 * time.Hour)

	for _, name := range []string{string(r.ID), r.Submission} {
		all, err := h.desk.Why(h.ctx, h.staff["ada"], name)
		h.ok(err)
		if len(all) != 1 || all[0].Ref != r.Ref() || all[0].Item != "phone" || all[0].Policy != policy.Shipped().Version {
			t.Fatalf("%+v", all)
		}
		if got := all[0].Why.Plan.Rules; !slices.Equal(got, r.Plan.Rules) || len(all[0].Why.Reasons) != len(got) {
			t.Errorf("explained by %v, planned by %v", got, r.Plan.Rules)
		}
	}
	_, err = h.desk.Why(h.ctx, self(fang), string(r.ID))
	h.refused(err, "not_allowed")
	_, err = h.desk.Why(h.ctx, h.staff["ada"], "REQ-NOTHING")
	h.refused(err, "facts_not_kept")
	_, err = h.desk.Why(h.ctx, seth, string(r.ID))
	h.refused(err, "not_allowed")
}
