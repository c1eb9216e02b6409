package change

import (
	"time"

	"amend/fault"
)

// UndoWithin is how long a decision of the console waits before it takes effect, so that a
// slip can be taken back without ever having happened.
const UndoWithin = 10 * time.Second

// A Pending is a decision that is on record and takes effect a moment later, whatever
// becomes of the page it was made on.
type Pending struct {
	Decision
	Takes time.Time `json:"takes"`
}

// Intend records a verdict that takes effect at takes. What Decide asks is asked now, so
// that who may not decide hears it at once, and asked again when it takes effect.
func (r *Request) Intend(d Decision, takes time.Time) (Event, error) {
	if err := r.mayBeDecided(&d); err != nil {
		return Event{}, err
	}
	r.Pending = &Pending{Decision: d, Takes: takes}
	return r.event(Intended, d.By, d.At, "level", d.Level, "verdict", string(d.Verdict)), nil
}

// Undo takes a pending verdict back, by the person who gave it. That they gave it stays on
// record: who decided once has taken part.
func (r *Request) Undo(by Party, now time.Time) (Event, error) {
	if r.Pending == nil || r.Pending.By.ID != by.ID {
		return Event{}, fault.New(fault.Conflict, "nothing_to_undo", "change", r.ID)
	}
	return r.drop(by, "undone", now), nil
}

// Settle makes the pending verdict a decision. Where it does not hold any more, because the
// content moved or somebody asked a question meanwhile, it is dropped and says why.
func (r *Request) Settle(now time.Time) (Event, error) {
	if r.Pending == nil {
		return Event{}, fault.New(fault.Conflict, "nothing_to_undo", "change", r.ID)
	}
	p := *r.Pending
	r.Pending = nil
	p.At = now
	ev, err := r.Decide(p.Decision)
	if code := fault.CodeOf(err); code != "" {
		r.Pending = &p
		return r.drop(p.By, code, now), nil
	}
	return ev, err
}

// Drop ends a pending verdict that must not take effect, and says why.
func (r *Request) Drop(why string, now time.Time) Event { return r.drop(r.Pending.By, why, now) }

func (r *Request) drop(by Party, why string, now time.Time) Event {
	d := r.Pending.Decision
	d.Undone = true
	r.Voided, r.Pending = append(r.Voided, d), nil
	return r.event(Undone, by, now, "level", d.Level, "verdict", string(d.Verdict), "reason", why)
}
