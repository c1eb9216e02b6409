package portal

import (
	"strconv"
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// line is the way of a request: what is done, what is now, what comes.
func (v *visit) line(c store.Change) []page.LineStep {
	steps := []page.LineStep{v.done("received", c.FiledAt, v.page.Word("channel", c.Channel))}
	if told := v.told(c); told != nil {
		steps = append(steps, *told)
	}
	q := question(c)
	for _, g := range c.Plan.Gates {
		if q != nil && g.Status != "met" { // everything behind waits for the answer
			steps = append(steps, page.LineStep{Is: page.Now, Icon: "message", Title: v.page.T("portal.line.question"), Note: v.page.T("portal.line.question_note", "time", v.page.Time(q.Expires))})
			q = nil
		}
		if step, shown := v.gateStep(c, g, open(c) && question(c) == nil); shown {
			steps = append(steps, step)
		}
	}
	return append(steps, v.endSteps(c)...)
}

// done is a step that was taken.
func (v *visit) done(name string, at time.Time, note string) page.LineStep {
	return page.LineStep{Is: page.Done, Title: v.page.T("portal.line." + name), When: v.page.Moment(at), At: at, Note: note}
}

// told is that the contacts on record were told at once, and what became of it.
func (v *visit) told(c store.Change) *page.LineStep {
	var to []string
	var at time.Time
	for _, n := range c.Notices {
		if n.Kind != "requested_old" {
			continue
		}
		name := v.page.Word("channel", n.Channel)
		if n.To != "" {
			name += " " + v.shown(customer.Key(n.Audience), n.To)
		}
		to, at = append(to, v.page.T("portal.line.told_one", "to", name, "state", v.page.Word("notice_state", string(n.State)))), later(at, later(n.QueuedAt, n.SentAt))
	}
	if len(to) == 0 {
		return nil
	}
	step := v.done("told", at, v.page.List(to...))
	step.Icon = "bell"
	return &step
}

// gateStep is one gate of the plan. Of a request that is over, only what was met is shown.
func (v *visit) gateStep(c store.Change, g store.GateView, now bool) (page.LineStep, bool) {
	step := page.LineStep{Is: page.Next, Icon: gateIcon(g.Kind), Title: v.page.T("portal.line." + string(g.Kind))}
	switch {
	case g.Status == "met":
		step.Is, step.Icon = page.Done, ""
		step.At = metAt(c, g)
		step.When = v.page.Moment(step.At)
		if step.At.IsZero() {
			step.When = ""
		}
	case !now:
		if !open(c) {
			return step, false
		}
	case g.Status == "open" || proofs(g.Kind) && leading(c, g):
		step.Is = page.Now
	}
	switch g.Kind {
	case change.Approval:
		step.Title = v.people("portal.line.approval", g.Quorum)
		step.Note = v.approvalNote(c, g)
	case change.Cool:
		step.Title = v.page.T("portal.next.cool", "span", v.hours(seconds(g)))
		if step.Is == page.Now {
			step.Note = v.page.T("portal.line.cool_note", "time", v.page.Time(g.Since.Add(seconds(g))))
		}
	case change.Schedule:
		step.Title = v.page.T("portal.next.scheduled", "time", v.page.Date(c.Effective))
	case change.Reachability:
		step.Note = v.fields(g.Fields)
	}
	return step, true
}

func proofs(k change.GateKind) bool {
	return k == change.Authority || k == change.Reachability || k == change.Evidence
}

// leading reports whether only proofs stand before g: they may be given in any order.
func leading(c store.Change, g store.GateView) bool {
	for _, before := range c.Plan.Gates {
		if !proofs(before.Kind) {
			return false
		}
		if before.Kind == g.Kind {
			return true
		}
	}
	return false
}

// metAt is when a gate was met: by its last proof, or the last decision of its level.
func metAt(c store.Change, g store.GateView) time.Time {
	var at time.Time
	for _, p := range c.Proofs {
		if p.Gate == g.Kind {
			at = later(at, p.At)
		}
	}
	for _, d := range c.Decisions {
		if g.Kind == change.Approval && d.Level == g.Level {
			at = later(at, d.At)
		}
	}
	if g.Kind == change.Cool {
		at = g.Since.Add(seconds(g))
	}
	return at
}

// approvalNote says how many have agreed, and by when the others should.
func (v *visit) approvalNote(c store.Change, g store.GateView) string {
	if g.Status == "met" {
		return ""
	}
	n := 0
	var last time.Time
	for _, d := range c.Decisions {
		if d.Level == g.Level && d.Verdict == change.Approved {
			n, last = n+1, d.At
		}
	}
	by := ""
	if g.Status == "open" && !g.Since.IsZero() {
		by = v.page.T("portal.next.by", "time", v.page.Moment(v.House.Calendar.Add(g.Since, seconds(g))))
	}
	if n == 0 {
		return by
	}
	return v.page.T("portal.line.agreed", "n", strconv.Itoa(n), "time", v.page.Moment(last), "by", by)
}

// endSteps are what follows the gates: the update, the systems, the customer's word; or why
// it came to nothing.
func (v *visit) endSteps(c store.Change) []page.LineStep {
	if c.AppliedAt.IsZero() {
		return v.unapplied(c)
	}
	steps := []page.LineStep{v.done("applied", c.AppliedAt, v.systems(c))}
	switch c.State {
	case change.Applied:
		steps = append(steps, page.LineStep{Is: page.Now, Icon: "hand", Title: v.page.T("portal.line.confirm"), Note: v.page.T("portal.line.confirm_note")})
	case change.Confirmed:
		steps = append(steps, v.done("confirmed", c.EndedAt, ""))
	case change.Disputed:
		steps = append(steps, v.ended(page.Bad, "freeze", "frozen", c.Dispute.At))
	case change.Reverted:
		steps = append(steps, v.ended(page.Odd, "undo", "reverted", c.EndedAt))
	case change.Kept:
		steps = append(steps, v.done("kept", c.EndedAt, ""))
	}
	return steps
}

func (v *visit) unapplied(c store.Change) []page.LineStep {
	switch {
	case c.State == change.Disputed:
		return []page.LineStep{v.ended(page.Bad, "freeze", "frozen", c.Dispute.At)}
	case !c.EndedAt.IsZero():
		step := v.ended(page.Bad, "x", "closed", c.EndedAt)
		step.Title = v.page.State(c.State)
		return []page.LineStep{step}
	}
	return []page.LineStep{
		{Is: page.Next, Icon: "db", Title: v.page.T("portal.line.apply"), Note: v.page.T("portal.next.by", "time", v.page.Moment(v.through(c.Plan.Gates, c.Effective)))},
		{Is: page.Next, Icon: "hand", Title: v.page.T("portal.line.confirm"), Note: v.page.T("portal.line.ask_note")},
	}
}

func (v *visit) ended(is page.Is, icon, name string, at time.Time) page.LineStep {
	return page.LineStep{Is: is, Icon: icon, Title: v.page.T("portal.line." + name), When: v.page.Moment(at), At: at}
}

// systems says how many of those that follow have the change.
func (v *visit) systems(c store.Change) string {
	if len(c.Completeness) == 0 {
		return ""
	}
	n := 0
	for _, s := range c.Completeness {
		if s.Acked {
			n++
		}
	}
	return v.page.T("portal.line.systems", "n", strconv.Itoa(n), "of", strconv.Itoa(len(c.Completeness)))
}

func gateIcon(k change.GateKind) string {
	switch k {
	case change.Authority:
		return "key"
	case change.Reachability:
		return "mobile"
	case change.Evidence:
		return "idcard"
	case change.Approval:
		return "user"
	case change.Cool:
		return "hourglass"
	}
	return "calendar"
}
