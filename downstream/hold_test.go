package downstream

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"amend/access"
	"amend/fault"
)

var ada = access.Actor{ID: "ada", Sort: access.Staff}

func TestHoldBlocksFromItsStartToItsEnd(t *testing.T) {
	h := Hold{From: noon, Until: noon.Add(time.Hour)}
	for at, want := range map[time.Time]bool{
		noon.Add(-1): false, noon: true, noon.Add(time.Hour - 1): true, noon.Add(time.Hour): false,
	} {
		if h.Active(at) != want {
			t.Errorf("at %v: %v", at, !want)
		}
	}
}

func TestOpenEndedHoldBlocksUntilItIsCounted(t *testing.T) {
	h := Hold{From: noon}
	if !h.Active(noon.Add(10 * 365 * 24 * time.Hour)) {
		t.Fatal("an open-ended hold ended")
	}
	h.Count(noon, 72*time.Hour)
	if h.Active(noon.Add(72*time.Hour)) || !h.Active(noon.Add(71*time.Hour)) {
		t.Errorf("until %v", h.Until)
	}
	h.Count(noon, time.Hour)
	if !h.Until.Equal(noon.Add(72 * time.Hour)) {
		t.Error("counting again brought the end nearer")
	}
}

func TestReleasedHoldIsFreeAndStaysReleased(t *testing.T) {
	h := Hold{ID: "h1", From: noon, Until: noon.Add(time.Hour)}
	if err := h.Release(ada, noon.Add(time.Minute)); err != nil || h.Active(noon.Add(2*time.Minute)) || h.ReleasedBy != "ada" {
		t.Errorf("released %+v, error %v", h, err)
	}
	if err := h.Release(ada, noon.Add(3*time.Minute)); fault.CodeOf(err) != "hold_ended" {
		t.Errorf("released twice: %v", err)
	}
	ended := Hold{From: noon, Until: noon.Add(time.Hour)}
	if err := ended.Release(ada, noon.Add(time.Hour)); fault.CodeOf(err) != "hold_ended" {
		t.Errorf("released after its end: %v", err)
	}
}

func TestEachActionIsToldOnceWithItsLongestHold(t *testing.T) {
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	holds := []Hold{
		{Action: "payout", Reason: "cooling", From: noon, Until: hour(2)},
		{Action: "payout", Reason: "disputed", From: noon, Until: hour(9)},
		{Action: "payout", Reason: "short", From: noon, Until: hour(1)},
		{Action: "credit", Reason: "recovery", From: noon},
		{Action: "credit", Reason: "cooling", From: noon, Until: hour(3)},
		{Action: "password_reset", Reason: "over", From: noon, Until: noon},
	}
	want := []Block{{Action: "credit", Reason: "recovery"}, {Action: "payout", Reason: "disputed", Until: hour(9)}}
	if diff := cmp.Diff(want, Blocks(holds, noon)); diff != "" {
		t.Error(diff)
	}
}

// Two nodes disagree on the time. What one has just placed, the other must find, tell and
// be able to release, or it would block for ever.
func TestNodeWhoseClockIsBehindFindsTellsAndReleasesAHoldThatWasJustPlaced(t *testing.T) {
	behind := noon.Add(-time.Minute)
	h := Hold{ID: "h", Action: "payout", Reason: "disputed", From: noon}
	if h.Active(behind) || h.Over(behind) {
		t.Errorf("active %v, over %v", h.Active(behind), h.Over(behind))
	}
	if blocks := Blocks([]Hold{h}, behind); len(blocks) != 1 {
		t.Errorf("the system is told of %d blocks", len(blocks))
	}
	if err := h.Release(access.Amend(), behind); err != nil || !h.Over(noon) {
		t.Errorf("released: %v, over: %v", err, h.Over(noon))
	}
}
