package desk_test

import (
	"fmt"
	"testing"

	"amend/change"
	"amend/customer"
	"amend/internal/store"
	"amend/verify"
)

// Every code counts against the limit of the whole installation: that count must not be a
// gate through which one code goes at a time.
func TestThirtyTwoCustomersAskForTheirCodesAtOnce(t *testing.T) {
	h := open(t)
	people, requests := make([]customer.ID, 32), make([]change.ID, 32)
	for i := range people {
		people[i] = h.customer(map[customer.Key]customer.Content{"phone": customer.Content(fmt.Sprintf("+86138001380%02d", i))})
		requests[i] = h.phone(people[i]).ID
	}
	for i, err := range together(len(people), func(i int) error {
		_, err := h.desk.Challenge(h.ctx, self(people[i]), requests[i], authority("phone"))
		return err
	}) {
		if err != nil {
			t.Errorf("customer %d: %v", i, err)
		}
	}
	if n := h.count(`SELECT COUNT(*) FROM challenge`); n != 32 {
		t.Errorf("%d codes of 32", n)
	}
}

// The count is kept in parts; the limit is that of all together.
func TestInstallationSendsNoMoreThanItsLimitInADay(t *testing.T) {
	h := open(t)
	id := h.fang()
	r := h.phone(id)
	sent := func() (n int64) {
		h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
			n = 0
			for i := range 50 {
				s, err := tx.Sends(fmt.Sprint("all ", i))
				if err != nil {
					return err
				}
				n += int64(s.Count)
			}
			return nil
		}))
		return n
	}
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		for i := range 50 { // all parts are full, and one lacks one
			s := verify.Sends{Start: tx.Now(), Last: tx.Now(), Count: verify.Everything().Max / 50}
			if i == 17 {
				s.Count--
			}
			if err := tx.SaveSends(fmt.Sprint("all ", i), verify.Sends{}, s); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := h.desk.Challenge(h.ctx, self(id), r.ID, authority("phone"))
	h.ok(err)
	if n := sent(); n != int64(verify.Everything().Max) {
		t.Errorf("%d counted", n)
	}
	h.clock.Add(verify.PerDestination().Gap)
	_, err = h.desk.Challenge(h.ctx, self(id), r.ID, authority("phone"))
	h.refused(err, "send_limit")
}
