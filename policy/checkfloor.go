package policy

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// Ground is the state of the world that CheckFloor stands on. The caller reads it in the
// transaction that applies the request; nothing of it may come from the request itself.
type Ground struct {
	Now     time.Time
	Catalog customer.Catalog
	// Version is that of the record the request changes, 0 while it does not exist.
	Version int64
	// Holder is the record whose contact points speak for the change, as it stands before
	// the apply: the record itself, or for an account its customer. Former holds every
	// contact replaced in the last 90 days.
	Holder customer.Record
	// Doubted are the holder's contact points that another customer holds too, or that a dispute contests.
	Doubted []customer.Key
	// Holds are the actions blocked for the holder, those that this apply places included.
	Holds []string
}

// CheckFloor refuses an apply that would break the floor, whatever the plan says. It
// judges by the items, proofs, decisions and times of r, and takes no proof's word for
// what its channel is worth: that comes from the holder's record.
//
// A decision counts only for the content as it is now. Approvals by whoever filed,
// collected or attested anything are refused for every field, guarded or not.
func CheckFloor(r change.Request, g Ground) *fault.Error {
	c := assertion{r: r, g: g}
	if f := c.ownHand(); f != nil {
		return f
	}
	c.readItems()
	c.readApprovals()
	switch {
	case r.Kind == change.Create || r.Kind == change.Enrol:
		return c.opening()
	case len(c.guarded) > 0:
		return c.update()
	}
	return nil
}

// assertion is CheckFloor at work.
type assertion struct {
	r       change.Request
	g       Ground
	guarded []Facts     // of the items under the floor
	contact bool        // one of them is a contact point
	agreed  []time.Time // when the first, second … person had agreed
}

// ownHand refuses approvals by a requester, a collector or a verifier, or in their name.
func (c *assertion) ownHand() *fault.Error {
	parties := []string{c.r.Filed.ID}
	if c.r.Collector != nil {
		parties = append(parties, c.r.Collector.ID)
	}
	for _, p := range c.r.Proofs {
		if p.By.Sort != access.Customer {
			parties = append(parties, p.By.ID)
		}
	}
	for _, d := range c.r.Decisions {
		if d.Verdict == change.Approved && (slices.Contains(parties, d.By.ID) || d.For != "" && slices.Contains(parties, d.For)) {
			return fault.New(fault.Denied, "floor_own_hand", "change", c.r.ID)
		}
	}
	return nil
}

func (c *assertion) readItems() {
	for _, it := range c.r.Items {
		field, ok := c.g.Catalog.Of(it.Key)
		f := FactsOf(field).at(it.Key)
		f.Removes = it.Now == ""
		if ok && !f.Guarded() {
			continue
		}
		c.guarded = append(c.guarded, f)
		c.contact = c.contact || f.Contact || !ok
	}
}

// readApprovals notes when the n-th different person had agreed to the content as it is now.
func (c *assertion) readApprovals() {
	hash := c.r.Hash()
	decisions := slices.Clone(c.r.Decisions)
	slices.SortStableFunc(decisions, func(a, b change.Decision) int { return a.At.Compare(b.At) })
	voices := map[string]bool{}
	for _, d := range decisions {
		if d.Verdict != change.Approved || d.Hash != hash || d.By.Sort != access.Staff || d.At.After(c.g.Now) {
			continue
		}
		if voices[d.By.ID] || d.For != "" && voices[d.For] {
			continue
		}
		voices[d.By.ID] = true
		if d.For != "" {
			voices[d.For] = true
		}
		c.agreed = append(c.agreed, d.At)
	}
}

// opening is the floor of a create and of an enrolment.
func (c *assertion) opening() *fault.Error {
	if c.r.Kind == change.Create && c.g.Version != 0 || c.r.Kind == change.Enrol && c.knowsContact() {
		return fault.New(fault.Conflict, "floor_not_first", "change", c.r.ID)
	}
	if !slices.ContainsFunc(c.r.Proofs, c.isSolid) {
		return fault.New(fault.Invalid, "floor_no_evidence", "change", c.r.ID)
	}
	for _, f := range c.guarded {
		key := customer.KeyOf(f.Field, f.Slot)
		if f.reaches() && !slices.ContainsFunc(c.r.Proofs, func(p change.Proof) bool { return c.answers(p, key) }) {
			return fault.New(fault.Invalid, "floor_not_reached", "change", c.r.ID, "field", f.Field)
		}
	}
	if len(c.agreed) < 1 {
		return fault.New(fault.Invalid, "floor_too_few_people", "change", c.r.ID, "need", 1)
	}
	return nil
}

// knowsContact reports whether the holder has a contact point, or had one 90 days before filing.
func (c *assertion) knowsContact() bool {
	is := func(k customer.Key) bool {
		f, ok := c.g.Catalog.Of(k)
		return !ok || f.Contact()
	}
	for k, v := range c.g.Holder.Values {
		if v.Content != "" && is(k) {
			return true
		}
	}
	since := c.r.FiledAt.Add(-customer.FormerKept)
	return slices.ContainsFunc(c.g.Holder.Former, func(f customer.Former) bool { return is(f.Key) && f.Until.After(since) })
}

// update is the floor of a guarded field: a strong channel, a weak one with one person,
// or two other proofs with two; the latter two with 72 hours and holds.
func (c *assertion) update() *fault.Error {
	proofs := c.credible()
	if _, ok := earliest(proofs, func(seen []change.Proof) bool { return c.authorised(seen, Proven) }); ok {
		return nil
	}
	if met, ok := earliest(proofs, func(seen []change.Proof) bool { return c.authorised(seen, Weak) }); ok {
		return c.slow(met, 1)
	}
	if met, ok := earliest(proofs, c.recovered); ok {
		return c.slow(met, recoverers)
	}
	return fault.New(fault.Invalid, "floor_no_authority", "change", c.r.ID, "field", c.guarded[0].Field)
}

// slow asserts people, time since proofs and people were complete, and holds.
func (c *assertion) slow(met time.Time, people int) *fault.Error {
	if len(c.agreed) < people {
		return fault.New(fault.Invalid, "floor_too_few_people", "change", c.r.ID, "need", people)
	}
	if at := c.agreed[people-1]; at.After(met) {
		met = at
	}
	if until := met.Add(floorCool); c.g.Now.Before(until) {
		return fault.New(fault.Conflict, "floor_too_early", "change", c.r.ID, "until", until.UTC().Format(time.RFC3339))
	}
	for _, action := range floorHolds() {
		if !slices.Contains(c.g.Holds, action) {
			return fault.New(fault.Invalid, "floor_no_hold", "change", c.r.ID, "action", action)
		}
	}
	return nil
}

// earliest answers when the proofs, taken in order of time, first satisfied enough.
func earliest(proofs []change.Proof, enough func([]change.Proof) bool) (time.Time, bool) {
	for i := range proofs {
		if enough(proofs[:i+1]) {
			return proofs[i].At, true
		}
	}
	return time.Time{}, false
}
