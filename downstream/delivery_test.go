package downstream

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/fault"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// owed is a delivery raised once for version 1.
func owed() Delivery {
	d := Delivery{System: "crm", Record: "r1"}
	d.Raise(1, noon)
	return d
}

// sent is the envelope that d waits for.
func sent(d Delivery) Envelope {
	return Envelope{Seq: d.WantedSeq, Version: d.WantedVersion, Fields: []Member{{Name: "email", Content: "a@b.example"}}}
}

func TestChangesCoalesceIntoOneDelivery(t *testing.T) {
	d := owed()
	d.Raise(2, noon.Add(time.Second))
	d.Raise(3, noon.Add(time.Minute))
	if d.WantedVersion != 3 || d.WantedSeq != 3 || !d.DueAt.Equal(noon) {
		t.Fatalf("got %+v", d)
	}
	d = d.After(sent(d), Answer{Outcome: OK}, noon, 0)
	if d.State != Settled || !d.InSync(2) || !d.InSync(3) || d.InSync(4) || !d.DueAt.IsZero() {
		t.Errorf("one acknowledgement covers all: got %+v", d)
	}
}

func TestHoldRaisesTheSequenceButNotTheVersion(t *testing.T) {
	d := owed()
	d.Acknowledge(1, 1, noon)
	d.Raise(0, noon)
	if d.WantedVersion != 1 || d.WantedSeq != 2 || d.State != Owed || !d.InSync(1) {
		t.Errorf("got %+v", d)
	}
}

func TestRaiseDuringTheCallKeepsTheDeliveryOwed(t *testing.T) {
	d := owed()
	e := sent(d)
	d.Raise(2, noon)
	d = d.After(e, Answer{Outcome: OK}, noon.Add(time.Second), 0)
	if d.State != Owed || d.AckedVersion != 1 || !d.DueAt.Equal(noon.Add(time.Second)) {
		t.Errorf("got %+v", d)
	}
}

func TestRaiseKeepsTheTimeOfAWaitingRetry(t *testing.T) {
	d := owed()
	d = d.After(sent(d), Answer{Outcome: Retry}, noon, 0)
	due := d.DueAt
	d.Raise(2, noon)
	if !d.DueAt.Equal(due) {
		t.Errorf("due %v, want %v", d.DueAt, due)
	}
}

func TestLateAnswerNeverGoesBackwards(t *testing.T) {
	d := owed()
	first := sent(d)
	d.Raise(2, noon)
	d = d.After(sent(d), Answer{Outcome: OK}, noon, 0)
	for _, late := range []Answer{{Outcome: OK}, {Outcome: Permanent}, {Outcome: Retry, Down: true}, {Outcome: Conflict}} {
		if got := d.After(first, late, noon, 0); got != d {
			t.Errorf("late %s moved %+v to %+v", late.Outcome, d, got)
		}
	}
	if d.Acknowledge(1, 1, noon) {
		t.Error("an old acknowledgement moved something")
	}
}

func TestAcknowledgementBeyondWhatWasAskedIsCut(t *testing.T) {
	d := owed()
	d.Acknowledge(99, 1, noon)
	if d.AckedSeq != 1 {
		t.Errorf("acked %d, want 1", d.AckedSeq)
	}
}

func TestSystemThatHoldsMoreThanItWasSentNeedsAPerson(t *testing.T) {
	d := owed()
	d = d.After(sent(d), Answer{Outcome: Same, Code: "stale", Seq: 40}, noon, 0)
	if d.State != Stopped || d.Why != Ahead || d.AckedSeq != 0 {
		t.Errorf("got %+v", d)
	}
}

func TestStaleAnswerFromANewerCopyIsAnAcknowledgement(t *testing.T) {
	d := owed()
	first := sent(d)
	d.Raise(2, noon)
	newer := []Member{{Name: "email", Content: "new@b.example"}}
	d = d.After(first, Answer{Outcome: Same, Seq: 2, ReadBack: newer}, noon, 0)
	if d.AckedSeq != 1 || d.ConfirmedSeq != 0 || d.State != Owed {
		t.Errorf("got %+v", d)
	}
}

func TestConfirmedMeansReadBack(t *testing.T) {
	d := owed()
	e := sent(d)
	told := d.After(e, Answer{Outcome: OK}, noon, 0)
	if told.ConfirmedSeq != 0 || told.AckedSeq != 1 {
		t.Errorf("told: %+v", told)
	}
	read := d.After(e, Answer{Outcome: OK, ReadBack: e.Fields}, noon, 0)
	if read.ConfirmedSeq != 1 {
		t.Errorf("read back: %+v", read)
	}
	if later := told.After(e, Answer{Outcome: Same, ReadBack: e.Fields}, noon, 0); later.ConfirmedSeq != 1 {
		t.Errorf("read back later: %+v", later)
	}
	other := []Member{{Name: "email", Content: "x@b.example"}}
	wrong := d.After(e, Answer{Outcome: OK, ReadBack: other}, noon, 0)
	if wrong.AckedSeq != 0 || wrong.LastCode != "read_back_differs" || wrong.State != Owed {
		t.Errorf("read back as something else: %+v", wrong)
	}
	if drifted := told.After(e, Answer{Outcome: Same, ReadBack: other}, noon, 0); drifted != told {
		t.Errorf("drift is repaired by a raise, not by the delivery: %+v", drifted)
	}
}

