package store

import (
	"fmt"
	"slices"

	"amend/customer"
)

// Reserve makes the id and the data key of a record that does not exist yet. It exists
// once a request applies to it; if the request ends unapplied, Unreserve destroys the key.
func (tx *Tx) Reserve(kind customer.Kind) (customer.Record, error) {
	id := customer.ID(tx.NewID())
	key, wrapped, err := tx.store.keys.NewDataKey(tx.Rand(), string(id))
	if err != nil {
		return customer.Record{}, fmt.Errorf("make data key: %w", err)
	}
	tx.Exec(`INSERT INTO record_key (record_id, wrapped) VALUES ($1, $2)`, id, wrapped)
	rec := customer.Record{ID: id, Kind: kind, Values: map[customer.Key]customer.Value{}, Changed: map[customer.Key]int64{}}
	tx.keep(id, &held{rec: rec, key: key, fresh: true, reserved: true})
	return rec, nil
}

// Reserved answers an empty record for an id that was reserved and does not exist yet.
func (tx *Tx) Reserved(id customer.ID, kind customer.Kind) (customer.Record, error) {
	if h, ok := tx.records[id]; ok {
		return h.rec, nil
	}
	key, err := tx.dataKey(id)
	if err != nil {
		return customer.Record{}, err
	}
	rec := customer.Record{ID: id, Kind: kind, Values: map[customer.Key]customer.Value{}, Changed: map[customer.Key]int64{}}
	tx.keep(id, &held{rec: rec, key: key, fresh: true})
	return rec, nil
}

// Unreserve destroys the key of a record that never came to be: what the request held is gone.
func (tx *Tx) Unreserve(id customer.ID) {
	tx.Exec(`DELETE FROM record_key WHERE record_id = $1 AND NOT EXISTS (SELECT 1 FROM golden_record WHERE id = $1)`, id)
	tx.destroyed = append(tx.destroyed, id)
}

// Alter folds effects into the record, at the version read here: compare-and-set, so
// that a verb which decided on an older version is run again. It answers the effects
// as sealed, for the entry that carries them, and the record as it now is.
func (tx *Tx) Alter(id customer.ID, effects []customer.Effect, entry string) ([]customer.SealedEffect, customer.Record, error) {
	h, ok := tx.records[id]
	if !ok {
		return nil, customer.Record{}, fmt.Errorf("alter record %s: it was not read", id)
	}
	sealed := tx.sealEffects(h, id, effects)
	doc := h.doc.Fold(sealed, tx.Now())
	rec, err := h.after(id, doc, effects)
	if err != nil {
		return nil, customer.Record{}, err
	}
	body := doc.Encode()
	mac := tx.store.keys.RecordMAC(rowName(id, string(h.rec.Kind), entry), doc.Version, body)
	switch {
	case h.reserved:
		tx.Exec(`INSERT INTO golden_record (id, kind, version, body, mac, entry) VALUES ($1, $2, $3, $4, $5, $6)`, id, h.rec.Kind, doc.Version, body, mac, entry)
	case h.fresh:
		const q = `INSERT INTO golden_record (id, kind, version, body, mac, entry) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`
		tx.One(Stale, q, id, h.rec.Kind, doc.Version, body, mac, entry)
	default:
		const q = `UPDATE golden_record SET version = $3, body = $4, mac = $5, entry = $6 WHERE id = $1 AND version = $2`
		tx.One(Stale, q, id, h.doc.Version, doc.Version, body, mac, entry)
	}
	tx.saveTokens(id, h.rec, rec)
	tx.saveRelations(id, h.rec, rec)
	if len(h.head) > 0 {
		tx.remember(h.entry, h.head)
	}
	if tx.altered == nil {
		tx.altered = map[customer.ID]string{}
	}
	tx.altered[id] = h.entry
	tx.keep(id, &held{doc: doc, rec: rec, key: h.key, entry: entry})
	return sealed, rec, nil
}

func (tx *Tx) sealEffects(h *held, id customer.ID, effects []customer.Effect) []customer.SealedEffect {
	next := h.doc.Version + 1
	out := make([]customer.SealedEffect, 0, len(effects))
	for _, e := range effects {
		f, _ := tx.store.catalog.Of(e.Key)
		s := customer.SealedEffect{Key: e.Key, Keep: e.Keep, Contact: f.Contact()}
		if e.Value != nil {
			s.Blob = h.key.Seal(tx.Rand(), e.Value.Encode(), customer.Bound(id, e.Key, next))
		}
		out = append(out, s)
	}
	return out
}

// after is the record that doc makes: what effects wrote is known, what stayed was opened
// when the record was read.
func (h *held) after(id customer.ID, doc customer.Document, effects []customer.Effect) (customer.Record, error) {
	type place struct {
		key    customer.Key
		sealed int64
	}
	known := make(map[place]customer.Value, len(doc.Slots)+len(effects))
	for _, s := range h.doc.Slots {
		known[place{s.Key, s.Sealed}] = h.rec.Values[s.Key]
	}
	for i, f := range h.doc.Former {
		known[place{f.Key, f.Sealed}] = h.rec.Former[i].Value
	}
	for _, e := range effects {
		if e.Value != nil {
			known[place{e.Key, doc.Version}] = *e.Value
		}
	}
	return readDocument(id, h.rec.Kind, doc, func(k customer.Key, sealed int64, _ []byte) (customer.Value, error) {
		return known[place{k, sealed}], nil
	})
}

// saveTokens writes the difference between the search tokens of two versions: a value
// that did not change costs nothing.
func (tx *Tx) saveTokens(id customer.ID, was, is customer.Record) {
	old, next := tx.tokens(unlike(was, is)), tx.tokens(unlike(is, was))
	if len(old) > 0 {
		all := tx.tokens(is) // a value that goes may stand under another key too
		tx.dropTokens(id, slices.DeleteFunc(slices.Clone(old), func(t int64) bool {
			_, has := slices.BinarySearch(all, t)
			return has
		}))
	}
	for _, t := range next {
		if tx.run != "" {
			tx.Exec(spool, tx.run, t, id)
			tx.spooled++
		} else if _, had := slices.BinarySearch(old, t); !had {
			tx.Exec(`INSERT INTO token (hash, record_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, t, id)
		}
	}
}

// unlike is rec with the values alone that other does not have.
func unlike(rec, other customer.Record) customer.Record {
	values := map[customer.Key]customer.Value{}
	for k, v := range rec.Values {
		if other.Get(k) != v.Content {
			values[k] = v
		}
	}
	rec.Values = values
	return rec
}

// tokens are the search tokens of the values of rec.
func (tx *Tx) tokens(rec customer.Record) []int64 {
	var all []int64
	for k, v := range rec.Values {
		if f, ok := tx.store.catalog.Of(k); ok {
			all = append(all, tx.store.keys.Tokens(f, v.Content)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (tx *Tx) saveRelations(id customer.ID, was, is customer.Record) {
	for k := range was.Values {
		if _, still := is.Values[k]; !still && tx.store.catalog[k.Field()].Type == customer.Reference {
			tx.Exec(`DELETE FROM relation WHERE record_id = $1 AND key = $2`, id, k)
		}
	}
	for k, v := range is.Values {
		if tx.store.catalog[k.Field()].Type == customer.Reference && was.Get(k) != v.Content {
			const q = `INSERT INTO relation (record_id, key, to_id) VALUES ($1, $2, $3) ON CONFLICT (record_id, key) DO UPDATE SET to_id = excluded.to_id`
			tx.Exec(q, id, k, v.Content)
		}
	}
}
