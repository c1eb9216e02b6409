package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
)

// Change answers the request of id, opened.
func (v View) Change(id change.ID) (change.Request, error) {
	const q = `SELECT c.record_id, c.revision, e.body FROM change_request c LEFT JOIN entry e ON e.id = c.entry WHERE c.id = $1`
	var record customer.ID
	var revision int64
	var body []byte
	err := v.Row(q, id).Scan(&record, &revision, &body)
	if errors.Is(err, ErrNoRow) {
		return change.Request{}, fault.New(fault.NotFound, "no_change", "change", id)
	}
	if err != nil {
		return change.Request{}, fmt.Errorf("read request %s: %w", id, err)
	}
	key, err := v.dataKey(record)
	if err != nil {
		return change.Request{}, err
	}
	return openChange(key, id, revision, body)
}

func openChange(key keys.DataKey, id change.ID, revision int64, body []byte) (change.Request, error) {
	var r change.Request
	plain, err := key.Open(body, boundRequest(id))
	if err == nil {
		err = json.Unmarshal(plain, &r)
	}
	if err != nil {
		return r, fmt.Errorf("open request %s: %w", id, err)
	}
	r.Revision = revision
	return r, nil
}

// boundRequest is what a request's ciphertext is bound to; its entries carry the same bytes.
func boundRequest(id change.ID) []byte { return []byte("request " + string(id)) }

// SealChange seals r, for the entry of the act that leaves it so.
func (tx *Tx) SealChange(r change.Request) ([]byte, error) {
	key, err := tx.keyOf(r.Record)
	if err != nil {
		return nil, err
	}
	r.Revision = 0 // lives in the row, so that every act need not reseal for it
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("seal request %s: %w", r.ID, err)
	}
	return key.Seal(tx.Rand(), plain, boundRequest(r.ID)), nil
}

func (tx *Tx) keyOf(id customer.ID) (keys.DataKey, error) {
	if h, ok := tx.records[id]; ok {
		return h.key, nil
	}
	return tx.dataKey(id)
}

// SaveChange writes r, in state, due at due (zero: never); what it says stands in entry. It
// is refused if somebody moved the request since it was read.
func (tx *Tx) SaveChange(r change.Request, entry string, state change.State, role string, due time.Time) {
	if r.Revision == 0 {
		const q = `INSERT INTO change_request (id, submission, lane, kind, record_id, state, revision, open, level, filed_by, filed_at, applied_version, entry, due_at)
			VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`
		tx.One(Stale, q, r.ID, r.Submission, r.Lane, r.Kind, r.Record, state, r.Open(), orNull(role), r.Filed.ID, r.FiledAt, r.Version, entry, due)
		return
	}
	const q = `UPDATE change_request SET state = $3, revision = revision + 1, open = $4, level = $5, applied_version = $6, entry = $7, due_at = $8, attempts = 0, last_error = NULL
		WHERE id = $1 AND revision = $2`
	tx.One(Stale, q, r.ID, r.Revision, state, r.Open(), orNull(role), r.Version, entry, due)
}

// OpenChanges answers the requests that can still change a record, and the frozen ones.
func (v View) OpenChanges(id customer.ID) ([]change.Request, error) {
	return v.changes(id, `AND (c.open = 1 OR c.state = 'disputed') ORDER BY c.id`)
}

// OpenChanges answers them as this transaction read them first.
func (tx *Tx) OpenChanges(id customer.ID) ([]change.Request, error) {
	if open, ok := tx.open[id]; ok {
		return open, nil
	}
	open, err := tx.View.OpenChanges(id)
	if err != nil {
		return nil, err
	}
	if tx.open == nil {
		tx.open = map[customer.ID][]change.Request{}
	}
	tx.open[id] = open
	return open, nil
}

// Changes answers every request of a record, oldest first, at most 1,000.
func (v View) Changes(id customer.ID) ([]change.Request, error) {
	return v.changes(id, `ORDER BY c.id LIMIT 1000`)
}

func (v View) changes(id customer.ID, narrowed string) ([]change.Request, error) {
	q := `SELECT c.id, c.revision, e.body FROM change_request c LEFT JOIN entry e ON e.id = c.entry WHERE c.record_id = $1 ` + narrowed
	return list(v, "requests", func(row Row) (r change.Request, err error) {
		var cid change.ID
		var revision int64
		var body []byte
		if err := row.Scan(&cid, &revision, &body); err != nil {
			return r, err
		}
		key, err := v.dataKey(id)
		if err != nil {
			return r, err
		}
		return openChange(key, cid, revision, body)
	}, q, id)
}

// DueChanges answers the requests whose time has come, most overdue first.
func (v View) DueChanges(now time.Time, limit int) ([]change.ID, error) {
	const q = `SELECT id FROM change_request WHERE due_at <= $1 ORDER BY due_at LIMIT $2`
	return scanIDs[change.ID](v, q, now, limit)
}

// quarantineAfter is how often a row that fails is tried before it is quarantined and shown.
const quarantineAfter = 5

// PostponeChange counts a failed attempt at a due request: it is tried again later, and
// after five attempts no more: it is shown instead. A request that another node has dealt
// with meanwhile is not due any more, and stays as that node left it.
func (tx *Tx) PostponeChange(id change.ID, why string, again time.Time) {
	const q = `UPDATE change_request SET attempts = attempts + 1, last_error = $2,
		due_at = CASE WHEN attempts + 1 >= $4 THEN NULL ELSE CAST($3 AS BIGINT) END WHERE id = $1 AND due_at <= $5`
	tx.Exec(q, id, why, again, quarantineAfter, tx.Now())
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// History counts a record's applied changes of the last 30 days and its disputes of the last year.
func (v View) History(id customer.ID, now time.Time) (changes, disputes int, err error) {
	const q = `SELECT COALESCE(SUM(CASE WHEN applied_version > 0 AND filed_at > $2 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN state IN ('disputed', 'kept', 'reverted') THEN 1 ELSE 0 END), 0)
		FROM change_request WHERE record_id = $1 AND filed_at > $3`
	if err = v.Row(q, id, now.Add(-30*24*time.Hour), now.Add(-365*24*time.Hour)).Scan(&changes, &disputes); err != nil {
		err = fmt.Errorf("count history: %w", err)
	}
	return changes, disputes, err
}

// Missed answers how many wrong codes were typed for a record's requests since a time.
func (v View) Missed(id customer.ID, since time.Time) (n int, err error) {
	const q = `SELECT COUNT(*) FROM change_request c JOIN entry e ON e.change_id = c.id AND e.change_id <> ''
		WHERE c.record_id = $1 AND c.filed_at > $3 AND e.verb = 'miss' AND e.id >= $2`
	if err = v.Row(q, id, idAt(since), since.Add(-30*24*time.Hour)).Scan(&n); err != nil {
		err = fmt.Errorf("count wrong codes: %w", err)
	}
	return n, err
}

// RescheduleChange sets when a request is due, without an act: nothing of it moves.
func (tx *Tx) RescheduleChange(r change.Request, due time.Time) {
	tx.Exec(`UPDATE change_request SET due_at = $2 WHERE id = $1 AND revision = $3`, r.ID, due, r.Revision)
}

// ChangeOfVersion answers the request that made a version of a record, "" if none did.
func (v View) ChangeOfVersion(id customer.ID, version int64) (change.ID, error) {
	var c change.ID
	err := v.Row(`SELECT id FROM change_request WHERE record_id = $1 AND applied_version = $2 ORDER BY id DESC LIMIT 1`, id, version).Scan(&c)
	if errors.Is(err, ErrNoRow) {
		return "", nil
	}
	return c, err
}
