package desk

import (
	"context"
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/verify"
)

// Ask puts a reviewer's question; the request waits for its answer. Story: question.txtar.
func (d *Desk) Ask(ctx context.Context, by access.Actor, id change.ID, text string) error {
	if f := by.May(access.Ask); f != nil {
		return f
	}
	if err := words("question", text); err != nil {
		return err
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if _, err := d.mayDecide(tx, by, *r); err != nil {
			return err
		}
		ev, err := r.Ask(change.PartyOf(by), text, tx.Now())
		if err != nil {
			return err
		}
		if err := d.seal(tx, *r, ev, alteration{}); err != nil {
			return err
		}
		if r.Filed.Sort == access.Staff {
			return d.tellStaff(tx, "person:"+r.Filed.ID, notify.StaffTask, *r, d.taskParams(tx, *r, "answer_question")...)
		}
		return d.tellCustomer(tx, *r, notify.Question, func(t telling, to notify.Recipient) []string {
			return []string{"ref", r.Ref(), "question", text, "link", t.link(access.Status, to)}
		})
	})
}

// Answer answers the open question, for the one who filed or the customer. Values that the
// answer corrects make a new edition: proofs and approvals of what changed are void.
func (d *Desk) Answer(ctx context.Context, by access.Actor, id change.ID, text string, corrected []Proposed) error {
	if f := by.May(access.Answer); f != nil {
		return f
	}
	if err := words("answer", text); err != nil {
		return err
	}
	return d.onRequest(ctx, id, func(tx *store.Tx, r *change.Request) error {
		if err := mayAnswerFor(tx, by, *r); err != nil {
			return err
		}
		items, remarks, err := d.corrections(tx, by, *r, corrected)
		if err != nil {
			return err
		}
		ev, err := r.Answer(change.PartyOf(by), text, items, tx.Now())
		if err != nil {
			return err
		}
		r.Plan = r.Plan.With(change.Plan{Standing: remarks})
		if err := d.seal(tx, *r, ev, alteration{commits: commitItems(items)}); err != nil {
			return err
		}
		if len(items) == 0 {
			return nil
		}
		if err := voidCodes(tx, r.ID); err != nil || !d.touchesContact(*r) {
			return err
		}
		return d.tellCustomerEveryone(tx, *r)
	})
}

// voidCodes makes worthless what was sent for an earlier proposal: it named another value,
// or reached another contact. Call-backs stay: who calls reads the request as it is now.
func voidCodes(tx *store.Tx, id change.ID) error {
	sent, err := tx.Challenges(id)
	for _, c := range sent {
		if c.State == verify.Live && c.Method != change.Callback {
			tx.VoidChallenge(c.ID)
		}
	}
	return err
}

// corrections checks the values that an answer corrects, as if they were filed now, and
// answers what a reviewer should know of them.
func (d *Desk) corrections(tx *store.Tx, by access.Actor, r change.Request, corrected []Proposed) ([]change.Item, []string, error) {
	if len(corrected) == 0 {
		return nil, nil, nil
	}
	rec, err := d.target(tx, r)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range corrected {
		if _, ok := r.Item(p.Key); !ok {
			return nil, nil, fault.New(fault.Invalid, "not_in_request").On(string(p.Key))
		}
	}
	items, err := d.items(tx, rec, corrected)
	if err != nil {
		return nil, nil, err
	}
	f := &filing{d: d, tx: tx, by: by, rec: rec, items: items}
	for _, p := range corrected { // the value on record is no correction: what was proposed would stand
		if !slices.Contains(f.keys(), p.Key) {
			return nil, nil, fault.New(fault.Invalid, "nothing_changes").On(string(p.Key))
		}
	}
	err = f.unique()
	return items, f.remarks(items), err
}

func (d *Desk) tellCustomerEveryone(tx *store.Tx, r change.Request) error {
	rec, err := d.contactsOf(tx, r)
	if err != nil {
		return err
	}
	return d.telling(tx, r, rec).everyone(false, tx.Now())
}

// contactsOf is the record whose contacts are told about r.
func (d *Desk) contactsOf(tx *store.Tx, r change.Request) (customer.Record, error) {
	rec, err := d.target(tx, r)
	if err != nil {
		return rec, err
	}
	return opener(tx, rec, r.Items)
}

// opener answers the record whose contact points speak for rec while items are proposed for
// it: an account that is only being opened names its customer among them.
func opener(tx *store.Tx, rec customer.Record, items []change.Item) (customer.Record, error) {
	i := slices.IndexFunc(items, func(it change.Item) bool { return it.Key == holderKey && it.Now != "" })
	if rec.Kind == customer.Account && rec.Version == 0 && i >= 0 {
		return tx.Record(customer.ID(items[i].Now))
	}
	return tx.Holder(rec)
}

// tellCustomer sends one message about r to the contact that follows it.
func (d *Desk) tellCustomer(tx *store.Tx, r change.Request, kind notify.Kind, params func(telling, notify.Recipient) []string) error {
	rec, err := d.contactsOf(tx, r)
	if err != nil {
		return err
	}
	t := d.telling(tx, r, rec)
	to := t.reply()
	return t.send(kind, to, params(t, to)...)
}

func (d *Desk) taskParams(tx *store.Tx, r change.Request, task string) []string {
	return []string{"ref", r.Ref(), "task", task, "time", notify.Stamp(tx.Now()), "link", d.house.StaffURL + "/changes/" + string(r.ID)}
}

// words refuses an empty or an endless text.
func words(field, text string) error {
	switch {
	case text == "":
		return fault.New(fault.Invalid, "text_missing", "field", field)
	case len(text) > maxComment:
		return fault.New(fault.Invalid, "too_long", "field", field, "max", maxComment)
	}
	return nil
}
