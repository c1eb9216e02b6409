// Package notify is who must be told what: the kinds of message and their templates,
// the contacts that hear of a contact change, the departments that subscribe to one,
// what may travel together, and the channel that carries it.
package notify

import (
	"slices"
	"sync"
)

// Lang is the language of a message: the reader's, not the sender's.
type Lang string

// The languages every template exists in.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// Langs lists every language, in the order an editor shows them.
func Langs() []Lang { return []Lang{ZH, EN} }

// Kind says what a message tells. A kind has one template per language.
type Kind string

// The kinds that a customer receives.
const (
	Code         Kind = "code"          // six digits to a contact on record: authority for one change
	CodeLogin    Kind = "code_login"    // six digits to a contact on record: to see one's details
	CodeNew      Kind = "code_new"      // six digits to a proposed contact: it answers
	Link         Kind = "link"          // a link to a proposed contact: it answers
	LinkOld      Kind = "link_old"      // a link to a contact on record: the hotline's way to ask for agreement
	RequestedOld Kind = "requested_old" // security notice at request, to every contact of the last 90 days
	AppliedOld   Kind = "applied_old"   // security notice at apply, to the same
	NewContact   Kind = "new_contact"   // security notice at apply, to the contact that was added
	Received     Kind = "received"      // the request is in, with its reference and promise
	Accepted     Kind = "accepted"      // 确认函, after review
	Changed      Kind = "changed"       // 变更通知: what, when, the value after, masked
	Confirm      Kind = "confirm"       // 请确认
	ConfirmCall  Kind = "confirm_call"  // 请确认, for a contact that may not have a link that closes the request
	WrongCodes   Kind = "wrong_codes"   // security notice to every contact: somebody guessed codes, and the channel rests
	Delay        Kind = "delay"         // takes effect later, because the old contact could not be checked
	Cooling      Kind = "cooling"       // takes effect later, for the customer's protection
	Refused      Kind = "rejected"      // not approved: the reason and the remedy
	Expired      Kind = "expired"       // a timer ran out; the old value stays
	Withdrawn    Kind = "withdrawn"     // taken back; the old value stays
	Question     Kind = "question"      // a reviewer needs an answer
	Reminder     Kind = "reminder"      // the same, again
	Frozen       Kind = "frozen"        // security notice: disputed before apply, nothing was changed
	FrozenAfter  Kind = "frozen_after"  // security notice: disputed after apply, nothing moves until decided
	Kept         Kind = "kept"          // the dispute found the change right
	Reverted     Kind = "reverted"      // the dispute put the old value back
	Enrolled     Kind = "enrolled"      // the first contact of a customer is in force
	Joined       Kind = "joined"        // several parts in one message; made by Write, never filed
)

// The kinds that staff receive. They name records and fields, never a customer's value, and
// are stored as codes, which Book.Worded words for each reader.
const (
	StaffChange Kind = "staff_change" // a department subscribed to this change
	StaffTask   Kind = "staff_task"   // something to do: a call-back, a sighting, a letter
	Escalation  Kind = "escalation"   // a level is late: to the owner and the lead
	Exception   Kind = "exception"    // a delivery or a notice needs a person
	Credential  Kind = "credential"   // security notice to operators: a person or token was added
	StaffJoined Kind = "staff_joined" // several parts in one message; made by Write, never filed
)

// A spec is what a kind promises, the same in every language.
type spec struct {
	kind     Kind
	params   []string // what every language must say; no more, no less
	secret   bool     // carries a code or a link that proves something: never sent twice blindly
	security bool     // tells of a danger: goes alone
	staff    bool
	when     Moment // staff: how its sentences name a time
}

