package desk

import (
	"context"
	"slices"
	"strings"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

// Affirm is the customer's word that values are still right. They are fresh from now on; what
// they say, how good they are and whom they may speak for stays as it was, so no system is
// told. Seen is the version of the record that the customer looked at: a value that moved since
// is not what they affirmed, and one that somebody asked to change is not settled. A session
// through a contact that was never proven affirms nothing. Test:
// TestCustomerAffirmsWhatIsStillRight.
func (d *Desk) Affirm(ctx context.Context, by access.Actor, id customer.ID, keys []customer.Key, seen int64) error {
	switch f := by.May(access.ConfirmIt); {
	case f != nil:
		return f
	case by.Via == "link":
		return fault.New(fault.Denied, "link_other_purpose", "act", access.ConfirmIt)
	case by.Weak:
		return fault.New(fault.Denied, "weak_session")
	case len(keys) == 0:
		return fault.New(fault.Invalid, "no_items", "field", "fields")
	case len(keys) > maxItems:
		return fault.New(fault.Invalid, "too_many_items", "max", maxItems)
	}
	return d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		f := &filing{d: d, tx: tx, by: by, p: Proposal{Record: id}}
		if err := f.load(); err != nil {
			return err
		}
		open, err := tx.OpenChanges(id)
		if err != nil {
			return err
		}
		var effects []customer.Effect
		for _, k := range keys {
			v, held := f.rec.Values[k]
			switch {
			case !held, f.rec.Base(k) > seen, seen > f.rec.Version: // nobody saw what is still to come
				return fault.New(fault.Conflict, "version_moved")
			case slices.ContainsFunc(open, func(r change.Request) bool { return overlaps(r, []customer.Key{k}) }):
				return fault.New(fault.Conflict, "change_open").On(string(k))
			}
			v.CheckedAt = tx.Now()
			effects = append(effects, customer.Effect{Key: k, Value: &v, Keep: true})
		}
		e := newEntry(tx, by, "affirm")
		e.Record = string(id)
		e.Facts = facts(map[string]string{"fields": joinKeys(keys)})
		if e.Effects, _, err = tx.Alter(id, effects, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	})
}

func joinKeys(keys []customer.Key) string {
	words := make([]string, len(keys))
	for i, k := range keys {
		words[i] = string(k)
	}
	return strings.Join(words, " ")
}
