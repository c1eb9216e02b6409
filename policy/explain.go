package policy

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
)

// The names under which the engine itself speaks; no document may use them.
const (
	strictestName = "strictest"
	floorName     = "floor"
	errorName     = "policy_error"
)

// Because is one rule's part in a plan, in both languages.
type Because struct {
	Rule    string
	Matched bool
	Zh, En  string
}

// Explain says which rules were asked about f and which spoke: the rules in order down to
// the one that chose the recipe, every addition, and the engine's own where they spoke.
func (p *Policy) Explain(f Facts) []Because {
	f.Authority = f.worth()
	j := p.judge(f)
	var why []Because
	for i, r := range p.doc.Rules {
		if j.erred || j.rule >= 0 && i > j.rule {
			break
		}
		why = append(why, Because{r.Name, i == j.rule, r.Zh, r.En})
	}
	if j.erred {
		why = append(why, Because{errorName, true, "有一条规则无法计算，按最严格的方案处理", "A rule couldn't be evaluated, so the strictest recipe applies"})
	}
	if j.rule < 0 {
		r := strictest()
		why = append(why, Because{strictestName, true, r.Zh, r.En})
	}
	for i, a := range p.doc.Additions {
		why = append(why, Because{a.Name, slices.Contains(j.additions, i), a.Zh, a.En})
	}
	plan := p.PlanFor(f, customer.KeyOf(f.Field, f.Slot))
	if n := len(plan.Rules); n > 0 && plan.Rules[n-1] == floorName {
		why = append(why, Because{floorName, true, "底线：策略的要求不足，系统已补足", "The floor: the policy asked for too little, so the engine added what was missing"})
	}
	return why
}

// strictest is what the engine asks for when no rule speaks, or one fails.
func strictest() recipe {
	sighted := []change.Method{change.Document, change.Registry, change.Sighted}
	return recipe{
		words:        words{"没有规则适用，按最严格的方案处理", "No rule applies, so the strictest recipe does"},
		Authority:    anyOf([]change.Method{change.SMSCode, change.Callback}),
		Reachability: true,
		Evidence:     [][]change.Combo{anyOf(sighted)},
		Levels: []level{
			{Name: "L1", Role: string(access.Approver), Quorum: 1, Within: Work(WorkingDay)},
			{Name: "L2", Role: string(access.Approver), Quorum: 1, Within: Work(WorkingDay)},
		},
		Cool: Period(floorCool),
		Holds: []hold{
			{payout, Period(floorCool)}, {passwordReset, Period(floorCool)}, {credit, Period(7 * 24 * time.Hour)},
		},
	}
}

// Said answers the words of the rules that a plan names, in its order; the engine's own where
// they spoke. A name that this policy does not have is left out: the plan keeps the policy
// that it was made by.
func (p *Policy) Said(rules []string) []Because {
	known := map[string]words{
		strictestName: strictest().words,
		errorName:     {"有一条规则无法计算，按最严格的方案处理", "A rule couldn't be evaluated, so the strictest recipe applies"},
		floorName:     {"底线：策略的要求不足，系统已补足", "The floor: the policy asked for too little, so the engine added what was missing"},
	}
	for _, r := range p.doc.Rules {
		known[r.Name] = r.words
	}
	for _, a := range p.doc.Additions {
		known[a.Name] = a.words
	}
	var said []Because
	for _, name := range rules {
		if w, ok := known[name]; ok {
			said = append(said, Because{name, true, w.Zh, w.En})
		}
	}
	return said
}
