package store

import (
	"errors"
	"fmt"

	"amend/customer"
	"amend/fault"
	"amend/internal/keys"
)

// A held is a record as this transaction read it: what a fold starts from.
type held struct {
	doc      customer.Document
	rec      customer.Record
	key      keys.DataKey
	entry    string // the entry that made the version read
	head     []byte // its leaf, where it was read with the record
	fresh    bool   // applied for the first time
	reserved bool   // by this very transaction: nobody else can know its id
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
	h, err := tx.View.recordWithHead(key, id)
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
	return v.readRecord(key, id, `SELECT kind, version, body, mac, entry, NULL FROM golden_record WHERE id = $1`)
}

// recordWithHead reads one record with the leaf of its newest entry, which the next one names.
func (v View) recordWithHead(key keys.DataKey, id customer.ID) (*held, error) {
	return v.readRecord(key, id, `SELECT g.kind, g.version, g.body, g.mac, g.entry, e.leaf
		FROM golden_record g LEFT JOIN entry e ON e.id = g.entry WHERE g.id = $1`)
}

func (v View) readRecord(key keys.DataKey, id customer.ID, q string) (*held, error) {
	r := storedRecord{id: id}
	err := v.Row(q, id).Scan(&r.kind, &r.version, &r.body, &r.mac, &r.entry, &r.head)
	if errors.Is(err, ErrNoRow) {
		return nil, fault.New(fault.NotFound, "no_customer")
	}
	if err != nil {
		return nil, fmt.Errorf("read record %s: %w", id, err)
	}
	return v.openRecord(key, r)
}

// A storedRecord is a record as its row holds it.
type storedRecord struct {
	id        customer.ID
	kind      string
	version   int64
	body, mac []byte
	entry     string
	head      []byte // the leaf of entry, where it was asked for
}

// openRecord checks the authentication code of a row and opens it.
func (v View) openRecord(key keys.DataKey, r storedRecord) (*held, error) {
	if !v.store.keys.RecordHolds(rowName(r.id, r.kind, r.entry), r.version, r.body, r.mac) {
		return nil, fault.New(fault.Internal, "record_altered", "record", r.id)
	}
	doc, err := customer.DecodeDocument(r.body)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", r.id, err)
	}
	rec, err := openDocument(key, r.id, customer.Kind(r.kind), doc)
	return &held{doc: doc, rec: rec, key: key, entry: r.entry, head: r.head}, err
}

// rowName is what a row's authentication code is made over, beside version and body: who
// edits the kind or the entry of a row is found out too.
func rowName(id customer.ID, kind, entry string) string {
	return string(id) + "\x00" + kind + "\x00" + entry
}

// openDocument opens every value of a document.
func openDocument(key keys.DataKey, id customer.ID, kind customer.Kind, doc customer.Document) (customer.Record, error) {
	return readDocument(id, kind, doc, func(k customer.Key, sealed int64, blob []byte) (customer.Value, error) {
		return openValue(key, id, k, sealed, blob)
	})
}

// readDocument makes a record of a document, each value by open.
func readDocument(id customer.ID, kind customer.Kind, doc customer.Document, open func(customer.Key, int64, []byte) (customer.Value, error)) (customer.Record, error) {
	rec := customer.Record{
		ID: id, Kind: kind, Version: doc.Version,
		Values: make(map[customer.Key]customer.Value, len(doc.Slots)), Changed: make(map[customer.Key]int64, len(doc.Slots)),
	}
	for _, s := range doc.Slots {
		rec.Changed[s.Key] = s.Changed
		if len(s.Blob) == 0 {
			continue
		}
		v, err := open(s.Key, s.Sealed, s.Blob)
		if err != nil {
			return rec, err
		}
		rec.Values[s.Key] = v
	}
	for _, f := range doc.Former {
		v, err := open(f.Key, f.Sealed, f.Blob)
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
		v, err = customer.DecodeValue(plain)
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

// Shared reports whether another record holds the same value in a field of the same
// type: a contact that is shared proves nobody, an identity number that is held is taken.
func (v View) Shared(id customer.ID, f customer.Field, c customer.Content) (bool, error) {
	return v.ask(sharing{id, v.store.keys.Exact(f, c)})
}

// Shared answers it as this transaction learnt it first: the plan of a filing asks, and the
// floor asks again when the same act applies it.
func (tx *Tx) Shared(id customer.ID, f customer.Field, c customer.Content) (bool, error) {
	asked := sharing{id, tx.store.keys.Exact(f, c)}
	if shared, known := tx.shared[asked]; known {
		return shared, nil
	}
	shared, err := tx.View.ask(asked)
	if err != nil {
		return false, err
	}
	if tx.shared == nil {
		tx.shared = map[sharing]bool{}
	}
	tx.shared[asked] = shared
	return shared, nil
}

// dataKey answers the data key of a record, from the cache where it is. The key of a record
// that has not come to be is never kept: it may be destroyed on another node, and what it
// opened must be unreadable on all of them from then on.
func (v View) dataKey(id customer.ID) (keys.DataKey, error) {
	if k, ok := v.store.cache.find(id); ok {
		return k, nil
	}
	const q = `SELECT wrapped, (SELECT COUNT(*) FROM golden_record WHERE id = $1) FROM record_key WHERE record_id = $1`
	var wrapped []byte
	var born int64
	err := v.Row(q, id).Scan(&wrapped, &born)
	if errors.Is(err, ErrNoRow) {
		return keys.DataKey{}, fault.New(fault.NotFound, "no_customer")
	}
	if err != nil {
		return keys.DataKey{}, fmt.Errorf("read data key: %w", err)
	}
	return v.unwrap(id, wrapped, born > 0)
}

func (v View) unwrap(id customer.ID, wrapped []byte, born bool) (keys.DataKey, error) {
	k, err := v.store.keys.Unwrap(string(id), wrapped)
	if err != nil {
		return keys.DataKey{}, fmt.Errorf("unwrap data key of %s: %w", id, err)
	}
	if born {
		v.store.cache.put(id, k)
	}
	return k, nil
}

// A RecordVersion is a record's id with its version.
type RecordVersion struct {
	ID      customer.ID
	Version int64
}

// RecordIDs pages through the records of a kind, by id.
func (v View) RecordIDs(kind customer.Kind, after customer.ID, limit int) ([]RecordVersion, error) {
	return list(v, "records", func(row Row) (r RecordVersion, err error) {
		err = row.Scan(&r.ID, &r.Version)
		return r, err
	}, `SELECT id, version FROM golden_record WHERE kind = $1 AND id > $2 ORDER BY id LIMIT $3`, kind, after, limit)
}
