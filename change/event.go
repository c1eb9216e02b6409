package change

import "time"

// A Verb names an act in the log. The words are the desk's verbs.
type Verb string

// The acts on a request.
const (
	Proposed    Verb = "propose"
	ProposedNow Verb = "propose+apply" // filed with no open gate: filed and applied by one act
	Challenged  Verb = "challenge"
	Proved      Verb = "prove"
	Missed      Verb = "miss" // a wrong code
	Attested    Verb = "attest"
	ApprovedBy  Verb = "approve"
	RejectedBy  Verb = "reject"
	Intended    Verb = "intend" // a decision that takes effect in a moment
	Undone      Verb = "undo"   // it was taken back, or does not hold any more
	Asked       Verb = "ask"
	Answered    Verb = "answer"
	WithdrawnBy Verb = "withdraw"
	AppliedNow  Verb = "apply"
	Collided    Verb = "conflict"
	Rebased     Verb = "rebase"
	Screened    Verb = "screen"
	Reminded    Verb = "remind"
	Escalated   Verb = "escalate"
	Reassigned  Verb = "reassign"
	ExpiredNow  Verb = "expire"
	Superseding Verb = "supersede"
	FailedNow   Verb = "fail"
	AskedAgain  Verb = "ask_confirm"
	ConfirmedBy Verb = "confirm"
	ClosedNow   Verb = "close"
	FrozenBy    Verb = "dispute"
	Voted       Verb = "vote"
	DecidedBy   Verb = "decide"
	RevertedNow Verb = "revert"
	Finished    Verb = "finish" // a task of a person was done
	Forgotten   Verb = "forget" // the key of a record that never came to be was destroyed
)

// An Event is what one act did, for the log: public facts only. What is personal
// travels in the sealed body of the entry.
type Event struct {
	Verb  Verb
	By    Party
	At    time.Time
	Facts map[string]string // public: methods, levels, codes, gate names; never a value
}

func (r *Request) event(v Verb, by Party, at time.Time, facts ...string) Event {
	e := Event{Verb: v, By: by, At: at}
	for i := 0; i+1 < len(facts); i += 2 {
		if e.Facts == nil {
			e.Facts = make(map[string]string, len(facts)/2)
		}
		e.Facts[facts[i]] = facts[i+1]
	}
	return e
}