// specs lists every kind, in the order an editor shows them. Nobody writes to it.
var specs = sync.OnceValue(func() []spec {
	return []spec{
		{kind: Code, params: []string{"code", "minutes", "act"}, secret: true},
		{kind: CodeLogin, params: []string{"code", "minutes", "word"}, secret: true},
		{kind: CodeNew, params: []string{"code", "minutes"}, secret: true},
		{kind: Link, params: []string{"link", "hours"}, secret: true},
		{kind: LinkOld, params: []string{"act", "link", "minutes"}, secret: true},
		{kind: RequestedOld, params: []string{"time", "place", "act", "link"}, security: true},
		{kind: AppliedOld, params: []string{"result", "time", "place", "link"}, security: true},
		{kind: NewContact, params: []string{"time", "place", "link"}, security: true},
		{kind: Received, params: []string{"ref", "time", "link"}},
		{kind: Accepted, params: []string{"ref", "list"}},
		{kind: Changed, params: []string{"ref", "list", "time"}},
		{kind: Confirm, params: []string{"ref", "list", "link"}},
		{kind: ConfirmCall, params: []string{"ref", "list"}},
		{kind: WrongCodes, params: []string{"time", "act", "link"}, security: true},
		{kind: Delay, params: []string{"ref", "field", "time", "link"}},
		{kind: Cooling, params: []string{"ref", "time", "link"}},
		{kind: Refused, params: []string{"ref", "reason", "remedy"}},
		{kind: Expired, params: []string{"ref", "link"}},
		{kind: Withdrawn, params: []string{"ref"}},
		{kind: Question, params: []string{"ref", "question", "link"}},
		{kind: Reminder, params: []string{"ref", "time", "link"}},
		{kind: Frozen, params: []string{"ref", "time", "place", "hours"}, security: true},
		{kind: FrozenAfter, params: []string{"ref", "time", "place", "hours"}, security: true},
		{kind: Kept, params: []string{"ref"}},
		{kind: Reverted, params: []string{"ref", "list"}},
		{kind: Enrolled, params: []string{"time", "place", "link"}, security: true},
		{kind: Joined, params: []string{"count", "list"}},
		{kind: StaffChange, params: []string{"ref", "record", "fields", "time", "link"}, staff: true, when: At},
		{kind: StaffTask, params: []string{"ref", "task", "time", "link"}, staff: true, when: On},
		{kind: Escalation, params: []string{"ref", "level", "time", "link"}, staff: true, when: On},
		{kind: Exception, params: []string{"system", "reason", "time", "link"}, staff: true, when: At},
		{kind: Credential, params: []string{"name", "role", "by", "time"}, security: true, staff: true, when: At},
		{kind: StaffJoined, params: []string{"count", "list"}, staff: true},
	}
})

// Kinds lists every kind, in the order an editor shows them.
func Kinds() []Kind {
	all := specs()
	kinds := make([]Kind, len(all))
	for i, s := range all {
		kinds[i] = s.kind
	}
	return kinds
}

// order is the kind's place in the life of a request: parts of one message are read in it.
func (k Kind) order() int {
	return slices.IndexFunc(specs(), func(s spec) bool { return s.kind == k })
}

func (k Kind) spec() (spec, bool) {
	all := specs()
	i := slices.IndexFunc(all, func(s spec) bool { return s.kind == k })
	if i < 0 {
		return spec{}, false
	}
	return all[i], true
}

// made reports whether k is what Write makes of several parts.
func (k Kind) made() bool { return k == Joined || k == StaffJoined }

// Secret reports whether k carries a code or link that proves something. A second
// copy would confuse the reader and double a thief's chances, so it is never resent
// while the fate of the first is unknown.
func (k Kind) Secret() bool {
	s, known := k.spec()
	return s.secret || !known
}

// Alone reports whether k is a code, a link or a security notice: it is never joined
// with other messages, so that nothing dilutes it.
func (k Kind) Alone() bool {
	s, known := k.spec()
	return s.secret || s.security || !known
}

// Staff reports whether k is for people of the company.
func (k Kind) Staff() bool {
	s, _ := k.spec()
	return s.staff
}

// Params lists the parameters that k needs, besides "report" for customers (row B3)
// and what House gives.
func (k Kind) Params() []string {
	s, _ := k.spec()
	return slices.Clone(s.params)
}
