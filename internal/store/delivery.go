package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
)

// A SystemRow is a connected system with how it is doing as a whole.
type SystemRow struct {
	downstream.System
	Sealed       []byte // its secret, sealed; nil if it has none
	Revision     int64
	DownUntil    time.Time // unreachable: probed again then
	FailingSince time.Time
	Attempts     int
}

// systemRows reads systems, each with the pause that lasts.
const systemRows = `SELECT s.id, s.body, s.secret, s.revision, s.down_until, s.failing_since, s.attempts,
	COALESCE(p.by_id, ''), COALESCE(a.name, ''), p.since, COALESCE(p.reason, '') FROM system s
	LEFT JOIN system_pause p ON p.system_id = s.id AND p.resumed_at IS NULL LEFT JOIN actor a ON a.id = p.by_id`

func (v View) scanSystem(row Row) (SystemRow, error) {
	var s SystemRow
	var id, body string
	var p downstream.Pause
	err := row.Scan(&id, &body, &s.Sealed, &s.Revision, &s.DownUntil, &s.FailingSince, &s.Attempts, &p.By, &p.Name, &p.Since, &p.Reason)
	if err == nil {
		s.System, err = v.store.systems.parse(id, body)
	}
	if s.Paused {
		s.Pause = named(p)
	}
	return s, err
}

// Systems answers every connected system, by id.
func (v View) Systems() ([]SystemRow, error) {
	return list(v, "systems", v.scanSystem, systemRows+` ORDER BY s.id`)
}

// System answers one connected system.
func (v View) System(id downstream.SystemID) (SystemRow, error) {
	s, err := v.scanSystem(v.Row(systemRows+` WHERE s.id = $1`, id))
	if errors.Is(err, ErrNoRow) {
		return s, fault.New(fault.NotFound, "no_system")
	}
	if err != nil {
		return s, fmt.Errorf("read system: %w", err)
	}
	return s, nil
}

// AddSystem connects a system. Its id is given once.
func (tx *Tx) AddSystem(s downstream.System, sealed []byte) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("save system: %w", err)
	}
	tx.alter(systemSet)
	const q = `INSERT INTO system (id, body, secret, revision) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING`
	tx.One(fault.New(fault.Conflict, "system_exists", "system", s.ID), q, s.ID, string(body), sealed)
	return nil
}

// SaveSystem writes a system's settings. Somebody who changed them meanwhile wins.
func (tx *Tx) SaveSystem(s SystemRow) error {
	body, err := json.Marshal(s.System)
	if err != nil {
		return fmt.Errorf("save system: %w", err)
	}
	tx.alter(systemSet)
	tx.One(Stale, `UPDATE system SET body = $3, revision = revision + 1 WHERE id = $1 AND revision = $2`, s.ID, s.Revision, string(body))
	return nil
}

// MarkSystem records that a system as a whole is down until a time, or up again.
func (tx *Tx) MarkSystem(id downstream.SystemID, down, failing time.Time, attempts int) {
	tx.Exec(`UPDATE system SET down_until = $2, failing_since = $3, attempts = $4 WHERE id = $1`, id, down, failing, attempts)
}

const deliveryColumns = `system_id, record_id, wanted_version, acked_version, wanted_seq, acked_seq, confirmed_seq, state, why, due_at, attempts, refusals, failing_since, last_code, holds, acked_at`

func scanDeliveries(v View, q string, args ...any) ([]downstream.Delivery, error) {
	return list(v, "deliveries", func(row Row) (d downstream.Delivery, err error) {
		err = row.Scan(&d.System, &d.Record, &d.WantedVersion, &d.AckedVersion, &d.WantedSeq, &d.AckedSeq, &d.ConfirmedSeq,
			&d.State, &d.Why, &d.DueAt, &d.Attempts, &d.Refusals, &d.FailingSince, &d.LastCode, &d.Holds, &d.AckedAt)
		return d, err
	}, `SELECT `+deliveryColumns+` FROM delivery `+q, args...)
}

// Deliveries answers what every system has been told of a record.
func (v View) Deliveries(id customer.ID) ([]downstream.Delivery, error) {
	return scanDeliveries(v, `WHERE record_id = $1 ORDER BY system_id`, id)
}

// Delivery answers what one system has been told of one record; a new one if nothing yet.
func (v View) Delivery(s downstream.SystemID, id customer.ID) (downstream.Delivery, error) {
	all, err := scanDeliveries(v, `WHERE system_id = $1 AND record_id = $2`, s, id)
	if err != nil || len(all) == 0 {
		return downstream.Delivery{System: s, Record: id, State: downstream.Settled}, err
	}
	return all[0], nil
}

// DueDeliveries answers what a system must be told now, most overdue first.
func (v View) DueDeliveries(s downstream.SystemID, now time.Time, limit int) ([]downstream.Delivery, error) {
	return scanDeliveries(v, `WHERE system_id = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3`, s, now, limit)
}

