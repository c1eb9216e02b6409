package simulate

import (
	"slices"
	"time"

	"amend/change"
	"amend/customer"
)

// heardOf: every applied contact change notified every contact valid in the last 90 days
// before it (invariant 9). The history of contacts is read from the requests and from the
// files that were loaded, not from what the record remembers.
func (f *finding) heardOf() {
	for _, r := range f.requests {
		if r.AppliedAt.IsZero() || r.RecordKind == customer.Account || !slices.ContainsFunc(r.Keys(), f.isContact) {
			continue
		}
		told := f.toldOf(r)
		for _, to := range f.contactsBefore(r) {
			if !told[to.content] {
				f.broken(9, "request %s: the contact under %s was not told", r.ID, to.key)
			}
		}
	}
}

func (f *finding) isContact(k customer.Key) bool {
	field, ok := f.stage.house.Catalog.Of(k)
	return ok && field.Contact()
}

// toldOf are the contacts that got the security notice of an apply.
func (f *finding) toldOf(r change.Request) map[string]bool {
	told := map[string]bool{}
	rows, err := f.view.Rows(`SELECT id, record_id, body FROM notice WHERE change_id = $1 AND kind IN ('applied_old', 'new_contact', 'enrolled') AND state <> 'queued'`, r.ID)
	if err != nil {
		f.broken(Program, "read notices: %v", err)
		return told
	}
	for rows.Next() {
		var id string
		var record customer.ID
		var body []byte
		if err := rows.Scan(&id, &record, &body); err != nil {
			f.broken(Program, "read notices: %v", err)
		}
		to, err := f.addressee(record, id, body)
		if err != nil {
			f.broken(9, "notice %s cannot be read: %v", id, err)
		}
		told[to] = true
	}
	return told
}

// A contact is one that was valid.
type contact struct {
	key     customer.Key
	content string
}

// edge keeps away from the very moment at which 90 days are over: two clocks disagree on it.
const edge = time.Hour

// contactsBefore are the contacts of r's record that were valid at some time in the 90 days
// before r was applied.
func (f *finding) contactsBefore(r change.Request) []contact {
	var before []contact
	add := func(k customer.Key, v *customer.Value, until time.Time) {
		if v != nil && v.Content != "" && f.isContact(k) && r.AppliedAt.Sub(until) < customer.FormerKept-edge {
			before = append(before, contact{k, string(v.Content)})
		}
	}
	for _, it := range r.Items {
		add(it.Key, it.Was, r.AppliedAt)
	}
	if rec, err := f.view.Record(r.Record); err == nil {
		for k, v := range rec.Values {
			if v.Cause != string(r.ID) && v.Since.Before(r.AppliedAt.Add(-edge)) {
				add(k, &v, r.AppliedAt)
			}
		}
	}
	for _, q := range f.requests {
		if q.Record != r.Record || q.ID == r.ID || q.AppliedAt.IsZero() || q.Version >= r.Version {
			continue
		}
		for _, it := range q.Items {
			add(it.Key, it.Was, q.AppliedAt)
		}
	}
	return before
}
