package change

import (
	"slices"
	"time"

	"amend/access"
	"amend/fault"
)

// Frozen reports whether a dispute is open: no verb but decide works on the request,
// its fields of the record are locked, and its holds stay.
func (r Request) Frozen() bool { return r.Dispute != nil && r.Dispute.Outcome == "" }

// Freeze opens a dispute: from any state, until 90 days after apply. It needs no proof,
// because it changes nothing; it may be done once while a dispute is open.
func (r *Request) Freeze(by Party, reason string, now time.Time) (Event, error) {
	switch {
	case r.Frozen():
		return Event{}, fault.New(fault.Conflict, "already_frozen", "change", r.ID)
	case r.AppliedAt.IsZero() && r.End != "", r.End == Reverted:
		return Event{}, fault.New(fault.Conflict, "no_open_request", "change", r.ID)
	case !r.AppliedAt.IsZero() && now.After(r.AppliedAt.Add(DisputeOpen)):
		return Event{}, fault.New(fault.Conflict, "dispute_too_late", "change", r.ID, "days", "90")
	}
	from, _ := r.Next(now)
	r.Dispute, r.Pending = &Disagreement{By: by, At: now, From: from, Reason: reason}, nil
	return r.event(FrozenBy, by, now, "from", string(from)), nil
}

// ProveDispute adds a proof to the open dispute: reverting needs one.
func (r *Request) ProveDispute(p Proof) (Event, error) {
	if !r.Frozen() {
		return Event{}, fault.New(fault.Conflict, "not_frozen", "change", r.ID)
	}
	if p.New {
		return Event{}, fault.New(fault.Conflict, "proof_not_needed", "method", p.Method)
	}
	d := *r.Dispute
	d.Proofs = append(slices.Clone(d.Proofs), p)
	r.Dispute = &d
	return r.event(p.verb(), p.By, p.At, "gate", "dispute", "method", string(p.Method), "contact", string(p.Contact)), nil
}

// Vote records one uninvolved person's word on the dispute. decided is true once the
// outcome has the people it needs: one for resume, reject and keep; for revert one with
// a proof through a channel proven before the disputed change, two with a weak one or
// with the recovery lane's two independent proofs.
func (r *Request) Vote(v Vote) (ev Event, decided bool, err error) {
	if err := r.mayVote(v); err != nil {
		return Event{}, false, err
	}
	d := *r.Dispute
	d.Votes = append(slices.Clone(d.Votes), v)
	r.Dispute = &d
	if r.votesFor(v.Outcome) < r.votesNeeded(v.Outcome) {
		return r.event(Voted, v.By, v.At, "outcome", string(v.Outcome)), false, nil
	}
	d.Outcome, d.Closed = v.Outcome, v.At
	switch v.Outcome {
	case Reject:
		r.close(Refused, "disputed", v.At)
	case Keep:
		r.close(Kept, "kept", v.At)
	case Revert:
		r.close(Reverted, "disputed", v.At)
		return r.event(RevertedNow, v.By, v.At, "outcome", string(v.Outcome)), true, nil
	}
	return r.event(DecidedBy, v.By, v.At, "outcome", string(v.Outcome)), true, nil
}

func (r Request) mayVote(v Vote) error {
	if !r.Frozen() {
		return fault.New(fault.Conflict, "not_frozen", "change", r.ID)
	}
	outcomes := []Outcome{Resume, Reject}
	if !r.AppliedAt.IsZero() {
		outcomes = []Outcome{Keep, Revert}
	}
	if !slices.Contains(outcomes, v.Outcome) {
		return fault.New(fault.Invalid, "wrong_outcome", "outcome", v.Outcome)
	}
	if r.VotedBy(v.By.ID) {
		return fault.New(fault.Conflict, "already_decided", "change", r.ID)
	}
	if v.Outcome == Revert && r.votesNeeded(Revert) == 0 {
		return fault.New(fault.Conflict, "revert_needs_proof", "change", r.ID)
	}
	return nil
}

// VotedBy reports whether a person has voted on the dispute that freezes r: from then on
// they give no proof in it, as who gave one never votes.
func (r Request) VotedBy(id string) bool {
	return r.Frozen() && slices.ContainsFunc(r.Dispute.Votes, func(v Vote) bool { return v.By.ID == id })
}

func (r Request) votesFor(o Outcome) int {
	n := 0
	for _, v := range r.Dispute.Votes {
		if v.Outcome == o {
			n++
		}
	}
	return n
}

// votesNeeded is how many people o needs, 0 where it is not to be had at all.
func (r Request) votesNeeded(o Outcome) int {
	if o != Revert {
		return 1
	}
	weak, methods, hands := false, map[Method]bool{}, map[string]bool{}
	for _, p := range r.Dispute.Proofs {
		if p.Method == MailLink {
			continue // shows only that an address answers
		}
		if p.Method.ThroughContact() && !p.Weak && p.By.Sort == access.Customer {
			return 1
		}
		weak = weak || p.Weak
		if h := p.hand(); h == "" || !hands[h] {
			methods[p.Method], hands[h] = true, true
		}
	}
	if weak || len(methods) >= 2 {
		return 2
	}
	return 0
}
