package e2e

import (
	"strings"

	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/org"
)

// callback WHO KEY opens the task of calling a number proven before.
func callback(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	_, err = s.world.Desk.Challenge(s.ctx, by, s.at, desk.Ask{Method: change.Callback, To: customer.Key(w.at(1)), New: w.has("new")})
	return err
}

// called WHO OUTCOME [failed] reports a call-back.
func called(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Attest(s.ctx, by, s.at, desk.Attestation{Kind: change.Callback, Passed: !w.has("failed"), Compared: w.at(1)})
}

// sighted WHO DOCUMENT COMPARED [failed] reports an original document.
func sighted(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Attest(s.ctx, by, s.at, desk.Attestation{Kind: change.Sighted, Passed: !w.has("failed"), Document: w.at(1), Compared: w.at(2)})
}

// approve WHO approves the content as it stands; saw=HASH the content that was seen before.
func approve(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	r, err := s.request()
	if err != nil {
		return err
	}
	hash := r.Hash()
	if name := w.of("saw", ""); name != "" {
		hash = string(s.changes["hash "+name])
	}
	return s.world.Desk.Approve(s.ctx, by, s.at, hash, w.of("comment", ""))
}

// intend WHO approve|reject [REASON] decides as the console does: ten seconds later it counts.
func intend(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	r, err := s.request()
	if err != nil {
		return err
	}
	v := change.Decision{Verdict: change.Approved, Hash: r.Hash()}
	if w.at(1) == "reject" {
		v.Verdict, v.Reason = change.Rejected, w.at(2)
	}
	return s.world.Desk.Intend(s.ctx, by, s.at, v)
}

// undo WHO takes it back before it counts.
func undo(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Undo(s.ctx, by, s.at)
}

// reject WHO REASON [WORDS] rejects with a reason code and words that the customer sees.
func reject(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	r, err := s.request()
	if err != nil {
		return err
	}
	return s.world.Desk.Reject(s.ctx, by, s.at, r.Hash(), w.at(1), w.at(2))
}

// question WHO TEXT asks the one who filed, or the customer.
func question(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Ask(s.ctx, by, s.at, w.at(1))
}

// decide WHO OUTCOME WORDS decides a dispute.
func decide(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Decide(s.ctx, by, s.at, change.Outcome(w.at(1)), strings.Join(w.rest(2), " "))
}

// freeze WHO stops a request on the customer's word.
func freeze(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Dispute(s.ctx, by, s.at, w.at(1))
}

func rebase(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Rebase(s.ctx, by, s.at)
}

// reassign WHO TO names who is expected to decide.
func reassign(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	return s.world.Desk.Reassign(s.ctx, by, s.at, w.at(1))
}

// absent WHO SPAN [delegate=NAME] puts an absence on record.
func absent(s *story, w words) error {
	by, err := s.who(w.at(0))
	if err != nil {
		return err
	}
	d, err := parseSpan(w.at(1))
	if err != nil {
		return err
	}
	now := s.world.Clock.Now()
	return s.world.Desk.Absent(s.ctx, by, org.Absence{Person: by.ID, From: now, Until: now.Add(d)}, s.people[w.of("delegate", "nobody")].ID)
}

// apply asks for the apply itself, as the work loop does when every gate is met.
func applyNow(s *story, _ words) error { return s.world.Desk.Apply(s.ctx, s.at) }
