package console

import (
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
	"amend/policy"
)

// approvals is how many people have to agree in all.
func (c changePage) approvals() int {
	n := 0
	for _, g := range c.Req.Plan.Gates {
		n += g.Quorum
	}
	return n
}

// WhyTitle asks what the rules of the plan answer.
func (c changePage) WhyTitle() string {
	if n := c.approvals(); n > 0 {
		return c.T("console.why.approvals", "n", strconv.Itoa(n))
	}
	return c.T("console.why.plan")
}

// Why are the facts that the policy looked at.
func (c changePage) Why() []page.WhyRow {
	tiers := ""
	for _, it := range c.Req.Items {
		f, _ := c.Catalog.Of(it.Field)
		if word := c.Word("tier", string(f.Tier)); !strings.Contains(tiers, word) {
			tiers = joined([]string{tiers, word})
		}
	}
	rows := []page.WhyRow{
		{Name: c.T("console.why.fields"), Value: c.listed(3)},
		{Name: c.T("console.why.tier"), Value: tiers},
		{Name: c.T("console.why.filer"), Value: c.Word("sort", string(c.Req.Filed.Sort))},
		{Name: c.T("console.why.channel"), Value: c.Word("channel", c.Req.Channel)},
	}
	if c.Req.Class != "" {
		rows = append(rows, page.WhyRow{Name: c.T("console.why.class"), Value: c.Value("customer_class", c.Req.Class)})
	}
	return rows
}

// Rules are the rules that made the plan, in their own words.
func (c changePage) Rules() []string {
	var said []string
	for _, b := range c.Policy.Said(c.Req.Plan.Rules) {
		said = append(said, c.Page.Label(map[string]string{"zh": b.Zh, "en": b.En}, b.Rule))
	}
	return said
}

// Standing is what people should know of the plan: stand-ins for proofs that do not exist yet.
func (c changePage) Standing() []string {
	words := make([]string, len(c.Req.Plan.Notices))
	for i, code := range c.Req.Plan.Notices {
		words[i] = c.Word("standing", code)
	}
	return words
}

// Recipe names the recipe and the version of the policy that made the plan.
func (c changePage) Recipe() string {
	return c.T("console.why.recipe", "name", c.Word("recipe", c.Req.Plan.Recipe), "n", strconv.FormatInt(c.Req.Plan.Policy, 10))
}

// Explanation is the whole of it as lines to copy: for a customer who asks, or for
// whoever supervises us. It names no value.
func (c changePage) Explanation() string {
	words := []string{c.Req.Ref + ": " + c.Recipe()}
	for _, r := range c.Why() {
		words = append(words, r.Name+" "+r.Value)
	}
	return strings.Join(append(words, c.Rules()...), "\n")
}

// Risks are the named reasons for the risk, and whether the decision must wait for them.
func (c changePage) Risks() []page.Fact {
	var facts []page.Fact
	for _, x := range c.Req.Concerns {
		f := page.Fact{Icon: "alert", Tone: riskTone(x.Level), Text: c.Word("concern", x.Code), End: c.T("console.risk.weigh")}
		if x.Field != "" {
			f.Note = c.Label(x.Field)
		}
		if x.Blocks {
			f.End, f.EndTone = c.T("console.risk.blocks"), page.Risk
		}
		facts = append(facts, f)
	}
	return facts
}

func riskTone(r policy.Risk) page.Tone {
	switch r {
	case policy.HighRisk:
		return page.Risk
	case policy.MediumRisk:
		return page.Warn
	}
	return page.Quiet
}

// Systems are those that will receive the change.
func (c changePage) Systems() []page.Fact {
	var facts []page.Fact
	for _, s := range c.Req.Impact {
		f := page.Fact{Icon: "network", Text: s.Name, Note: c.Labels(s.Fields)}
		if c.Me.May(access.ReadSystems) == nil {
			f.Href = systemPath(s.System, "")
		}
		switch {
		case s.Paused:
			f.End, f.EndTone, f.EndIcon = c.T("console.impact.paused"), page.Warn, "pause"
			if s.Must && len(c.Req.Completeness) == 0 { // not applied yet
				f.Note = joined([]string{c.T("console.impact.paused_must"), f.Note})
			}
		case s.Must:
			f.End = c.T("console.impact.must")
		}
		facts = append(facts, f)
	}
	return facts
}

