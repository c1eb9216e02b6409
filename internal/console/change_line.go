package console

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// Line is every act on the request in the order of time, each with its place in the log, and
// what it waits for now.
func (c changePage) Line() []page.LineStep {
	var steps []page.LineStep
	for _, a := range c.Req.Acts {
		steps = append(steps, c.act(a))
	}
	if title, note := c.waitsFor(); title != "" {
		steps = append(steps, page.LineStep{Is: page.Now, Icon: "clock", Title: title, Note: note, When: c.T("console.line.now")})
	}
	return steps
}

func (c changePage) act(a store.Act) page.LineStep {
	s := page.LineStep{
		Is: actIs(change.Verb(a.Verb)), Icon: actIcon(change.Verb(a.Verb)), Title: c.actor(a) + " " + c.Word("verb", a.Verb),
		When: c.brief(a.At), At: a.At,
	}
	if a.Pos != nil {
		s.Ref = grouped(*a.Pos)
	}
	if c.Me.May(access.ReadLog) == nil {
		s.Href = entryPath(a.Entry, "")
	}
	if a.Pos == nil {
		s.Href = ""
	}
	s.Note, s.Chip, s.Tone = c.actNote(a)
	return s
}

// actor is who did it. What a timer did, the product did.
func (c changePage) actor(a store.Act) string {
	if a.Sort == access.System {
		return access.Amend().Name
	}
	return who(c.Page, c.Req.Names, a.By, string(a.Sort))
}

// actIs is how an act is drawn: what went wrong, and what is worth a look.
func actIs(v change.Verb) page.Is {
	switch v {
	case change.RejectedBy, change.FailedNow, change.ExpiredNow, change.FrozenBy, change.WithdrawnBy:
		return page.Bad
	case change.Missed, change.Collided, change.Escalated, change.Undone, change.RevertedNow:
		return page.Odd
	}
	return page.Done
}

func actIcon(v change.Verb) string {
	switch v {
	case change.Proposed, change.ProposedNow:
		return "file"
	case change.Challenged, change.AskedAgain, change.Reminded:
		return "send"
	case change.Proved, change.Attested:
		return "shieldcheck"
	case change.ApprovedBy, change.Intended, change.Reassigned, change.Voted, change.DecidedBy:
		return "user"
	case change.Asked, change.Answered:
		return "message"
	case change.FrozenBy:
		return "freeze"
	case change.Undone, change.RevertedNow:
		return "undo"
	case change.Rebased, change.Screened:
		return "refresh"
	}
	return ""
}

// told is the verb of an entry about a message that left.
const told change.Verb = "tell"

// actNote says more about an act: what a request itself remembers of that moment.
func (c changePage) actNote(a store.Act) (note, chip string, tone page.Tone) {
	switch change.Verb(a.Verb) {
	case change.Proposed, change.ProposedNow:
		return c.Req.Reason, "", page.Quiet
	case change.Proved, change.Attested:
		return c.proofNote(a.At)
	case change.Challenged:
		return joined([]string{c.Word("method", c.fact(a, "method")), c.Label(customer.Key(c.fact(a, "contact"))), c.newOrOld(c.fact(a, "new") == "true")}), "", page.Quiet
	case change.Reassigned:
		return c.Req.Names[c.fact(a, "to")], "", page.Quiet
	case change.Finished:
		return c.Word("task", c.fact(a, "task")), "", page.Quiet
	case change.ApprovedBy, change.RejectedBy:
		for _, d := range c.Req.Decisions {
			if d.At.Equal(a.At) {
				return c.decided(d), "", page.Quiet
			}
		}
	case told:
		return c.heard(a), "", page.Quiet
	case change.FrozenBy:
		if c.Req.Dispute != nil && c.Req.Dispute.At.Equal(a.At) {
			return c.Word("dispute_reason", c.Req.Dispute.Reason), "", page.Quiet
		}
	}
	return "", "", page.Quiet
}

// fact is what an entry says publicly under a name.
func (c changePage) fact(a store.Act, name string) string {
	for _, f := range c.Req.Facts[a.Entry] {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// heard says what was told, and to which contact or role.
func (c changePage) heard(a store.Act) string {
	return joined([]string{c.Word("text_kind", c.fact(a, "kind")), c.Word("channel", c.fact(a, "channel")), c.audience(c.fact(a, "contact"))})
}

// proofNote says how something was proven at a moment, and what that is worth.
func (c changePage) proofNote(at time.Time) (note, chip string, tone page.Tone) {
	proofs := c.Req.Proofs
	if c.Req.Dispute != nil {
		proofs = slices.Concat(proofs, c.Req.Dispute.Proofs)
	}
	for _, p := range proofs {
		if !p.At.Equal(at) {
			continue
		}
		words := []string{c.Word("method", string(p.Method))}
		if p.Contact != "" {
			words = append(words, c.Label(p.Contact), c.newOrOld(p.New))
		}
		words = append(words, p.Note)
		switch {
		case p.New:
			return joined(words), c.T("console.line.reaches"), page.Quiet
		case p.Weak:
			return joined(words), c.T("console.line.weak"), page.Warn
		}
		return joined(words), c.T("console.line.proves"), page.OK
	}
	return "", "", page.Quiet
}

func (c changePage) newOrOld(is bool) string {
	if is {
		return c.T("console.line.new")
	}
	return c.T("console.line.old")
}

// decided is a decision in words: its level, on whose behalf, why, and what was noted.
func (c changePage) decided(d store.Decision) string {
	words := []string{c.Word("level", d.Level)}
	if d.For != "" {
		words = append(words, c.T("console.line.behalf", "name", c.Req.Names[d.For]))
	}
	if d.Reason != "" {
		words = append(words, c.reason(d.Reason))
	}
	return joined(append(words, d.Comment))
}

// waitsFor says what the request waits for now, and until when; "" if for nothing.
func (c changePage) waitsFor() (title, note string) {
	switch c.Req.State {
	case change.Verifying:
		return c.T("console.wait.proof"), c.expires()
	case change.NeedsInfo:
		return c.T("console.wait.answer"), c.expires()
	case change.Cooling:
		return c.T("console.wait.cool"), c.T("console.wait.stop")
	case change.Scheduled:
		return c.T("console.wait.schedule"), ""
	case change.Disputed:
		return c.T("console.wait.dispute"), c.due()
	case change.Applied:
		return c.T("console.wait.confirm"), ""
	case change.Reviewing:
		return c.review()
	}
	return "", ""
}

func (c changePage) review() (title, note string) {
	switch {
	case c.Req.Pending != nil:
		return c.T("console.wait.settle", "name", c.Req.Pending.By.Name), ""
	case c.conflict():
		return c.T("console.wait.rebase"), c.due()
	case c.Req.May.Decide:
		return c.T("console.wait.you"), c.due()
	}
	return c.T("console.wait.role", "role", c.Word("role", c.openRole())), c.due()
}

// due says by when whoever is waited for should have answered: never is silence a yes.
func (c changePage) due() string {
	if c.Req.Due.IsZero() {
		return ""
	}
	return c.T("console.wait.due", "time", c.Moment(c.Req.Due))
}

func (c changePage) expires() string {
	if c.Req.Plan.Expires.IsZero() {
		return ""
	}
	return c.T("console.wait.expires", "time", c.Moment(c.Req.Plan.Expires))
}

// conflict reports whether the record moved, so that the request must be set on it again.
func (c changePage) conflict() bool {
	return slices.ContainsFunc(c.Req.Items, func(it store.Item) bool { return it.Conflict })
}
