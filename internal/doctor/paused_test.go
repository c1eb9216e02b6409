package doctor_test

import (
	"slices"
	"testing"
	"time"

	"amend/access"
	"amend/downstream"
	"amend/internal/doctor"
	"amend/internal/doctor/doctortest"
	"amend/internal/keys"
	"amend/internal/lang"
	"amend/internal/store"
)

// A pause is somebody's decision: nobody is woken for it, and nobody may forget it either.
func TestSystemThatIsPausedForLongIsNotedAndNobodyIsAlarmed(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		master, err := keys.OpenFile(h.KeyFile)
		h.Must(err)
		s, err := store.Open(t.Context(), store.Options{URL: h.URL, Keys: master, Clock: func() time.Time { return h.Now }})
		h.Must(err)
		defer s.Close()
		h.Must(s.Write(t.Context(), "", func(tx *store.Tx) error {
			row, err := tx.System("crm")
			if err != nil {
				return err
			}
			if row.System, err = row.Pausing(access.Actor{ID: "ivy"}, "upgrade", tx.Now()); err != nil {
				return err
			}
			tx.PauseSystem(row.System)
			tx.RaiseDelivery("crm", "0123456789abcdefghij", 1)
			tx.OpenException(downstream.Exception{System: "crm", Record: "0123456789abcdefghij", Why: downstream.Refused, Owner: "sales", Since: tx.Now()})
			return tx.SaveSystem(row)
		}))
		glance := glancing(t, h)
		found := func() doctor.Finding {
			r := h.Examine(false)
			return r.Findings[slices.IndexFunc(r.Findings, func(f doctor.Finding) bool { return f.Area == "systems" })]
		}
		if f := found(); f.Level != doctor.Well {
			t.Errorf("just paused: %+v", f)
		}
		h.Now = h.Now.Add(downstream.LongPause + time.Hour)
		f := found()
		if f.Level != doctor.Note || !slices.Equal(f.Rows, []string{"crm"}) || f.Params["longest"] != "25h0m0s" {
			t.Errorf("%+v", f)
		}
		for _, l := range lang.Langs() {
			if f.Sentence(l) == "" || f.Title(l) == "systems" && l == lang.ZH {
				t.Errorf("%s: %s: %s", l, f.Title(l), f.Sentence(l))
			}
		}
		if codes := glance(); slices.ContainsFunc(codes, func(c string) bool { return c == "systems_paused" || c == "queue_late" || c == "exceptions" }) {
			t.Errorf("who is on call is woken: %v", codes)
		}
		h.Must(s.Write(t.Context(), "", func(tx *store.Tx) error {
			tx.OpenException(downstream.Exception{System: "erp", Record: "0123456789abcdefghij", Why: downstream.Refused, Owner: "sales", Since: tx.Now()})
			return nil
		}))
		h.Now = h.Now.Add(25 * time.Hour)
		if codes := glance(); !slices.Contains(codes, "exceptions") {
			t.Errorf("the other system is forgotten: %v", codes)
		}
	})
}
