package downstream

import (
	"testing"
	"time"

	"amend/access"
	"amend/fault"
)

func TestSystemIsPausedOnceWithAReasonAndResumedOnce(t *testing.T) {
	ivy := access.Actor{ID: "i1", Name: "ivy"}
	s := system(Subscription{Key: "email"})
	if _, err := s.Pausing(ivy, "", noon); fault.CodeOf(err) != "pause_needs_reason" {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := s.Resuming(); fault.CodeOf(err) != "system_not_paused" {
		t.Errorf("resumed while running: %v", err)
	}
	paused, err := s.Pausing(ivy, "upgrade", noon)
	if err != nil || !paused.Paused || paused.Pause != (Pause{By: "i1", Name: "ivy", Since: noon, Reason: "upgrade"}) || s.Paused {
		t.Errorf("%+v %v", paused, err)
	}
	if _, err := paused.Pausing(ivy, "again", noon); fault.CodeOf(err) != "system_paused" {
		t.Errorf("paused twice: %v", err)
	}
	if back, err := paused.Resuming(); err != nil || back.Paused || back.Pause != (Pause{}) {
		t.Errorf("%+v %v", back, err)
	}
}

func TestPauseIsLongAfterADayAndOneFromBeforeTheyWereKept(t *testing.T) {
	p := Pause{By: "i1", Since: noon}
	if p.Long(noon.Add(LongPause-1)) || !p.Long(noon.Add(LongPause)) || !(Pause{}).Long(noon) {
		t.Error("a pause is long from a day on")
	}
	if p.ByItself() || !(Pause{By: access.Amend().ID}).ByItself() {
		t.Error("only the system pauses itself")
	}
}

func TestLineOfAPausedSystemSaysWhoPausedItAndWhy(t *testing.T) {
	s, _ := system(Subscription{Key: "email"}).Pausing(access.Actor{ID: "i1"}, "upgrade", noon)
	d := owed()
	d.System, d.Record = s.ID, "r1"
	lines := Completeness([]System{s}, []Delivery{d}, scope("email"), d.WantedVersion)
	if len(lines) != 1 || lines[0].Acked || lines[0].Why != Held || lines[0].Pause.Reason != "upgrade" {
		t.Errorf("%+v", lines)
	}
	d.Acknowledge(d.WantedSeq, d.WantedVersion, noon)
	if lines = Completeness([]System{s}, []Delivery{d}, scope("email"), d.WantedVersion); !lines[0].Acked || lines[0].Pause != (Pause{}) {
		t.Errorf("what has arrived waits for nobody: %+v", lines)
	}
	d = d.GiveUp("http_410", noon)
	d.WantedVersion++
	if lines = Completeness([]System{s}, []Delivery{d}, scope("email"), d.WantedVersion); lines[0].Why != Unreachable {
		t.Errorf("a pause hides what needs a person: %+v", lines)
	}
}

// A must system that is paused holds back the next change of a record that it has not
// heard of, and no other.
func TestPausedMustSystemHoldsBackTheNextChangeOnly(t *testing.T) {
	s := system(Subscription{Key: "email"})
	s.Must = true
	s, _ = s.Pausing(access.Actor{ID: "i1"}, "upgrade", noon)
	d := Delivery{System: s.ID, Record: "r1", State: Settled}
	if !s.MayApply(d) {
		t.Error("the first change waits")
	}
	d.Raise(1, noon)
	if s.MayApply(d) {
		t.Error("the second one does not")
	}
	d.Acknowledge(1, 1, noon.Add(time.Hour))
	if !s.MayApply(d) {
		t.Error("it waits for what has arrived")
	}
}
