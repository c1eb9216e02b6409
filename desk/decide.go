package desk

import (
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
)

// Decide is an uninvolved person's word on a dispute: before apply resume or reject, after
// apply keep or revert. Reverting needs a proof through a channel proven before the
// disputed change, or weaker ones and a second person; it puts the values back in every
// system. Stories: disputed.txtar, reverted.txtar.
func (d *Desk) Decide(ctx context.Context, by access.Actor, id change.ID, outcome change.Outcome, comment string) error {
	if f := by.May(access.DecideDispute); f != nil {
		return f
	}
	if err := words("comment", comment); err != nil {
		return err
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		staff, err := tx.Staff()
		if err != nil {
			return err
		}
		if err := approve.MayVote(*r, by, staff, tx.Now()); err != nil {
			return err
		}
		if outcome == change.Revert {
			return d.voteRevert(tx, by, r, comment)
		}
		ev, decided, err := r.Vote(change.Vote{By: change.PartyOf(by), Outcome: outcome, Comment: comment, At: tx.Now()})
		if err != nil {
			return err
		}
		if err := d.seal(tx, *r, ev, alteration{}); err != nil {
			return err
		}
		if !decided {
			return nil
		}
		return d.settled(tx, *r)
	})
}

// voteRevert counts a vote to revert; the deciding one writes the values back in the same act.
func (d *Desk) voteRevert(tx *store.Tx, by access.Actor, r *change.Request, comment string) error {
	rec, err := tx.Record(r.Record)
	if err != nil {
		return err
	}
	for _, it := range r.Items {
		if rec.Base(it.Key) != r.Version {
			return fault.New(fault.Conflict, "revert_moved", "change", r.ID, "field", it.Key)
		}
	}
	ev, decided, err := r.Vote(change.Vote{By: change.PartyOf(by), Outcome: change.Revert, Comment: comment, At: tx.Now()})
	if err != nil {
		return err
	}
	if !decided {
		return d.seal(tx, *r, ev, alteration{})
	}
	did := alteration{entry: tx.NewID()}
	effects := revertEffects(tx, *r, rec)
	sealed, after, err := tx.Alter(rec.ID, effects, did.entry)
	if err != nil {
		return err
	}
	did.effects, did.commits = sealed, commitEffects(effects, nil)
	if err := d.seal(tx, *r, ev, did); err != nil {
		return err
	}
	if err := d.raise(tx, after, r.Keys(), false); err != nil {
		return err
	}
	return d.settled(tx, *r)
}

// revertEffects puts every value back as it was, with its old provenance; its salt is new,
// so that two entries never commit to the same value alike. An inherited contact that this
// very change had made proven is inherited again.
func revertEffects(tx *store.Tx, r change.Request, rec customer.Record) []customer.Effect {
	effects := make([]customer.Effect, 0, len(r.Items))
	for _, it := range r.Items {
		e := customer.Effect{Key: it.Key}
		if it.Was != nil {
			v := *it.Was
			v.Salt = random(tx.Rand(), saltSize)
			e.Value = &v
		}
		effects = append(effects, e)
	}
	for _, p := range r.Proofs {
		v, held := rec.Values[p.Contact]
		if p.Weak && held && !slices.Contains(r.Keys(), p.Contact) && v.ProvenSince.Equal(r.AppliedAt) {
			v.ProvenSince, v.Grade = time.Time{}, customer.GradeD
			effects = append(effects, customer.Effect{Key: p.Contact, Value: &v, Keep: true})
		}
	}
	return effects
}

// settled releases the dispute's holds and tells the customer how it ended.
func (d *Desk) settled(tx *store.Tx, r change.Request) error {
	if err := d.release(tx, r, "disputed"); err != nil {
		return err
	}
	switch r.Dispute.Outcome {
	case change.Reject:
		return d.tellRejected(tx, r)
	case change.Keep:
		return d.tellCustomer(tx, r, notify.Kept, func(telling, notify.Recipient) []string { return []string{"ref", r.Ref()} })
	case change.Revert:
		return d.tellReverted(tx, r)
	}
	return nil
}

// tellReverted tells the customer that the old values are back; every contact of the last
// 90 days, where one of them is a contact.
func (d *Desk) tellReverted(tx *store.Tx, r change.Request) error {
	rec, err := tx.Record(r.Record)
	if err != nil {
		return err
	}
	back := r
	back.Items = nil
	for _, it := range r.Items {
		was := change.Item{Key: it.Key}
		if it.Was != nil {
			was.Now = it.Was.Content
		}
		back.Items = append(back.Items, was)
	}
	holder, err := tx.Holder(rec)
	if err != nil {
		return err
	}
	t := d.telling(tx, back, holder)
	told := []notify.Recipient{t.reply()}
	if d.touchesContact(r) {
		told = notify.Audience(holder, d.house.Catalog, back, tx.Now())
	}
	for _, to := range told {
		if err := t.send(notify.Reverted, to, "ref", r.Ref(), "list", t.list()); err != nil {
			return err
		}
	}
	return nil
}
