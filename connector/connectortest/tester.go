package connectortest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"amend/downstream"
)

// canary is the record of nobody, as a test sends it.
func canary(seq int64) downstream.Envelope {
	e := envelope(downstream.CanaryID, seq)
	e.Event = downstream.Test
	return e
}

// tested asks a connector that can be tried to do so twice, the second time with what lets go
// of the first: neither may leave anything, nor touch what is there.
func tested(ctx context.Context, w World) error {
	t, can := w.Connector.(downstream.Tester)
	if !can {
		return nil
	}
	if err := steps(ctx, w, envelope("r1", 3)); err != nil {
		return err
	}
	for _, e := range []downstream.Envelope{canary(7), canary(7).Released(), canary(9)} {
		a, err := t.Test(ctx, e)
		if err != nil || !a.Received() {
			return fmt.Errorf("seq %d: a test was answered %s (%s), %v", e.Seq, a.Outcome, a.Code, err)
		}
		if held := w.Held(downstream.CanaryID); held.Seq != 0 || len(held.Fields) > 0 {
			return fmt.Errorf("a test left %d fields of seq %d", len(held.Fields), held.Seq)
		}
	}
	return holding(w, "r1", 3)
}

// testFails compares what a test and a delivery hear from a system in trouble.
func testFails(ctx context.Context, w World) error {
	t, can := w.Connector.(downstream.Tester)
	if !can {
		return nil
	}
	for _, trouble := range []Trouble{Busy, Refusing, Away} {
		w.Suffer(trouble)
		tried, err := t.Test(ctx, canary(1))
		if err != nil {
			return err
		}
		delivered, err := w.Connector.Deliver(ctx, envelope("r1", 1))
		if err != nil {
			return err
		}
		if tried.Outcome != delivered.Outcome || tried.Code != delivered.Code {
			return fmt.Errorf("%v: a test hears %s (%s), a delivery %s (%s)", trouble, tried.Outcome, tried.Code, delivered.Outcome, delivered.Code)
		}
	}
	return nil
}

// shown expects every member, under the name that leaves, in what a person is shown.
func shown(_ context.Context, w World) error {
	t, can := w.Connector.(downstream.Tester)
	if !can {
		return nil
	}
	e := canary(1)
	text, err := t.Show(e)
	if err != nil || !json.Valid(text) {
		return fmt.Errorf("it shows no JSON: %v", err)
	}
	for _, want := range []string{emailOf(1), string(downstream.CanaryID)} {
		if !strings.Contains(string(text), want) {
			return fmt.Errorf("it shows no %q", want)
		}
	}
	return nil
}