// Similar are other customers who hold a proposed value.
func (c changePage) Similar() []page.Fact {
	var facts []page.Fact
	for _, s := range c.Req.Shared {
		for _, o := range s.Others {
			name := named(c.lexicon, o.Name.Text)
			facts = append(facts, page.Fact{Face: name, Text: name, Href: Base + "/customers/" + string(o.ID), Note: c.T("console.similar.same", "field", c.Label(s.Field))})
		}
	}
	return facts
}

// Filer says how earlier requests of whoever filed this one went.
func (c changePage) Filer() string {
	f := c.Req.Filer
	if f.Filed == 0 {
		return c.T("console.filer.first", "name", c.filer())
	}
	n := func(n int64) string { return strconv.FormatInt(n, 10) }
	return c.T("console.filer.past", "name", c.filer(), "n", n(f.Filed), "applied", n(f.Applied), "refused", n(f.Refused), "disputed", n(f.Disputed))
}

// Others are further open requests on the record.
func (c changePage) Others() []page.Fact {
	var facts []page.Fact
	for _, l := range c.Req.Others {
		f := page.Fact{Icon: "lane", Text: l.Ref, Href: changePath(l.ID, ""), Note: joined([]string{c.State(l.State), c.brief(l.FiledAt)})}
		if l.Submission == c.Req.Submission {
			f.End = c.T("console.others.same")
		}
		facts = append(facts, f)
	}
	return facts
}

// Holds are the downstream actions that the plan blocks, and for how long.
func (c changePage) Holds() []page.Fact {
	var facts []page.Fact
	for _, h := range c.Req.Plan.Holds {
		facts = append(facts, page.Fact{Icon: "freeze", Text: c.Word("hold", h.Action), End: c.Span(time.Duration(h.Seconds) * time.Second)})
	}
	return facts
}

// Will is exactly what an approval does: whether it is the last one, and what then is
// written, held, sent on and told.
func (c changePage) Will() []page.Will {
	left, cool := 0, time.Duration(0)
	for _, g := range c.Req.Plan.Gates {
		if g.Kind == change.Approval {
			left += g.Quorum - min(g.Quorum, len(c.yes(g)))
		}
		if g.Kind == change.Cool {
			cool += time.Duration(g.Seconds) * time.Second
		}
	}
	if left > 1 {
		return []page.Will{
			{Icon: "user", Text: c.T("console.will.counts", "n", strconv.Itoa(left-1))},
			{Icon: "db", Text: c.T("console.will.nothing_yet")},
		}
	}
	will := []page.Will{{Icon: "db", Text: c.T("console.will.write", "n", strconv.Itoa(len(c.Req.Items)))}}
	if cool > 0 {
		will = append(will, page.Will{Icon: "hourglass", Text: c.T("console.will.cool", "time", c.Span(cool))})
	}
	if holds := c.Req.Plan.Holds; len(holds) > 0 {
		will = append(will, page.Will{Icon: "freeze", Text: c.T("console.will.hold", "holds", c.holdWords(holds))})
	}
	will = append(will, page.Will{Icon: "network", Text: c.T("console.will.sync", "n", strconv.Itoa(len(c.Req.Impact)))})
	return append(will, page.Will{Icon: "bell", Text: c.tells()})
}

func (c changePage) holdWords(holds []store.HoldView) string {
	words := make([]string, len(holds))
	for i, h := range holds {
		words[i] = c.Word("hold", h.Action)
	}
	return c.List(words...)
}

// tells says who hears of it: of a contact change, every contact of the last 90 days.
func (c changePage) tells() string {
	for _, it := range c.Req.Items {
		if f, _ := c.Catalog.Of(it.Field); f.Contact() {
			return c.T("console.will.tell_all")
		}
	}
	return c.T("console.will.tell")
}
