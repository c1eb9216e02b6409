package audit

import (
	"golang.org/x/mod/sumdb/note"

	"amend/fault"
)

// Witness is a second party that keeps the last head it saw of a log, and cosigns only
// a head that extends it. It makes rewinding and rewriting visible, which the log's own
// signature cannot: whoever holds the log key can sign any history.
//
// It holds no state itself. Whoever runs it stores what Update answers, durably and
// before handing it on, and passes it as last the next time.
type Witness struct {
	Log    note.Verifier
	Signer note.Signer
	Own    note.Verifier // checks that last is the witness's own memory
}

// Update cosigns next, given last (the head this witness cosigned before, nil at its
// first) and the proof that next extends it. The first head is taken on trust.
func (w Witness) Update(last, next []byte, p Proof) ([]byte, error) {
	head, _, err := OpenCheckpoint(next, w.Log)
	if err != nil {
		return nil, err
	}
	if last != nil {
		old, by, err := OpenCheckpoint(last, w.Log, w.Own)
		if err != nil {
			return nil, err
		}
		if len(by) == 0 {
			return nil, fault.New(fault.Invalid, "not_witnessed", "key", w.Own.Name())
		}
		if err := p.Extends(old, head); err != nil {
			return nil, err
		}
	}
	n, err := open(next, w.Log, nil)
	if err != nil {
		return nil, err
	}
	return note.Sign(n, w.Signer)
}
