package desk

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"amend/access"
	"amend/audit"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/verify"
)

// testFor is how long a system has to answer a test.
const testFor = 15 * time.Second

// Canary sends a system the record of nobody, through its own connector, and keeps what
// became of it. That somebody tests is on record before anything leaves, and its outcome
// after; a paused system may be tested, because that is how people see that it is back.
// Nothing of the canary stays: a connector that cannot promise that is not tried. Test:
// TestCanaryIsAnsweredOnRecordAndLeavesNothing.
func (d *Desk) Canary(ctx context.Context, by access.Actor, id downstream.SystemID) (downstream.Answer, error) {
	if f := by.May(access.RetryDeliveries); f != nil {
		return downstream.Answer{}, f
	}
	row, conn, err := d.tester(ctx, id)
	if err != nil {
		return downstream.Answer{}, err
	}
	var began time.Time
	err = d.store.Write(ctx, "test "+string(id), func(tx *store.Tx) error {
		began = tx.Now()
		if err := take(tx, "test "+string(id), verify.PerTested()); err != nil {
			return err
		}
		tx.BeginTest(id, by.ID)
		return logAct(tx, by, "system.test", "", nil, "system", string(id))
	})
	if err != nil {
		return downstream.Answer{}, err
	}
	ctx = context.WithoutCancel(ctx) // whoever leaves the page must not leave the outcome open
	answer, took, broke := d.try(ctx, conn, row.Canary(row.Kinds[0], d.house.Catalog, began))
	err = d.store.Write(ctx, "test "+string(id), func(tx *store.Tx) error {
		tx.EndTest(id, began, answer, took)
		if answer.Received() && !row.DownUntil.IsZero() { // it is back: the probe need not wait
			tx.MarkSystem(id, time.Time{}, row.FailingSince, row.Attempts)
			tx.Wake()
		}
		e := newEntry(tx, access.Amend(), "system.tested")
		e.Facts = []audit.Fact{
			{Name: "system", Value: string(id)}, {Name: "outcome", Value: string(answer.Outcome)},
			{Name: "code", Value: answer.Code}, {Name: "millis", Value: strconv.FormatInt(took.Milliseconds(), 10)},
		}
		return tx.Append(e)
	})
	if err == nil {
		err = broke
	}
	return answer, err
}

// try carries a canary, and lets go of it again where a receiver took it for a customer: what
// that answers tells nobody anything.
func (d *Desk) try(ctx context.Context, conn downstream.Tester, e downstream.Envelope) (a downstream.Answer, took time.Duration, broke error) {
	ctx, cancel := context.WithTimeout(ctx, testFor)
	defer cancel()
	began := d.store.Now()
	a, broke, err := carry(ctx, rehearsed{conn}, e)
	took = max(0, d.store.Now().Sub(began))
	if err != nil { // given up by ourselves
		a = downstream.Answer{Outcome: downstream.Retry, Code: "timeout", Down: true}
	}
	if a.Received() {
		_, _, _ = carry(ctx, rehearsed{conn}, e.Released())
	}
	return a, took, broke
}

// rehearsed is a tester where a connector is asked for.
type rehearsed struct{ downstream.Tester }

// Deliver only tries.
func (r rehearsed) Deliver(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	e.Event = downstream.Test
	return r.Test(ctx, e)
}

// tester answers a system with the connector by which it can be tried.
func (d *Desk) tester(ctx context.Context, id downstream.SystemID) (store.SystemRow, downstream.Tester, error) {
	row, err := d.store.View(ctx).System(id)
	if err != nil {
		return row, nil, err
	}
	secret, err := d.secretOf(row)
	if err != nil {
		return row, nil, err
	}
	conn, err := d.outside.Connector(row.System, secret)
	if err != nil {
		return row, nil, fmt.Errorf("connector of %s: %w", id, err)
	}
	if t, can := conn.(downstream.Tester); can {
		return row, t, nil
	}
	return row, nil, fault.New(fault.Conflict, "no_test", "connector", row.Connector)
}

// Sample answers what a system would be sent of a record of a kind, "" for the first that it
// follows, as JSON: every name and every shape is that of a delivery, every value is
// invented. Nothing leaves.
func (d *Desk) Sample(ctx context.Context, by access.Actor, id downstream.SystemID, kind customer.Kind) (customer.Kind, []byte, error) {
	if f := by.May(access.ReadSystems); f != nil {
		return kind, nil, f
	}
	row, conn, err := d.tester(ctx, id)
	switch {
	case err != nil:
		return kind, nil, err
	case kind == "":
		kind = row.Kinds[0]
	case !slices.Contains(row.Kinds, kind):
		return kind, nil, fault.New(fault.Invalid, "unknown_kind").On("kind")
	}
	text, err := conn.Show(row.Canary(kind, d.house.Catalog, d.store.Now()))
	return kind, text, err
}
