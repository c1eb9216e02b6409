package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
)

// A held is a record as this transaction read it: what a fold starts from.
type held struct {
	doc   customer.Document
	rec   customer.Record
	key   keys.DataKey
	entry string // the entry that made the version read
	fresh bool   // reserved here, or applied for the first time
}

// Record answers the golden record of id, opened.
func (tx *Tx) Record(id customer.ID) (customer.Record, error) {
	h, err := tx.held(id)
	if err != nil {
		return customer.Record{}, err
	}
	return h.rec, nil
}

// Record answers the golden record of id, opened.
func (v View) Record(id customer.ID) (customer.Record, error) {
	key, err := v.dataKey(id)
	if err != nil {
		return customer.Record{}, err
	}
	h, err := v.record(key, id)
	if err != nil {
		return customer.Record{}, err
	}
	return h.rec, nil
}

// held reads, checks and opens a record once per transaction.
func (tx *Tx) held(id customer.ID) (*held, error) {
	if h, ok := tx.records[id]; ok {
		return h, nil
	}
	key, err := tx.dataKey(id)
	if err != nil {
		return nil, err
	}
	h, err := tx.View.record(key, id)
	if err != nil {
		return nil, err
	}
	tx.keep(id, h)
	return h, nil
}

func (tx *Tx) keep(id customer.ID, h *held) {
	if tx.records == nil {
		tx.records = map[customer.ID]*held{}
	}
	tx.records[id] = h
}

// record reads one record, checks its authentication code and opens it.
func (v View) record(key keys.DataKey, id customer.ID) (*held, error) {
	const q = `SELECT kind, version, body, mac, entry FROM golden_record WHERE id = $1`
	h := &held{key: key}
	var kind string
	var version int64
	var body, mac []byte
	err := v.Row(q, id).Scan(&kind, &version, &body, &mac, &h.entry)
	if errors.Is(err, ErrNoRow) {
		return nil, fault.New(fault.NotFound, "no_customer")
	}
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", id, err)
	}
	if !v.store.keys.RecordHolds(rowName(id, kind, h.entry), version, body, mac) {
		return nil, fault.New(fault.Internal, "record_altered", "record", id)
	}
	if h.doc, err = customer.DecodeDocument(body); err != nil {
		return nil, fmt.Errorf("record %s: %w", id, err)
	}
	h.rec, err = openDocument(key, id, customer.Kind(kind), h.doc)
	return h, err
}

// rowName is what a row's authentication code is made over, beside version and body: who
// edits the kind or the entry of a row is found out too.
func rowName(id customer.ID, kind, entry string) string {
	return string(id) + "\x00" + kind + "\x00" + entry
}

// openDocument opens every value of a document.
func openDocument(key keys.DataKey, id customer.ID, kind customer.Kind, doc customer.Document) (customer.Record, error) {
	rec := customer.Record{
		ID: id, Kind: kind, Version: doc.Version,
		Values: make(map[customer.Key]customer.Value, len(doc.Slots)), Changed: make(map[customer.Key]int64, len(doc.Slots)),
	}
	for _, s := range doc.Slots {
		rec.Changed[s.Key] = s.Changed
		if len(s.Blob) == 0 {
			continue
		}
		v, err := openValue(key, id, s.Key, s.Sealed, s.Blob)
		if err != nil {
			return rec, err
		}
		rec.Values[s.Key] = v
	}
	for _, f := range doc.Former {
		v, err := openValue(key, id, f.Key, f.Sealed, f.Blob)
		if err != nil {
			return rec, err
		}
		rec.Former = append(rec.Former, customer.Former{Key: f.Key, Value: v, Until: f.Until})
	}
	return rec, nil
}

func openValue(key keys.DataKey, id customer.ID, k customer.Key, sealed int64, blob []byte) (customer.Value, error) {
	var v customer.Value
	plain, err := key.Open(blob, customer.Bound(id, k, sealed))
	if err == nil {
		err = json.Unmarshal(plain, &v)
	}
	if err != nil {
		return v, fmt.Errorf("open %s of record %s: %w", k, id, err)
	}
	return v, nil
}

