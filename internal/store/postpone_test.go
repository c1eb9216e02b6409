package store_test

import (
	"testing"
	"time"

	"amend/internal/store"
)

// Two nodes may find one request due. Where the first has ended it, the failure of the
// second must not wake its timer again.
func TestTimerThatAnotherNodeHasRungIsNotPostponed(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		const q = `INSERT INTO change_request (id, submission, lane, kind, record_id, state, revision, open, filed_by, filed_at, entry, due_at)
			VALUES ($1, $1, 1, 'create', 'r', 'expired', 1, 0, 'x', $2, 'e', $3)`
		v.do(func(tx *store.Tx) error {
			tx.Exec(q, "rung", tx.Now(), time.Time{})
			tx.Exec(q, "later", tx.Now(), tx.Now().Add(time.Hour))
			tx.Exec(q, "due", tx.Now(), tx.Now())
			return nil
		})
		v.do(func(tx *store.Tx) error {
			tx.PostponeChange("rung", "no_customer", tx.Now().Add(time.Minute))
			tx.PostponeChange("later", "no_customer", tx.Now().Add(time.Minute))
			tx.PostponeChange("due", "no_customer", tx.Now().Add(time.Minute))
			return nil
		})
		for id, want := range map[string]int{"rung": 0, "later": 0, "due": 1} {
			if n, err := v.view().Attempts(id); err != nil || n != want {
				t.Errorf("%s: %d attempts, want %d: %v", id, n, want, err)
			}
		}
	})
}
