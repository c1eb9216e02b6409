package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/internal/sandbox"
	"amend/internal/store"
)

// invariants checks what must hold whatever happened (product.md, Invariants), on the
// database as a story, or a killed process, left it.
func invariants(ctx context.Context, w *sandbox.World) error {
	v := w.Store.View(ctx)
	requests, err := every(v)
	if err != nil {
		return err
	}
	checks := []func() error{
		func() error { return folds(ctx, w.Store) },
		func() error { return causes(v) },
		func() error { return people(requests) },
		func() error { return entries(v, requests) },
		func() error { return followed(w, v, requests) },
		func() error { return heardOf(w, v, requests) },
		func() error { return released(w, v, requests) },
		func() error { return unreadable(w, v, requests) },
		func() error { return replays(ctx, w) },
	}
	var errs []error
	for _, check := range checks {
		errs = append(errs, check())
	}
	return errors.Join(errs...)
}

// every answers every request there is.
func every(v store.View) ([]change.Request, error) {
	rows, err := v.Rows(`SELECT id FROM change_request ORDER BY id`)
	if err != nil {
		return nil, err
	}
	var all []change.Request
	for rows.Next() {
		var id change.ID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		r, err := v.Change(id)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// folds: the golden record equals the fold of its entries, byte for byte (invariant 2).
func folds(ctx context.Context, s *store.Store) error {
	return s.Rebuild(ctx, func(r store.Rebuilt) error {
		if !r.Equal() {
			return fmt.Errorf("record %s is not the fold of its entries", r.ID)
		}
		return nil
	})
}

// causes: no live value without a cause that exists (invariant 4).
func causes(v store.View) error {
	return v.Causeless(func(id customer.ID, k customer.Key) error {
		return fmt.Errorf("record %s: %s has no cause", id, k)
	})
}

// people: n approvals are n different people, none with a hand in the request (invariant 5).
func people(requests []change.Request) error {
	for _, r := range requests {
		hands := []string{r.Filed.ID}
		if r.Collector != nil {
			hands = append(hands, r.Collector.ID)
		}
		for _, p := range r.Proofs {
			hands = append(hands, p.By.ID)
		}
		voices := map[string]bool{}
		for _, d := range r.Decisions {
			for _, id := range []string{d.By.ID, d.For} {
				if id != "" && (voices[id] || slices.Contains(hands, id)) {
					return fmt.Errorf("request %s: %s decides twice, or on their own work", r.ID, id)
				}
				voices[id] = true
			}
			if d.By.Sort != access.Staff {
				return fmt.Errorf("request %s is decided by no person", r.ID)
			}
		}
		if r.AppliedAt.IsZero() {
			continue
		}
		if _, _, open := r.OpenGate(r.AppliedAt); open {
			return fmt.Errorf("request %s was applied with a gate open", r.ID)
		}
	}
	return nil
}

// entries: every act on a request has exactly one entry, and the request is what one of
// them carries (invariant 10); no entry is left without its act.
func entries(v store.View, requests []change.Request) error {
	for _, r := range requests {
		var sealed int64
		if err := v.Row(`SELECT count(*) FROM entry WHERE change_id = $1 AND body IS NOT NULL`, r.ID).Scan(&sealed); err != nil {
			return err
		}
		if sealed != r.Revision {
			return fmt.Errorf("request %s: %d acts, %d entries", r.ID, r.Revision, sealed)
		}
		var same int64
		const q = `SELECT count(*) FROM entry e JOIN change_request c ON c.id = e.change_id WHERE c.id = $1 AND e.id = c.entry AND e.body IS NOT NULL`
		if err := v.Row(q, r.ID).Scan(&same); err != nil {
			return err
		}
		if same != 1 {
			return fmt.Errorf("request %s: %d entries carry it as it is", r.ID, same)
		}
	}
	return nil
}

// followed: deliveries and exceptions together are the subscriptions (invariant 7): every
// applied change is acknowledged, owed, or stopped with an exception or a person's word.
func followed(w *sandbox.World, v store.View, requests []change.Request) error {
	rows, err := v.Systems()
	if err != nil {
		return err
	}
	for _, r := range requests {
		if r.AppliedAt.IsZero() {
			continue
		}
		for _, s := range rows {
			if !s.Wants(downstream.Scope{Kind: r.RecordKind, Catalog: w.House.Catalog, Keys: r.Keys()}) {
				continue
			}
			if err := follows(v, s, r); err != nil {
				return err
			}
		}
	}
	return nil
}

func follows(v store.View, s store.SystemRow, r change.Request) error {
	d, err := v.Delivery(s.ID, r.Record)
	if err != nil {
		return err
	}
	var known int64
	if err := v.Row(`SELECT count(*) FROM exception WHERE system_id = $1 AND record_id = $2`, s.ID, r.Record).Scan(&known); err != nil {
		return err
	}
	switch {
	case d.WantedVersion < r.Version:
		return fmt.Errorf("%s was never told of request %s", s.ID, r.ID)
	case d.AckedSeq > d.WantedSeq:
		return fmt.Errorf("%s acknowledged what it was never told: %+v", s.ID, d)
	case d.InSync(r.Version), d.State == downstream.Owed && !d.DueAt.IsZero(), d.State == downstream.Stopped && known > 0:
		return nil
	}
	return fmt.Errorf("%s was forgotten: %+v", s.ID, d)
}

// released: a hold outlives neither the dispute that asked for it nor a request that ended
// without being applied.
func released(w *sandbox.World, v store.View, requests []change.Request) error {
	now := w.Clock.Now()
	for _, r := range requests {
		if r.Frozen() || r.AppliedAt.IsZero() && r.End == "" {
			continue
		}
		all, err := v.Holds(r.Record)
		if err != nil {
			return err
		}
		for _, h := range all {
			if h.Change == r.ID && h.Active(now) && (h.Reason == "disputed" || r.AppliedAt.IsZero()) {
				return fmt.Errorf("request %s is over, its hold on %s is not", r.ID, h.Action)
			}
		}
	}
	return nil
}

// heardOf: every applied contact change notified every contact valid in the last 90 days
// before it, or somebody has the task of it (invariant 9). The history of contacts is
// read from the requests, not from the record.
func heardOf(w *sandbox.World, v store.View, requests []change.Request) error {
	for _, r := range requests {
		if r.AppliedAt.IsZero() || r.Kind != change.Update || !slices.ContainsFunc(r.Keys(), func(k customer.Key) bool { return contact(w, k) }) {
			continue
		}
		told, err := v.NoticesOf(r.ID)
		if err != nil {
			return err
		}
		for _, c := range contactsBefore(w, v, r, requests) {
			if !slices.ContainsFunc(told, func(n store.Notice) bool {
				return (n.Kind == "applied_old" || n.Kind == "new_contact") && n.Audience == string(c.Key)
			}) {
				return fmt.Errorf("request %s: the contact under %s, valid until %s, was not told", r.ID, c.Key, c.Until)
			}
		}
	}
	return nil
}

func contact(w *sandbox.World, k customer.Key) bool {
	f, ok := w.House.Catalog.Of(k)
	return ok && f.Contact()
}

// contactsBefore are the contacts of r's record that were valid at some time in the 90
// days before r applied.
func contactsBefore(w *sandbox.World, v store.View, r change.Request, requests []change.Request) []customer.Former {
	var before []customer.Former
	rec, err := v.Record(r.Record)
	if err != nil {
		return nil
	}
	for k, value := range rec.Values {
		if contact(w, k) && value.Since.Before(r.AppliedAt) {
			before = append(before, customer.Former{Key: k, Until: r.AppliedAt})
		}
	}
	for _, q := range requests {
		if q.Record != r.Record || q.AppliedAt.IsZero() || q.AppliedAt.After(r.AppliedAt) || r.AppliedAt.Sub(q.AppliedAt) >= customer.FormerKept {
			continue
		}
		for _, it := range q.Items {
			if it.Was != nil && contact(w, it.Key) {
				before = append(before, customer.Former{Key: it.Key, Value: *it.Was, Until: q.AppliedAt})
			}
		}
	}
	return before
}

// replays: the leaves make the newest signed head, in an unbroken chain for each record.
func replays(ctx context.Context, w *sandbox.World) error {
	if _, err := w.Desk.Sequence(ctx); err != nil {
		return err
	}
	v := w.Store.View(ctx)
	size, signed, err := v.Head()
	if err != nil || size == 0 {
		return err // nothing happened yet
	}
	public, err := w.Desk.LogKey(ctx)
	if err != nil {
		return err
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return err
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), verifier)
	if err != nil {
		return err
	}
	leaves, err := v.Leaves(0, 1<<20)
	if err != nil {
		return err
	}
	var replay audit.Replay
	for i, l := range leaves {
		if l.Pos != int64(i) {
			return fmt.Errorf("entry %s stands at %d, not %d", l.ID, l.Pos, i)
		}
		if err := replay.Add(l.Leaf); err != nil {
			return err
		}
	}
	if head.Size != size {
		return fmt.Errorf("the head says %d, its row %d", head.Size, size)
	}
	return replay.Match(head)
}
