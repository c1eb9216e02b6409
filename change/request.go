// Package change is a request and its life: items, lanes, plan, proofs, decisions,
// and the one pure function that says what state a request is in and what is due next.
package change

import (
	"fmt"
	"time"

	"amend/access"
	"amend/customer"
)

// ID names one request: 20 characters, time-ordered, made by the store.
type ID string

// Kind is what a request wants.
type Kind string

// The kinds of request.
const (
	Create Kind = "create" // a new record; the record exists once the request is applied
	Enrol  Kind = "enrol"  // the first contact point of a record that has none
	Update Kind = "update" // everything else
)

// An Item is one proposed value.
type Item struct {
	Key  customer.Key     `json:"key"`
	Base int64            `json:"base"`          // record version at which the key last changed, as reviewed
	Was  *customer.Value  `json:"was,omitempty"` // the value as reviewed, nil if there was none
	Now  customer.Content `json:"now"`           // the proposal; "" removes
	Salt []byte           `json:"salt"`          // of the proposal's commitment
}

// A Party is who did something, as a request remembers it.
type Party struct {
	ID         string      `json:"id"`
	Name       string      `json:"name,omitempty"`
	Sort       access.Sort `json:"sort"`
	Department string      `json:"department,omitempty"`
}

// PartyOf is the actor as a request remembers them.
func PartyOf(a access.Actor) Party {
	return Party{ID: a.ID, Name: a.Name, Sort: a.Sort, Department: a.Department}
}

// A Proof is one challenge answered, or one thing a staff member attests.
type Proof struct {
	Gate    GateKind     `json:"gate"`
	Method  Method       `json:"method"`
	Contact customer.Key `json:"contact,omitempty"` // the contact point it went through
	New     bool         `json:"new,omitempty"`     // through the proposed value, not the one on record
	Weak    bool         `json:"weak,omitempty"`    // through an inherited contact
	By      Party        `json:"by"`                // the customer, or the staff member who attests
	At      time.Time    `json:"at"`
	Note    string       `json:"note,omitempty"` // sighted: kind of document and what was compared; callback: outcome
}

// A Verdict is what one person decided.
type Verdict string

// The verdicts.
const (
	Approved Verdict = "approved"
	Rejected Verdict = "rejected"
)

// A Decision is one person's verdict at one level, bound to the content they saw.
type Decision struct {
	Level   string    `json:"level"`
	Verdict Verdict   `json:"verdict"`
	By      Party     `json:"by"`
	For     string    `json:"for,omitempty"` // the person on whose behalf a delegate decided
	Hash    string    `json:"hash"`          // Request.Hash as they saw it
	Reason  string    `json:"reason,omitempty"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
	Undone  bool      `json:"undone,omitempty"` // taken back before it took effect
}

// A Question is what a reviewer asked; while one is open the request needs info.
type Question struct {
	By         Party     `json:"by"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
	Answer     string    `json:"answer,omitempty"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
}

// Expires is when the request ends if the question stays without an answer.
func (q Question) Expires() time.Time { return q.At.Add(answerExpires) }

// A Signal is one thing that was noticed about a filing and that the request itself does not
// show: a code of policy's, and the item that it speaks of.
type Signal struct {
	Code string       `json:"code"`
	Key  customer.Key `json:"key,omitempty"`
}

// A Conflict is found at apply: another change moved a field this one touches.
// A person sees base, now and proposed, and rebases.
type Conflict struct {
	Keys []customer.Key `json:"keys"`
	At   time.Time      `json:"at"`
}

// A Disagreement freezes a request until a person who took no part decides.
type Disagreement struct {
	By      Party     `json:"by"`
	At      time.Time `json:"at"`
	From    State     `json:"from"` // the state it froze
	Reason  string    `json:"reason,omitempty"`
	Proofs  []Proof   `json:"proofs,omitempty"`
	Votes   []Vote    `json:"votes,omitempty"`
	Outcome Outcome   `json:"outcome,omitempty"`
	Closed  time.Time `json:"closed,omitzero"`
}

// An Outcome is how a dispute ends.
type Outcome string

// The outcomes of a dispute: before apply resume or reject, after apply keep or revert.
const (
	Resume Outcome = "resume"
	Reject Outcome = "reject"
	Keep   Outcome = "keep"
	Revert Outcome = "revert"
)

// A Vote is one person's word on a dispute.
type Vote struct {
	By      Party     `json:"by"`
	Outcome Outcome   `json:"outcome"`
	Comment string    `json:"comment,omitempty"`
	At      time.Time `json:"at"`
}

// Request is one change request: the items of one lane, with everything that happened to them.
type Request struct {
	ID         ID
	Submission string // the customer's one reference, "REQ-7KQ2H"
	Lane       int    // 1-based part of the submission
	Kind       Kind
	Record     customer.ID
	RecordKind customer.Kind
	Items      []Item
	Revision   int64  // raised by every act; compare-and-set
	Channel    string // portal, hotline, shop, app, web, mail, api, import …
	Source     string // customer, staff, system:NAME
	Reason     string // why, in the filer's words
	Filed      Party
	Collector  *Party // who took it in, where that is not the filer
	Plan       Plan
	Effective  time.Time // zero: as soon as the gates are met
	Assigned   string    // id of the person asked for the open decision, "" for anybody
	Appeals    ID        // the rejected request that this one appeals
	FiledAt    time.Time
	Signals    []Signal `json:",omitempty"` // what was noticed when it was filed

	Proofs    []Proof
	Decisions []Decision
	Unproven  []Proof    // proofs of an earlier proposal: they open nothing, and whoever gave them still may not approve
	Voided    []Decision // decisions on an earlier content, or taken back: kept on record
	Pending   *Pending   `json:",omitempty"` // a decision that takes effect in a moment
	Questions []Question
	Conflict  *Conflict // open while set
	RebasedAt time.Time // when the last conflict was resolved
	Dispute   *Disagreement
	Fired     []string // timers that have rung, by key: none rings twice

	AppliedAt time.Time
	Version   int64 // record version that the apply made
	End       State // terminal state, "" while open
	EndedAt   time.Time
	EndCode   string // why, as a code for lang
	Sampled   bool   // drawn for a second look
}

// Ref is what people quote: the submission's reference, and the part where it has several lanes.
func (r Request) Ref() string {
	if r.Lane <= 1 {
		return r.Submission
	}
	return fmt.Sprintf("%s/%d", r.Submission, r.Lane)
}

// Open reports whether the request can still change the record.
func (r Request) Open() bool { return r.End == "" && r.AppliedAt.IsZero() }

// Keys are the keys that the request touches.
func (r Request) Keys() []customer.Key {
	keys := make([]customer.Key, len(r.Items))
	for i, it := range r.Items {
		keys[i] = it.Key
	}
	return keys
}

// Item answers the item under k.
func (r Request) Item(k customer.Key) (Item, bool) {
	for _, it := range r.Items {
		if it.Key == k {
			return it, true
		}
	}
	return Item{}, false
}

// Question is the open question, nil if none is.
func (r Request) Question() *Question {
	if n := len(r.Questions); n > 0 && r.Questions[n-1].AnsweredAt.IsZero() {
		return &r.Questions[n-1]
	}
	return nil
}
