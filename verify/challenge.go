// Package verify is how a person proves something: codes and links with their limits,
// and what a contact point is worth as authority.
package verify

import (
	"cmp"
	"slices"
	"time"

	"amend/change"
	"amend/customer"
	"amend/fault"
)

// State is where a challenge stands.
type State string

// The states of a challenge.
const (
	Live State = "live"
	Used State = "used" // answered, once
	Void State = "void" // replaced by a later code
)

// Challenge is one code or link sent to one contact point, for one request and one
// gate. Only a keyed hash of the code is kept.
type Challenge struct {
	ID      string
	Change  change.ID
	Record  customer.ID
	Gate    change.GateKind // authority, evidence, reachability; "dispute" to revert
	Method  change.Method
	Contact customer.Key
	New     bool   // sent to the value the request proposes
	Weak    bool   // sent to an inherited contact
	MAC     []byte // HMAC of (id, code); of a link: the hash of its token
	SentAt  time.Time
	Expires time.Time
	State   State
}

// How long a code or link may be answered (trust.md B2).
const (
	codeLives = 10 * time.Minute
	linkLives = 24 * time.Hour
	liveCodes = 2 // SMS are often late: the last two codes are good, each in its own time
)

// Lives is how long a challenge by m may be answered.
func Lives(m change.Method) time.Duration {
	if m == change.MailLink {
		return linkLives
	}
	return codeLives
}

// Open reports whether the challenge can still be answered at now. A code that was sent
// further ahead than clocks may differ is over: the clock was put back, and nobody knows how
// old it is.
func (c Challenge) Open(now time.Time) bool {
	return c.State == Live && now.Before(c.Expires) && !ahead(c.SentAt, now)
}

// Displaced answers the live challenges that a new one for the same gate, method and
// contact makes void: all but the youngest, so that the last two codes stay good.
func Displaced(live []Challenge, next Challenge) []Challenge {
	same := slices.DeleteFunc(slices.Clone(live), func(c Challenge) bool {
		return c.State != Live || c.Gate != next.Gate || c.Method != next.Method || c.Contact != next.Contact || c.New != next.New
	})
	slices.SortFunc(same, func(a, b Challenge) int {
		return cmp.Or(b.SentAt.Compare(a.SentAt), cmp.Compare(b.ID, a.ID))
	})
	if len(same) < liveCodes {
		return nil
	}
	return same[liveCodes-1:]
}

// Proof is what answering the challenge proves.
func (c Challenge) Proof(by change.Party, now time.Time) change.Proof {
	return change.Proof{Gate: c.Gate, Method: c.Method, Contact: c.Contact, New: c.New, Weak: c.Weak, By: by, At: now}
}

// MethodFits refuses a method that cannot run through a contact of type t.
func MethodFits(m change.Method, t customer.Type) error {
	ok := false
	switch m {
	case change.SMSCode, change.Callback:
		ok = t == customer.Phone
	case change.MailCode, change.MailLink:
		ok = t == customer.Email
	case change.Letter:
		ok = t == customer.Address
	}
	if !ok {
		return fault.New(fault.Invalid, "method_unfit", "method", m)
	}
	return nil
}
