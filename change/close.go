package change

import (
	"time"

	"amend/fault"
)

// close ends the request, once: an end is never replaced but by a dispute's outcome. A verdict
// that was about to take effect has nothing left to decide.
func (r *Request) close(end State, code string, now time.Time) {
	r.End, r.EndCode, r.EndedAt = end, code, now
	r.Pending = nil
}

// Withdraw takes the request back, any time before it applies.
func (r *Request) Withdraw(by Party, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	r.close(Withdrawn, "withdrawn", now)
	return r.event(WithdrawnBy, by, now), nil
}

// Expire ends a request whose timer ran out; the old value stays.
func (r *Request) Expire(by Party, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	r.close(Expired, "too_late", now)
	return r.event(ExpiredNow, by, now), nil
}

// Supersede ends a request that a newer one of the same submitter replaces.
func (r *Request) Supersede(by Party, newer ID, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	r.close(Superseded, "newer_request", now)
	return r.event(Superseding, by, now, "newer", string(newer)), nil
}

// Fail ends a request when every way to prove is exhausted, or screening it again failed.
func (r *Request) Fail(by Party, code string, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	r.close(Failed, code, now)
	return r.event(FailedNow, by, now, "reason", code), nil
}

// Apply records that the record took the request's items, as version.
func (r *Request) Apply(by Party, version int64, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	if _, _, open := r.OpenGate(now); open || r.waits() {
		return Event{}, fault.New(fault.Conflict, "gates_open", "change", r.ID)
	}
	r.AppliedAt, r.Version = now, version
	return r.event(AppliedNow, by, now), nil
}

// waits reports whether a person's word is due before any gate counts: the answer to a
// question, or the rebase of a conflict.
func (r Request) waits() bool { return r.Conflict != nil || r.Question() != nil }

// Confirm is the customer's word that the result is right.
func (r *Request) Confirm(by Party, now time.Time) (Event, error) {
	if r.Frozen() {
		return Event{}, fault.New(fault.Conflict, "frozen", "change", r.ID)
	}
	if r.AppliedAt.IsZero() || r.End != "" {
		return Event{}, fault.New(fault.Conflict, "nothing_to_confirm", "change", r.ID)
	}
	r.close(Confirmed, "confirmed", now)
	return r.event(ConfirmedBy, by, now), nil
}

// GiveUp closes a change that the customer never confirmed; its values' grade is capped by the desk.
func (r *Request) GiveUp(by Party, now time.Time) (Event, error) {
	if state, _ := r.Next(now); state != Applied {
		return Event{}, fault.New(fault.Conflict, "nothing_to_confirm", "change", r.ID)
	}
	r.close(Unconfirmed, "unconfirmed", now)
	return r.event(ClosedNow, by, now), nil
}
