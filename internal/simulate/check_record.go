package simulate

import (
	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/store"
)

// folds: the golden record equals the fold of its entries, byte for byte (invariant 2).
func (f *finding) folds() {
	err := f.anchor.Rebuild(f.ctx, func(r store.Rebuilt) error {
		if !r.Equal() {
			f.broken(2, "record %s is not the fold of its entries", r.ID)
		}
		return nil
	})
	if err != nil {
		f.broken(2, "rebuild: %v", err)
	}
}

// causes: no live value without a cause that exists (invariant 4).
func (f *finding) causes() {
	err := f.view.Causeless(func(id customer.ID, k customer.Key) error {
		f.broken(4, "record %s: %s has no cause", id, k)
		return nil
	})
	if err != nil {
		f.broken(4, "look for causes: %v", err)
	}
}

// basesHeld: a change applied only where each of its fields still had the version that it
// was reviewed on, and its approvals are bound to what it is (invariant 6).
func (f *finding) basesHeld() {
	versions := map[string]int64{}
	applied := map[string]bool{}
	for _, e := range f.ledger.entries {
		if len(e.effects) == 0 {
			continue
		}
		versions[e.record]++
		r, known := f.byID[e.change]
		if !known || applied[e.change] {
			continue
		}
		applied[e.change] = true
		f.basesOf(r, versions[e.record])
	}
	for _, r := range f.requests {
		if !r.AppliedAt.IsZero() && !applied[string(r.ID)] {
			f.broken(3, "request %s says that it was applied, and no entry does", r.ID)
		}
		for _, d := range r.Decisions {
			if !r.AppliedAt.IsZero() && d.Verdict == change.Approved && d.Hash != r.Hash() {
				f.broken(6, "request %s was applied with an approval of another content", r.ID)
			}
		}
	}
}

// basesOf compares the bases of a request with what its record was before version.
func (f *finding) basesOf(r change.Request, version int64) {
	b := f.ledger.bases[r.Record]
	if r.Version != version || b == nil || int(version) > len(b.was) {
		f.broken(6, "request %s made version %d and says %d", r.ID, version, r.Version)
		return
	}
	before := b.was[version-1]
	for _, it := range r.Items {
		if base, touched := before[it.Key]; !touched || base != it.Base {
			f.broken(6, "request %s was applied on %s of version %d, reviewed on %d", r.ID, it.Key, base, it.Base)
		}
	}
}

// floor: no guarded field moved by somebody who had nothing but a contact of his own, and
// every applied change of a contact has a proof or people behind it (the floor).
func (f *finding) floor() {
	for _, r := range f.requests {
		if r.AppliedAt.IsZero() || !f.guards(r) {
			continue
		}
		if r.Channel == thiefChannel {
			f.broken(Floor, "request %s is a thief's and was applied", r.ID)
		}
		own := 0
		for _, p := range r.Proofs {
			if !p.New {
				own++
			}
		}
		if own == 0 {
			f.broken(Floor, "request %s was applied with nothing proven but the new contact", r.ID)
		}
	}
}

// guards reports whether a request touches what the floor guards, by the catalogue as shipped.
func (f *finding) guards(r change.Request) bool {
	for _, k := range r.Keys() {
		field, _ := f.stage.house.Catalog.Of(k)
		if field.Channel() || field.Tier == customer.Top && field.Class == customer.Identity {
			return true
		}
	}
	return false
}

// decidedOnce: one end for each request, and n approvals are n different people with no
// hand in it (invariant 5). Every state that the request was ever in is read again.
func (f *finding) decidedOnce() {
	for _, r := range f.requests {
		if err := change.Invariants(r); err != nil {
			f.broken(5, "request %s: %v", r.ID, err)
		}
		f.uninvolved(r)
	}
	f.oneEnd()
}

func (f *finding) uninvolved(r change.Request) {
	hands := map[string]bool{r.Filed.ID: true}
	if r.Collector != nil {
		hands[r.Collector.ID] = true
	}
	for _, p := range append(r.Proofs, r.Unproven...) {
		hands[p.By.ID] = true
	}
	voices := map[string]bool{}
	for _, d := range r.Decisions {
		for _, id := range []string{d.By.ID, d.For} {
			if id != "" && (voices[id] || hands[id] || d.By.Sort != access.Staff) {
				f.broken(5, "request %s: %s decides twice, or on their own work", r.ID, id)
			}
			voices[id] = true
		}
	}
}

// oneEnd opens the states of each request in the order they were committed.
func (f *finding) oneEnd() {
	was := map[string]change.Request{}
	for _, e := range f.ledger.entries {
		if e.change == "" || len(e.body) == 0 {
			continue
		}
		if _, readable := f.byID[e.change]; !readable {
			continue
		}
		is, err := f.opened(e)
		if err != nil {
			f.broken(14, "entry %s cannot be opened: %v", e.id, err)
			continue
		}
		if before, known := was[e.change]; known {
			if err := change.Follows(before, is); err != nil {
				f.broken(5, "request %s, entry %s: %v", e.change, e.id, err)
			}
		}
		was[e.change] = is
	}
}