// Exists answers nil for a record that exists.
func (v View) Exists(id customer.ID) error {
	var found string
	err := v.Row(`SELECT id FROM golden_record WHERE id = $1`, id).Scan(&found)
	if errors.Is(err, ErrNoRow) {
		return fault.New(fault.NotFound, "no_customer")
	}
	return err
}

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
	tx.keep(id, &held{rec: rec, key: key, fresh: true})
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
	sealed, err := tx.sealEffects(h, id, effects)
	if err != nil {
		return nil, customer.Record{}, err
	}
	doc := h.doc.Fold(sealed, tx.Now())
	rec, err := openDocument(h.key, id, h.rec.Kind, doc)
	if err != nil {
		return nil, customer.Record{}, err
	}
	body := doc.Encode()
	mac := tx.store.keys.RecordMAC(rowName(id, string(h.rec.Kind), entry), doc.Version, body)
	if h.fresh {
		const q = `INSERT INTO golden_record (id, kind, version, body, mac, entry) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`
		tx.One(Stale, q, id, h.rec.Kind, doc.Version, body, mac, entry)
	} else {
		const q = `UPDATE golden_record SET version = $3, body = $4, mac = $5, entry = $6 WHERE id = $1 AND version = $2`
		tx.One(Stale, q, id, h.doc.Version, doc.Version, body, mac, entry)
	}
	tx.saveTokens(id, h.rec, rec)
	tx.saveRelations(id, h.rec, rec)
	if tx.altered == nil {
		tx.altered = map[customer.ID]string{}
	}
	tx.altered[id] = h.entry
	tx.keep(id, &held{doc: doc, rec: rec, key: h.key, entry: entry})
	return sealed, rec, nil
}

func (tx *Tx) sealEffects(h *held, id customer.ID, effects []customer.Effect) ([]customer.SealedEffect, error) {
	next := h.doc.Version + 1
	out := make([]customer.SealedEffect, 0, len(effects))
	for _, e := range effects {
		f, _ := tx.store.catalog.Of(e.Key)
		s := customer.SealedEffect{Key: e.Key, Keep: e.Keep, Contact: f.Contact()}
		if e.Value != nil {
			plain, err := json.Marshal(e.Value)
			if err != nil {
				return nil, fmt.Errorf("seal %s: %w", e.Key, err)
			}
			s.Blob = h.key.Seal(tx.Rand(), plain, customer.Bound(id, e.Key, next))
		}
		out = append(out, s)
	}
	return out, nil
}

// saveTokens writes the difference between the search tokens of two versions: a value
// that did not change costs nothing.
func (tx *Tx) saveTokens(id customer.ID, was, is customer.Record) {
	old, next := tx.tokens(was), tx.tokens(is)
	for _, t := range next {
		if _, had := slices.BinarySearch(old, t); !had {
			tx.Exec(`INSERT INTO token (hash, record_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, t, id)
		}
	}
	for _, t := range old {
		if _, has := slices.BinarySearch(next, t); !has {
			tx.Exec(`DELETE FROM token WHERE hash = $1 AND record_id = $2`, t, id)
		}
	}
}

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

// Shared reports whether another record holds the same value in a field of the same
// type: a contact that is shared proves nobody, an identity number that is held is taken.
func (v View) Shared(id customer.ID, f customer.Field, c customer.Content) (bool, error) {
	const q = `SELECT record_id FROM token WHERE hash = $1 AND record_id <> $2 LIMIT 1`
	var other string
	err := v.Row(q, v.store.keys.Exact(f, c), id).Scan(&other)
	if errors.Is(err, ErrNoRow) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for shared values: %w", err)
	}
	return true, nil
}

// dataKey answers the data key of a record, from the cache where it is.
func (v View) dataKey(id customer.ID) (keys.DataKey, error) {
	if k, ok := v.store.cache.find(id); ok {
		return k, nil
	}
	var wrapped []byte
	err := v.Row(`SELECT wrapped FROM record_key WHERE record_id = $1`, id).Scan(&wrapped)
	if errors.Is(err, ErrNoRow) {
		return keys.DataKey{}, fault.New(fault.NotFound, "no_customer")
	}
	if err != nil {
		return keys.DataKey{}, fmt.Errorf("read data key: %w", err)
	}
	k, err := v.store.keys.Unwrap(string(id), wrapped)
	if err != nil {
		return keys.DataKey{}, fmt.Errorf("unwrap data key of %s: %w", id, err)
	}
	v.store.cache.put(id, k)
	return k, nil
}

// A RecordVersion is a record's id with its version.
type RecordVersion struct {
	ID      customer.ID
	Version int64
}

// RecordIDs pages through the records of a kind, by id.
func (v View) RecordIDs(kind customer.Kind, after customer.ID, limit int) ([]RecordVersion, error) {
	rows, err := v.Rows(`SELECT id, version FROM golden_record WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3`, kind, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	defer rows.Close()
	var out []RecordVersion
	for rows.Next() {
		var r RecordVersion
		if err := rows.Scan(&r.ID, &r.Version); err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
