package desk

import (
	"context"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
)

// maxComment bounds a reviewer's words, in bytes.
const maxComment = 2000

// Approve records one person's yes to the open level, for the content that they saw. The
// last one lets the request cool or apply. Stories: phone.txtar, four_eyes.txtar.
func (d *Desk) Approve(ctx context.Context, by access.Actor, id change.ID, hash, comment string) error {
	if f := by.May(access.Approve); f != nil {
		return f
	}
	return d.decide(ctx, by, id, change.Decision{Verdict: change.Approved, Hash: hash, Comment: comment})
}

// Reject ends a request with a reason that the customer is told, in words of their own.
// Story: rejected.txtar.
func (d *Desk) Reject(ctx context.Context, by access.Actor, id change.ID, hash, reason, comment string) error {
	if f := by.May(access.Reject); f != nil {
		return f
	}
	return d.decide(ctx, by, id, change.Decision{Verdict: change.Rejected, Hash: hash, Reason: reason, Comment: comment})
}

// reasons are the reasons for a rejection, with what the customer can do about it.
func reasons() map[string]string {
	return map[string]string{
		"unclear_evidence": "send_better_evidence",
		"value_wrong":      "file_again",
		"not_authorised":   "call_us",
		"duplicate":        "call_us",
		"not_needed":       "nothing_to_do",
		"other":            "call_us",
	}
}

func (d *Desk) decide(ctx context.Context, by access.Actor, id change.ID, v change.Decision) error {
	if err := worded(v); err != nil {
		return err
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		onBehalf, err := d.mayDecide(tx, by, *r)
		if err != nil {
			return err
		}
		v.By, v.For, v.At = change.PartyOf(by), onBehalf, tx.Now()
		ev, err := r.Decide(v)
		if err != nil {
			return err
		}
		return d.decided(tx, r, ev)
	})
}

// mayDecide asks the rules of four eyes. An appeal goes to somebody who did not decide the
// request that it appeals.
func (d *Desk) mayDecide(tx *store.Tx, by access.Actor, r change.Request) (onBehalf string, err error) {
	level, err := r.OpenLevel(tx.Now())
	if err != nil {
		return "", err
	}
	staff, err := tx.Staff()
	if err != nil {
		return "", err
	}
	if r.Appeals != "" {
		was, err := tx.Change(r.Appeals)
		if err != nil {
			return "", err
		}
		if _, decided := was.DecidedBy(by.ID); decided {
			return "", fault.New(fault.Denied, "appeal_needs_another", "change", r.ID)
		}
	}
	return approve.May(r, level, by, staff, tx.Now())
}

// tellRejected tells the customer that the request was not approved, why, and what helps.
func (d *Desk) tellRejected(tx *store.Tx, r change.Request) error {
	return d.tellCustomer(tx, r, notify.Refused, func(t telling, _ notify.Recipient) []string {
		reason := r.EndCode
		return []string{"ref", r.Ref(), "reason", d.house.Book.Reason(t.lang, reason), "remedy", d.house.Book.Remedy(t.lang, remedyFor(reason))}
	})
}

// remedyFor is what a customer can do about a reason: calling always helps.
func remedyFor(reason string) string {
	if remedy, ok := reasons()[reason]; ok {
		return remedy
	}
	return "call_us"
}

// tellAccepted tells the customer that nobody has to agree any more (确认函), and where the
// change waits, from when on it is in force and how to stop it before.
func (d *Desk) tellAccepted(tx *store.Tx, r change.Request) error {
	rec, err := d.contactsOf(tx, r)
	if err != nil {
		return err
	}
	t := d.telling(tx, r, rec)
	to := t.reply()
	if err := t.send(notify.Accepted, to, "ref", r.Ref(), "list", t.list()); err != nil {
		return err
	}
	gate, since, open := r.OpenGate(tx.Now())
	if !open || gate.Kind != change.Cool {
		return nil
	}
	when := t.time(notify.On, since.Add(gate.For))
	if r.Plan.Weak || r.Plan.Lost {
		f, _ := d.house.Catalog.Of(r.Items[0].Key)
		return t.send(notify.Delay, to, "ref", r.Ref(), "field", label(f, t.lang), "time", when, "link", t.link(access.Dispute, to))
	}
	return t.send(notify.Cooling, to, "ref", r.Ref(), "time", when, "link", t.link(access.Dispute, to))
}
