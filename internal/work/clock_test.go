package work

import (
	"testing"
	"time"
)

// years is how far a clock is put back that was wrong.
const years = 10 * 365 * 24 * time.Hour

func TestWorkGoesOnAfterTheClockWentBack(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.system("crm")
	l := w.loop()
	w.clock.jump(years)
	w.settle(l)
	w.load(2) // due in ten years
	w.clock.jump(-years)
	w.settle(l)
	if got := w.told.of("crm"); got != 2 {
		t.Fatalf("told %d times", got)
	}
}

func TestLeaseOfAClockThatWasAheadHoldsNobodyOff(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.system("crm")
	first, second := w.loop(), w.loop()
	w.clock.jump(years)
	w.load(1)
	w.settle(first)
	w.clock.jump(-years)
	w.settle(second) // tidies, and takes the log
	_, err := w.desk.Load(t.Context(), integrator(), "crm")
	w.must(err)
	w.settle(second)
	if got := w.told.of("crm"); got != 2 {
		t.Fatalf("told %d times", got)
	}
	if mine, err := first.claim(t.Context(), "system crm"); mine || err != nil {
		t.Fatalf("the first holder believes that the shard is its own for ten years: %v", err)
	}
}
