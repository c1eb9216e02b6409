package simulate

import (
	"context"
	"encoding/json"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
)

// review is what happens to a request that waits for people.
func (w *world) review(r change.Request) {
	if r.Conflict != nil {
		by := w.one(access.Steward)
		_ = w.send("rebase", func(ctx context.Context, d *desk.Desk) error { return d.Rebase(ctx, by, r.ID) })
		return
	}
	by := w.one(access.Approver)
	w.chance.one([]turn{
		{70, func() { w.approve(r, by) }},
		{8, func() {
			_ = w.send("reject", func(ctx context.Context, d *desk.Desk) error {
				return d.Reject(ctx, by, r.ID, r.Hash(), "unclear_evidence", "not readable")
			})
		}},
		{8, func() {
			_ = w.send("ask", func(ctx context.Context, d *desk.Desk) error { return d.Ask(ctx, by, r.ID, "Which one is it?") })
		}},
		{4, func() {
			to := w.one(access.Approver)
			_ = w.send("reassign", func(ctx context.Context, d *desk.Desk) error {
				return d.Reassign(ctx, w.one(access.Steward), r.ID, to.ID)
			})
		}},
		{3, func() { w.approve(r, pick(w.chance, w.crew)) }},
		{3, func() { w.withdraw(r) }},
		{3, func() { w.dispute(r) }},
	})
}

// approve says yes to what was seen, or now and then to something that was not.
func (w *world) approve(r change.Request, by access.Actor) {
	hash := r.Hash()
	if w.chance.once(30) {
		hash = "what was seen before"
	}
	if w.chance.percent(30) {
		w.intend(r, by, hash)
		return
	}
	_ = w.send("approve", func(ctx context.Context, d *desk.Desk) error { return d.Approve(ctx, by, r.ID, hash, "") })
}

// intend decides as the console does: it takes effect in a moment, unless somebody thinks
// better of it.
func (w *world) intend(r change.Request, by access.Actor, hash string) {
	v := change.Decision{Verdict: change.Approved, Hash: hash}
	if w.chance.once(6) {
		v.Verdict, v.Reason = change.Rejected, "other"
	}
	if w.send("intend", func(ctx context.Context, d *desk.Desk) error { return d.Intend(ctx, by, r.ID, v) }) == nil && w.chance.once(4) {
		_ = w.send("undo", func(ctx context.Context, d *desk.Desk) error { return d.Undo(ctx, by, r.ID) })
	}
}

// answer answers a question, sometimes with another value.
func (w *world) answer(r change.Request) {
	by := w.self(r.Record)
	if r.Filed.Sort == access.Staff {
		by = access.Actor{ID: r.Filed.ID, Name: r.Filed.Name, Sort: access.Staff, Roles: []access.Role{access.Agent}}
	}
	var corrected []desk.Proposed
	it := r.Items[0]
	if v := w.another(it.Key); v != "" && it.Now != "" && w.chance.percent(40) {
		corrected = []desk.Proposed{{Key: it.Key, Value: json.RawMessage(v)}}
	}
	_ = w.send("answer", func(ctx context.Context, d *desk.Desk) error { return d.Answer(ctx, by, r.ID, "This one.", corrected) })
}

// another is another value for a key, "" if nobody changes it here.
func (w *world) another(k customer.Key) string {
	for _, f := range append(likes(), guarded()...) {
		if f.key == k {
			return f.value(w)
		}
	}
	return ""
}

// linger is what happens to a request that only waits for time.
func (w *world) linger(r change.Request) {
	w.chance.one([]turn{
		{6, func() { w.withdraw(r) }},
		{6, func() { w.dispute(r) }},
		{4, func() {
			_ = w.plain("apply", func(ctx context.Context, d *desk.Desk) error { return d.Apply(ctx, r.ID) })
		}},
		{20, func() { w.wait() }},
		{8, func() { w.pass(73 * time.Hour) }}, // longer than anything cools
		{56, func() { w.work(w.idle()) }},
	})
}

func (w *world) withdraw(r change.Request) {
	by := w.self(r.Record)
	if r.Filed.Sort == access.Staff && w.chance.percent(50) {
		by = access.Actor{ID: r.Filed.ID, Name: r.Filed.Name, Sort: access.Staff, Roles: []access.Role{access.Agent}}
	}
	_ = w.send("withdraw", func(ctx context.Context, d *desk.Desk) error { return d.Withdraw(ctx, by, r.ID) })
}

// hearResult is what the customer says to what was done.
func (w *world) hearResult(r change.Request) {
	by := w.customerOf(r)
	w.chance.one([]turn{
		{78, func() {
			if w.send("confirm", func(ctx context.Context, d *desk.Desk) error { return d.Confirm(ctx, by, r.ID) }) == nil {
				w.ledger.over(string(r.ID))
			}
		}},
		{5, func() { w.dispute(r) }},
		{4, func() { w.collectReceipt(r) }},
		{6, func() { w.ledger.over(string(r.ID)) }}, // never says a word
	})
}

// customerOf is the customer behind a request: signed in, or by a link that came.
func (w *world) customerOf(r change.Request) access.Actor {
	if w.chance.percent(70) {
		return w.self(r.Record)
	}
	_, to := w.contactFor(r, pick(w.chance, []change.Method{change.SMSCode, change.MailCode}))
	for _, token := range w.post.tokens(to) {
		if by, ok := w.visitor(token); ok && (by.Link.Change == string(r.ID) || by.Link.Submission == r.Submission) {
			return by
		}
	}
	return w.self(r.Record)
}

func (w *world) dispute(r change.Request) {
	by := w.customerOf(r)
	if w.chance.once(5) {
		by = w.one(access.Agent)
	}
	_ = w.send("dispute", func(ctx context.Context, d *desk.Desk) error { return d.Dispute(ctx, by, r.ID, "not me") })
}

// decide is what happens to a frozen request: proofs, and people who took no part.
func (w *world) decide(r change.Request) {
	outcomes := []change.Outcome{change.Resume, change.Reject}
	if !r.AppliedAt.IsZero() {
		outcomes = []change.Outcome{change.Keep, change.Revert, change.Revert}
	}
	w.chance.one([]turn{
		{30, func() {
			m := pick(w.chance, []change.Method{change.SMSCode, change.MailCode, change.Callback})
			if k, to := w.priorContact(r, m); k != "" && r.Channel != thiefChannel {
				w.byCode(r, desk.Ask{Method: m, To: k}, to)
			}
		}},
		{6, func() {
			if r.Channel != thiefChannel {
				w.attest(r, change.Sighted, "")
			}
		}},
		{40, func() {
			by, o := pick(w.chance, w.crew), pick(w.chance, outcomes)
			_ = w.send("decide "+string(o), func(ctx context.Context, d *desk.Desk) error { return d.Decide(ctx, by, r.ID, o, "asked in person") })
		}},
	})
}

// priorContact is a contact as it was before the disputed change.
func (w *world) priorContact(r change.Request, m change.Method) (customer.Key, string) {
	k, to := w.contactFor(r, m)
	if it, ok := r.Item(k); ok && it.Was != nil {
		to = string(it.Was.Content)
	}
	return k, to
}
