package change

import (
	"slices"
	"time"

	"amend/customer"
	"amend/fault"
)

// OpenLevel is the approval level that waits for a decision now.
func (r Request) OpenLevel(now time.Time) (Level, error) {
	if err := r.mustBeOpen(); err != nil {
		return Level{}, err
	}
	if r.Conflict != nil {
		return Level{}, fault.New(fault.Conflict, "rebase_first", "change", r.ID)
	}
	if r.Question() != nil {
		return Level{}, fault.New(fault.Conflict, "question_open", "change", r.ID)
	}
	if r.Pending != nil {
		return Level{}, fault.New(fault.Conflict, "decision_pending", "change", r.ID, "name", r.Pending.By.Name)
	}
	if g, _, open := r.OpenGate(now); open && g.Kind == Approval && g.sound() {
		return *g.Level, nil
	}
	return Level{}, fault.New(fault.Conflict, "not_in_review", "change", r.ID)
}

// Decide records one person's verdict on the open level. Who may decide is approve's
// rule and has been asked before; here counts that the content is what they saw.
func (r *Request) Decide(d Decision) (Event, error) {
	if err := r.mayBeDecided(&d); err != nil {
		return Event{}, err
	}
	r.Decisions = append(r.Decisions, d)
	if d.Verdict == Rejected {
		r.close(Refused, d.Reason, d.At)
		return r.event(RejectedBy, d.By, d.At, "level", d.Level, "reason", d.Reason, "hash", d.Hash), nil
	}
	return r.event(ApprovedBy, d.By, d.At, "level", d.Level, "hash", d.Hash, "for", d.For), nil
}

// mayBeDecided refuses a verdict on what is not open, has moved, or was decided by the same
// person, and names the level that d is for.
func (r Request) mayBeDecided(d *Decision) error {
	l, err := r.OpenLevel(d.At)
	if err != nil {
		return err
	}
	if d.Hash != r.Hash() {
		return fault.New(fault.Conflict, "content_changed", "change", r.ID)
	}
	for _, voice := range d.voices() {
		if by, ok := r.DecidedBy(voice); ok {
			return fault.New(fault.Conflict, "already_decided", "change", r.ID, "level", by.Level)
		}
	}
	d.Level = l.Name
	return nil
}

// voices are the people whom a decision counts for: who made it, and on whose behalf.
func (d Decision) voices() []string {
	if d.For == "" {
		return []string{d.By.ID}
	}
	return []string{d.By.ID, d.For}
}

// DecidedBy answers the decision that a person made, or that a delegate made for them.
func (r Request) DecidedBy(id string) (Decision, bool) {
	i := slices.IndexFunc(r.Decisions, func(d Decision) bool { return slices.Contains(d.voices(), id) })
	if i < 0 {
		return Decision{}, false
	}
	return r.Decisions[i], true
}

// Ask puts a reviewer's question to the one who filed; the request waits for the answer.
func (r *Request) Ask(by Party, text string, now time.Time) (Event, error) {
	if _, err := r.OpenLevel(now); err != nil {
		return Event{}, err
	}
	r.Questions = append(r.Questions, Question{By: by, At: now, Text: text})
	return r.event(Asked, by, now), nil
}

// Answer answers the open question. Items that the answer corrects replace the old
// ones: proofs of what changed are void, and so is every decision.
func (r *Request) Answer(by Party, text string, corrected []Item, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	if r.Question() == nil {
		return Event{}, fault.New(fault.Conflict, "no_question", "change", r.ID)
	}
	if err := r.mayCorrect(corrected); err != nil {
		return Event{}, err
	}
	r.Questions = slices.Clone(r.Questions)
	q := r.Question()
	q.Answer, q.AnsweredAt = text, now
	for _, it := range corrected {
		r.correct(it)
	}
	if len(corrected) > 0 {
		r.voidDecisions()
	}
	return r.event(Answered, by, now), nil
}

// mayCorrect refuses what is no other value of an item: another field, or a removal made of a value.
func (r Request) mayCorrect(corrected []Item) error {
	for _, it := range corrected {
		was, ok := r.Item(it.Key)
		if !ok {
			return fault.New(fault.Invalid, "not_in_request", "field", it.Key)
		}
		if (was.Now == "") != (it.Now == "") {
			return fault.New(fault.Invalid, "correction_removes", "field", it.Key)
		}
	}
	return nil
}

// correct replaces the proposal of one item. What was proven with the old one in view is
// void: authority and evidence were given for that value, and another contact has not
// answered. That the other contacts answer stays true.
func (r *Request) correct(it Item) {
	i := slices.IndexFunc(r.Items, func(x Item) bool { return x.Key == it.Key })
	if r.Items[i].Now == it.Now {
		return
	}
	r.Items = slices.Clone(r.Items)
	r.Items[i].Now, r.Items[i].Salt = it.Now, it.Salt
	var kept []Proof
	for _, p := range r.Proofs {
		if p.Gate == Reachability && p.Contact != it.Key {
			kept = append(kept, p)
		} else {
			r.Unproven = append(r.Unproven, p)
		}
	}
	r.Proofs = kept
}

func (r *Request) voidDecisions() {
	r.Voided = append(r.Voided, r.Decisions...)
	r.Decisions = nil
}

// Collide records that fields of the request moved since it was reviewed. It is found
// when the request is about to apply, or is screened before its effective date.
func (r *Request) Collide(keys []customer.Key, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	if g, _, open := r.OpenGate(now); open && g.Kind != Schedule || r.waits() {
		return Event{}, fault.New(fault.Conflict, "gates_open", "change", r.ID)
	}
	r.Conflict = &Conflict{Keys: keys, At: now}
	return r.event(Collided, Party{ID: "system"}, now, "fields", joinKeys(keys)), nil
}

// Rebase sets the request on the record as it is now, by a person who saw base, now and
// proposed. Every approval is void; proofs stay, because the proposal did not change.
func (r *Request) Rebase(by Party, rec customer.Record, now time.Time) (Event, error) {
	if err := r.mustBeOpen(); err != nil {
		return Event{}, err
	}
	if r.Conflict == nil {
		return Event{}, fault.New(fault.Conflict, "no_conflict", "change", r.ID)
	}
	r.Items = slices.Clone(r.Items)
	for i := range r.Items {
		r.Items[i].Base = rec.Base(r.Items[i].Key)
		r.Items[i].Was = nil
		if v, ok := rec.Values[r.Items[i].Key]; ok {
			r.Items[i].Was = &v
		}
	}
	keys := r.Conflict.Keys
	r.Conflict, r.RebasedAt = nil, now
	r.voidDecisions()
	return r.event(Rebased, by, now, "fields", joinKeys(keys)), nil
}

// Moved answers the keys whose base is gone: another change applied on them since the review (invariant 6).
func (r Request) Moved(rec customer.Record) []customer.Key {
	var moved []customer.Key
	for _, it := range r.Items {
		if rec.Base(it.Key) != it.Base {
			moved = append(moved, it.Key)
		}
	}
	return moved
}

func joinKeys(keys []customer.Key) string {
	s := ""
	for i, k := range keys {
		if i > 0 {
			s += ","
		}
		s += string(k)
	}
	return s
}
