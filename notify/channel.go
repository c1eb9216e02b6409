package notify

import (
	"context"
	"time"
)

// Medium is the way to a reader.
type Medium string

// The media. A letter or a call is a task for a person unless a connector prints or dials.
const (
	SMS       Medium = "sms"
	Mail      Medium = "mail"
	Messenger Medium = "messenger"
	Letter    Medium = "letter"
	Call      Medium = "call"
)

// A Param is one parameter of a registered short message.
type Param struct{ Name, Value string }

// Outgoing is one message as a channel carries it. To, Text and Params are secrets:
// they never stand in an error, a log line or a metric.
type Outgoing struct {
	ID       string // stable across retries: the far side may tell a repeat by it
	Kind     Kind
	Channel  Medium
	To       string // one number (E.164), one address; "" for a call without a number
	Lang     Lang
	Subject  string  // mail, letter, call script
	Text     string  // the whole text
	HTML     string  // the same for a mail reader that wants it; may be empty
	Brand    string  // the sign of a short message, the name beside a sender's address
	Template string  // short message: the registered code
	Params   []Param // short message: its parameters, in the registered order
	Segments int     // short message: how many parts are billed
}

// An Outcome is what is known after an attempt.
type Outcome string

// The outcomes.
const (
	Taken     Outcome = "accepted"  // the far side took it: sent is not delivered, a receipt may follow
	Retry     Outcome = "retry"     // it was not taken; again after Answer.After
	Permanent Outcome = "permanent" // it never will be: Answer.Why says whose fault
	Unknown   Outcome = "unknown"   // nobody can tell whether it was taken
)

// A Why is the reason of a permanent answer, or of a retry that needs a person.
type Why string

// The reasons. BadAddress and OptedOut speak of the recipient, and put the contact in
// doubt; the others speak of us.
const (
	BadAddress Why = "bad_address" // no such number or mailbox
	OptedOut   Why = "opted_out"   // the reader refuses our messages
	BadContent Why = "bad_content" // the text, template or a parameter was refused
	BadAccount Why = "bad_account" // our credentials, sender, balance or quota
)

// Answer is what a channel learned.
type Answer struct {
	Outcome Outcome
	After   time.Duration // Retry: how long to wait at least; 0 leaves it to the caller
	Why     Why
	Code    string // the far side's own code, at most 64 printable characters, for the operator
	Ref     string // the far side's reference, which a receipt will quote
}

// Again reports whether a message of kind k may be sent again after this answer. An
// unknown fate is never answered with a second code or proof link: the reader asks for
// another if none came.
func (a Answer) Again(k Kind) bool {
	switch a.Outcome {
	case Retry:
		return true
	case Unknown:
		return !k.Secret()
	}
	return false
}

// A Channel carries messages to the outside. Send makes one attempt and never repeats it
// on its own. It may be called again with the same Outgoing.ID. An error means that
// nothing left us and something is wrong here (cancelled, not configured); whatever
// the far side said or did not say is an Answer. No error names To, Text or a parameter.
type Channel interface {
	Send(ctx context.Context, m Outgoing) (Answer, error)
}

// A ReceiptState is what became of a message that was taken.
type ReceiptState string

// The states of a receipt.
const (
	Delivered   ReceiptState = "delivered"   // it reached the handset or the mailbox
	Undelivered ReceiptState = "undelivered" // it did not, and no more is tried
	Pending     ReceiptState = "pending"     // the operator still tries
)

// A Receipt is a provider's later word on a message. It may come twice, late or out of
// order; Delivered and Undelivered are final, and the first of them holds.
type Receipt struct {
	Ref   string // Answer.Ref
	ID    string // Outgoing.ID, where the provider quotes it
	State ReceiptState
	Why   Why    // Undelivered: what is known of the reason
	Code  string // the provider's own code
	At    time.Time
}
