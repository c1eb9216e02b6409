package policy

import (
	"slices"
	"strconv"
	"strings"

	"amend/access"
	"amend/change"
)

// A sort of case is all changes of which the same rules speak and in which the engine sees
// the same: they need the same.
type sort struct {
	spoken string
	facts  Facts
}

// sort answers the sort of f.
func (j judgement) sort(f Facts) sort {
	return sort{strings.Join(j.rules, " "), Facts{
		Kind: f.Kind, Type: f.Type, Group: f.Group, Tier: f.Tier, Contact: f.Contact, Removes: f.Removes, FiledBy: f.FiledBy, Authority: f.Authority,
	}}
}

// cases goes through the domain once: which rules speak, which conditions fail, and of each
// sort of case what is wrong with its plan.
func (c *inspection) cases() {
	for f, truths := range c.d.cases() {
		c.report.Cases++
		j := c.reading.judge(truths)
		if j.erred {
			c.failing(f, truths)
		}
		if j.rule >= 0 {
			c.rules[j.rule] = true
		}
		for _, i := range j.additions {
			c.additions[i] = true
		}
		judged := f
		judged.Authority = f.worth()
		if s := j.sort(judged); !c.looked[s] {
			c.looked[s] = true
			c.plan(f, j)
		}
	}
}

// failing finds the conditions that can't be evaluated for f. The rule that would have
// decided is none that never speaks.
func (c *inspection) failing(f Facts, truths []truth) {
	for i := range c.p.rules {
		t := c.reading.rule(i, truths)
		if t == failed {
			c.find(Finding{Flaw: ConditionFails, Severity: Severe, At: c.p.doc.Rules[i].Name, Example: &f})
		}
		if t != no {
			c.rules[i] = c.rules[i] || t == yes
			break // nobody asks the later ones
		}
	}
	for i := range c.p.additions {
		if c.reading.addition(i, truths) == failed {
			c.find(Finding{Flaw: ConditionFails, Severity: Severe, At: c.p.doc.Additions[i].Name, Example: &f})
		}
	}
}

// plan finds what is wrong with what f needs.
func (c *inspection) plan(f Facts, j judgement) {
	asked := c.p.asked(f, j)
	plan := j.raised(f, asked)
	at := c.p.decides(j)
	if slices.Contains(plan.Rules, floorName) && j.rule >= 0 {
		_, adds := Compare(asked, plan)
		c.find(Finding{Flaw: BelowFloor, Severity: Warning, At: at, Example: &f, Asks: adds})
	}
	if alone(f, plan) {
		c.find(Finding{Flaw: SelfApproval, Severity: Severe, At: at, Example: &f})
	}
	switch {
	case !c.ends(f, plan):
		c.deadEnd(f, j, plan)
	case c.co.Staff != nil:
		c.scarce(f, at, plan)
	}
}

// decides is the name of what chose the recipe.
func (p *Policy) decides(j judgement) string {
	if j.rule < 0 {
		return strictestName
	}
	return p.doc.Rules[j.rule].Name
}

// alone reports whether the member of staff who files f could bring it to its end with
// nobody else: neither the customer nor a colleague is asked for anything.
func alone(f Facts, plan change.Plan) bool {
	return f.FiledBy == "staff" && !slices.ContainsFunc(plan.Gates, func(g change.Gate) bool { return g.Kind != change.Cool })
}

// ends reports whether a request of f under plan can come to its end.
func (c *inspection) ends(f Facts, plan change.Plan) bool {
	_, closed := shut(f, plan)
	return !closed && (c.co.Staff == nil || c.co.Staff.suffices(f, plan))
}

// deadEnd says why a request can't come to its end: two additions that can't both be met,
// one that can't be met, or the recipe.
func (c *inspection) deadEnd(f Facts, j judgement, plan change.Plan) {
	at, guilty := c.p.decides(j), []string{}
	for _, i := range j.additions {
		rest := j
		rest.additions = slices.DeleteFunc(slices.Clone(j.additions), func(k int) bool { return k == i })
		if c.ends(f, rest.raised(f, c.p.asked(f, rest))) {
			guilty = append(guilty, c.p.doc.Additions[i].Name)
		}
	}
	if len(guilty) > 1 {
		c.find(Finding{Flaw: Contradiction, Severity: Severe, At: guilty[0], Example: &f}, "other", guilty[1])
		return
	}
	if len(guilty) == 1 {
		at = guilty[0]
	}
	if g, closed := shut(f, plan); closed {
		c.find(Finding{Flaw: GateShut, Severity: Severe, At: at, Example: &f, Asks: []Ask{{Kind: askOf(g), Gate: g}}})
		return
	}
	all := seats(f, plan)
	c.find(Finding{Flaw: TooFew, Severity: Severe, At: at, Example: &f}, "need", strconv.Itoa(len(all)), "have", strconv.Itoa(c.co.Staff.seated(all)))
}

// scarce finds plans that come to their end only if nobody is away, or only if none of those
// who may decide had a hand in the request.
func (c *inspection) scarce(f Facts, at string, plan change.Plan) {
	here := c.co.Staff.present()
	if !here.suffices(f, plan) {
		all := seats(f, plan)
		c.find(Finding{Flaw: TooFewPresent, Severity: Warning, At: at, Example: &f}, "need", strconv.Itoa(len(all)), "have", strconv.Itoa(here.seated(all)))
		return
	}
	var decide []seat
	hands := 0
	for _, s := range seats(f, plan) {
		if s.act == access.Approve {
			decide = append(decide, s)
		} else {
			hands++
		}
	}
	left := *c.co.Staff
	left.People = slices.Clone(left.People)
	for ; hands > 0; hands-- {
		i := slices.IndexFunc(left.People, func(m Member) bool {
			return seat{act: access.FileChange}.fits(m) && slices.ContainsFunc(decide, func(s seat) bool { return s.fits(m) })
		})
		if i < 0 {
			break
		}
		left.People = slices.Delete(left.People, i, i+1)
	}
	if have := left.seated(decide); have < len(decide) {
		c.find(Finding{Flaw: TooFewLeft, Severity: Warning, At: at, Example: &f}, "need", strconv.Itoa(len(decide)), "have", strconv.Itoa(have))
	}
}
