package doctor_test

import (
	"testing"

	"amend/internal/doctor/doctortest"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// onBoth runs test on a house on each database.
func onBoth(t *testing.T, test func(t *testing.T, h *doctortest.House)) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, doctortest.Open(t, url(t)))
		})
	}
}

func healthy(t *testing.T, h *doctortest.House, deep bool) {
	t.Helper()
	r := h.Examine(deep)
	for _, f := range r.Wrong() {
		t.Errorf("%s: %s %v %v %v", f.Area, f.Code, f.Rows, f.Params, f.Fault)
	}
	if len(r.Findings) < 10 {
		t.Errorf("only %d things looked at", len(r.Findings))
	}
}

func TestHealthyHouseIsFoundHealthy(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		healthy(t, h, false)
		if r := h.Examine(true); r.Extent.Records != 20 || r.Extent.Requests < 9 || r.Extent.Entries < 30 {
			t.Errorf("looked at %+v", r.Extent)
		}
		healthy(t, h, true)
	})
}

func TestEveryDamageIsFoundNamedAndNothingElseIsClaimed(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		missed := 0
		for i, d := range doctortest.Damages() {
			if !d.Here(h) {
				continue
			}
			row, undo := d.Plant(h, i)
			deep, quick := h.Examine(true), h.Examine(false)
			undo()
			if err := d.Judge(deep, row); err != nil {
				t.Errorf("%s: %v", d.Name, err)
			}
			if d.Judge(quick, row) != nil {
				missed++
			}
			hasty := d
			hasty.Want, hasty.May = "", append([]string{d.Want, store.LogDoubtful}, d.May...)
			if err := hasty.Judge(quick, ""); err != nil {
				t.Errorf("%s, at a quick look: %v", d.Name, err)
			}
		}
		if missed > 4 { // a quick look leaves older acts to a deep one; here nearly everything is new
			t.Errorf("a quick look misses %d damages in a small house", missed)
		}
		healthy(t, h, true)
	})
}

// What changes between two of its reads is no damage.
func TestBusyHouseIsFoundHealthy(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		changes := h.Busy(func() {
			for i := range 12 {
				healthy(t, h, i%2 == 0)
			}
		})
		if changes == 0 {
			t.Error("nothing happened meanwhile")
		}
	})
}