// StoppedDeliveries answers what a system stopped hearing, by record.
func (v View) StoppedDeliveries(s downstream.SystemID, after customer.ID, limit int) ([]downstream.Delivery, error) {
	return scanDeliveries(v, `WHERE system_id = $1 AND record_id > $2 AND state = 'stopped' ORDER BY record_id LIMIT $3`, s, after, limit)
}

// OwedDeliveries answers what a system still has to hear, the longest due first, behind
// the one that was due at a microsecond and is of a record.
func (v View) OwedDeliveries(s downstream.SystemID, due int64, after customer.ID, limit int) ([]downstream.Delivery, error) {
	return scanDeliveries(v, `WHERE system_id = $1 AND due_at IS NOT NULL AND (due_at, record_id) > ($2, $3)
		ORDER BY due_at, record_id LIMIT $4`, s, due, after, limit)
}

// RaiseDelivery queues what Delivery.Raise says, in one statement that needs no reading,
// so that it joins an apply's transaction: version 0 raises only the sequence number.
func (tx *Tx) RaiseDelivery(s downstream.SystemID, id customer.ID, version int64) {
	const q = `INSERT INTO delivery (` + deliveryColumns + `) VALUES ($1, $2, $3, 0, 1, 0, 0, 'owed', '', $4, 0, 0, NULL, '', '', NULL)
		ON CONFLICT (system_id, record_id) DO UPDATE SET
			wanted_seq = delivery.wanted_seq + 1,
			wanted_version = CASE WHEN delivery.wanted_version > excluded.wanted_version THEN delivery.wanted_version ELSE excluded.wanted_version END,
			due_at = COALESCE(delivery.due_at, excluded.due_at),
			attempts = CASE WHEN delivery.state = 'stopped' THEN 0 ELSE delivery.attempts END,
			refusals = CASE WHEN delivery.state = 'stopped' THEN 0 ELSE delivery.refusals END,
			failing_since = CASE WHEN delivery.state = 'stopped' THEN NULL ELSE delivery.failing_since END,
			why = CASE WHEN delivery.state = 'stopped' THEN '' ELSE delivery.why END,
			state = 'owed'`
	tx.Exec(q, s, id, version, tx.Now())
	tx.Wake()
}

// SaveDelivery writes what became of a delivery since was. If it was raised meanwhile, the
// raise wins: it is owed, afresh and at once. What a system has acknowledged never goes
// backwards, even if a worker that was paused for long writes last.
func (tx *Tx) SaveDelivery(was, is downstream.Delivery) {
	const q = `UPDATE delivery SET acked_version = $4, acked_seq = $5, confirmed_seq = $6,
			state = CASE WHEN wanted_seq > $3 THEN 'owed' ELSE $7 END,
			why = CASE WHEN wanted_seq > $3 THEN '' ELSE $8 END,
			due_at = CASE WHEN wanted_seq > $3 THEN COALESCE(CAST($9 AS BIGINT), CAST($14 AS BIGINT)) ELSE CAST($9 AS BIGINT) END,
			attempts = CASE WHEN wanted_seq > $3 AND $7 = 'stopped' THEN 0 ELSE CAST($10 AS BIGINT) END,
			refusals = CASE WHEN wanted_seq > $3 AND $7 = 'stopped' THEN 0 ELSE CAST($11 AS BIGINT) END,
			failing_since = CASE WHEN wanted_seq > $3 AND $7 = 'stopped' THEN NULL ELSE CAST($12 AS BIGINT) END,
			last_code = $13, acked_at = $15, holds = $16
		WHERE system_id = $1 AND record_id = $2 AND acked_seq <= $5`
	tx.Exec(q, is.System, is.Record, was.WantedSeq, is.AckedVersion, is.AckedSeq, is.ConfirmedSeq, is.State, is.Why, is.DueAt,
		is.Attempts, is.Refusals, is.FailingSince, is.LastCode, tx.Now(), is.AckedAt, is.Holds)
}

// StopDelivery writes that a delivery stopped. If somebody else wrote what became of it, or
// raised it, since was, the act is Stale: what has moved on has not stopped.
func (tx *Tx) StopDelivery(was, is downstream.Delivery) {
	const q = `UPDATE delivery SET acked_version = $5, acked_seq = $6, confirmed_seq = $7, state = $8, why = $9, due_at = $10,
			attempts = $11, refusals = $12, failing_since = $13, last_code = $14, acked_at = $15, holds = $16
		WHERE system_id = $1 AND record_id = $2 AND wanted_seq = $3 AND acked_seq = $4 AND state = $17`
	tx.One(Stale, q, is.System, is.Record, was.WantedSeq, was.AckedSeq, is.AckedVersion, is.AckedSeq, is.ConfirmedSeq, is.State, is.Why, is.DueAt,
		is.Attempts, is.Refusals, is.FailingSince, is.LastCode, is.AckedAt, is.Holds, was.State)
}

