package experiments

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
)

// maxLeaves bounds the log that one experiment replays.
const maxLeaves = 1 << 22

// whole checks what must hold in a database whatever was done to the program that wrote
// it, and answers everything that does not: the database is sound, every record is the
// fold of its entries, every value has a cause, every request kept its rules and has all
// that follows from it, and the log replays to its signed head. It gives new entries their
// places in the log, so the database has to take writes.
func whole(t testing.TB, s *store.Store, master *keys.Master, d *desk.Desk) (problems []string) {
	t.Helper()
	w := inspection{t: t, s: s, v: s.View(t.Context())}
	w.sound(master)
	w.folds()
	w.causes()
	requests := w.every()
	systems, err := w.v.Systems()
	w.note(err)
	for _, r := range requests {
		w.note(change.Invariants(r))
		w.people(r)
		w.entered(r)
		w.followed(r, systems)
		w.told(r)
	}
	w.replays(d)
	return w.problems
}

// An inspection gathers what does not hold.
type inspection struct {
	t        testing.TB
	s        *store.Store
	v        store.View
	problems []string
}

func (w *inspection) note(err error) {
	if err != nil {
		w.problems = append(w.problems, err.Error())
	}
}

func (w *inspection) notef(format string, args ...any) {
	w.problems = append(w.problems, fmt.Sprintf(format, args...))
}

// sound: the file is well formed, as far as SQLite can tell, and belongs to the master key.
func (w *inspection) sound(master *keys.Master) {
	if made, err := w.v.Meta("key_fingerprint"); err != nil {
		w.note(err)
	} else {
		w.note(master.Check(made))
	}
	var version string
	if w.v.Row(`SELECT sqlite_version()`).Scan(&version) != nil {
		return // PostgreSQL looks after its own files
	}
	var said string
	w.note(w.v.Row(`SELECT group_concat(integrity_check, '; ') FROM pragma_integrity_check`).Scan(&said))
	if said != "ok" {
		w.notef("integrity_check: %s", said)
	}
	var orphans int64
	w.note(w.v.Row(`SELECT count(*) FROM pragma_foreign_key_check`).Scan(&orphans))
	if orphans > 0 {
		w.notef("%d rows point at nothing", orphans)
	}
}

// folds: the golden record equals the fold of its entries, byte for byte.
func (w *inspection) folds() {
	w.note(w.s.Rebuild(w.t.Context(), func(r store.Rebuilt) error {
		if !r.Equal() {
			w.notef("record %s is not the fold of its entries", r.ID)
		}
		return nil
	}))
}

// causes: no live value without a cause that exists.
func (w *inspection) causes() {
	w.note(w.v.Causeless(func(id customer.ID, k customer.Key) error {
		w.notef("record %s: %s has no cause", id, k)
		return nil
	}))
}

// every answers every request there is; one that cannot be opened is a problem, unless it
// was forgotten on record.
func (w *inspection) every() (all []change.Request) {
	rows, err := w.v.Rows(`SELECT id FROM change_request ORDER BY id`)
	if err != nil {
		w.note(err)
		return nil
	}
	for rows.Next() {
		var id change.ID
		w.note(rows.Scan(&id))
		r, err := w.v.Change(id)
		if fault.CodeOf(err) == "no_customer" && w.forgotten(id) {
			continue
		}
		if err != nil {
			w.note(err)
			continue
		}
		all = append(all, r)
	}
	w.note(rows.Err())
	return all
}

func (w *inspection) forgotten(id change.ID) bool {
	var entries int64
	w.note(w.v.Row(`SELECT count(*) FROM entry WHERE change_id = $1 AND verb = 'forget'`, id).Scan(&entries))
	return entries == 1
}

// people: n approvals are n different people, none with a hand in the request, and what
// was applied had every gate behind it.
func (w *inspection) people(r change.Request) {
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
				w.notef("request %s: %s decides twice, or on their own work", r.ID, id)
			}
			voices[id] = true
		}
		if d.By.Sort != access.Staff {
			w.notef("request %s is decided by no person", r.ID)
		}
	}
	if r.AppliedAt.IsZero() {
		return
	}
	if _, _, open := r.OpenGate(r.AppliedAt); open {
		w.notef("request %s was applied with a gate open", r.ID)
	}
}

