package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"amend/change"
	"amend/customer"
	"amend/downstream"
)

// A span is the records between two ids, the first excluded; one without a last has no
// end. Or it is just one.
type span struct {
	just, after, last customer.ID
}

// in answers q with the span as the condition on a column, and its arguments.
func (s span) in(q, column string) (string, []any) {
	switch {
	case s.just != "":
		return q + ` WHERE ` + column + ` = $1`, []any{s.just}
	case s.last == "":
		return q + ` WHERE ` + column + ` > $1`, []any{s.after}
	}
	return q + ` WHERE ` + column + ` > $1 AND ` + column + ` <= $2`, []any{s.after, s.last}
}

// subjects reads everything about the records of a span, one query for each table.
func (v View) subjects(here span) (map[customer.ID]*subject, error) {
	all := map[customer.ID]*subject{}
	of := func(id customer.ID) *subject {
		if all[id] == nil {
			all[id] = &subject{id: id}
		}
		return all[id]
	}
	for _, t := range []struct {
		q, column string
		scan      func(Row) error
	}{
		{`SELECT id, kind, version, body, mac, entry FROM golden_record`, `id`, func(r Row) error { return loadRow(r, of) }},
		{`SELECT record_id, wrapped FROM record_key`, `record_id`, func(r Row) error { return loadKey(r, of) }},
		{`SELECT record_id, key, to_id FROM relation`, `record_id`, func(r Row) error { return loadRelation(r, of) }},
		{`SELECT record_id, id, submission, lane, kind, state, revision, open, filed_by, COALESCE(applied_version, 0), entry, due_at, attempts FROM change_request`, `record_id`,
			func(r Row) error { return loadRequest(r, of) }},
		{`SELECT ` + entryColumns + ` FROM entry e`, `e.change_id = '' AND e.record_id`, func(r Row) error { return loadEntry(r, of) }},
		{`SELECT ` + entryColumns + ` FROM change_request c JOIN entry e ON e.change_id = c.id AND e.change_id <> ''`, `c.record_id`,
			func(r Row) error { return loadEntry(r, of) }},
		{`SELECT record_id, system_id, wanted_version, state, due_at FROM delivery`, `record_id`, func(r Row) error { return loadDelivery(r, of) }},
	} {
		q, args := here.in(t.q, t.column)
		if err := v.each("everything about records", t.scan, q, args...); err != nil {
			return nil, err
		}
	}
	delete(all, "") // acts about nobody
	return all, nil
}

func loadRow(r Row, of func(customer.ID) *subject) error {
	var id customer.ID
	row := &recordRow{}
	if err := r.Scan(&id, &row.kind, &row.version, &row.body, &row.mac, &row.entry); err != nil {
		return err
	}
	of(id).row = row
	return nil
}

func loadKey(r Row, of func(customer.ID) *subject) error {
	var id customer.ID
	var wrapped []byte
	err := r.Scan(&id, &wrapped)
	of(id).wrapped = wrapped
	return err
}

func loadRelation(r Row, of func(customer.ID) *subject) error {
	var id customer.ID
	var key customer.Key
	var to string
	if err := r.Scan(&id, &key, &to); err != nil {
		return err
	}
	s := of(id)
	if s.related == nil {
		s.related = map[customer.Key]string{}
	}
	s.related[key] = to
	return nil
}

func loadRequest(r Row, of func(customer.ID) *subject) error {
	var id customer.ID
	var q requestRow
	var due time.Time
	var attempts int64
	if err := r.Scan(&id, &q.id, &q.submission, &q.lane, &q.kind, &q.state, &q.revision, &q.open, &q.who, &q.version, &q.entry, &due, &attempts); err != nil {
		return err
	}
	q.timed, q.stuck = !due.IsZero(), attempts >= quarantineAfter
	s := of(id)
	s.requests = append(s.requests, q)
	return nil
}

const entryColumns = `e.record_id, e.id, e.change_id, COALESCE(e.prev_id, ''), e.leaf, e.effects, e.body`

