package downstream

import (
	"testing"
	"time"
)

var away = Answer{Outcome: Retry, Down: true, Code: "timeout"}

func TestSystemThatDoesNotAnswerPausesAsAWholeAndIsProbed(t *testing.T) {
	var h Health
	if h.Down() || !h.Open(noon) {
		t.Fatal("a system starts up")
	}
	h = h.After(away, noon, 0)
	if !h.Down() || h.Open(noon) || !h.Open(h.ProbeAt) || h.Code != "timeout" {
		t.Errorf("got %+v", h)
	}
	first := h.ProbeAt.Sub(noon)
	h = h.After(away, h.ProbeAt, 0)
	if h.ProbeAt.Sub(noon) <= 2*first || !h.Since.Equal(noon) {
		t.Errorf("probes don't back off: %+v", h)
	}
}

func TestAnyAnswerAboutARecordShowsThatTheSystemIsThere(t *testing.T) {
	down := Health{}.After(away, noon, 0)
	for _, o := range []Outcome{OK, Same, Permanent, Conflict, Retry} {
		if h := down.After(Answer{Outcome: o}, noon, 0); h.Down() {
			t.Errorf("%s: still down", o)
		}
	}
}

func TestRefusedCredentialPausesTheSystem(t *testing.T) {
	if h := (Health{}).After(Answer{Outcome: Reauth}, noon, 0); !h.Down() {
		t.Error("every record would be refused in turn")
	}
}

func TestProbesComeAtLeastEveryHalfHour(t *testing.T) {
	h, now := Health{}, noon
	for range 30 {
		h = h.After(away, now, ^uint64(0))
		if wait := h.ProbeAt.Sub(now); wait > maxProbe {
			t.Fatalf("waits %v", wait)
		}
		now = h.ProbeAt
	}
	if h = h.After(Answer{Outcome: Retry, Down: true, After: 2 * time.Hour}, now, 0); h.ProbeAt.Sub(now) != 2*time.Hour {
		t.Errorf("the system's own wish is not obeyed: %v", h.ProbeAt.Sub(now))
	}
}

func TestSystemIsLostAtTheHorizonAndStillProbed(t *testing.T) {
	h := Health{}.After(away, noon, 0)
	if h.Lost(noon.Add(Horizon-1)) || !h.Lost(noon.Add(Horizon)) {
		t.Error("the horizon is three days, to the moment")
	}
	if !h.Open(noon.Add(Horizon)) {
		t.Error("a lost system is never found again")
	}
}
