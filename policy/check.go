package policy

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// A Severity says whether a policy with the finding can be put in force.
type Severity string

// The severities.
const (
	Severe  Severity = "error"   // it doesn't do what it says, or somebody would wait for ever
	Warning Severity = "warning" // it works, and its author should know
)

// A Flaw is a sort of finding.
type Flaw string

// The flaws. Those of a document's form (a name twice, a timer of zero, an unknown word) are
// faults of Parse.
const (
	ConditionFails Flaw = "condition_fails" // it can't be evaluated for some facts
	NeverTrue      Flaw = "never_true"      // no facts meet the condition
	Shadowed       Flaw = "shadowed"        // wherever it would speak, an earlier rule decides
	GateShut       Flaw = "gate_shut"       // nobody can give the proofs that it asks for
	SelfApproval   Flaw = "self_approval"   // one member of staff can do all of it
	RoleBarred     Flaw = "role_barred"     // a level is given to a role that may not decide
	NobodyHolds    Flaw = "nobody_holds"    // nobody carries the role of a level
	TooFew         Flaw = "too_few"         // all people together can't bring it to its end
	Contradiction  Flaw = "contradiction"   // two additions can each be met, and not both
	RemindLate     Flaw = "remind_late"     // a reminder after the end of what it reminds of
	AskLate        Flaw = "ask_late"        // the customer is asked after the change was closed
	TooFewPresent  Flaw = "too_few_present" // not without those who are away
	TooFewLeft     Flaw = "too_few_left"    // not if those who may decide file or attest it
	BelowFloor     Flaw = "below_floor"     // it asks for too little, and the floor adds
	NoLead         Flaw = "no_lead"         // nobody is alerted when a level is late
	UnusedRecipe   Flaw = "unused_recipe"
	CoolLong       Flaw = "cool_long"    // customers wait very long
	HoldEmpty      Flaw = "hold_empty"   // a hold of no time
	ProofsShort    Flaw = "proofs_short" // the request expires before a link does
)

// Flaws lists every flaw, the severe ones first.
func Flaws() []Flaw {
	return []Flaw{ConditionFails, NeverTrue, Shadowed, GateShut, SelfApproval, RoleBarred, NobodyHolds, TooFew, Contradiction, RemindLate, AskLate,
		TooFewPresent, TooFewLeft, BelowFloor, NoLead, UnusedRecipe, CoolLong, HoldEmpty, ProofsShort}
}

// A Finding is one flaw of a policy at one place, with facts that show it.
type Finding struct {
	Flaw     Flaw
	Severity Severity
	At       string            // the rule, addition, recipe or timer
	Params   map[string]string // what its sentence needs
	Asks     []Ask             // what the floor adds, or what can't be met
	Example  *Facts            // a change for which it shows, if it takes one
}

// A Report is what Check found, and how far it looked.
type Report struct {
	Findings []Finding // severe ones first
	Cases    int       // changes that were tried
	Sampled  bool      // there are more; these were picked evenly
	Partial  []string  // facts of which a condition may tell more values apart than were tried
}

// Severe reports whether there is a severe finding.
func (r Report) Severe() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Severe })
}

// A Company is what a policy has to work in. Without staff nothing is said of people.
type Company struct {
	Catalog customer.Catalog
	Staff   *Staff
}

// longCool is how long customers may wait before somebody asks whether that was meant.
const longCool = 30 * day

// Check looks for what a policy says and does not do. It tries one change of every sort that
// the policy's conditions and the engine can tell apart (domain): that a rule never speaks is
// then proven for every field of the catalogue. Where the sorts are too many, or a condition
// reads a number or a free text through a formula, it is evidence, and the finding a warning.
// It proves nothing about what no fact tells: which contacts a customer has, whether people
// answer, whether a recipe is wise.
func Check(p *Policy, co Company) Report {
	c := &inspection{
		p: p, co: co, d: survey(co.Catalog, p), rules: make([]bool, len(p.rules)), additions: make([]bool, len(p.additions)),
		looked: map[sort]bool{}, told: map[string]bool{},
	}
	c.reading = c.d.singles.reading(p)
	c.report.Sampled, c.report.Partial = c.d.sampled(), c.d.partial
	c.cases()
	c.silent()
	c.levels()
	c.leads()
	c.recipes()
	c.periods()
	slices.SortStableFunc(c.report.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(string(a.Severity), string(b.Severity)), slices.Index(Flaws(), a.Flaw)-slices.Index(Flaws(), b.Flaw))
	})
	return c.report
}

// inspection is Check at work.
type inspection struct {
	p                *Policy
	co               Company
	d                domain
	reading          reading
	rules, additions []bool          // which have spoken
	looked           map[sort]bool   // which sorts of case were looked at closely
	told             map[string]bool // findings by flaw and place: one example of each is enough
	report           Report
}

// find reports a flaw at a place, once.
func (c *inspection) find(f Finding, params ...string) {
	key := string(f.Flaw) + " " + f.At
	if c.told[key] {
		return
	}
	c.told[key] = true
	f.Params = map[string]string{"at": f.At}
	for i := 0; i+1 < len(params); i += 2 {
		f.Params[params[i]] = params[i+1]
	}
	c.report.Findings = append(c.report.Findings, f)
}

// proven is how severe it is that something was never seen: only a whole domain proves it.
func (c *inspection) proven(conditions ...condition) Severity {
	for _, cond := range conditions {
		for _, one := range cond.phrase.Singles() {
			if c.d.sampled() || slices.ContainsFunc(one.Reads, func(r string) bool { return slices.Contains(c.d.partial, r) }) {
				return Warning
			}
		}
	}
	return Severe
}

