package store

import (
	"fmt"
	"time"

	"amend/access"
	"amend/audit"
	"amend/customer"
	"amend/fault"
)

// HintTask is the kind of task that a hint is until somebody judged it. Its id is that of
// the entry which says the hint's words.
const HintTask = "hint"

// A Hint is somebody's word that a value may have changed.
type Hint struct {
	ID    string
	Field customer.Key
	Text  string // for its author and for who judges it; "" for everybody else, and without words
	By    string // id
	At    time.Time
	Due   time.Time
}

// SealWords seals what an act says in words about a record under the record's own key: when
// that is destroyed, so are they.
func (tx *Tx) SealWords(id customer.ID, entry, words string) ([]byte, error) {
	key, err := tx.keyOf(id)
	if err != nil {
		return nil, err
	}
	return key.Seal(tx.Rand(), []byte(words), boundWords(entry)), nil
}

// boundWords is what the ciphertext of an entry's own words is bound to.
func boundWords(entry string) []byte { return []byte("words " + entry) }

// JudgeHint closes a hint, once.
func (tx *Tx) JudgeHint(id, by, outcome string) {
	const q = `UPDATE task SET done_at = $2, done_by = $3, outcome = $4 WHERE id = $1 AND kind = 'hint' AND done_at IS NULL`
	tx.One(fault.New(fault.Conflict, "task_done"), q, id, tx.Now(), by, outcome)
}

// Hints answers the hints about a record that nobody judged yet, the most pressing first.
func (v View) Hints(id customer.ID) ([]Task, error) {
	return v.tasks(`WHERE role = $1 AND done_at IS NULL AND kind = 'hint' AND record_id = $2 ORDER BY due_at, id`, access.Steward, id)
}

// dossierHints adds the hints with their words.
func (r *Reader) dossierHints(v View, by access.Actor, rec customer.Record, d *Dossier) error {
	tasks, err := v.Hints(rec.ID)
	if err != nil || len(tasks) == 0 {
		return err
	}
	key, err := v.dataKey(rec.ID)
	if err != nil {
		return err
	}
	for _, t := range tasks {
		var leaf, body []byte
		if err := v.Row(`SELECT leaf, body FROM entry WHERE id = $1`, t.ID).Scan(&leaf, &body); err != nil {
			return fmt.Errorf("read hint %s: %w", t.ID, err)
		}
		e, err := audit.ParseLeaf(leaf)
		if err != nil {
			return fmt.Errorf("read hint %s: %w", t.ID, err)
		}
		h := Hint{ID: t.ID, Field: t.Contact, By: e.Actor, At: t.OpenedAt, Due: t.DueAt}
		if len(body) > 0 && (by.May(access.ManageSignals) == nil || by.ID == e.Actor) {
			words, err := key.Open(body, boundWords(t.ID))
			if err != nil {
				return fmt.Errorf("open hint %s: %w", t.ID, err)
			}
			h.Text = string(words)
		}
		d.Hints = append(d.Hints, h)
	}
	return nil
}