func TestMissesFollowTheScheduleWithASpreadOfOneFifth(t *testing.T) {
	d := owed()
	now := noon
	for i, step := range schedule() {
		if now.Sub(noon) >= Horizon {
			break
		}
		low := d.After(sent(d), Answer{Outcome: Retry}, now, 0)
		high := d.After(sent(d), Answer{Outcome: Retry}, now, ^uint64(0))
		if low.State == Stopped {
			break
		}
		if w := low.DueAt.Sub(now); w != step*8/10 {
			t.Errorf("miss %d: shortest wait %v, want %v", i, w, step*8/10)
		}
		if w := high.DueAt.Sub(now); w <= step || w > step*12/10 {
			t.Errorf("miss %d: longest wait %v, want up to %v", i, w, step*12/10)
		}
		d, now = low, low.DueAt
	}
	if d.Attempts < 8 {
		t.Errorf("only %d tries within the horizon", d.Attempts)
	}
}

func TestRetryAfterIsObeyedUpToADay(t *testing.T) {
	d := owed()
	if got := d.After(sent(d), Answer{Outcome: Retry, After: time.Hour}, noon, 0); !got.DueAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("due %v", got.DueAt)
	}
	if got := d.After(sent(d), Answer{Outcome: Retry, After: 10 * 365 * 24 * time.Hour}, noon, 0); !got.DueAt.Equal(noon.Add(24 * time.Hour)) {
		t.Errorf("due %v", got.DueAt)
	}
}

func TestDeliveryBecomesAnExceptionAtTheHorizon(t *testing.T) {
	d := owed()
	d = d.After(sent(d), Answer{Outcome: Retry, Code: "timeout"}, noon, 0)
	d = d.After(sent(d), Answer{Outcome: Reauth, Code: "http_401"}, noon.Add(Horizon-time.Second), 0)
	if d.State != Owed {
		t.Fatalf("before the horizon: %+v", d)
	}
	d = d.After(sent(d), Answer{Outcome: Retry, Code: "timeout"}, noon.Add(Horizon), 0)
	if d.State != Stopped || d.Why != Unreachable || !d.DueAt.IsZero() {
		t.Errorf("at the horizon: %+v", d)
	}
}

func TestPoisonIsPutAsideAfterFiveRefusals(t *testing.T) {
	d := owed()
	for i := range maxRefusals {
		if d.State != Owed {
			t.Fatalf("stopped after %d", i)
		}
		d = d.After(sent(d), Answer{Outcome: Permanent, Code: "http_422"}, noon, 0)
	}
	if d.State != Stopped || d.Why != Refused || d.LastCode != "http_422" {
		t.Errorf("got %+v", d)
	}
}

func TestUnknownOutcomeCountsAsARefusal(t *testing.T) {
	d := owed()
	if d = d.After(sent(d), Answer{}, noon, 0); d.Refusals != 1 {
		t.Errorf("got %+v", d)
	}
}

func TestConflictGoesToAPersonAtOnce(t *testing.T) {
	d := owed()
	d = d.After(sent(d), Answer{Outcome: Conflict, Code: "http_409"}, noon, 0)
	if d.State != Stopped || d.Why != Contested {
		t.Errorf("got %+v", d)
	}
}

func TestStoppedDeliveryStartsAfreshOnANewChangeOrAPersonsWord(t *testing.T) {
	stopped := owed().stop(Refused, "http_422", noon)
	later := noon.Add(time.Hour)
	raised := stopped
	raised.Raise(2, later)
	asked := stopped
	if err := asked.Restart(later); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]Delivery{"raised": raised, "asked": asked} {
		if d.State != Owed || !d.DueAt.Equal(later) || d.Refusals != 0 || d.Why != "" {
			t.Errorf("%s: %+v", name, d)
		}
	}
	if err := asked.Restart(later); fault.KindOf(err) != fault.Conflict {
		t.Errorf("restarting what runs: %v", err)
	}
	if given := owed().GiveUp("timeout", noon); given.State != Stopped || given.Why != Unreachable {
		t.Errorf("given up: %+v", given)
	}
}

func TestMustSystemTakesOneChangeAtATime(t *testing.T) {
	must, free := System{Must: true}, System{}
	d := owed()
	if must.MayApply(d) || !free.MayApply(d) {
		t.Error("a must system waits for its acknowledgement, others don't")
	}
	d.Acknowledge(1, 1, noon)
	d.Raise(0, noon) // a hold is no change
	if !must.MayApply(d) {
		t.Error("the must system is in sync")
	}
}

func TestDeliveryInvariantsHoldInAnyOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, now, version := owed(), noon, int64(1)
		history := []Envelope{sent(d)}
		for range rapid.IntRange(1, 40).Draw(t, "events") {
			before := d
			now = now.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "seconds")) * time.Second)
			switch rapid.IntRange(0, 3).Draw(t, "event") {
			case 0:
				version++
				d.Raise(version, now)
				history = append(history, sent(d))
			case 1:
				d.Raise(0, now)
				history = append(history, sent(d))
			default:
				e := rapid.SampledFrom(history).Draw(t, "answered")
				a := Answer{Outcome: rapid.SampledFrom([]Outcome{OK, Same, Retry, Reauth, Permanent, Conflict}).Draw(t, "outcome")}
				d = d.After(e, a, now, rapid.Uint64().Draw(t, "entropy"))
			}
			if d.AckedSeq < before.AckedSeq || d.AckedVersion < before.AckedVersion {
				t.Fatalf("went backwards: %+v after %+v", d, before)
			}
			if d.AckedSeq > d.WantedSeq || (d.State == Settled) != (d.AckedSeq == d.WantedSeq) {
				t.Fatalf("settled and acknowledged disagree: %+v", d)
			}
			if (d.State == Owed) == d.DueAt.IsZero() || (d.State == Stopped) != (d.Why != "") {
				t.Fatalf("standing, due time and reason disagree: %+v", d)
			}
		}
	})
}
