package desk

import (
	"context"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/notify"
	"amend/privacy"
)

// Receipt makes the signed statement of an applied change, with the proof that its entries
// are in the log. It waits for a head that covers them. It holds the customer's own values,
// so staff who fetch it to hand it over need the right to reveal, and leave an entry
// (invariant 13). Story: phone.txtar.
func (d *Desk) Receipt(ctx context.Context, by access.Actor, id change.ID) (audit.Receipt, error) {
	if f := by.May(access.ReadChanges); f != nil {
		return audit.Receipt{}, f
	}
	if f := by.May(access.Reveal); f != nil && !by.IsCustomer() {
		return audit.Receipt{}, f
	}
	var receipt audit.Receipt
	var record customer.ID
	err := d.store.Snapshot(ctx, func(v store.View) error {
		r, err := v.Change(id)
		if err != nil {
			return err
		}
		if err := v.SeesChange(by, r); err != nil {
			return err
		}
		if r.AppliedAt.IsZero() {
			return fault.New(fault.Conflict, "not_applied", "change", id)
		}
		if err := d.mayOpen(v, by, r); err != nil {
			return err
		}
		record = r.Record
		receipt, err = d.issue(v, r)
		return err
	})
	if err != nil || by.IsCustomer() {
		return receipt, err
	}
	if err := d.noteRevealed(ctx, by, record, id); err != nil {
		return audit.Receipt{}, err
	}
	return receipt, nil
}

// mayOpen keeps the values in clear from a link that may lie with a stranger: one that only
// freezes, and one whose contact is no longer the customer's, or is so by a later change
// (threat T3). What the link's other acts show is masked.
func (d *Desk) mayOpen(v store.View, by access.Actor, r change.Request) error {
	if by.Via != "link" {
		return nil
	}
	rec, err := v.Record(r.Record)
	if err == nil {
		rec, err = v.Holder(rec)
	}
	if err != nil {
		return err
	}
	held, until := rec.Values[customer.Key(by.Link.Contact)], r.FiledAt
	if by.Link.New {
		until = r.AppliedAt
	}
	if by.Link.Purpose == access.Dispute || held.Content == "" || held.Since.After(until) {
		return fault.New(fault.Denied, "link_other_purpose")
	}
	return nil
}

// noteRevealed puts on record that a member of staff was given a receipt; if it cannot be
// written, the receipt is not handed out.
func (d *Desk) noteRevealed(ctx context.Context, by access.Actor, record customer.ID, id change.ID) error {
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		return logAct(tx, by, "reveal", record, nil, "purpose", "receipt", "change", string(id))
	})
}

func (d *Desk) issue(v store.View, r change.Request) (audit.Receipt, error) {
	size, head, err := v.Head()
	if err != nil {
		return audit.Receipt{}, err
	}
	entries, steps, err := d.proven(v, r, size)
	if err != nil {
		return audit.Receipt{}, err
	}
	s, err := d.statement(v, r, steps)
	if err != nil {
		return audit.Receipt{}, err
	}
	signer, err := d.logSigner(v)
	if err != nil {
		return audit.Receipt{}, err
	}
	public, err := v.Meta(logPublicName)
	if err != nil {
		return audit.Receipt{}, err
	}
	return audit.Issue(s, entries, []byte(head), signer, public)
}

// proven collects the entry that made the change, with its path to the head, and the steps
// on the way.
func (d *Desk) proven(v store.View, r change.Request, size int64) ([]audit.Proven, []audit.Step, error) {
	leaves, err := v.LeavesOf(r.ID)
	if err != nil {
		return nil, nil, err
	}
	var entries []audit.Proven
	var steps []audit.Step
	for _, l := range leaves {
		e, err := audit.ParseLeaf(l.Leaf)
		if err != nil {
			return nil, nil, err
		}
		if say, ok := d.step(e); ok {
			pos := l.Pos
			if pos >= size {
				pos = -1
			}
			steps = append(steps, audit.Step{At: e.At.In(d.house.Calendar.Zone()), What: say, Pos: pos})
		}
		if !e.Alters || e.Verb == string(change.ClosedNow) {
			continue
		}
		if l.Pos < 0 || l.Pos >= size {
			return nil, nil, fault.New(fault.Unavailable, "receipt_waits", "change", r.ID)
		}
		path, err := audit.Inclusion(size, l.Pos, v.LogRows)
		if err != nil {
			return nil, nil, err
		}
		entries = append(entries, audit.Proven{Leaf: l.Leaf, Pos: l.Pos, Proof: path})
	}
	return entries, steps, nil
}

