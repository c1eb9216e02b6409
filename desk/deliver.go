package desk

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"amend/access"
	"amend/audit"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// A carried envelope with what the system made of it.
type carried struct {
	was      downstream.Delivery
	envelope downstream.Envelope
	answer   downstream.Answer
}

// Deliver tells one system what it must hear, as the records are now, and acknowledges the
// answers in one act: the outside calls stand between two short transactions. It answers how
// many deliveries were tried. Stories: phone.txtar, system_down.txtar.
func (d *Desk) Deliver(ctx context.Context, id downstream.SystemID, limit int) (int, error) {
	view := d.store.View(ctx)
	row, err := view.System(id)
	if err != nil {
		return 0, err
	}
	health := downstream.Health{Since: row.FailingSince, Tries: row.Attempts, ProbeAt: row.DownUntil}
	if row.Paused || !health.Open(d.store.Now()) {
		return 0, nil
	}
	if health.Lost(d.store.Now()) {
		if err := d.giveUpOn(ctx, row); err != nil {
			return 0, err
		}
	}
	if health.Down() {
		limit = 1 // a probe
	}
	due, err := view.DueDeliveries(id, d.store.Now(), limit)
	if err == nil && len(due) == 0 && health.Down() {
		due, err = view.Lost(id, limit) // nothing waits any more: one that was given up is the probe
	}
	if err != nil || len(due) == 0 {
		return 0, err
	}
	done, broken, err := d.carryAll(ctx, row, due, &health)
	if err != nil {
		return 0, err
	}
	return len(done), errors.Join(d.acknowledge(ctx, row, done, health), broken)
}

// carryFor is how long one system may be called before its neighbours have their turn.
const carryFor = 2 * time.Second

// carryAll calls the system once for each delivery, until it is found to be down or its time
// is up. broken holds the panics of its connector, each of which refused one delivery.
func (d *Desk) carryAll(ctx context.Context, row store.SystemRow, due []downstream.Delivery, health *downstream.Health) (done []carried, broken, err error) {
	secret, err := d.secretOf(row)
	if err != nil {
		return nil, nil, err
	}
	conn, err := d.outside.Connector(row.System, secret)
	if err != nil {
		return nil, nil, fmt.Errorf("connector of %s: %w", row.ID, err)
	}
	began := d.store.Now()
	var seen look
	for i, delivery := range due {
		now := d.store.Now()
		if i > 0 && now.Sub(began) >= carryFor {
			break
		}
		if !seen.serves(i, now) {
			if seen, err = d.look(ctx, due, i, now); err != nil {
				return nil, nil, err
			}
		}
		rec := seen.records[delivery.Record]
		if code := fault.CodeOf(rec.Err); code != "" && fault.KindOf(rec.Err) != fault.Unavailable {
			done = append(done, unreadable(delivery, code))
			continue
		}
		if rec.Err != nil {
			return nil, nil, rec.Err
		}
		env := row.Envelope(delivery, downstream.Desired{Record: rec.Record, Holds: seen.holds[delivery.Record]}, d.house.Catalog, now)
		answer, broke, err := carry(ctx, conn, env)
		if err != nil {
			return done, broken, nil // given up by our own caller: nothing is known, nothing is written
		}
		broken = errors.Join(broken, broke)
		done = append(done, carried{delivery, env, answer})
		if *health = health.After(answer, d.store.Now(), d.entropy()); health.Down() {
			break
		}
	}
	return done, broken, nil
}

// carry calls a system for one delivery. A panic of its connector is a refusal: after the
// fifth a person looks at it.
func carry(ctx context.Context, conn downstream.Connector, env downstream.Envelope) (a downstream.Answer, broke, err error) {
	err = contained(func() (err error) {
		a, err = conn.Deliver(ctx, env)
		return err
	})
	var p *Panic
	if errors.As(err, &p) {
		return downstream.Answer{Outcome: downstream.Permanent, Code: panicked}, p, nil
	}
	return a, nil, err
}

