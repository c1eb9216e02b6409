package desk

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"amend/access"
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
			if seen.paused {
				break // by a person, since the batch began
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
	paused  bool // the system is not to be called any more
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
	system, err := view.System(due[i].System)
	if l.paused = system.Paused; err == nil {
		l.records, err = view.RecordsOf(ids)
	}
	if err == nil {
		l.holds, err = view.HoldsOf(ids)
	}
	return l, err
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
		return tx.Append(delivered(tx, row.ID, nil, stopped))
	})
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