// step words an entry for the customer; acts that do not concern them are left out.
func (d *Desk) step(e audit.Entry) (audit.Text, bool) {
	code := e.Verb
	if code == string(change.Proved) || code == string(change.Attested) {
		code = "prove_" + gateOf(e)
	}
	zh, ok := d.house.Book.Step(notify.ZH, code)
	en, _ := d.house.Book.Step(notify.EN, code)
	return audit.Text{ZH: zh, EN: en}, ok
}

func gateOf(e audit.Entry) string {
	for _, f := range e.Facts {
		if f.Name == "gate" {
			return f.Value
		}
	}
	return ""
}

// statement is what the receipt says: masked for the eye, with the openings that prove it.
func (d *Desk) statement(v store.View, r change.Request, steps []audit.Step) (audit.Statement, error) {
	zone, book := d.house.Calendar.Zone(), d.house.Book
	s := audit.Statement{
		Ref: r.Ref(), Company: audit.Text{ZH: d.house.Words.Brand, EN: d.house.Words.Brand},
		Say:       audit.Text{ZH: book.ReceiptSay(notify.ZH), EN: book.ReceiptSay(notify.EN)},
		Effective: r.AppliedAt.In(zone), Issued: d.store.Now().In(zone), Steps: steps,
		Help: audit.Text{ZH: book.ReceiptHelp(notify.ZH, d.house.Words), EN: book.ReceiptHelp(notify.EN, d.house.Words)},
	}
	for _, it := range r.Items {
		s.Lines = append(s.Lines, d.line(r, it))
	}
	if d.outside.Witness != nil {
		s.Witnesses = []audit.WitnessName{d.outside.Witness.Name()}
	}
	var err error
	if s.To, err = d.addressee(v, r); err != nil {
		return s, err
	}
	s.Systems, err = d.acknowledged(v, r)
	return s, err
}

// addressee is the customer's name, masked, as a receipt greets them.
func (d *Desk) addressee(v store.View, r change.Request) (string, error) {
	rec, err := v.Record(r.Record)
	if err == nil {
		rec, err = v.Holder(rec)
	}
	for _, k := range []customer.Key{"legal_name", "org_name"} {
		if f, ok := d.house.Catalog.Of(k); ok && rec.Get(k) != "" {
			return privacy.Mask(access.Amend(), f, rec.Get(k), false).Text, err
		}
	}
	return "", err
}

func (d *Desk) line(r change.Request, it change.Item) audit.Line {
	f, _ := d.house.Catalog.Of(it.Key)
	l := audit.Line{Label: audit.Text{ZH: label(f, notify.ZH), EN: label(f, notify.EN)}, Now: privacy.Mask(access.Amend(), f, it.Now, false).Text}
	if it.Was != nil {
		l.Was = privacy.Mask(access.Amend(), f, it.Was.Content, false).Text
	}
	name := string(it.Key)
	if it.Now == "" {
		name += "/removed"
	}
	l.Openings = []audit.Opening{{Name: name, Salt: it.Salt, Content: string(it.Now)}}
	return l
}

// acknowledged names the systems that have the change.
func (d *Desk) acknowledged(v store.View, r change.Request) ([]audit.Text, error) {
	lines, err := d.completeness(v, r)
	var names []audit.Text
	for _, l := range lines {
		if l.Acked {
			names = append(names, audit.Text{ZH: l.Name, EN: l.Name})
		}
	}
	return names, err
}

// completeness says for each subscribed system whether it has the change, and why not.
func (d *Desk) completeness(v store.View, r change.Request) ([]downstream.Line, error) {
	rows, err := v.Systems()
	if err != nil {
		return nil, err
	}
	deliveries, err := v.Deliveries(r.Record)
	if err != nil {
		return nil, err
	}
	systems := make([]downstream.System, len(rows))
	for i, row := range rows {
		systems[i] = row.System
	}
	return downstream.Completeness(systems, deliveries, d.scope(r.RecordKind, r.Keys()), r.Version), nil
}
