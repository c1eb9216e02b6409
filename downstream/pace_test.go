package downstream

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDeliveryTakesAsLongAsItWaited(t *testing.T) {
	ok, away, no := Answer{Outcome: OK}, Answer{Outcome: Retry, Down: true}, Answer{Outcome: Permanent}
	d := owed() // due at noon
	step := func(is Delivery, a Answer, at time.Time) Step {
		t.Helper()
		s, counts := d.Took(is, a, at)
		if !counts {
			t.Errorf("%v does not count", a)
		}
		return s
	}
	e := Envelope{Seq: d.WantedSeq, Version: d.WantedVersion}
	at := noon.Add(3 * time.Second)
	if got := step(d.After(e, ok, at, 0), ok, at); got != StepOf(5*time.Second) {
		t.Errorf("three seconds are counted as %v", Steps()[got])
	}
	if got := step(d.After(e, away, at, 0), away, at); got != Missed {
		t.Errorf("nobody there: %v", got)
	}
	if got := step(d.After(e, no, at, 0), no, at); got != Turned {
		t.Errorf("refused: %v", got)
	}
	d = d.After(e, away, noon, 0)
	at = noon.Add(2 * time.Hour)
	if got := step(d.After(e, ok, at, 0), ok, at); got != StepOf(2*time.Hour) {
		t.Errorf("it failed at noon and is counted as %v", Steps()[got])
	}
	late := d
	late.AckedSeq = e.Seq + 1
	if _, counts := late.Took(late.After(e, ok, at, 0), ok, at); counts {
		t.Error("an answer that moves nothing counts")
	}
}

func TestShareOfThePaceIsTheWaitThatNoMoreExceed(t *testing.T) {
	p := Pace{StepOf(time.Second): 94, StepOf(time.Minute): 5, StepOf(time.Hour): 1, Missed: 7, Turned: 2}
	if p.Delivered() != 100 || p.Failed() != 9 {
		t.Errorf("%d delivered, %d failed", p.Delivered(), p.Failed())
	}
	if wait, any := p.Within(0.95); !any || wait != time.Minute {
		t.Errorf("95 %% within %v", wait)
	}
	if _, any := (Pace{Missed: 3}).Within(0.95); any {
		t.Error("what never arrived has a pace")
	}
	sum := Pace{}
	sum.Add(p)
	if sum.Add(p); sum.Delivered() != 200 || sum.Failed() != 18 {
		t.Errorf("twice is %v", sum)
	}
}

func TestStepIsTheFirstBoundThatAWaitKeeps(t *testing.T) {
	steps := Steps()
	rapid.Check(t, func(t *rapid.T) {
		wait := time.Duration(rapid.Int64Range(0, int64(60*24*time.Hour)).Draw(t, "wait"))
		s := int(StepOf(wait))
		if s < len(steps)-1 && wait > steps[s] || s > 0 && wait <= steps[s-1] {
			t.Fatalf("%v is counted as %v", wait, steps[s])
		}
	})
}
