package downstream

import (
	"time"

	"amend/access"
	"amend/fault"
)

// A Pause says who stopped a system from being called, since when, and why. While it lasts
// deliveries are raised as ever and wait, so that the system converges once it is resumed; a
// must system holds back the next change of each record that it has not heard of.
type Pause struct {
	By     string    `json:"by"`             // id of the actor
	Name   string    `json:"name,omitempty"` // what they are called
	Since  time.Time `json:"since,omitzero"` // zero: from before pauses were kept
	Reason string    `json:"reason"`         // in their words, never a customer's value; of a system that paused itself, the code of its answer
}

// LongPause is how long a pause lasts before people are reminded of it: what was meant for
// an evening is forgotten by the next one.
const LongPause = 24 * time.Hour

// ByItself reports whether the system asked never to be called again.
func (p Pause) ByItself() bool { return p.By == access.Amend().ID }

// Long reports whether the pause has lasted for longer than people remember. One from
// before pauses were kept has.
func (p Pause) Long(now time.Time) bool { return now.Sub(p.Since) >= LongPause }

// Pausing is s as by pauses it. Nobody does without a reason.
func (s System) Pausing(by access.Actor, reason string, now time.Time) (System, error) {
	switch {
	case reason == "":
		return s, fault.New(fault.Invalid, "pause_needs_reason", "system", s.ID).On("reason")
	case s.Paused:
		return s, fault.New(fault.Conflict, "system_paused", "system", s.ID)
	}
	s.Paused, s.Pause = true, Pause{By: by.ID, Name: by.Name, Since: now, Reason: reason}
	return s, nil
}

// Resuming is s called again.
func (s System) Resuming() (System, error) {
	if !s.Paused {
		return s, fault.New(fault.Conflict, "system_not_paused", "system", s.ID)
	}
	s.Paused, s.Pause = false, Pause{}
	return s, nil
}
