package downstream

import (
	"testing"

	"amend/access"
	"amend/fault"
)

func TestEverySubscribedSystemHasALine(t *testing.T) {
	named := func(id SystemID) System {
		s := system(Subscription{Key: "phone"})
		s.ID = id
		return s
	}
	acked, stopped, waiting := owed(), owed(), owed()
	acked.System, stopped.System, waiting.System = "acked", "stopped", "waiting"
	e := sent(acked)
	acked = acked.After(e, Answer{Outcome: OK, ReadBack: e.Fields}, noon, 0)
	stopped = stopped.stop(Refused, "http_422", noon)
	paused, stale := waiting, acked
	paused.System, stale.System = "paused", "stale"
	stale.ConfirmedSeq = 0
	systems := []System{named("acked"), named("stopped"), named("waiting"), named("paused"), named("missing"), named("stale"), system(Subscription{Key: "email"})}
	systems[3].Paused = true

	lines := Completeness(systems, []Delivery{acked, stopped, waiting, paused, stale}, scope("phone"), 1)
	want := map[SystemID]Why{"acked": "", "stopped": Refused, "waiting": Waiting, "paused": Held, "missing": NotRaised, "stale": ""}
	if len(lines) != len(want) {
		t.Fatalf("%d lines, want %d", len(lines), len(want))
	}
	for _, l := range lines {
		if l.Why != want[l.System] || l.Acked != (l.Why == "") || l.Confirmed != (l.System == "acked") || l.Owner == "" {
			t.Errorf("line %+v", l)
		}
	}
	if Complete(lines) || !Complete(lines[:1]) {
		t.Error("complete means every line")
	}
}

func TestDeliveryThatWasNeverRaisedForTheVersionIsADefect(t *testing.T) {
	d := owed()
	d.Acknowledge(1, 1, noon)
	lines := Completeness([]System{system(Subscription{Key: "phone"})}, []Delivery{d}, scope("phone"), 2)
	if len(lines) != 1 || lines[0].Why != NotRaised {
		t.Errorf("got %+v", lines)
	}
}

func TestStoppedDeliveryGetsAnOwnedException(t *testing.T) {
	s := system(Subscription{Key: "phone"})
	x, ok := NewException(s, owed().stop(Contested, "http_409", noon), "c1", noon)
	if !ok || x.Owner != "sales" || x.Why != Contested || x.Code != "http_409" || !x.Open() {
		t.Errorf("got %+v, %v", x, ok)
	}
	if _, ok := NewException(s, owed(), "c1", noon); ok {
		t.Error("a delivery on its way needs no exception")
	}
}

func TestExceptionEndsOnceAndByWhoMay(t *testing.T) {
	client := access.Actor{ID: "app", Sort: access.Client}
	tests := map[string]struct {
		by   access.Actor
		how  Remedy
		note string
		code string
	}{
		"acknowledged after all":    {access.Amend(), Delivered, "", ""},
		"staff can't acknowledge":   {ada, Delivered, "", "remedy_not_yours"},
		"staff skips with a reason": {ada, Skipped, "shut down in June", ""},
		"skip without a reason":     {ada, Skipped, "", "skip_needs_reason"},
		"client can't skip":         {client, Skipped, "why not", "remedy_not_yours"},
		"compensated":               {access.Amend(), Compensated, "", ""},
		"unknown remedy":            {ada, "ignored", "x", "unknown_remedy"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var x Exception
			if err := x.Resolve(tt.by, tt.how, tt.note, noon); fault.CodeOf(err) != tt.code || x.Open() != (tt.code != "") {
				t.Fatalf("got %v, %+v", err, x)
			}
			if x.Open() {
				return
			}
			if err := x.Resolve(ada, Skipped, "again", noon); fault.CodeOf(err) != "exception_closed" {
				t.Errorf("resolved twice: %v", err)
			}
		})
	}
}
