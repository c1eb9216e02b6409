// Package policy says which change needs what: rules choose a recipe, additions ask for
// more, and the floor, which is code, lowers nothing and raises what falls short.
//
// Parse reads a document into an immutable Policy; PlanFor turns the facts of one
// proposed value into the plan of gates that its request must pass; Explain says why.
// CheckFloor asserts at apply, without trusting any plan, that the floor was kept.
package policy

import (
	_ "embed"
	"slices"
	"sync"
	"time"

	"amend/change"
	"amend/customer"
)

//go:embed policy.json
var shippedDocument []byte

// Policy is one version of the rules, compiled. It never changes and is safe for concurrent use.
type Policy struct {
	Version  int64
	Timers   Timers
	Sampling float64 // share of applied changes drawn for a second look

	doc       document
	rules     []condition // of doc.Rules, in order
	additions []condition // of doc.Additions, in order
	text      []byte
}

var shipped = sync.OnceValues(func() (*Policy, error) { return Parse(shippedDocument) })

// Shipped is version 1, in force from the first start.
func Shipped() *Policy {
	p, err := shipped()
	if err != nil {
		panic("policy: the shipped document: " + err.Error()) // embedded: a broken one cannot leave the build
	}
	return p
}

// Text is the document in canonical form: equal policies have equal texts, and Parse reads it back.
func (p *Policy) Text() []byte { return slices.Clone(p.text) }

// ValidFor is how long a proof by m stays good when an expired request is filed again; 0 for not at all.
func (p *Policy) ValidFor(m change.Method) time.Duration { return time.Duration(p.doc.Validity[m]) }

// PlanFor answers what a change of the value under key needs: the recipe of the first
// rule that matches, what every matching addition adds, and the floor beneath both.
// No match and a failed evaluation are answered by the strictest recipe.
func (p *Policy) PlanFor(f Facts, key customer.Key) change.Plan {
	f = f.at(key)
	f.Authority = f.worth()
	j := p.judge(f)
	return j.raised(f, p.asked(f, j))
}

// asked is the plan as the policy has it, before the floor.
func (p *Policy) asked(f Facts, j judgement) change.Plan {
	d := p.demanded(f, j)
	return change.Plan{
		Policy: p.Version, Recipe: j.recipe, Rules: j.rules,
		Gates: d.gates(), Holds: d.holds, Expire: time.Duration(p.Timers.Verifying),
	}
}

// raised is the plan with the floor beneath it, and what people should know of it.
func (j judgement) raised(f Facts, plan change.Plan) change.Plan {
	raised := Floor(f, plan)
	if !asksSame(plan, raised) {
		raised.Rules = append(slices.Clone(raised.Rules), floorName)
	}
	raised.Standing = standing(f, raised)
	if j.erred {
		raised.Standing = append(raised.Standing, "policy_error")
	}
	return raised
}

func asksSame(p, q change.Plan) bool {
	p.Weak, p.Lost = q.Weak, q.Lost
	return p.Same(q)
}

// judgement is which rules spoke about some facts.
type judgement struct {
	recipe    string
	rules     []string // every rule that spoke, in order
	rule      int      // index of the rule that chose the recipe, -1: none
	additions []int    // indexes of the additions that matched, or failed
	erred     bool
}

// judge evaluates the conditions for f.
func (p *Policy) judge(f Facts) judgement {
	return p.judged(func(i int) truth { return p.rules[i].of(&f) }, func(i int) truth { return p.additions[i].of(&f) })
}

// judged asks in order what the conditions of rules and additions come to. One that fails
// decides against comfort: a failed rule means the strictest recipe, a failed addition adds
// and means the strictest recipe too.
func (p *Policy) judged(rule, addition func(i int) truth) judgement {
	j := judgement{rule: -1}
	for i := range p.rules {
		if t := rule(i); t == yes {
			j.rule = i
			break
		} else if t == failed {
			j.erred = true
			break
		}
	}
	for i := range p.additions {
		t := addition(i)
		j.erred = j.erred || t == failed
		if t != no {
			j.additions = append(j.additions, i)
		}
	}
	return p.name(j)
}

func (p *Policy) name(j judgement) judgement {
	if j.erred {
		j.rule = -1
		j.rules = append(j.rules, errorName)
	}
	j.recipe = strictestName
	if j.rule >= 0 {
		j.recipe = p.doc.Rules[j.rule].Use
		j.rules = append(j.rules, p.doc.Rules[j.rule].Name)
	} else {
		j.rules = append(j.rules, strictestName)
	}
	for _, i := range j.additions {
		j.rules = append(j.rules, p.doc.Additions[i].Name)
	}
	return j
}

// demanded collects what the recipe and the additions ask for.
func (p *Policy) demanded(f Facts, j judgement) demands {
	r := strictest()
	if j.rule >= 0 {
		r = p.doc.Recipes[j.recipe]
	}
	var d demands
	if len(r.Authority) > 0 && !f.opens() {
		d.authority = [][]change.Combo{r.Authority}
	}
	d.reach = f.opens() && r.Reachability
	if r.Reachability && f.reaches() {
		d.answer(customer.KeyOf(f.Field, f.Slot))
	}
	d.add(extra{Evidence: r.Evidence, Levels: r.Levels, CoolAtLeast: r.Cool, Holds: r.Holds})
	for _, i := range j.additions {
		d.add(p.doc.Additions[i].Add)
	}
	return d
}

// standing names what people should know about the plan, as codes: which proof a sighted
// original answers while no better method is offered, and which new contact no code can reach.
func standing(f Facts, p change.Plan) []string {
	var codes []string
	letter := false
	for _, g := range p.Gates {
		if g.Kind != change.Evidence {
			continue
		}
		letter = letter || offers(g, change.Letter)
		if code := string(wanted(g)) + "_by_sighted"; offers(g, change.Sighted) && code != "_by_sighted" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	switch sets := f.Contact && !f.Removes; {
	case sets && f.Type == customer.Messenger:
		codes = append(codes, "messenger_by_callback")
	case sets && f.Type == customer.Address && !letter:
		codes = append(codes, "address_unproven")
	}
	return codes
}

// wanted is what an evidence gate is for, "" if it is content with a sighted original.
func wanted(g change.Gate) change.Method {
	for _, m := range []change.Method{change.Document, change.Registry, change.Letter} {
		if offers(g, m) {
			return m
		}
	}
	return ""
}

func offers(g change.Gate, m change.Method) bool {
	return slices.ContainsFunc(g.Any, func(c change.Combo) bool { return slices.Contains(c.Of, m) })
}
