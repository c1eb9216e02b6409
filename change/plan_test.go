package change_test

import (
	"slices"
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
	"amend/customer"
)

func plan(edit func(*change.Plan)) change.Plan {
	p := changetest.Filed().Plan
	p.Rules, p.Holds = []string{"r"}, []change.HoldRule{{Action: "payout", For: day}}
	edit(&p)
	return p
}

func TestItemsTravelTogetherOnlyUnderTheSamePlan(t *testing.T) {
	base := plan(func(*change.Plan) {})
	gate := func(i int, g change.Gate) func(*change.Plan) {
		return func(p *change.Plan) { p.Gates[i] = g }
	}
	for name, c := range map[string]struct {
		edit func(*change.Plan)
		same bool
	}{
		"equal":             {func(*change.Plan) {}, true},
		"another contact":   {gate(1, changetest.Answers("email")), true},
		"other standing":    {func(p *change.Plan) { p.Standing = []string{"x"} }, true},
		"recipe":            {func(p *change.Plan) { p.Recipe = "email" }, false},
		"rules":             {func(p *change.Plan) { p.Rules = nil }, false},
		"weak":              {func(p *change.Plan) { p.Weak = true }, false},
		"lost":              {func(p *change.Plan) { p.Lost = true }, false},
		"time for proofs":   {func(p *change.Plan) { p.Expire = day }, false},
		"holds":             {func(p *change.Plan) { p.Holds = nil }, false},
		"a gate less":       {func(p *change.Plan) { p.Gates = p.Gates[1:] }, false},
		"other methods":     {gate(0, changetest.Authority(change.MailCode)), false},
		"another need":      {gate(0, changetest.Evidence(2, change.SMSCode, change.Callback)), false},
		"another level":     {gate(2, changetest.Level("L2", 1)), false},
		"a broken level":    {gate(2, change.Gate{Kind: change.Approval}), false},
		"a longer cooling":  {gate(3, changetest.Cool(25*time.Hour)), false},
		"another gate kind": {gate(3, change.Gate{Kind: change.Schedule, For: day}), false},
	} {
		q := plan(c.edit)
		if base.Same(q) != c.same || q.Same(base) != c.same {
			t.Errorf("%s: same is %v, want %v", name, base.Same(q), c.same)
		}
	}
}

func TestSharedPlanNamesEveryContactAndStandsForAll(t *testing.T) {
	a := plan(func(p *change.Plan) { p.Standing = []string{"one"} })
	b := plan(func(p *change.Plan) {
		p.Gates[1] = changetest.Answers("email", "phone")
		p.Standing = []string{"one", "two"}
	})
	got := a.With(b)
	if !slices.Equal(got.Gates[1].Keys, []customer.Key{"phone", "email"}) {
		t.Errorf("asks %v", got.Gates[1].Keys)
	}
	if !slices.Equal(got.Standing, []string{"one", "two"}) {
		t.Errorf("says %v", got.Standing)
	}
	if len(a.Gates[1].Keys) != 1 || len(a.Standing) != 1 {
		t.Error("the plan it was made of changed")
	}
}

func TestMethodsThroughAContactAreWorthWhatItIs(t *testing.T) {
	for m, want := range map[change.Method]bool{
		change.SMSCode: true, change.MailCode: true, change.MailLink: true, change.Callback: true, change.Letter: true,
		change.Sighted: false, change.Document: false, change.Registry: false, "": false,
	} {
		if m.ThroughContact() != want {
			t.Errorf("%s: %v", m, !want)
		}
	}
}
