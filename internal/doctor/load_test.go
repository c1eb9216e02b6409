package doctor_test

import (
	"testing"

	"amend/internal/doctor"
	"amend/internal/doctor/doctortest"
	"amend/internal/store"
)

// The search tokens of a load that runs, or was stopped, wait in runs of their own, and are
// looked into by whoever searches: nothing is wrong with them for that.
func TestSearchTokensOfAStoppedLoadAreJudgedLikeOthers(t *testing.T) {
	onBoth(t, func(t *testing.T, h *doctortest.House) {
		h.Do(`INSERT INTO token_run (run, load) VALUES ('run', 'load')`)
		h.Do(`INSERT INTO token_new (run, hash, record_id) SELECT 'run', hash, record_id FROM token`)
		h.Do(`DELETE FROM token`)
		for _, deep := range []bool{false, true} {
			if wrong := h.Examine(deep).Wrong(); len(wrong) > 0 {
				t.Fatalf("deep %v: %+v", deep, wrong)
			}
		}
		lacks, strange := h.Records[0], h.Records[1]
		h.Do(`DELETE FROM token_new WHERE record_id = $1`, lacks)
		h.Do(`INSERT INTO token_new (run, hash, record_id) VALUES ('run', 4711, $1)`, strange)
		wrong := h.Examine(true).Wrong()
		if len(wrong) != 2 || wrong[0].Code != store.TokensMissing || wrong[0].Rows[0] != lacks || wrong[1].Code != store.TokensExtra || wrong[1].Rows[0] != strange {
			t.Fatalf("%+v", wrong)
		}
		if n, err := doctor.Mend(t.Context(), h.Config(true), operator); n != 2 || err != nil {
			t.Fatalf("mended %d: %v", n, err)
		}
		if wrong := h.Examine(true).Wrong(); len(wrong) > 0 {
			t.Fatalf("after it was mended: %+v", wrong)
		}
	})
}
