package desk_test

import (
	"testing"

	"amend/customer"
)

func TestNeedsSayWhatProposeWouldAskFor(t *testing.T) {
	h := open(t)
	fang := h.fang()
	before := h.rows()
	needs, err := h.desk.Needs(h.ctx, self(fang), fang, []customer.Key{"phone", "phone/2", "preferred_name", "passport"})
	h.ok(err)
	if after := h.rows(); after != before {
		t.Errorf("%s\n%s", before, after)
	}
	for key, value := range map[customer.Key]string{"phone": "13900139000", "phone/2": "13700137000", "preferred_name": "Fang", "passport": "E87654321"} {
		p := proposal(fang, string(key), value)
		p.Channel = "portal"
		seen, err := h.desk.Preview(h.ctx, self(fang), p)
		h.ok(err)
		if !seen.Changes[0].Plan.Same(needs[key]) {
			t.Errorf("%s: %+v, then %+v", key, needs[key], seen.Changes[0].Plan)
		}
	}
}

func TestNeedsOfAnotherCustomersRecordAreNotSaid(t *testing.T) {
	h := open(t)
	_, err := h.desk.Needs(h.ctx, self(h.fang()), h.customer(map[customer.Key]customer.Content{"legal_name": "陈国"}), []customer.Key{"phone"})
	h.refused(err, "no_customer")
}
