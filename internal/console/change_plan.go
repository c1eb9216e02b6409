package console

import (
	"strconv"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// Plan is the way of the request in the order of time: what was done, where it stands and
// who is next, what follows.
func (c changePage) Plan() []page.PlanStep {
	steps := []page.PlanStep{
		{Is: page.Done, Icon: "file", Title: c.T("console.plan.filed"), Note: joined([]string{c.brief(c.Req.FiledAt), c.Word("channel", c.Req.Channel)})},
		{Is: page.Done, Icon: "scan", Title: c.T("console.plan.screened"), Note: c.T("console.plan.risk." + string(c.Req.Risk))},
	}
	if proofs, some := c.proofStep(); some {
		steps = append(steps, proofs)
	}
	for _, g := range c.Req.Plan.Gates {
		if !proves(g.Kind) {
			steps = append(steps, c.gate(g))
		}
	}
	switch {
	case c.closed():
		return append(steps, page.PlanStep{Is: page.Bad, Icon: "x", Title: c.State(c.Req.State), Note: c.brief(c.Req.EndedAt)})
	case c.Req.State == change.Disputed:
		steps = append(steps, page.PlanStep{Is: page.Bad, Icon: "freeze", Title: c.T("console.plan.frozen"), Note: c.brief(c.Req.Dispute.At)})
	}
	return append(steps, c.applyStep(), c.syncStep(), c.confirmStep())
}

// closed reports whether the request ended without changing anything.
func (c changePage) closed() bool { return !c.Req.EndedAt.IsZero() && c.Req.AppliedAt.IsZero() }

// brief is a moment in the least words: the time of day if it is of today, else the day.
func (c changePage) brief(t time.Time) string {
	if today := c.Now.In(c.Zone); t.In(c.Zone).YearDay() == today.YearDay() && t.In(c.Zone).Year() == today.Year() {
		return c.Page.Clock(t)
	}
	return c.Date(t)
}

// proves reports whether a gate is opened by proofs. They may come in any order, so that they
// are one step for whoever looks.
func proves(k change.GateKind) bool {
	return k == change.Authority || k == change.Reachability || k == change.Evidence
}

// proofStep is all that has to be proven: how much of it is, and what is still missing.
func (c changePage) proofStep() (page.PlanStep, bool) {
	s := page.PlanStep{Is: page.Done, Icon: "shield", Title: c.T("console.plan.prove")}
	have, need, some := 0, 0, false
	var missing, given []string
	for _, g := range c.Req.Plan.Gates {
		if !proves(g.Kind) {
			continue
		}
		h, n := c.given(g)
		some, have, need = true, have+h, need+n
		word := c.T("console.plan." + string(g.Kind))
		if given = append(given, word); g.Status != "met" && h < n {
			s.Is, missing = page.Next, append(missing, word)
		}
	}
	s.Title, s.Note = counted(s.Title, have, need), c.List(given...)
	if len(missing) > 0 {
		s.Note = c.T("console.plan.missing", "gates", c.List(missing...))
	}
	if s.Is == page.Next && c.stands() {
		s.Is = page.Now
	}
	return s, some
}

// stands reports whether the request goes its way: neither over nor frozen.
func (c changePage) stands() bool { return !c.closed() && c.Req.State != change.Disputed }

func (c changePage) gate(g store.GateView) page.PlanStep {
	s := page.PlanStep{Is: page.Next, Title: c.T("console.plan." + string(g.Kind))}
	switch {
	case g.Status == "met":
		s.Is = page.Done
	case g.Status == "open" && c.stands():
		s.Is = page.Now
	}
	switch g.Kind {
	case change.Approval:
		s.Icon = "user"
		s.Title, s.People = counted(s.Title, len(c.yes(g)), g.Quorum), c.ladder(g, s.Is)
		s.Note = c.Word("role", g.Role)
	case change.Cool:
		s.Icon, s.Note = "hourglass", c.Span(time.Duration(g.Seconds)*time.Second)
		if s.Is == page.Now {
			s.Note = c.T("console.plan.until", "time", c.Moment(g.Since.Add(time.Duration(g.Seconds)*time.Second)))
		}
	case change.Schedule:
		s.Icon, s.Note = "calendar", c.Date(c.Req.Effective)
	}
	return s
}

func counted(title string, have, need int) string {
	if need == 0 {
		return title
	}
	return title + " " + strconv.Itoa(min(have, need)) + "/" + strconv.Itoa(need)
}

// given is how many proofs a gate has and needs, by the preferred way.
func (c changePage) given(g store.GateView) (have, need int) {
	if g.Kind == change.Reachability {
		for _, k := range g.Fields {
			if c.answers(k) {
				have++
			}
		}
		return have, len(g.Fields)
	}
	if len(g.Any) > 0 {
		need = g.Any[0].Need
	}
	if g.Status == "met" {
		return need, need
	}
	for _, p := range c.Req.Proofs {
		if p.Gate == g.Kind {
			have++
		}
	}
	return min(have, need), need
}

// answers reports whether the proposed contact under k was shown to answer.
func (c changePage) answers(k customer.Key) bool {
	for _, p := range c.Req.Proofs {
		if p.Gate == change.Reachability && p.New && p.Contact == k {
			return true
		}
	}
	return false
}

// yes are the approvals of a level.
func (c changePage) yes(g store.GateView) []store.Decision {
	var all []store.Decision
	for _, d := range c.Req.Decisions {
		if d.Level == g.Level && d.Verdict == change.Approved {
			all = append(all, d)
		}
	}
	return all
}

// ladder is who agreed, and whose turn it is.
func (c changePage) ladder(g store.GateView, is page.Is) []page.Person {
	var people []page.Person
	for _, d := range c.yes(g) {
		people = append(people, page.Person{Name: d.By.Name, Note: c.brief(d.At), Me: d.By.ID == c.Me.ID, Done: true})
	}
	if is != page.Now {
		return people
	}
	switch {
	case c.Req.Pending != nil:
		return append(people, page.Person{Name: c.Req.Pending.By.Name, Note: c.T("console.plan.pending"), Me: c.Req.May.Undo})
	case c.Req.May.Decide:
		return append(people, page.Person{Name: c.Me.Name, Note: c.T("console.plan.your_turn"), Me: true})
	case c.Req.Assigned != "":
		return append(people, page.Person{Name: c.Req.Names[c.Req.Assigned], Note: c.T("console.plan.asked")})
	}
	return append(people, page.Person{Name: c.Word("role", g.Role), Note: c.T("console.plan.to_decide")})
}

func (c changePage) applyStep() page.PlanStep {
	s := page.PlanStep{Is: page.Next, Icon: "db", Title: c.T("console.plan.apply")}
	switch {
	case !c.Req.AppliedAt.IsZero():
		s.Is, s.Note = page.Done, c.brief(c.Req.AppliedAt)
	case c.Req.State == change.Scheduled && c.Req.Effective.IsZero():
		s.Is, s.Note = page.Now, c.T("console.plan.any_moment")
	}
	return s
}

func (c changePage) syncStep() page.PlanStep {
	s := page.PlanStep{Is: page.Next, Icon: "network", Title: c.T("console.plan.sync"), Note: c.T("console.plan.systems", "n", strconv.Itoa(len(c.Req.Impact)))}
	if len(c.Req.Impact) == 0 {
		s.Note = c.T("console.plan.no_system")
	}
	if c.Req.AppliedAt.IsZero() {
		return s
	}
	s.Is = page.Done
	acked := 0
	for _, l := range c.Req.Completeness {
		if l.Acked {
			acked++
		}
	}
	if !c.Req.InSync {
		s.Is, s.Note = page.Now, c.T("console.plan.acked", "n", strconv.Itoa(acked), "of", strconv.Itoa(len(c.Req.Completeness)))
	}
	return s
}

func (c changePage) confirmStep() page.PlanStep {
	s := page.PlanStep{Is: page.Next, Icon: "hand", Title: c.T("console.plan.confirm"), Note: c.T("console.plan.within")}
	switch c.Req.State {
	case change.Applied:
		if c.Req.InSync {
			s.Is = page.Now
		}
	case change.Confirmed:
		s.Is, s.Note = page.Done, c.brief(c.Req.EndedAt)
	case change.Unconfirmed:
		s.Is, s.Note = page.Odd, c.T("console.plan.unconfirmed")
	case change.Kept, change.Reverted:
		s.Is, s.Title, s.Note = page.Done, c.Word("state", string(c.Req.State)), c.brief(c.Req.EndedAt)
	}
	return s
}

// openRole is the role whose decision the request waits for, "" for none.
func (c changePage) openRole() string {
	for _, g := range c.Req.Plan.Gates {
		if g.Status == "open" && g.Kind == change.Approval && c.Req.State == change.Reviewing {
			return g.Role
		}
	}
	if c.Req.State == change.Reviewing {
		return string(access.Steward)
	}
	return ""
}
