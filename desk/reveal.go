package desk

import (
	"context"
	"encoding/json"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/privacy"
	"amend/quality"
	"amend/verify"
)

// Reveal answers values unmasked, for a stated purpose, and leaves an entry: if that
// cannot be written, nothing is shown (invariant 13). Story: reveal.txtar.
func (d *Desk) Reveal(ctx context.Context, by access.Actor, id customer.ID, keys []customer.Key, purpose string) (map[customer.Key]json.RawMessage, error) {
	if f := by.May(access.Reveal); f != nil {
		return nil, f
	}
	why, err := privacy.ParsePurpose(purpose)
	if err != nil {
		return nil, err
	}
	switch {
	case len(keys) == 0:
		return nil, fault.New(fault.Invalid, "no_items", "field", "fields")
	case len(keys) > maxItems:
		return nil, fault.New(fault.Invalid, "too_many_items", "max", maxItems)
	}
	shown := map[customer.Key]json.RawMessage{}
	err = d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		rec, err := tx.Record(id)
		if err != nil {
			return err
		}
		if err := take(tx, "reveal "+by.ID, verify.PerReader()); err != nil {
			return err
		}
		clear(shown)
		list := ""
		for _, k := range keys {
			f, ok := d.house.Catalog.Of(k)
			if _, err := customer.ParseKey(string(k)); err != nil || !ok { // the log shows keys: they are never free text
				return fault.New(fault.Invalid, "unknown_field").On(f.Name)
			}
			if c := rec.Get(k); c != "" {
				shown[k] = quality.Render(f, c)
			}
			list += string(k) + " "
		}
		return logAct(tx, by, "reveal", id, nil, "fields", list, "purpose", string(why))
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}
