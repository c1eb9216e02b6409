package desk

import (
	"context"
	"fmt"

	"amend/access"
	"amend/audit"
	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
)

// acknowledge writes what became of a batch: the deliveries, exceptions that opened or
// closed, how long they waited, the system's health, and one entry that names every record
// that was received, says how many stopped, and whether the system asked never to be called
// again.
func (d *Desk) acknowledge(ctx context.Context, row store.SystemRow, done []carried, health downstream.Health) error {
	if len(done) == 0 {
		return nil
	}
	return d.store.Write(ctx, "system "+string(row.ID), func(tx *store.Tx) error {
		b, err := d.judge(tx, row.System, done)
		if err != nil {
			return err
		}
		if err := settle(tx, row.ID, b.settled); err != nil {
			return err
		}
		tx.AddPace(row.ID, b.pace)
		tx.MarkSystem(row.ID, health.ProbeAt, health.Since, health.Tries)
		if !row.FailingSince.IsZero() && !health.Down() {
			tx.RestartLost(row.ID)
		}
		if len(b.received) == 0 && b.stopped == 0 && b.disabled == "" {
			return nil
		}
		e := delivered(tx, row.ID, b.received, b.stopped)
		if b.disabled != "" {
			why, err := disable(tx, row.ID, b.disabled)
			if err != nil {
				return err
			}
			e.Facts, e.Commits = append(e.Facts, audit.Fact{Name: "disabled", Value: "by the system"}), append(e.Commits, why...)
		}
		return tx.Append(e)
	})
}

// A tally is what became of deliveries that were carried together.
type tally struct {
	received []audit.Commitment // what the system acknowledged
	settled  []customer.ID      // the records of those, where nothing stopped
	stopped  int
	disabled string // the code by which the system asked never to be called again
	pace     downstream.Pace
}

func (d *Desk) judge(tx *store.Tx, s downstream.System, done []carried) (tally, error) {
	b := tally{pace: downstream.Pace{}}
	for _, c := range done {
		is := c.was.After(c.envelope, c.answer, tx.Now(), d.entropy())
		if c.answer.Disable && b.disabled == "" {
			b.disabled = c.answer.Code
			is = c.was.GiveUp(c.answer.Code, tx.Now()) // its owner is asked to look
		}
		if step, counts := c.was.Took(is, c.answer, tx.Now()); counts {
			b.pace[step]++
		}
		stops, err := d.became(tx, s, c.was, is)
		if err != nil {
			return b, err
		}
		if stops {
			b.stopped++
		}
		if is.AckedSeq > c.was.AckedSeq {
			b.received = append(b.received, receivedBy(c.envelope))
			if !stops {
				b.settled = append(b.settled, is.Record)
			}
		}
	}
	return b, nil
}

// disable pauses a system that asked never to be called again, until a person resumes it.
// One that a person paused meanwhile stays as they left it.
func disable(tx *store.Tx, id downstream.SystemID, code string) ([]audit.Commitment, error) {
	row, err := tx.System(id)
	if err != nil || row.Paused {
		return nil, err
	}
	if row.System, err = row.Pausing(access.Amend(), code, tx.Now()); err != nil {
		return nil, err
	}
	return pausedFor(tx, row.System), tx.SaveSystem(row)
}

// delivered is the entry about what a system made of a batch.
func delivered(tx *store.Tx, id downstream.SystemID, received []audit.Commitment, stopped int) store.Entry {
	e := newEntry(tx, access.Amend(), "deliver")
	e.Commits = received
	e.Facts = []audit.Fact{{Name: "system", Value: string(id)}, {Name: "received", Value: fmt.Sprint(len(received))}}
	if stopped > 0 {
		e.Facts = append(e.Facts, audit.Fact{Name: "stopped", Value: fmt.Sprint(stopped)})
	}
	return e
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
