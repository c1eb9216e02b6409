package desk

import (
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
)

// An alteration is what an act did to the golden record, as the store sealed it.
type alteration struct {
	entry   string
	effects []customer.SealedEffect
	commits []audit.Commitment
}

// seal is the one door out of a verb about a request: it saves the request, writes the
// entry and sets what is due next. Nothing happens to a request except through it.
//
// It also does what follows from the state that the act led to, whichever verb led there:
// the customer hears that the request was accepted once nobody has to agree any more, and
// holds are in force while it cools.
func (d *Desk) seal(tx *store.Tx, r change.Request, ev change.Event, did alteration) error {
	now := tx.Now()
	state, dues := r.Next(now)
	reached := r.Reach(state)
	if err := change.Invariants(r); err != nil {
		return err
	}
	body, err := tx.SealChange(r)
	if err != nil {
		return err
	}
	if did.entry == "" {
		did.entry = tx.NewID()
	}
	tx.SaveChange(r, did.entry, state, r.OpenRole(now), d.soonest(dues))
	e := store.Entry{Effects: did.effects}
	e.ID, e.At, e.Verb, e.Body = did.entry, now, string(ev.Verb), body
	e.Actor, e.Sort = ev.By.ID, string(ev.By.Sort)
	e.Record, e.Change = string(r.Record), string(r.ID)
	e.Facts = append(facts(ev.Facts), audit.Fact{Name: "state", Value: string(state)}, audit.Fact{Name: "ref", Value: r.Ref()})
	e.Commits = did.commits
	if err := tx.Append(e); err != nil {
		return err
	}
	return d.reached(tx, r, reached)
}

// reached does what follows from a milestone of the request.
func (d *Desk) reached(tx *store.Tx, r change.Request, m change.Milestone) error {
	switch m {
	case change.Accepted:
		return d.tellAccepted(tx, r)
	case change.Cools:
		if err := d.place(tx, r, r.Record, r.Plan.Holds, holdReason(r), time.Time{}); err != nil {
			return err
		}
		return d.tellAccepted(tx, r)
	case change.Dropped:
		return d.release(tx, r, holdReason(r))
	}
	return nil
}

// logAct writes an entry about an act that touches no request: a reveal, a person added, a
// system connected, an acknowledgement. Its words are sealed by whoever made them.
func logAct(tx *store.Tx, by access.Actor, verb string, record customer.ID, body []byte, public ...string) error {
	e := newEntry(tx, by, verb)
	e.Record, e.Body = string(record), body
	for i := 0; i+1 < len(public); i += 2 {
		e.Facts = append(e.Facts, audit.Fact{Name: public[i], Value: public[i+1]})
	}
	return tx.Append(e)
}

// newEntry begins an entry about an act of by, now.
func newEntry(tx *store.Tx, by access.Actor, verb string) store.Entry {
	var e store.Entry
	e.ID, e.At, e.Verb, e.Actor, e.Sort = tx.NewID(), tx.Now(), verb, by.ID, string(by.Sort)
	return e
}

func facts(m map[string]string) []audit.Fact {
	out := make([]audit.Fact, 0, len(m)+2)
	for name, value := range m {
		if value != "" {
			out = append(out, audit.Fact{Name: name, Value: value})
		}
	}
	return out
}

// soonest answers when the first of dues rings, by the company's calendar; zero for none.
func (d *Desk) soonest(dues []change.Due) time.Time {
	var first time.Time
	for _, due := range dues {
		at := d.ringsAt(due)
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	return first
}

func (d *Desk) ringsAt(due change.Due) time.Time {
	if due.Working > 0 {
		return d.house.Calendar.Add(due.At, due.Working)
	}
	return due.At
}

// commitItems commits to what a request proposes, without showing it.
func commitItems(items []change.Item) []audit.Commitment {
	out := make([]audit.Commitment, 0, len(items))
	for _, it := range items {
		out = append(out, audit.Commit(it.Salt, string(it.Key)+"/proposed", string(it.Now)))
	}
	return out
}

// commitEffects commits to what an apply wrote. A removal is committed to with the salt
// of the item that asked for it.
func commitEffects(effects []customer.Effect, items []change.Item) []audit.Commitment {
	var out []audit.Commitment
	for _, e := range effects {
		if e.Value != nil && !e.Keep {
			out = append(out, audit.Commit(e.Value.Salt, string(e.Key), string(e.Value.Content)))
		}
	}
	for _, it := range items {
		if it.Now == "" {
			out = append(out, audit.Commit(it.Salt, string(it.Key)+"/removed", ""))
		}
	}
	return out
}
