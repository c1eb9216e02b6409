package store

import (
	"time"

	"amend/customer"
	"amend/downstream"
)

// related reports whether the relations of a record are those that its values name.
func related(catalog customer.Catalog, s *subject, rec customer.Record) bool {
	n := 0
	for k, v := range rec.Values {
		if catalog[k.Field()].Type != customer.Reference {
			continue
		}
		n++
		if s.related[k] != string(v.Content) {
			return false
		}
	}
	return n == len(s.related)
}

// raceOfConnecting is how long after a system was connected a change may still have missed
// it: a verb that was under way had read the systems before. A load makes up for it.
const raceOfConnecting = time.Minute

// deliveries looks whether every system that follows the record is told of it, and nothing
// that is owed waits without a time.
func (x *recordExam) deliveries(v View, s *subject) {
	told := map[downstream.SystemID]downstream.Delivery{}
	for _, d := range s.told {
		told[d.System] = d
		if d.State == downstream.Owed && d.DueAt.IsZero() {
			x.flaw(DeliveryIdle, pair(d.System, s.id))
		}
	}
	if s.row == nil {
		return
	}
	for _, system := range x.systems {
		if system.since.IsZero() {
			continue
		}
		want := wanted(v, s, system)
		if want > told[system.ID].WantedVersion {
			x.flaw(DeliveryMissing, pair(system.ID, s.id))
		}
	}
}

// wanted answers the version of the record that a system must have been asked to reach: the
// last one that touched what it subscribes to since it was connected, 0 for none.
func wanted(v View, s *subject, system follower) (version int64) {
	n := int64(0)
	for _, e := range s.inOrder() {
		n++
		effects, err := customer.DecodeEffects(e.effects)
		if err != nil || e.parsed.At.Sub(system.since) < raceOfConnecting {
			continue
		}
		scope := downstream.Scope{Kind: customer.Kind(s.row.kind), Catalog: v.store.catalog}
		for _, effect := range effects {
			if !effect.Keep {
				scope.Keys = append(scope.Keys, effect.Key)
			}
		}
		if system.Wants(scope) {
			version = n
		}
	}
	return version
}

// inOrder answers the altering entries, first to last, as far as they hang together.
func (s *subject) inOrder() []*entryRow {
	next := map[string]*entryRow{}
	for i := range s.entries {
		if e := &s.entries[i]; e.effects != nil {
			next[e.prev] = e
		}
	}
	var out []*entryRow
	for e, ok := next[""]; ok && len(out) < len(next); e, ok = next[e.id] {
		out = append(out, e)
	}
	return out
}
