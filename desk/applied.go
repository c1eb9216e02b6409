package desk

import (
	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
	"amend/notify"
)

// tellApplied tells the customer what was changed and asks whether it is right, every
// contact of the last 90 days of a contact change, and the departments that subscribe.
func (d *Desk) tellApplied(tx *store.Tx, r change.Request, before, after customer.Record) error {
	if before.Kind != customer.Account {
		before = withFormer(before, after)
	}
	t := d.telling(tx, r, before)
	if err := t.everyone(true, tx.Now()); err != nil {
		return err
	}
	to := t.reply()
	if !r.WasAccepted() { // filed and applied at once: the three messages travel together
		if err := t.send(notify.Accepted, to, "ref", r.Ref(), "list", t.list()); err != nil {
			return err
		}
	}
	if err := t.send(notify.Changed, to, "ref", r.Ref(), "list", t.list(), "time", t.time(notify.At, tx.Now())); err != nil {
		return err
	}
	if err := t.askConfirm(to); err != nil {
		return err
	}
	return d.tellDepartments(tx, r)
}

// withFormer is the record as it was before, for an existing one; for a new one, as it is.
func withFormer(before, after customer.Record) customer.Record {
	if before.Version == 0 {
		return after
	}
	return before
}

// askConfirm asks whether the result is right. A contact that may not have a link that
// closes the request, such as one just enrolled, is told how else.
func (t telling) askConfirm(to notify.Recipient) error {
	if !to.May(access.Confirm) {
		return t.send(notify.ConfirmCall, to, "ref", t.r.Ref(), "list", t.list())
	}
	return t.send(notify.Confirm, to, "ref", t.r.Ref(), "list", t.list(), "link", t.link(access.Confirm, to))
}

// tellDepartments tells each department that subscribes to what r changed (row N2).
func (d *Desk) tellDepartments(tx *store.Tx, r change.Request) error {
	for _, told := range notify.Subscribers(d.house.Rules, d.house.Catalog, r) {
		err := d.tellStaff(tx, "department:"+told.Department, notify.StaffChange, r, "ref", r.Ref(), "record", string(r.Record),
			"fields", spaced(told.Keys), "time", notify.Stamp(tx.Now()), "link", d.house.StaffURL+"/changes/"+string(r.ID))
		if err != nil {
			return err
		}
	}
	return nil
}
