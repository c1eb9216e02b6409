package connectortest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"amend/downstream"
)

func firstDelivery(ctx context.Context, w World) error {
	if _, err := deliver(ctx, w, envelope("r1", 1), downstream.OK); err != nil {
		return err
	}
	return holding(w, "r1", 1)
}

func newerOverwrites(ctx context.Context, w World) error {
	if err := steps(ctx, w, envelope("r1", 1), envelope("r1", 2), envelope("r1", 9)); err != nil {
		return err
	}
	return holding(w, "r1", 9)
}

func removedValue(ctx context.Context, w World) error {
	removed := envelope("r1", 2)
	removed.Fields[1].Content = ""
	if err := steps(ctx, w, envelope("r1", 1), removed); err != nil {
		return err
	}
	if held := w.Held("r1"); held.Fields["full_name"] != "" {
		return errors.New("a removed value is still held")
	}
	return holding(w, "r1", 2)
}

func repeated(ctx context.Context, w World) error {
	for range 3 {
		if err := steps(ctx, w, envelope("r1", 4)); err != nil {
			return err
		}
	}
	return holding(w, "r1", 4)
}

func lateEnvelope(ctx context.Context, w World) error {
	if err := steps(ctx, w, envelope("r1", 5), envelope("r1", 4)); err != nil {
		return err
	}
	return holding(w, "r1", 5)
}

func outOfOrder(ctx context.Context, w World) error {
	for _, seq := range []int64{3, 1, 6, 2, 6, 5, 4} {
		if err := steps(ctx, w, envelope("r1", seq)); err != nil {
			return err
		}
	}
	return holding(w, "r1", 6)
}

func twoRecords(ctx context.Context, w World) error {
	if err := steps(ctx, w, envelope("r1", 7), envelope("r2", 2), goneEnvelope("r3", 1)); err != nil {
		return err
	}
	return errors.Join(holding(w, "r1", 7), holding(w, "r2", 2))
}

func holds(ctx context.Context, w World) error {
	e := envelope("r1", 1)
	e.Event = downstream.HoldPlaced
	e.Holds = []downstream.Block{{Action: "payout", Reason: "cooling", Until: at().Add(72 * time.Hour)}}
	a, err := deliver(ctx, w, e, downstream.OK)
	if err == nil && a.Holds != w.Holds {
		err = fmt.Errorf("says holds carried: %v, the system's place for them: %v", a.Holds, w.Holds)
	}
	return err
}

func gone(ctx context.Context, w World) error {
	if err := steps(ctx, w, envelope("r1", 1), goneEnvelope("r1", 2), goneEnvelope("r1", 2)); err != nil {
		return err
	}
	return lettingGo(w, "r1")
}

func merged(ctx context.Context, w World) error {
	e := goneEnvelope("r1", 2)
	e.MergedInto = "r2"
	if err := steps(ctx, w, envelope("r1", 1), e); err != nil {
		return err
	}
	return lettingGo(w, "r1")
}

func lateAfterGone(ctx context.Context, w World) error {
	if w.Forgets {
		return nil // the order that the shard's lease gives protects such a system
	}
	if err := steps(ctx, w, envelope("r1", 1), goneEnvelope("r1", 3), envelope("r1", 2)); err != nil {
		return err
	}
	return lettingGo(w, "r1")
}

func busy(ctx context.Context, w World) error {
	w.Suffer(Busy)
	if _, err := deliver(ctx, w, envelope("r1", 1), downstream.Retry); err != nil {
		return err
	}
	return nothingHeld(w)
}

func refusal(ctx context.Context, w World) error {
	w.Suffer(Refusing)
	a, err := deliver(ctx, w, envelope("r1", 1), downstream.Permanent)
	if err == nil && a.Code == "" {
		err = errors.New("a refusal without a code helps no integrator")
	}
	if err != nil {
		return err
	}
	return nothingHeld(w)
}

func away(ctx context.Context, w World) error {
	w.Suffer(Away)
	a, err := deliver(ctx, w, envelope("r1", 1), downstream.Retry)
	if err == nil && !a.Down {
		err = errors.New("nobody answers, and only this record is held responsible")
	}
	return err
}

func cameBack(ctx context.Context, w World) error {
	if err := steps(ctx, w, envelope("r1", 1)); err != nil {
		return err
	}
	w.Suffer(Away)
	if _, err := deliver(ctx, w, envelope("r1", 2), downstream.Retry); err != nil {
		return err
	}
	w.Suffer(Healthy)
	var err error
	for range 3 { // a pool may first find its old connections dead
		if err = steps(ctx, w, envelope("r1", 2)); err == nil {
			return holding(w, "r1", 2)
		}
	}
	return err
}

func cancelled(ctx context.Context, w World) error {
	ctx, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := w.Connector.Deliver(ctx, envelope("r1", 1)); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("got %v, want the caller's own error", err)
	}
	return nothingHeld(w)
}

func nothingHeld(w World) error {
	if held := w.Held("r1"); held.Seq != 0 || len(held.Fields) > 0 {
		return fmt.Errorf("the system holds seq %d of what it did not take", held.Seq)
	}
	return nil
}

func readBack(ctx context.Context, w World) error {
	e := envelope("r1", 1)
	a, err := deliver(ctx, w, e, downstream.OK)
	if err != nil || a.ReadBack == nil {
		return err // a system need not read back
	}
	if names := downstream.Drift(e.Fields, a.ReadBack); len(names) > 0 {
		return fmt.Errorf("read back as something else: %v", names)
	}
	return nil
}

func noLeak(ctx context.Context, w World) error {
	for _, trouble := range []Trouble{Healthy, Refusing, Busy, Away} {
		w.Suffer(trouble)
		a, err := w.Connector.Deliver(ctx, envelope("r1", 1))
		if err := leaks(a, err); err != nil {
			return fmt.Errorf("%s: %w", trouble, err)
		}
	}
	return nil
}
