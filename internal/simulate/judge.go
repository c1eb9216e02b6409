package simulate

import (
	"slices"

	"amend/customer"
	"amend/downstream"
)

// bases is the version at which each key of a record last changed, by the effects that
// were committed.
type bases struct {
	version int64
	changed map[customer.Key]int64
	was     []map[customer.Key]int64 // by version: what changed was before it
}

// judge looks at one act as it is committed: it is whole, it is on record, and nothing in
// it was used twice.
func (w *world) judge(a act) {
	w.oneEntryEach(a)
	w.wholeApply(a)
	w.usedOnce(a)
}

// oneEntryEach: every state-changing act has exactly one entry in the same transaction
// (invariant 10): each save of a request one with its body, each write of a record one with
// its effects, and anything else at least one.
func (w *world) oneEntryEach(a act) {
	var bodies, altering []string
	for _, e := range a.entries {
		if e.change != "" && len(e.body) > 0 {
			bodies = append(bodies, e.change)
		}
		if len(e.effects) > 0 {
			altering = append(altering, e.record)
		}
	}
	if !same(bodies, a.saved) {
		w.broken(10, "requests %v were saved with entries about %v", a.saved, bodies)
	}
	if !same(altering, a.wrote) {
		w.broken(10, "records %v were written with entries about %v", a.wrote, altering)
	}
	if a.loud != "" && len(a.entries) == 0 {
		w.broken(10, "an act has no entry: %s", a.loud)
	}
}

func same(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// wholeApply: fields, version, deliveries, notices and entry leave together (invariant 3).
func (w *world) wholeApply(a act) {
	for _, e := range a.entries {
		if len(e.effects) == 0 {
			continue
		}
		effects, err := customer.DecodeEffects(e.effects)
		if err != nil {
			w.broken(3, "entry %s carries no effects: %v", e.id, err)
			continue
		}
		keys := w.ledger.fold(e, effects)
		if len(keys) == 0 {
			continue
		}
		w.followers(a, e, keys)
		if e.change != "" && (!slices.Contains(a.saved, e.change) || !a.told[e.change]) {
			w.broken(3, "entry %s alters record %s without its request or without telling anybody", e.id, e.record)
		}
	}
}

// followers: every system that subscribes to what changed is owed the new version.
func (w *world) followers(a act, e entry, keys []customer.Key) {
	kind := w.kindOf(customer.ID(e.record))
	for _, id := range w.systems {
		f := w.far[id]
		if f.system.Wants(downstream.Scope{Kind: kind, Catalog: w.stage.house.Catalog, Keys: keys}) && !a.raised[pair{id, e.record}] {
			w.broken(3, "entry %s alters record %s and %s is not told", e.id, e.record, id)
		}
	}
}

// fold counts the version that an entry made, and answers the keys whose content moved.
func (l *ledger) fold(e entry, effects []customer.SealedEffect) []customer.Key {
	b := l.bases[customer.ID(e.record)]
	if b == nil {
		b = &bases{changed: map[customer.Key]int64{}}
		l.bases[customer.ID(e.record)] = b
	}
	b.version++
	before := map[customer.Key]int64{}
	var keys []customer.Key
	for _, effect := range effects {
		if effect.Keep {
			continue
		}
		before[effect.Key] = b.changed[effect.Key]
		b.changed[effect.Key] = b.version
		keys = append(keys, effect.Key)
	}
	b.was = append(b.was, before)
	return keys
}

// usedOnce: a code or a link works once, before it expires (invariant 8).
func (w *world) usedOnce(a act) {
	for _, id := range a.used {
		c := w.ledger.codes[id]
		c.used++
		w.ledger.codes[id] = c
		if c.used > 1 {
			w.broken(8, "%s was used %d times", id, c.used)
		}
		if c.change == "" || len(a.entries) == 0 {
			continue // a link
		}
		if e := a.entries[0]; e.change != c.change || c.expires > 0 && e.at > c.expires {
			w.broken(8, "code %s of request %s was used at %d for %s and expired at %d", id, c.change, e.at, e.change, c.expires)
		}
	}
}
