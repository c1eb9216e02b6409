package doctor_test

import (
	"testing"

	"amend/access"
	"amend/fault"
	"amend/internal/doctor"
	"amend/internal/doctor/doctortest"
	"amend/internal/store"
)

func operator(*store.Store) (access.Actor, error) {
	return access.Actor{ID: "otto", Sort: access.Staff, Roles: []access.Role{access.Operator}}, nil
}

func TestWhatFollowsFromWholeRowsIsMended(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		for i, d := range doctortest.Damages() {
			if !store.Mendable(d.Want) || !d.Here(h) {
				continue
			}
			d.Plant(h, i) // and never undone
		}
		n, err := doctor.Mend(t.Context(), h.Config(true), operator)
		if err != nil || n < 8 {
			t.Fatalf("mended %d: %v", n, err)
		}
		for _, f := range h.Examine(true).Wrong() {
			if f.Code != "witness_stale" {
				t.Errorf("%s: %s %v", f.Area, f.Code, f.Rows)
			}
		}
		if len(h.Rows("entry", `verb = 'mend'`)) != 1 {
			t.Error("no entry says that something was mended")
		}
	})
}

func TestEvidenceIsNeverMended(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		id := h.Records[0]
		h.Do(`UPDATE golden_record SET version = version + 1 WHERE id = $1`, id)
		if n, err := doctor.Mend(t.Context(), h.Config(true), operator); n != 0 || err != nil {
			t.Fatalf("mended %d: %v", n, err)
		}
		if fs := h.Examine(true).Wrong(); len(fs) != 1 || fs[0].Code != store.RecordEdited {
			t.Fatalf("%+v", fs)
		}
	})
}

func TestOnlyWhoRunsTheHouseMends(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		h.Do(`DELETE FROM token`)
		_, err := doctor.Mend(t.Context(), h.Config(true), func(*store.Store) (access.Actor, error) {
			return access.Actor{ID: "ada", Sort: access.Staff, Roles: []access.Role{access.Agent}}, nil
		})
		if fault.KindOf(err) != fault.Denied {
			t.Fatalf("got %v", err)
		}
	})
}
