package simulate

import (
	"bytes"

	"amend/change"
	"amend/customer"
	"amend/internal/keys"
	"amend/internal/store"
)

// A finding is the database at the end of a run, read once for every check.
type finding struct {
	*world
	view     store.View
	requests []change.Request          // that can be opened, in the order they were filed
	byID     map[string]change.Request // the same
	systems  []store.SystemRow
	opens    map[customer.ID]keys.DataKey
}

// check holds every invariant against what the run left behind.
func (w *world) check() {
	if err := w.lookAfresh(); err != nil {
		w.broken(Program, "open the database for the judge: %v", err)
		return
	}
	f := &finding{world: w, view: w.view(), byID: map[string]change.Request{}, opens: map[customer.ID]keys.DataKey{}}
	for _, id := range w.ledger.requests {
		r, err := f.view.Change(change.ID(id))
		if err == nil {
			f.requests = append(f.requests, r)
			f.byID[id] = r
			continue
		}
		f.unopened(id, err)
	}
	var err error
	if f.systems, err = f.view.Systems(); err != nil {
		w.broken(Program, "read the systems: %v", err)
	}
	for _, c := range []func(){
		f.nothingLost, f.folds, f.causes, f.decidedOnce, f.basesHeld, f.followed, f.copies, f.heardOf, f.entriesEach,
		f.nothingPersonal, f.ordered, f.forgot, f.headsHold, f.floor, f.atRest,
	} {
		c()
	}
}

// lookAfresh opens the database anew for the judge, with nothing in memory of before.
func (w *world) lookAfresh() error {
	fresh, err := store.Open(w.ctx, w.options(func(store.Moment) {}))
	if err != nil {
		return err
	}
	old := w.anchor
	w.anchor = fresh
	return old.Close()
}

// contains reports whether text holds a mark.
func contains(text []byte, mark string) bool { return bytes.Contains(text, []byte(mark)) }
