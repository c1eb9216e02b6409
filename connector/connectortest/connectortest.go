// Package connectortest is what every connector must do, whatever it speaks: a connector
// that passes may carry customers' data, and the delivery rules hold for it.
package connectortest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/downstream"
)

// A Trouble is how a system behaves towards the next deliveries.
type Trouble string

// The troubles.
const (
	Healthy  Trouble = "healthy"
	Busy     Trouble = "busy"     // there, but not now
	Refusing Trouble = "refusing" // there, and never
	Away     Trouble = "away"     // nobody answers
)

// A Copy is what a system holds of a record.
type Copy struct {
	Seq    int64
	Gone   bool              // flagged or removed
	Fields map[string]string // by mapped name, only what is not empty
}

// A World is one fresh system with a connector to it. Its mapping knows the fields
// "email" and "full_name".
type World struct {
	Connector downstream.Connector
	Held      func(customer.ID) Copy // what the system holds; the zero Copy if nothing
	Suffer    func(Trouble)          // until told otherwise
	Holds     bool                   // holds have a place in this system
	Forgets   bool                   // nothing is left of a gone record, so a late envelope can't be told from a new one
}

// marker stands in every value that the suite sends, so that a leak is found.
const marker = "leak-7f3a"

// Run puts every check to a world of its own.
func Run(t *testing.T, fresh func(*testing.T) World) {
	t.Helper()
	for _, c := range checks() {
		t.Run(c.name, func(t *testing.T) {
			if err := c.run(t.Context(), fresh(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

type check struct {
	name string
	run  func(context.Context, World) error
}

func checks() []check {
	return []check{
		{"FirstDeliveryIsTakenOver", firstDelivery},
		{"NewerDeliveryOverwrites", newerOverwrites},
		{"RemovedValueIsEmptied", removedValue},
		{"SameEnvelopeHasNoFurtherEffect", repeated},
		{"LateEnvelopeChangesNothing", lateEnvelope},
		{"OutOfOrderEndsWithTheNewest", outOfOrder},
		{"RecordsDoNotDisturbEachOther", twoRecords},
		{"HoldsAreCarriedOrSaidNotTo", holds},
		{"GoneRecordLetsGoOfItsValues", gone},
		{"MergedRecordLetsGoOfItsValues", merged},
		{"LateEnvelopeDoesNotBringAGoneRecordBack", lateAfterGone},
		{"BusySystemIsRetried", busy},
		{"RefusalIsPermanent", refusal},
		{"AbsentSystemIsAboutTheSystem", away},
		{"SystemThatCameBackIsServed", cameBack},
		{"CancelledCallWritesNothing", cancelled},
		{"ReadBackAgreesWithWhatIsHeld", readBack},
		{"NoValueLeaksIntoAnswersOrErrors", noLeak},
		{"TestLeavesNothingBehind", tested},
		{"TestFailsAsADeliveryWould", testFails},
		{"ShowNamesWhatWouldLeave", shown},
	}
}

// at is the moment of every envelope of the suite.
func at() time.Time { return time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC) }

// envelope is the state of a record at seq, with an e-mail address that tells seq.
func envelope(record customer.ID, seq int64) downstream.Envelope {
	return downstream.Envelope{
		ID: downstream.EnvelopeID("crm", record, seq), Event: downstream.CustomerChanged, System: "crm",
		Record: record, Kind: customer.Person, Version: seq, Seq: seq, Changed: []string{"email"}, At: at(),
		Fields: []downstream.Member{
			{Name: "email", Key: "email", Content: customer.Content(emailOf(seq))},
			{Name: "full_name", Key: "name", Content: "王小明 O'Brien \"" + marker + "\"; --"},
		},
	}
}

func emailOf(seq int64) string { return fmt.Sprintf("v%d.%s@example.com", seq, marker) }

// goneEnvelope is the state of a record that was erased at seq.
func goneEnvelope(record customer.ID, seq int64) downstream.Envelope {
	e := envelope(record, seq)
	e.Event, e.Gone, e.Fields, e.Changed, e.ContactAge = downstream.CustomerGone, true, nil, nil, -1
	return e
}

// deliver sends e and expects one of the outcomes.
func deliver(ctx context.Context, w World, e downstream.Envelope, want ...downstream.Outcome) (downstream.Answer, error) {
	a, err := w.Connector.Deliver(ctx, e)
	if err != nil {
		return a, fmt.Errorf("seq %d: unexpected error %w", e.Seq, err)
	}
	for _, o := range want {
		if a.Outcome == o {
			return a, nil
		}
	}
	return a, fmt.Errorf("seq %d: answered %s (%s), want %v", e.Seq, a.Outcome, a.Code, want)
}

// steps delivers envelopes in turn; each must be received.
func steps(ctx context.Context, w World, envelopes ...downstream.Envelope) error {
	for _, e := range envelopes {
		if _, err := deliver(ctx, w, e, downstream.OK, downstream.Same); err != nil {
			return err
		}
	}
	return nil
}

// holding expects the system to hold record as it was at seq.
func holding(w World, record customer.ID, seq int64) error {
	held := w.Held(record)
	if held.Seq != seq || held.Fields["email"] != emailOf(seq) || held.Gone {
		return fmt.Errorf("%s: holds seq %d, gone %v, e-mail %q; want seq %d", record, held.Seq, held.Gone, held.Fields["email"], seq)
	}
	return nil
}

// lettingGo expects the system to hold no value of record.
func lettingGo(w World, record customer.ID) error {
	if held := w.Held(record); !held.Gone || len(held.Fields) > 0 {
		return fmt.Errorf("%s: gone %v, still holds %d fields", record, held.Gone, len(held.Fields))
	}
	return nil
}

// leaks reports the first place in an answer or error that carries a customer's value.
func leaks(a downstream.Answer, err error) error {
	said := fmt.Sprint(a.Code, " ", err)
	if strings.Contains(said, marker) || strings.Contains(said, "王小明") {
		return fmt.Errorf("a customer's value leaked in an answer of class %s", a.Outcome)
	}
	return nil
}