// Lost answers deliveries of a system that were given up because it did not answer: one of
// them is the probe that finds it back.
func (v View) Lost(s downstream.SystemID, limit int) ([]downstream.Delivery, error) {
	return scanDeliveries(v, `WHERE system_id = $1 AND state = 'stopped' AND why = 'unreachable' ORDER BY record_id LIMIT $2`, s, limit)
}

// RestartLost sends off again what was given up while a system did not answer: it is back.
func (tx *Tx) RestartLost(s downstream.SystemID) {
	const q = `UPDATE delivery SET state = 'owed', why = '', due_at = $2, attempts = 0, refusals = 0, failing_since = NULL
		WHERE system_id = $1 AND state = 'stopped' AND why = 'unreachable'`
	tx.Exec(q, s, tx.Now())
	tx.Wake()
}

// OpenException opens an exception for a stopped delivery, unless one is open.
func (tx *Tx) OpenException(x downstream.Exception) {
	const q = `INSERT INTO exception (id, system_id, record_id, change_id, why, code, owner, opened_at, remedy, note, resolved_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '') ON CONFLICT DO NOTHING`
	tx.Exec(q, tx.NewID(), x.System, x.Record, x.Change, x.Why, x.Code, x.Owner, x.Since)
}

// CloseExceptions closes the open exceptions of a system's deliveries, where there are any,
// as x says.
func (tx *Tx) CloseExceptions(x downstream.Exception, of []customer.ID) {
	for chunk := range slices.Chunk(of, spread) {
		args := append([]any{x.System, x.Remedy, x.Note, x.ResolvedBy, x.ResolvedAt}, listed(chunk)...)
		q := `UPDATE exception SET remedy = $2, note = $3, resolved_by = $4, resolved_at = $5 WHERE system_id = $1 AND resolved_at IS NULL AND record_id`
		tx.Exec(q+" IN "+marks(6, len(args)-5), args...)
	}
}

// ResolveException closes an exception because a person says so: of two at once, one does.
func (tx *Tx) ResolveException(x downstream.Exception) {
	const q = `UPDATE exception SET remedy = $3, note = $4, resolved_by = $5, resolved_at = $6 WHERE system_id = $1 AND record_id = $2 AND resolved_at IS NULL`
	tx.One(fault.New(fault.Conflict, "exception_closed", "system", x.System), q, x.System, x.Record, x.Remedy, x.Note, x.ResolvedBy, x.ResolvedAt)
}

// Exceptions answers the open exceptions, oldest first, at most limit.
func (v View) Exceptions(limit int) ([]downstream.Exception, error) {
	const q = `SELECT system_id, record_id, change_id, why, code, owner, opened_at FROM exception WHERE resolved_at IS NULL ORDER BY id LIMIT $1`
	return list(v, "exceptions", func(row Row) (x downstream.Exception, err error) {
		err = row.Scan(&x.System, &x.Record, &x.Change, &x.Why, &x.Code, &x.Owner, &x.Since)
		return x, err
	}, q, limit)
}

// PlaceHold writes a new hold; it ends by itself at Until.
func (tx *Tx) PlaceHold(h downstream.Hold) {
	const q = `INSERT INTO hold (id, record_id, change_id, action, reason, from_at, until_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`
	tx.Exec(q, h.ID, h.Record, h.Change, h.Action, h.Reason, h.From, h.Until)
}

// SaveHold writes a hold's end or release.
func (tx *Tx) SaveHold(h downstream.Hold) {
	due := h.Until
	if !h.ReleasedAt.IsZero() {
		due = time.Time{}
	}
	tx.Exec(`UPDATE hold SET until_at = $2, released_at = $3, due_at = $4 WHERE id = $1`, h.ID, h.Until, h.ReleasedAt, due)
}

const holdColumns = `id, record_id, change_id, action, reason, from_at, until_at, released_at`

func scanHold(row Row) (h downstream.Hold, err error) {
	err = row.Scan(&h.ID, &h.Record, &h.Change, &h.Action, &h.Reason, &h.From, &h.Until, &h.ReleasedAt)
	return h, err
}

func scanHolds(v View, q string, args ...any) ([]downstream.Hold, error) {
	return list(v, "holds", scanHold, `SELECT `+holdColumns+` FROM hold `+q, args...)
}

// Holds answers every hold of a record, ended ones too.
func (v View) Holds(id customer.ID) ([]downstream.Hold, error) {
	return scanHolds(v, `WHERE record_id = $1 ORDER BY id`, id)
}

// DueHolds answers the holds whose end has come.
func (v View) DueHolds(now time.Time, limit int) ([]downstream.Hold, error) {
	return scanHolds(v, `WHERE due_at <= $1 ORDER BY due_at LIMIT $2`, now, limit)
}

// EndHold writes that a hold's time is over, once.
func (tx *Tx) EndHold(h downstream.Hold) {
	tx.One(fault.New(fault.Conflict, "hold_ended", "hold", h.ID), `UPDATE hold SET released_at = $2, due_at = NULL WHERE id = $1 AND released_at IS NULL`, h.ID, h.ReleasedAt)
}
