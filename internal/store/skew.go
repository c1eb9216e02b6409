package store

import "time"

// maxSkew is how far the clocks of two nodes may differ. What stands further ahead than its
// own rule and this allow was written by a clock that was wrong.
const maxSkew = 10 * time.Minute

// Recall makes due now what a clock that was ahead put off, and what would otherwise wait
// until that time comes: deliveries and notices are due at once when they are written, and
// between two tries none waits for longer than most. Requests keep their times: some wait
// for a year.
func (tx *Tx) Recall(most time.Duration) {
	for _, q := range []string{
		`UPDATE delivery SET due_at = $1, failing_since = NULL WHERE due_at > $2 OR (attempts = 0 AND due_at > $3)`,
		`UPDATE notice SET due_at = $1 WHERE due_at > $2 OR (attempts = 0 AND due_at > $3)`,
		`UPDATE system SET down_until = $1, failing_since = $1 WHERE down_until > $2 OR failing_since > $3`,
	} {
		tx.Exec(q, tx.Now(), tx.Now().Add(most), tx.Now().Add(maxSkew))
	}
}
