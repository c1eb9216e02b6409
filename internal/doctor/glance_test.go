package doctor_test

import (
	"testing"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/internal/doctor"
	"amend/internal/doctor/doctortest"
	"amend/internal/keys"
	"amend/internal/store"
)

// glancing opens the house as a server does, and answers a way to glance at it.
func glancing(t *testing.T, h *doctortest.House) func() []string {
	master, err := keys.OpenFile(h.KeyFile)
	h.Must(err)
	s, err := store.Open(t.Context(), store.Options{URL: h.URL, Keys: master, Catalog: customer.Shipped(), Clock: func() time.Time { return h.Now }})
	h.Must(err)
	t.Cleanup(func() { h.Must(s.Close()) })
	d := desk.New(s, master, desk.House{Catalog: customer.Shipped()}, desk.Outside{})
	return func() (codes []string) {
		found, asked := doctor.Glance(t.Context(), h.Config(false), s, d)
		if !asked {
			t.Error("the database wasn't asked")
		}
		for _, f := range found {
			codes = append(codes, f.Code)
		}
		return codes
	}
}

func TestGlanceAtAHealthyHouseFindsNothingEvenWhileItIsBusy(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		glance := glancing(t, h)
		if got := glance(); got != nil {
			t.Fatal(got)
		}
		h.Busy(func() {
			for range 12 {
				if got := glance(); got != nil {
					t.Error(got)
				}
			}
		})
	})
}

// What a glance says of a damage, the quick look says too.
func TestGlanceFindsNothingThatTheDoctorDoesNot(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		glance, found := glancing(t, h), map[string]bool{}
		for i, d := range doctortest.Damages() {
			if !d.Here(h) || d.Want != "queue_late" && d.Want != "exceptions" && d.Want != "log_late" && d.Want != store.RequestStuck && d.Want != "witness_forked" {
				continue
			}
			_, undo := d.Plant(h, i)
			got, said := glance(), map[string]bool{}
			for _, f := range h.Examine(false).Wrong() {
				said[f.Code] = true
			}
			undo()
			for _, code := range got {
				if found[code] = true; !said[code] {
					t.Errorf("%s: only a glance says %s", d.Name, code)
				}
			}
		}
		for _, code := range []string{"queue_late", "exceptions", "log_late"} {
			if !found[code] {
				t.Errorf("no glance found %s", code)
			}
		}
	})
}

func TestNobodyIsWokenForOneFullMailboxOrAnExceptionOfToday(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		glance := glancing(t, h)
		h.Do(`UPDATE notice SET state = 'queued', attempts = 3, due_at = $1 WHERE id = (SELECT MIN(id) FROM notice)`, h.Now.Add(time.Hour).UnixMicro())
		h.Do(`INSERT INTO exception (id, system_id, record_id, change_id, why, code, owner, opened_at, remedy, note, resolved_by)
			VALUES ('x', 'crm', $1, '', 'refused', 'http_422', 'sales', $2, '', '', '')`, h.Records[0], h.Now.Add(-time.Hour).UnixMicro())
		if got := glance(); got != nil {
			t.Error(got)
		}
	})
}