// entered: every act on a request has exactly one entry, and the newest carries the very
// bytes of the request.
func (w *inspection) entered(r change.Request) {
	var acts, same int64
	w.note(w.v.Row(`SELECT count(*) FROM entry WHERE change_id = $1 AND change_id <> '' AND body IS NOT NULL`, r.ID).Scan(&acts))
	const q = `SELECT count(*) FROM entry e JOIN change_request c ON e.id = c.entry AND e.change_id = c.id WHERE c.id = $1 AND e.body IS NOT NULL`
	w.note(w.v.Row(q, r.ID).Scan(&same))
	if acts != r.Revision || same != 1 {
		w.notef("request %s: %d acts, %d entries, %d of them as it is now", r.ID, r.Revision, acts, same)
	}
}

// followed: an applied change is acknowledged by every system that subscribes, owed to it,
// or stopped.
func (w *inspection) followed(r change.Request, systems []store.SystemRow) {
	if r.AppliedAt.IsZero() {
		return
	}
	for _, s := range systems {
		if !s.Wants(downstream.Scope{Kind: r.RecordKind, Catalog: customer.Shipped(), Keys: r.Keys()}) {
			continue
		}
		d, err := w.v.Delivery(s.ID, r.Record)
		switch {
		case err != nil:
			w.notef("%s has no delivery for request %s: %v", s.ID, r.ID, err)
		case d.WantedVersion < r.Version:
			w.notef("%s was never told of request %s", s.ID, r.ID)
		case d.AckedSeq > d.WantedSeq:
			w.notef("%s acknowledged what it was never told: %+v", s.ID, d)
		case !d.InSync(r.Version) && d.State == downstream.Owed && d.DueAt.IsZero():
			w.notef("%s was forgotten: %+v", s.ID, d)
		}
	}
}

// told: whoever held a contact that an applied change replaced has a notice of it.
func (w *inspection) told(r change.Request) {
	if r.AppliedAt.IsZero() || r.Kind != change.Update {
		return
	}
	notices, err := w.v.NoticesOf(r.ID)
	w.note(err)
	for _, it := range r.Items {
		field, _ := customer.Shipped().Of(it.Key)
		if !field.Contact() || it.Was == nil {
			continue
		}
		if !slices.ContainsFunc(notices, func(n store.Notice) bool {
			return (n.Kind == "applied_old" || n.Kind == "new_contact") && n.Audience == string(it.Key)
		}) {
			w.notef("request %s: the contact that was under %s was not told", r.ID, it.Key)
		}
	}
}

// replays: the leaves make the newest signed head, in an unbroken chain for each record.
func (w *inspection) replays(d *desk.Desk) {
	for did := 1; did > 0; {
		var err error
		if did, err = d.Sequence(w.t.Context()); err != nil {
			w.note(err)
			return
		}
	}
	size, signed, err := w.v.Head()
	if err != nil || size == 0 {
		w.note(err)
		return // nothing happened yet
	}
	public, err := d.LogKey(w.t.Context())
	if err != nil {
		w.note(err)
		return
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		w.note(err)
		return
	}
	head, _, err := audit.OpenCheckpoint([]byte(signed), verifier)
	if err != nil {
		w.note(err)
		return
	}
	w.matches(head, size)
}

func (w *inspection) matches(head audit.Checkpoint, size int64) {
	leaves, err := w.v.Leaves(0, maxLeaves)
	w.note(err)
	var replay audit.Replay
	for i, l := range leaves {
		if l.Pos != int64(i) {
			w.notef("entry %s stands at %d, not %d", l.ID, l.Pos, i)
			return
		}
		if err := replay.Add(l.Leaf); err != nil {
			w.note(err)
			return
		}
	}
	if head.Size != size {
		w.notef("the head says %d, its row %d", head.Size, size)
	}
	w.note(replay.Match(head))
	var all int64
	w.note(w.v.Row(`SELECT count(*) FROM entry`).Scan(&all))
	if all != size {
		w.notef("%d entries, %d in the log", all, size)
	}
}
