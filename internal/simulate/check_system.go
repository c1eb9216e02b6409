package simulate

import (
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/store"
)

// followed: deliveries and exceptions together are the subscriptions (invariant 7): every
// applied change is acknowledged, owed, or stopped with an exception or a person's word.
func (f *finding) followed() {
	deliveries := map[pair]downstream.Delivery{}
	for _, id := range f.everybody() {
		list, err := f.view.Deliveries(id)
		if err != nil {
			f.broken(Program, "read deliveries: %v", err)
		}
		for _, d := range list {
			deliveries[pair{string(d.System), string(d.Record)}] = d
		}
	}
	for p, n := range f.ledger.raised {
		if d := deliveries[p]; d.WantedSeq != n {
			f.broken(7, "%s was to hear of record %s %d times and is owed %d", p.system, p.record, n, d.WantedSeq)
		}
	}
	for _, r := range f.requests {
		for _, s := range f.systems {
			if r.AppliedAt.IsZero() || f.connectedAfter(s, r.ID) || !s.Wants(downstream.Scope{Kind: r.RecordKind, Catalog: f.stage.house.Catalog, Keys: r.Keys()}) {
				continue
			}
			f.follows(s, string(r.ID), r.Version, deliveries[pair{string(s.ID), string(r.Record)}])
		}
	}
}

// connectedAfter reports whether a system was not there yet when a request was applied.
func (f *finding) connectedAfter(s store.SystemRow, id change.ID) bool {
	for i, e := range f.ledger.entries {
		if e.change == string(id) && len(e.effects) > 0 {
			return i < f.joined[string(s.ID)]
		}
	}
	return false
}

func (f *finding) follows(s store.SystemRow, id string, version int64, d downstream.Delivery) {
	var known int64
	if err := f.view.Row(`SELECT count(*) FROM exception WHERE system_id = $1 AND record_id = $2`, d.System, d.Record).Scan(&known); err != nil {
		f.broken(Program, "read exceptions: %v", err)
	}
	switch {
	case d.WantedVersion < version:
		f.broken(7, "%s was never told of request %s", s.ID, id)
	case d.AckedSeq > d.WantedSeq:
		f.broken(7, "%s acknowledged %d of record %s and was told %d", s.ID, d.AckedSeq, d.Record, d.WantedSeq)
	case d.InSync(version), d.State == downstream.Owed && !d.DueAt.IsZero(), d.State == downstream.Stopped && known > 0:
	default:
		f.broken(7, "%s was forgotten: request %s, record %s is %s", s.ID, id, d.Record, d.State)
	}
}

// everybody are all records there are, accounts too.
func (f *finding) everybody() []customer.ID {
	var all []customer.ID
	rows, err := f.view.Rows(`SELECT id FROM golden_record ORDER BY id`)
	if err != nil {
		f.broken(Program, "read the records: %v", err)
		return nil
	}
	for rows.Next() {
		var id customer.ID
		if rows.Scan(&id) == nil {
			all = append(all, id)
		}
	}
	return all
}

// copies: a system that has acknowledged a record holds it as it is (invariant 7).
func (f *finding) copies() {
	for _, id := range f.everybody() {
		rec, err := f.view.Record(id)
		if err != nil {
			f.broken(2, "record %s cannot be read: %v", id, err)
			continue
		}
		list, err := f.view.Deliveries(id)
		if err != nil {
			f.broken(Program, "read deliveries: %v", err)
		}
		for _, d := range list {
			if d.State == downstream.Settled && d.AckedSeq > 0 {
				f.copyOf(rec, d)
			}
		}
	}
}

func (f *finding) copyOf(rec customer.Record, d downstream.Delivery) {
	there := f.far[string(d.System)]
	held, known := there.holds[string(rec.ID)]
	switch {
	case !known || held.Seq != d.AckedSeq:
		f.broken(7, "%s acknowledged %d of record %s and holds %d", d.System, d.AckedSeq, rec.ID, held.Seq)
	case len(downstream.Drift(there.system.Payload(rec, f.stage.house.Catalog), held.Fields)) > 0:
		f.broken(7, "%s is in sync with record %s and holds something else", d.System, rec.ID)
	}
}
