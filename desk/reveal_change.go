package desk

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/privacy"
	"amend/verify"
)

// A RevealedItem is one field of a request in clear, each value in its canonical form; ""
// where there is none.
type RevealedItem struct {
	Was  string // as it was reviewed
	Held string // as it is on record now
	Now  string // as it is proposed
}

// RevealChange answers every value of a request unmasked, for a stated purpose, and leaves
// one entry: if that cannot be written, nothing is shown (invariant 13). Test:
// TestRevealedRequestIsOnRecord.
func (d *Desk) RevealChange(ctx context.Context, by access.Actor, id change.ID, purpose string) (map[customer.Key]RevealedItem, error) {
	if f := by.May(access.Reveal); f != nil {
		return nil, f
	}
	why, err := privacy.ParsePurpose(purpose)
	if err != nil {
		return nil, err
	}
	shown := map[customer.Key]RevealedItem{}
	err = d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		r, err := tx.Change(id)
		if err != nil {
			return err
		}
		if err := tx.SeesChange(by, r); err != nil {
			return err
		}
		if err := take(tx, "reveal "+by.ID, verify.PerReader()); err != nil {
			return err
		}
		rec, err := tx.Record(r.Record)
		if fault.KindOf(err) == fault.NotFound {
			rec, err = customer.Record{}, nil // it comes to be with this request
		}
		if err != nil {
			return err
		}
		clear(shown)
		list := ""
		for _, it := range r.Items {
			shown[it.Key] = d.inClear(by, it, rec)
			list += string(it.Key) + " "
		}
		return logAct(tx, by, "reveal", r.Record, nil, "fields", list, "purpose", string(why), "change", string(id))
	})
	if err != nil {
		return nil, err
	}
	return shown, nil
}

func (d *Desk) inClear(by access.Actor, it change.Item, rec customer.Record) RevealedItem {
	f, _ := d.house.Catalog.Of(it.Key)
	text := func(c customer.Content) string { return privacy.Mask(by, f, c, true).Text }
	is := RevealedItem{Held: text(rec.Get(it.Key)), Now: text(it.Now)}
	if it.Was != nil {
		is.Was = text(it.Was.Content)
	}
	return is
}
