package store

import (
	"errors"
	"fmt"
	"time"

	"amend/downstream"
)

// A Tried is what became of the newest test of a system.
type Tried struct {
	By      string    `json:"by"` // id of the actor
	Name    string    `json:"name,omitempty"`
	At      time.Time `json:"at"`
	Outcome string    `json:"outcome"` // downstream.Outcome; "" while it is under way, or was cut off
	Code    string    `json:"code,omitempty"`
	Millis  int64     `json:"millis"`
}

// BeginTest says that somebody tests a system now.
func (tx *Tx) BeginTest(id downstream.SystemID, by string) {
	const q = `INSERT INTO system_test (system_id, by_id, at, outcome, code, took) VALUES ($1, $2, $3, '', '', 0)
		ON CONFLICT (system_id) DO UPDATE SET by_id = excluded.by_id, at = excluded.at, outcome = '', code = '', took = 0`
	tx.Exec(q, id, by, tx.Now())
}

// EndTest says what became of the test that began at a time; a newer one is left alone.
func (tx *Tx) EndTest(id downstream.SystemID, began time.Time, a downstream.Answer, took time.Duration) {
	const q = `UPDATE system_test SET outcome = $3, code = $4, took = $5 WHERE system_id = $1 AND at = $2`
	tx.Exec(q, id, began, a.Outcome, a.Code, took.Microseconds())
}

// Tried answers the newest test of a system; nil if it was never tested.
func (v View) Tried(id downstream.SystemID) (*Tried, error) {
	var t Tried
	var took int64
	const q = `SELECT t.by_id, COALESCE(a.name, ''), t.at, t.outcome, t.code, t.took FROM system_test t LEFT JOIN actor a ON a.id = t.by_id WHERE t.system_id = $1`
	err := v.Row(q, id).Scan(&t.By, &t.Name, &t.At, &t.Outcome, &t.Code, &took)
	if errors.Is(err, ErrNoRow) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read test: %w", err)
	}
	t.Millis = time.Duration(took * int64(time.Microsecond)).Milliseconds()
	return &t, nil
}
