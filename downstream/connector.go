package downstream

import (
	"context"
	"time"
)

// A Connector carries an envelope to one downstream system. Deliver may be called again
// with the same Envelope.ID and must then have no further effect; an envelope with a
// smaller Seq than the system holds must change nothing.
//
// What the system said, or that it said nothing, is an Answer. The error is only for
// calls that were given up by their own caller (ctx), about which nothing is known.
// Neither ever carries a customer's value. A connector that keeps connections open
// is also an io.Closer.
type Connector interface {
	Deliver(ctx context.Context, e Envelope) (Answer, error)
}

// A Tester is a connector that can be tried with a canary, a record of nobody, and leaves
// nothing of it behind. One that cannot is not a Tester, and says so by that.
type Tester interface {
	// Test carries e as far as Deliver would, and answers what the system made of it.
	Test(ctx context.Context, e Envelope) (Answer, error)
	// Show is what Deliver would send of e, as JSON for people. Nothing is called.
	Show(e Envelope) ([]byte, error)
}

// An Outcome is the class of an answer.
type Outcome string

// The outcomes.
const (
	OK        Outcome = "ok"        // taken over
	Same      Outcome = "same"      // nothing to do: the system already held this, or something newer
	Retry     Outcome = "retry"     // not now
	Reauth    Outcome = "reauth"    // the credential is refused
	Permanent Outcome = "permanent" // this will never be taken as it is
	Conflict  Outcome = "conflict"  // a person must look
)

// An Answer is what a system made of an envelope.
type Answer struct {
	Outcome  Outcome
	Code     string        // for the integrator: "http_503", "sql_23505", "timeout"; never a value
	After    time.Duration // Retry: not before; 0 leaves it to the schedule
	Down     bool          // the answer is about the system, not this record: pause it as a whole
	Disable  bool          // the system asks never to be called again
	Seq      int64         // the sequence number that the system says it holds; 0 unknown
	ReadBack []Member      // what the system holds now; nil: not read back
	Holds    bool          // holds were carried; false: this system cannot carry them
}

// Received reports whether the system holds the envelope's state or a newer one.
func (a Answer) Received() bool { return a.Outcome == OK || a.Outcome == Same }
