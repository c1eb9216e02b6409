package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"amend/customer"
)

// rebuildPage is how many records are folded at a time: memory holds their entries and no more.
const rebuildPage = 200

// A Rebuilt is one record as its row is and as its entries make it.
type Rebuilt struct {
	ID   customer.ID
	Want []byte // the fold of its entries; nil if it has none
	Have []byte // golden_record.body; nil if there is no row
	MAC  bool   // whether the row's authentication code holds
}

// Equal reports whether the row is exactly what the log makes of it.
func (r Rebuilt) Equal() bool { return r.MAC && bytes.Equal(r.Want, r.Have) }

// Rebuild folds the entries of every record again, in order of ids, and gives each what
// came out beside the stored row: records without a row and rows without entries too. No
// key opens anything: a record carries the very ciphertexts of its entries. Each page is
// read as of one moment, so that it may run beside a busy server.
func (s *Store) Rebuild(ctx context.Context, each func(Rebuilt) error) error {
	for after, more := customer.ID(""), true; more; {
		err := s.Snapshot(ctx, func(v View) error {
			ids, err := v.everRecorded(after)
			if more = len(ids) > 0; err != nil || !more {
				return err
			}
			after = ids[len(ids)-1]
			return v.rebuildPage(ids, each)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// everRecorded pages through the ids that have a row, an altering entry, or both.
func (v View) everRecorded(after customer.ID) ([]customer.ID, error) {
	const q = `SELECT id FROM (SELECT id FROM golden_record WHERE id > $1 ORDER BY id LIMIT $2) AS stored
		UNION SELECT record_id FROM (SELECT record_id FROM entry WHERE change_id = '' AND record_id > $1 AND effects IS NOT NULL
			GROUP BY record_id ORDER BY record_id LIMIT $2) AS migrated
		UNION SELECT record_id FROM (SELECT record_id FROM change_request WHERE record_id > $1 AND applied_version IS NOT NULL AND applied_version > 0
			GROUP BY record_id ORDER BY record_id LIMIT $2) AS changed
		ORDER BY 1 LIMIT $2`
	return scanIDs[customer.ID](v, q, after, rebuildPage)
}

func (v View) rebuildPage(ids []customer.ID, each func(Rebuilt) error) error {
	first, last := ids[0], ids[len(ids)-1]
	stored, err := v.storedRows(first, last)
	if err != nil {
		return err
	}
	chains, err := v.chains(first, last)
	if err != nil {
		return err
	}
	for _, id := range ids {
		r := stored[id]
		r.ID = id
		if r.Want, err = chains[id].fold(); err != nil {
			return fmt.Errorf("rebuild record %s: %w", id, err)
		}
		if err := each(r); err != nil {
			return err
		}
	}
	return nil
}

func (v View) storedRows(first, last customer.ID) (map[customer.ID]Rebuilt, error) {
	stored := map[customer.ID]Rebuilt{}
	err := v.each("records", func(row Row) error {
		var id customer.ID
		var kind, entry string
		var version int64
		var body, mac []byte
		if err := row.Scan(&id, &kind, &version, &body, &mac, &entry); err != nil {
			return err
		}
		stored[id] = Rebuilt{Have: body, MAC: v.store.keys.RecordHolds(rowName(id, kind, entry), version, body, mac)}
		return nil
	}, `SELECT id, kind, version, body, mac, entry FROM golden_record WHERE id >= $1 AND id <= $2`, first, last)
	return stored, err
}

// A chain is the altering entries of one record, each under the id of the one before.
type chain map[string]link

type link struct {
	id      string
	at      time.Time
	effects []byte
}

func (v View) chains(first, last customer.ID) (map[customer.ID]chain, error) {
	const q = `SELECT record_id, id, COALESCE(prev_id, ''), at, effects FROM entry
			WHERE change_id = '' AND record_id >= $1 AND record_id <= $2 AND effects IS NOT NULL
		UNION ALL SELECT e.record_id, e.id, COALESCE(e.prev_id, ''), e.at, e.effects FROM change_request c JOIN entry e ON e.change_id = c.id AND e.change_id <> ''
			WHERE c.record_id >= $1 AND c.record_id <= $2 AND e.effects IS NOT NULL`
	chains := map[customer.ID]chain{}
	err := v.each("entries", func(row Row) error {
		var record customer.ID
		var prev string
		var l link
		if err := row.Scan(&record, &l.id, &prev, &l.at, &l.effects); err != nil {
			return err
		}
		if chains[record] == nil {
			chains[record] = chain{}
		}
		if _, forked := chains[record][prev]; forked {
			return fmt.Errorf("record %s: two entries follow one", record)
		}
		chains[record][prev] = l
		return nil
	}, q, first, last)
	return chains, err
}

// fold follows a chain from its beginning: the order is the one in which entries saw each
// other, whatever clocks said.
func (c chain) fold() ([]byte, error) {
	if len(c) == 0 {
		return nil, nil
	}
	var doc customer.Document
	folded := 0
	for l, ok := c[""]; ok; l, ok = c[l.id] {
		effects, err := customer.DecodeEffects(l.effects)
		if err != nil {
			return nil, fmt.Errorf("entry %s: %w", l.id, err)
		}
		doc = doc.Fold(effects, l.at)
		if folded++; folded > len(c) {
			break
		}
	}
	if folded != len(c) {
		return nil, errors.New("its entries are no chain")
	}
	return doc.Encode(), nil
}
