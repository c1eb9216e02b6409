package store

import (
	"slices"
	"strings"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/keys"
)

// An Opened is one of many records that were read together, or why it cannot be.
type Opened struct {
	customer.Record
	Err error
}

// RecordsOf answers the golden records of ids, opened, by few queries. What is wrong with
// one is said of that one alone.
func (v View) RecordsOf(ids []customer.ID) (map[customer.ID]Opened, error) {
	rows := make([]storedRecord, 0, len(ids))
	err := among(v, "records", func(row Row) error {
		var r storedRecord
		err := row.Scan(&r.id, &r.kind, &r.version, &r.body, &r.mac, &r.entry)
		rows = append(rows, r)
		return err
	}, `SELECT id, kind, version, body, mac, entry FROM golden_record WHERE id`, ids)
	if err != nil {
		return nil, err
	}
	opened := make(map[customer.ID]Opened, len(ids))
	for _, id := range ids {
		opened[id] = Opened{Err: fault.New(fault.NotFound, "no_customer")}
	}
	known, err := v.dataKeys(rows)
	for _, r := range rows {
		if found, ok := known[r.id]; ok {
			opened[r.id] = v.opened(found, r)
		}
	}
	return opened, err
}

func (v View) opened(with foundKey, r storedRecord) Opened {
	if with.err != nil {
		return Opened{Err: with.err}
	}
	h, err := v.openRecord(with.key, r)
	if err != nil {
		return Opened{Err: err}
	}
	return Opened{Record: h.rec}
}

// A foundKey is a data key, or why it cannot be unwrapped.
type foundKey struct {
	key keys.DataKey
	err error
}

// dataKeys answers the data keys of records that have come to be, but for those that were
// destroyed; see dataKey.
func (v View) dataKeys(of []storedRecord) (map[customer.ID]foundKey, error) {
	known := make(map[customer.ID]foundKey, len(of))
	var missing []customer.ID
	for _, r := range of {
		if k, ok := v.store.cache.find(r.id); ok {
			known[r.id] = foundKey{key: k}
		} else {
			missing = append(missing, r.id)
		}
	}
	err := among(v, "data keys", func(row Row) error {
		var id customer.ID
		var wrapped []byte
		err := row.Scan(&id, &wrapped)
		if err == nil {
			k, bad := v.unwrap(id, wrapped, true)
			known[id] = foundKey{k, bad}
		}
		return err
	}, `SELECT record_id, wrapped FROM record_key WHERE record_id`, missing)
	return known, err
}

// HoldsOf answers every hold of each of ids, ended ones too, by few queries.
func (v View) HoldsOf(ids []customer.ID) (map[customer.ID][]downstream.Hold, error) {
	holds := map[customer.ID][]downstream.Hold{}
	err := among(v, "holds", func(row Row) error {
		h, err := scanHold(row)
		holds[h.Record] = append(holds[h.Record], h)
		return err
	}, `SELECT `+holdColumns+` FROM hold WHERE record_id`, ids)
	for _, of := range holds {
		slices.SortFunc(of, func(a, b downstream.Hold) int { return strings.Compare(a.ID, b.ID) })
	}
	return holds, err
}
