package simulate

import (
	"context"

	"amend/access"
	"amend/change"
	"amend/desk"
)

// mischief is a verb at the wrong time, by the wrong person, on any request: whatever comes
// of it, nothing may break.
func (w *world) mischief() {
	if len(w.ledger.requests) == 0 {
		return
	}
	id := change.ID(pick(w.chance, w.ledger.requests))
	r, ok := w.request(id)
	if !ok {
		return
	}
	by := w.anybody(r)
	name, act := w.anyVerb(r, by)
	_ = w.send("mischief "+name, act)
}

// anybody is anybody at all: staff, the customer, another customer, the app itself, or
// somebody with a link.
func (w *world) anybody(r change.Request) access.Actor {
	switch w.chance.IntN(8) {
	case 0:
		return w.self(r.Record)
	case 1:
		if len(w.records) > 0 {
			return w.self(pick(w.chance, w.records))
		}
	case 2:
		return w.app
	case 3:
		return access.Actor{ID: r.Filed.ID, Name: r.Filed.Name, Sort: r.Filed.Sort, Roles: access.Roles()}
	}
	return pick(w.chance, w.crew)
}

// anyVerb draws one of the verbs on a request.
func (w *world) anyVerb(r change.Request, by access.Actor) (string, func(context.Context, *desk.Desk) error) {
	type verb struct {
		name string
		do   func(context.Context, *desk.Desk) error
	}
	outcome := pick(w.chance, []change.Outcome{change.Resume, change.Reject, change.Keep, change.Revert})
	challenge, code := "none", "000000"
	if sent := w.asked[string(r.ID)]; len(sent) > 0 {
		a := pick(w.chance, sent)
		challenge = a.challenge
		if r.Channel != thiefChannel {
			_, code = w.post.code(a.to, a.challenge) // a code that may be used, late or another's
		}
	}
	v := pick(w.chance, []verb{
		{"approve", func(ctx context.Context, d *desk.Desk) error { return d.Approve(ctx, by, r.ID, r.Hash(), "") }},
		{"intend", func(ctx context.Context, d *desk.Desk) error {
			return d.Intend(ctx, by, r.ID, change.Decision{Verdict: change.Approved, Hash: r.Hash()})
		}},
		{"undo", func(ctx context.Context, d *desk.Desk) error { return d.Undo(ctx, by, r.ID) }},
		{"reject", func(ctx context.Context, d *desk.Desk) error { return d.Reject(ctx, by, r.ID, r.Hash(), "other", "") }},
		{"ask", func(ctx context.Context, d *desk.Desk) error { return d.Ask(ctx, by, r.ID, "Why?") }},
		{"answer", func(ctx context.Context, d *desk.Desk) error { return d.Answer(ctx, by, r.ID, "So.", nil) }},
		{"withdraw", func(ctx context.Context, d *desk.Desk) error { return d.Withdraw(ctx, by, r.ID) }},
		{"confirm", func(ctx context.Context, d *desk.Desk) error { return d.Confirm(ctx, by, r.ID) }},
		{"dispute", func(ctx context.Context, d *desk.Desk) error { return d.Dispute(ctx, by, r.ID, "") }},
		{"decide", func(ctx context.Context, d *desk.Desk) error { return d.Decide(ctx, by, r.ID, outcome, "so") }},
		{"apply", func(ctx context.Context, d *desk.Desk) error { return d.Apply(ctx, r.ID) }},
		{"due", func(ctx context.Context, d *desk.Desk) error { return d.Due(ctx, r.ID) }},
		{"rebase", func(ctx context.Context, d *desk.Desk) error { return d.Rebase(ctx, by, r.ID) }},
		{"prove", func(ctx context.Context, d *desk.Desk) error { return d.Prove(ctx, by, r.ID, challenge, code) }},
		{"not mine", func(ctx context.Context, d *desk.Desk) error { return d.NotMine(ctx, by, r.ID) }},
	})
	return v.name, v.do
}
