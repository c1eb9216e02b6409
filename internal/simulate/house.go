package simulate

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/internal/store"
	"amend/org"
)

// houseWork is one thing that people of the house do beside the requests.
func (w *world) houseWork() {
	w.chance.one([]turn{
		{20, w.repair},
		{6, w.absent},
		{12, w.reveal},
		{20, w.look},
		{10, w.finishTask},
		{3, func() {
			if len(w.systems) < len(w.blueprints()) {
				_ = w.connect(len(w.systems))
			}
		}},
		{3, func() { _ = w.load(1+w.chance.IntN(3), false) }},
		{3, w.reload},
	})
	w.readRecords()
}

// repair is what somebody does about a delivery that stopped.
func (w *world) repair() {
	open, err := w.view().Exceptions(20)
	if err != nil || len(open) == 0 {
		return
	}
	x, by := pick(w.chance, open), pick(w.chance, append(w.with(access.Integrator), w.with(access.Steward)...))
	if w.chance.percent(70) {
		_ = w.send("retry", func(ctx context.Context, d *desk.Desk) error { return d.Retry(ctx, by, x.System, x.Record) })
		return
	}
	_ = w.send("skip", func(ctx context.Context, d *desk.Desk) error {
		return d.Skip(ctx, by, x.System, x.Record, "not needed there")
	})
}

// absent lets somebody be away, with or without a stand-in.
func (w *world) absent() {
	who := pick(w.chance, w.crew)
	away := org.Absence{Person: who.ID, From: w.now.Add(-time.Hour), Until: w.now.Add(w.chance.upTo(6 * 24 * time.Hour))}
	delegate := ""
	if w.chance.percent(60) {
		delegate = pick(w.chance, w.crew).ID
	}
	_ = w.send("absent", func(ctx context.Context, d *desk.Desk) error { return d.Absent(ctx, who, away, delegate) })
}

// reveal shows values unmasked: for a purpose, and on record (invariant 13).
func (w *world) reveal() {
	if len(w.records) == 0 {
		return
	}
	by, id := pick(w.chance, w.crew), pick(w.chance, w.records)
	var shown map[customer.Key]json.RawMessage
	purpose := pick(w.chance, []string{"service", "fraud_check", "", "curiosity"})
	before := len(w.ledger.entries)
	err := w.send("reveal", func(ctx context.Context, d *desk.Desk) error {
		seen, err := d.Reveal(ctx, by, id, []customer.Key{"phone", "email"}, purpose)
		if err == nil {
			shown = seen
		}
		return err
	})
	if err == nil && len(shown) > 0 && !w.ledger.has("reveal", before) {
		w.broken(13, "values of record %s were shown without an entry", id)
	}
}

// has reports whether an entry of a verb was stored since.
func (l *ledger) has(verb string, since int) bool {
	for _, e := range l.entries[since:] {
		if e.verb == verb {
			return true
		}
	}
	return false
}

// look reads as people of the house do: every value masked (invariant 13), and nothing
// written (invariant 8: a read never changes anything).
func (w *world) look() {
	n := w.idle()
	if n == nil || len(w.records) == 0 {
		return
	}
	by, acts := w.one(pick(w.chance, []access.Role{access.Agent, access.Steward, access.Approver, access.Owner})), w.ledger.acts
	id := pick(w.chance, w.records)
	seen, err := n.reader.Customer(w.ctx, by, id, store.Demand{})
	w.masked("customer", seen, err)
	if len(w.ledger.requests) > 0 {
		r, err := n.reader.Change(w.ctx, by, change.ID(pick(w.chance, w.ledger.requests)))
		w.masked("change", r, err)
	}
	following, err := n.reader.Following(w.ctx, by, id)
	w.masked("following", following, err)
	if w.ledger.acts != acts {
		w.broken(8, "reading stored something")
	}
}

// masked looks for values in what a reader was shown.
func (w *world) masked(what string, seen any, err error) {
	w.fair("read "+what, err)
	text, err := json.Marshal(seen)
	if err != nil {
		w.broken(Program, "show %s: %v", what, err)
	}
	for _, m := range []string{phoneMark, mailMark, passportMark} {
		if contains(text, m) {
			w.broken(13, "a value is shown unmasked to whoever reads a %s", what)
			return
		}
	}
}

// finishTask closes a task that somebody did.
func (w *world) finishTask() {
	open, err := w.view().OpenTasks(10)
	if err != nil || len(open) == 0 {
		return
	}
	t := pick(w.chance, open)
	by := pick(w.chance, w.crew)
	if of := w.with(access.Role(t.Role)); len(of) > 0 {
		by = pick(w.chance, of)
	}
	outcome := pick(w.chance, []string{"done", "done", "failed"})
	_ = w.send("finish", func(ctx context.Context, d *desk.Desk) error { return d.Finish(ctx, by, t.Change, t.ID, outcome) })
}

// reload asks a system to hear of everything again.
func (w *world) reload() {
	if len(w.systems) == 0 {
		return
	}
	by, id := w.one(access.Integrator), downstream.SystemID(pick(w.chance, w.systems))
	_ = w.plain("load", func(ctx context.Context, d *desk.Desk) error {
		_, err := d.Load(ctx, by, id)
		return err
	})
}

// receipt lets a provider say what became of a message, sometimes twice.
func (w *world) receipt() {
	if len(w.post.receipts) == 0 {
		return
	}
	i := w.chance.IntN(len(w.post.receipts))
	r := w.post.receipts[i]
	if !w.chance.once(4) {
		w.post.receipts = append(w.post.receipts[:i], w.post.receipts[i+1:]...)
	}
	n := w.idle()
	err := w.on(n, func(ctx context.Context) error { return n.desk.Received(ctx, r) })
	if !errors.Is(err, store.ErrNoRow) { // the answer to the sending itself may not be stored yet
		w.fair("receipt", err)
	}
}

// collectReceipt fetches the signed statement of a change.
func (w *world) collectReceipt(r change.Request) {
	by := w.self(r.Record)
	if w.chance.percent(30) {
		by = w.one(access.Agent)
	}
	_ = w.plain("receipt", func(ctx context.Context, d *desk.Desk) error {
		_, err := d.Receipt(ctx, by, r.ID)
		return err
	})
}