// unreadable is a delivery of a record that cannot be opened here: it stops, and is shown to
// a person, instead of keeping its neighbours waiting. The system was not called.
func unreadable(was downstream.Delivery, code string) carried {
	env := downstream.Envelope{System: was.System, Record: was.Record, Seq: was.WantedSeq, Version: was.WantedVersion}
	return carried{was, env, downstream.Answer{Outcome: downstream.Conflict, Code: code}}
}

// The bounds of a look: how many records are read together, and how old what was read may
// be when it leaves for a system.
const (
	lookAhead = 64
	lookFor   = time.Second
)

// A look is what the records of the deliveries before end were at a moment.
type look struct {
	at      time.Time
	end     int
	records map[customer.ID]store.Opened
	holds   map[customer.ID][]downstream.Hold
}

// serves reports whether l shows the i-th delivery, and lately. A clock that went back says
// nothing of how late it is.
func (l look) serves(i int, now time.Time) bool {
	age := now.Sub(l.at)
	return i < l.end && age >= 0 && age < lookFor
}

// look reads the records of due from the i-th on. They are read after the deliveries were,
// so none is older than what its delivery wants told.
func (d *Desk) look(ctx context.Context, due []downstream.Delivery, i int, now time.Time) (look, error) {
	l := look{at: now, end: min(i+lookAhead, len(due))}
	ids := make([]customer.ID, 0, lookAhead)
	for _, delivery := range due[i:l.end] {
		ids = append(ids, delivery.Record)
	}
	view := d.store.View(ctx)
	var err error
	if l.records, err = view.RecordsOf(ids); err == nil {
		l.holds, err = view.HoldsOf(ids)
	}
	return l, err
}

// acknowledge writes what became of a batch: the deliveries, exceptions that opened or
// closed, the system's health, and one entry that names every record that was received,
// says how many stopped, and whether the system asked never to be called again.
func (d *Desk) acknowledge(ctx context.Context, row store.SystemRow, done []carried, health downstream.Health) error {
	if len(done) == 0 {
		return nil
	}
	return d.store.Write(ctx, "system "+string(row.ID), func(tx *store.Tx) error {
		var commits []audit.Commitment
		var received []customer.ID
		row, stopped := row, 0 // a verb may run twice
		disabled := false
		for _, c := range done {
			disables := c.answer.Disable && !row.Paused
			if disables {
				disabled = true
				row.Paused = true // never to be called again, until a person resumes it
				if err := tx.SaveSystem(row); err != nil {
					return err
				}
			}
			is := c.was.After(c.envelope, c.answer, tx.Now(), d.entropy())
			if disables {
				is = c.was.GiveUp(c.answer.Code, tx.Now()) // its owner is asked to look
			}
			stops, err := d.became(tx, row.System, c.was, is)
			if err != nil {
				return err
			}
			if stops {
				stopped++
			}
			if is.AckedSeq > c.was.AckedSeq {
				commits = append(commits, receivedBy(c.envelope))
				if !stops {
					received = append(received, is.Record)
				}
			}
		}
		if err := settle(tx, row.ID, received); err != nil {
			return err
		}
		tx.MarkSystem(row.ID, health.ProbeAt, health.Since, health.Tries)
		if !row.FailingSince.IsZero() && !health.Down() {
			tx.RestartLost(row.ID)
		}
		if len(commits) == 0 && stopped == 0 && !disabled {
			return nil
		}
		return tx.Append(delivered(tx, row.ID, commits, stopped, disabled))
	})
}

// delivered is the entry about what a system made of a batch.
func delivered(tx *store.Tx, id downstream.SystemID, received []audit.Commitment, stopped int, disabled bool) store.Entry {
	e := newEntry(tx, access.Amend(), "deliver")
	e.Commits = received
	e.Facts = []audit.Fact{{Name: "system", Value: string(id)}, {Name: "received", Value: fmt.Sprint(len(received))}}
	if stopped > 0 {
		e.Facts = append(e.Facts, audit.Fact{Name: "stopped", Value: fmt.Sprint(stopped)})
	}
	if disabled {
		e.Facts = append(e.Facts, audit.Fact{Name: "disabled", Value: "by the system"})
	}
	return e
}

