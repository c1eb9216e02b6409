package desk_test

import (
	"testing"
	"time"

	"amend/customer"
)

// held is a value of a record as it is now.
func (h *house) value(id customer.ID, k customer.Key) customer.Value {
	h.t.Helper()
	rec, err := h.view().Record(id)
	h.ok(err)
	return rec.Values[k]
}

func TestCustomerAffirmsWhatIsStillRight(t *testing.T) {
	h := open(t)
	fang := h.fang()
	was := h.value(fang, "phone")
	rec, err := h.view().Record(fang)
	h.ok(err)
	h.clock.Add(300 * 24 * time.Hour)
	h.ok(h.desk.Affirm(h.ctx, self(fang), fang, []customer.Key{"phone", "email"}, rec.Version))

	is := h.value(fang, "phone")
	if is.CheckedAt.Sub(was.CheckedAt) < 300*24*time.Hour {
		t.Errorf("checked at %s, before at %s", is.CheckedAt, was.CheckedAt)
	}
	if is.Content != was.Content || is.Grade != was.Grade || !is.Since.Equal(was.Since) || !is.ProvenSince.Equal(was.ProvenSince) {
		t.Errorf("more than its check moved: %+v", is)
	}
	after, err := h.view().Record(fang)
	if h.ok(err); after.Base("phone") != rec.Base("phone") {
		t.Errorf("the content's version moved to %d", after.Base("phone"))
	}
	if n := h.count(`SELECT COUNT(*) FROM entry WHERE verb = 'affirm' AND record_id = $1`, fang); n != 1 {
		t.Errorf("%d entries", n)
	}
	if n := h.count(`SELECT COUNT(*) FROM delivery WHERE record_id = $1 AND state = 'owed'`, fang); n != 0 {
		t.Errorf("%d systems are told", n)
	}
}

func TestNobodyButTheCustomerAffirmsAndOnlyWhatTheySaw(t *testing.T) {
	h := open(t)
	fang, other := h.fang(), h.customer(map[customer.Key]customer.Content{"legal_name": "陈国"})
	rec, err := h.view().Record(fang)
	h.ok(err)
	phone := []customer.Key{"phone"}
	h.refused(h.desk.Affirm(h.ctx, h.staff["ada"], fang, phone, rec.Version), "customer_only")
	h.refused(h.desk.Affirm(h.ctx, self(other), fang, phone, rec.Version), "no_customer")
	weak := self(fang)
	weak.Weak = true
	h.refused(h.desk.Affirm(h.ctx, weak, fang, phone, rec.Version), "weak_session")
	h.refused(h.desk.Affirm(h.ctx, self(fang), fang, nil, rec.Version), "no_items")
	h.refused(h.desk.Affirm(h.ctx, self(fang), fang, []customer.Key{"employer"}, rec.Version), "version_moved")
	h.refused(h.desk.Affirm(h.ctx, self(fang), fang, phone, rec.Base("phone")-1), "version_moved")
	h.refused(h.desk.Affirm(h.ctx, self(fang), fang, phone, rec.Version+1), "version_moved")
	h.phone(fang)
	h.refused(h.desk.Affirm(h.ctx, self(fang), fang, phone, rec.Version), "change_open")
}