// silent finds what never speaks: its condition is never true, or an earlier rule decides.
func (c *inspection) silent() {
	for i, spoke := range c.additions {
		if !spoke {
			c.find(Finding{Flaw: NeverTrue, Severity: c.proven(c.p.additions[i]), At: c.p.doc.Additions[i].Name})
		}
	}
	shadows := c.shadows()
	for i, spoke := range c.rules {
		name := c.p.doc.Rules[i].Name
		switch s, shadowed := shadows[i]; {
		case spoke:
		case shadowed:
			c.find(Finding{Flaw: Shadowed, Severity: c.proven(c.p.rules[:i+1]...), At: name, Example: &s.example}, "earlier", c.ruleNames(s.earlier))
		default:
			c.find(Finding{Flaw: NeverTrue, Severity: c.proven(c.p.rules[i]), At: name})
		}
	}
}

// A shadow lies on a rule: where it would speak, earlier ones are asked first.
type shadow struct {
	example Facts
	earlier []bool
}

// shadows answers those on rules that never speak, by index.
func (c *inspection) shadows() map[int]shadow {
	found := map[int]shadow{}
	if !slices.Contains(c.rules, false) {
		return found
	}
	for f, truths := range c.d.cases() {
		first := -1
		for i := range c.p.rules {
			t := c.reading.rule(i, truths)
			if first < 0 && t != no {
				first = i
				continue
			}
			if c.rules[i] || t != yes {
				continue
			}
			if _, known := found[i]; !known {
				found[i] = shadow{f, make([]bool, i)}
			}
			found[i].earlier[first] = true
		}
	}
	return found
}

// ruleNames names the rules that are marked, in order.
func (c *inspection) ruleNames(marked []bool) string {
	var names []string
	for i, m := range marked {
		if m {
			names = append(names, c.p.doc.Rules[i].Name)
		}
	}
	return strings.Join(names, ", ")
}

// levels finds levels that nobody may decide.
func (c *inspection) levels() {
	all := map[string][]level{}
	for name, r := range c.p.doc.Recipes {
		all[name] = r.Levels
	}
	for _, a := range c.p.doc.Additions {
		all[a.Name] = append(all[a.Name], a.Add.Levels...)
	}
	for _, at := range slices.Sorted(maps.Keys(all)) {
		for _, l := range all[at] {
			c.level(at, l)
		}
	}
}

func (c *inspection) level(at string, l level) {
	role := access.Role(l.Role)
	mayDecide := slices.Contains(access.Approve.Who(), role)
	known := c.co.Staff != nil
	switch {
	case known && slices.ContainsFunc(c.co.Staff.People, seat{access.Approve, role}.fits):
	case !mayDecide:
		c.find(Finding{Flaw: RoleBarred, Severity: Severe, At: at}, "level", l.Name, "role", l.Role)
	case known:
		c.find(Finding{Flaw: NobodyHolds, Severity: Severe, At: at}, "level", l.Name, "role", l.Role)
	}
}

// leads finds departments whose fields wait for approvals and that have no lead: when the
// time is up, nobody is alerted.
func (c *inspection) leads() {
	if c.co.Staff == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(c.co.Catalog)) {
		owner := c.co.Catalog[name].Owner
		f := Ordinary(c.co.Catalog, change.Update, customer.Key(name))
		f.FiledBy, f.Source, f.Assurance = "staff", "staff", customer.GradeD
		if !slices.Contains(c.co.Staff.Leads, owner) && demandsOf(c.p.PlanFor(f, customer.Key(name))).people() > 0 {
			c.find(Finding{Flaw: NoLead, Severity: Warning, At: owner, Example: &f}, "field", name)
		}
	}
}

// recipes finds recipes that no rule takes, holds of no time, and long waits.
func (c *inspection) recipes() {
	for _, name := range slices.Sorted(maps.Keys(c.p.doc.Recipes)) {
		r := c.p.doc.Recipes[name]
		if !slices.ContainsFunc(c.p.doc.Rules, func(x rule) bool { return x.Use == name }) {
			c.find(Finding{Flaw: UnusedRecipe, Severity: Warning, At: name})
		}
		c.waits(name, time.Duration(r.Cool), r.Holds)
	}
	for _, a := range c.p.doc.Additions {
		c.waits(a.Name, time.Duration(a.Add.CoolAtLeast), a.Add.Holds)
	}
}

func (c *inspection) waits(at string, cool time.Duration, holds []hold) {
	if cool > longCool {
		c.find(Finding{Flaw: CoolLong, Severity: Warning, At: at}, "days", strconv.Itoa(int(cool/day)))
	}
	for _, h := range holds {
		if h.For == 0 {
			c.find(Finding{Flaw: HoldEmpty, Severity: Warning, At: at}, "action", h.Action)
		}
	}
}

// periods finds timers that ring after what they belong to is over.
func (c *inspection) periods() {
	t := c.p.doc.Timers
	for _, remind := range t.Remind {
		if remind >= t.NeedsInfo {
			c.find(Finding{Flaw: RemindLate, Severity: Severe, At: "remind"}, "time", span(remind), "end", span(t.NeedsInfo))
		}
	}
	for _, ask := range t.Ask {
		if ask >= t.Unconfirmed {
			c.find(Finding{Flaw: AskLate, Severity: Severe, At: "ask"}, "time", span(ask), "end", span(t.Unconfirmed))
		}
	}
	if t.Verifying < t.MailLink {
		c.find(Finding{Flaw: ProofsShort, Severity: Warning, At: "verifying"}, "time", span(t.Verifying), "end", span(t.MailLink))
	}
}
