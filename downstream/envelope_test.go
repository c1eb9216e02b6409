package downstream

import (
	"slices"
	"testing"
	"time"

	"amend/customer"
)

const day = 24 * time.Hour

func TestEnvelopeKeyIsStableForTheSameSequence(t *testing.T) {
	s, d := system(Subscription{Key: "email"}), owed()
	want := Desired{Record: record(map[customer.Key]customer.Content{"email": "a@b.example"})}
	one := s.Envelope(d, want, catalog(), noon)
	two := s.Envelope(d, want, catalog(), noon.Add(time.Hour))
	if one.ID != "crm:r1:1" || one.ID != two.ID {
		t.Errorf("ids %q, %q", one.ID, two.ID)
	}
	d.Raise(0, noon)
	if three := s.Envelope(d, want, catalog(), noon); three.ID == one.ID {
		t.Error("a raise keeps the old key")
	}
}

func TestEnvelopeNamesWhatChangedSinceTheLastAcknowledgement(t *testing.T) {
	s, d := system(Subscription{Key: "email"}, Subscription{Key: "phone", As: "mobile"}), owed()
	rec := record(map[customer.Key]customer.Content{"email": "a@b.example", "phone": "1"})
	rec.Changed["phone"] = 3
	d.Acknowledge(1, 2, noon)
	d.Raise(3, noon)
	e := s.Envelope(d, Desired{Record: rec}, catalog(), noon)
	if !slices.Equal(e.Changed, []string{"mobile"}) || len(e.Fields) != 2 || e.Version != 3 || e.Seq != 2 {
		t.Errorf("got %+v", e)
	}
}

func TestGoneRecordCarriesNoValues(t *testing.T) {
	s, d := system(Subscription{Key: "email"}), owed()
	rec := record(map[customer.Key]customer.Content{"email": "a@b.example"})
	for _, want := range []Desired{{Record: rec, Gone: true}, {Record: rec, MergedInto: "r2"}} {
		e := s.Envelope(d, want, catalog(), noon)
		if !e.Gone || e.Event != CustomerGone || e.Fields != nil || e.Changed != nil || e.ContactAge != -1 {
			t.Errorf("got %+v", e)
		}
		if e.MergedInto != want.MergedInto {
			t.Errorf("survivor %q", e.MergedInto)
		}
	}
}

func TestEventSaysWhatHappenedSinceTheLastAcknowledgement(t *testing.T) {
	settled := owed()
	settled.Acknowledge(1, 1, noon)
	settled.Raise(0, noon)
	later := noon.Add(time.Hour)
	tests := map[string]struct {
		d     Delivery
		holds []Hold
		want  Event
	}{
		"field changed":             {owed(), []Hold{{From: later}}, CustomerChanged},
		"hold placed":               {settled, []Hold{{From: later}}, HoldPlaced},
		"hold released":             {settled, []Hold{{From: noon.Add(-day), ReleasedAt: later}}, HoldReleased},
		"one placed, one released":  {settled, []Hold{{From: noon.Add(-day), ReleasedAt: later}, {From: later}}, HoldPlaced},
		"placed and ended between":  {settled, []Hold{{From: later, Until: later.Add(1)}}, CustomerChanged},
		"old hold, repair":          {settled, []Hold{{From: noon.Add(-day)}}, CustomerChanged},
		"released before, a repair": {settled, []Hold{{From: noon.Add(-day), ReleasedAt: noon.Add(-1)}}, CustomerChanged},
	}
	s := system(Subscription{Key: "email"})
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := s.Envelope(tt.d, Desired{Record: record(nil), Holds: tt.holds}, catalog(), later.Add(time.Minute))
			if e.Event != tt.want {
				t.Errorf("got %s, want %s", e.Event, tt.want)
			}
		})
	}
}

func TestContactAgeCountsDaysSinceAContactChanged(t *testing.T) {
	value := func(since, held time.Time) customer.Value { return customer.Value{Since: since, HeldSince: held} }
	ago := func(n int) time.Time { return noon.Add(-time.Duration(n) * day) }
	tests := map[string]struct {
		rec  customer.Record
		want int
	}{
		"none":            {customer.Record{}, -1},
		"no contact":      {customer.Record{Values: map[customer.Key]customer.Value{"name": value(ago(1), time.Time{})}}, -1},
		"newest counts":   {customer.Record{Values: map[customer.Key]customer.Value{"phone": value(ago(9), time.Time{}), "email": value(ago(3), time.Time{})}}, 3},
		"inherited":       {customer.Record{Values: map[customer.Key]customer.Value{"phone": value(ago(1), ago(400))}}, 400},
		"removed":         {customer.Record{Former: []customer.Former{{Key: "phone", Until: ago(2)}}}, 2},
		"part of a day":   {customer.Record{Values: map[customer.Key]customer.Value{"phone": value(ago(1).Add(time.Hour), time.Time{})}}, 0},
		"clock went back": {customer.Record{Values: map[customer.Key]customer.Value{"phone": value(ago(-5), time.Time{})}}, 0},
	}
	for name, tt := range tests {
		if got := contactAge(tt.rec, catalog(), noon); got != tt.want {
			t.Errorf("%s: got %d, want %d", name, got, tt.want)
		}
	}
}