// lostBatch is how many deliveries of a lost system become exceptions in one act.
const lostBatch = 500

// giveUpOn turns what waits for a system that is away past the horizon into owned
// exceptions; the last one due stays, as the probe that finds it back.
func (d *Desk) giveUpOn(ctx context.Context, row store.SystemRow) error {
	due, err := d.store.View(ctx).DueDeliveries(row.ID, d.store.Now(), lostBatch)
	if err != nil || len(due) < 2 {
		return err
	}
	return d.store.Write(ctx, "system "+string(row.ID), func(tx *store.Tx) error {
		stopped := 0
		for _, was := range due[1:] {
			stops, err := d.became(tx, row.System, was, was.GiveUp("unreachable", tx.Now()))
			if err != nil {
				return err
			}
			if stops {
				stopped++
			}
		}
		if stopped == 0 {
			return nil
		}
		return tx.Append(delivered(tx, row.ID, nil, stopped, false))
	})
}

// receivedBy commits to which version of which record a system acknowledged. The id of a
// record is no secret, so the salt is the envelope's own key.
func receivedBy(e downstream.Envelope) audit.Commitment {
	return audit.Commit([]byte(e.ID), "received", fmt.Sprintf("%s version %d seq %d", e.Record, e.Version, e.Seq))
}

// settle closes the exceptions of what a system has acknowledged after all.
func settle(tx *store.Tx, id downstream.SystemID, received []customer.ID) error {
	x := downstream.Exception{System: id}
	if err := x.Resolve(access.Amend(), downstream.Delivered, "", tx.Now()); err != nil {
		return err
	}
	tx.CloseExceptions(x, received)
	return nil
}

// became writes what became of a delivery, and reports whether it stopped: then a person is
// asked to look. A worker that was paused finds that the delivery has moved on without it:
// what was acknowledged, stopped or waived meanwhile stays so, and what was raised meanwhile
// is owed afresh.
func (d *Desk) became(tx *store.Tx, s downstream.System, was, is downstream.Delivery) (stops bool, err error) {
	if is.State != downstream.Stopped || was.State == downstream.Stopped {
		tx.SaveDelivery(was, is)
		return false, nil
	}
	now, err := tx.Delivery(s.ID, is.Record)
	switch {
	case err != nil || now.AckedSeq > was.AckedSeq || now.WantedSeq == was.WantedSeq && now.State != was.State:
		return false, err
	case now.WantedSeq > was.WantedSeq:
		tx.SaveDelivery(was, is)
		return false, nil
	}
	missed, err := tx.ChangeOfVersion(is.Record, is.WantedVersion)
	if err != nil {
		return false, err
	}
	tx.StopDelivery(was, is)
	x, _ := downstream.NewException(s, is, missed, tx.Now())
	tx.OpenException(x)
	return true, d.tellException(tx, s, x)
}

// Retry sends a stopped delivery off again, because a person says so. Story: system_down.txtar.
func (d *Desk) Retry(ctx context.Context, by access.Actor, id downstream.SystemID, record customer.ID) error {
	if f := by.May(access.RetryDeliveries); f != nil {
		return f
	}
	return d.store.Write(ctx, "system "+string(id), func(tx *store.Tx) error {
		is, err := tx.Delivery(id, record)
		if err != nil {
			return err
		}
		if is.WantedSeq == 0 {
			return fault.New(fault.NotFound, "no_delivery")
		}
		was := is
		if is.State == downstream.Owed {
			is.DueAt = tx.Now()
		} else if err := is.Restart(tx.Now()); err != nil {
			return err
		}
		tx.SaveDelivery(was, is)
		tx.MarkSystem(id, time.Time{}, time.Time{}, 0)
		tx.Wake()
		return logAct(tx, by, "delivery.retry", record, nil, "system", string(id))
	})
}

// entropy spreads retries.
func (d *Desk) entropy() uint64 { return binary.BigEndian.Uint64(random(d.store.Rand(), 8)) }