func loadEntry(r Row, of func(customer.ID) *subject) error {
	var id customer.ID
	var e entryRow
	if err := r.Scan(&id, &e.id, &e.change, &e.prev, &e.leaf, &e.effects, &e.body); err != nil {
		return err
	}
	s := of(id)
	s.entries = append(s.entries, e)
	return nil
}

func loadDelivery(r Row, of func(customer.ID) *subject) error {
	var d downstream.Delivery
	if err := r.Scan(&d.Record, &d.System, &d.WantedVersion, &d.State, &d.DueAt); err != nil {
		return err
	}
	s := of(d.Record)
	s.told = append(s.told, d)
	return nil
}

// A follower is a connected system, with the time from which it hears of changes.
type follower struct {
	downstream.System
	since time.Time // zero: its entry is not there, so nothing is expected
}

// followers answers the connected systems. When each was connected stands in the log.
func (v View) followers() ([]follower, error) {
	rows, err := v.Systems()
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	connected, err := list(v, "log", scanLeaf, `SELECT id, -1, leaf FROM entry WHERE change_id = '' AND record_id = '' AND verb = 'system.add' ORDER BY id`)
	if err != nil {
		return nil, err
	}
	since := map[downstream.SystemID]time.Time{}
	for _, l := range connected {
		e := entryRow{leaf: l.Leaf}
		if e.parse() {
			since[downstream.SystemID(e.fact("system"))] = e.parsed.At
		}
	}
	out := make([]follower, len(rows))
	for i, row := range rows {
		out[i] = follower{row.System, since[row.ID]}
	}
	return out, nil
}

// pair names a delivery.
func pair(s downstream.SystemID, id customer.ID) string { return fmt.Sprintf("%s/%s", s, id) }

// orphans answers the requests that entries speak of and that have no row, by the record
// that they were about; of the newest entries only, if newest is not 0.
func (v View) orphans(newest int64) (map[customer.ID][]change.ID, error) {
	entries := `entry`
	if newest > 0 {
		entries = fmt.Sprintf(`(SELECT record_id, change_id FROM entry ORDER BY id DESC LIMIT %d)`, newest)
	}
	out := map[customer.ID][]change.ID{}
	err := v.each("entries", func(row Row) error {
		var record customer.ID
		var id change.ID
		err := row.Scan(&record, &id)
		out[record] = append(out[record], id)
		return err
	}, `SELECT e.record_id, e.change_id FROM `+entries+` AS e LEFT JOIN change_request c ON c.id = e.change_id
		WHERE e.change_id <> '' AND c.id IS NULL GROUP BY e.record_id, e.change_id LIMIT $1`, maxDoubts)
	return out, err
}

// chase adds the entries that the record's chain names and that were not among those of its
// requests: a request without its row leads to none.
func (v View) chase(s *subject) error {
	known := map[string]bool{"": true}
	for _, e := range s.entries {
		known[e.id] = true
	}
	next := ""
	if s.row != nil {
		next = s.row.entry
	}
	for i := 0; ; {
		if !known[next] {
			known[next] = true
			if err := v.entryOf(next, s); err != nil {
				return err
			}
			continue
		}
		if i == len(s.entries) {
			return nil
		}
		next = s.entries[i].prev
		known[s.entries[i].id] = true
		i++
	}
}

// entryOf adds one entry, with the others of its request, if it is there and about the record.
func (v View) entryOf(id string, s *subject) error {
	var of change.ID
	err := v.Row(`SELECT change_id FROM entry WHERE id = $1 AND record_id = $2`, id, s.id).Scan(&of)
	if errors.Is(err, ErrNoRow) || err == nil && of == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read entry %s: %w", id, err)
	}
	return v.actsOf(of, s)
}

// actsOf adds the entries of a request that has no row to what is known of its record, each once.
func (v View) actsOf(id change.ID, s *subject) error {
	var more subject
	err := v.each("entries", func(row Row) error { return loadEntry(row, func(customer.ID) *subject { return &more }) },
		`SELECT `+entryColumns+` FROM entry e WHERE e.change_id = $1 AND e.change_id <> ''`, id)
	for _, e := range more.entries {
		if !slices.ContainsFunc(s.entries, func(known entryRow) bool { return known.id == e.id }) {
			s.entries = append(s.entries, e)
		}
	}
	return err
}
