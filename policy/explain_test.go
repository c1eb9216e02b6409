package policy

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"amend/change"
)

// ruled is the shipped policy with other rules and additions.
func ruled(t *testing.T, when, use string, additions ...addition) *Policy {
	t.Helper()
	d := Shipped().doc
	d.Rules = []rule{{"only", words{"唯一的规则", "the only rule"}, when, use}}
	d.Additions = additions
	c := &checker{doc: d, levelRole: map[string]string{}}
	p := c.policy()
	if len(c.faults) > 0 {
		t.Fatal(c.faults)
	}
	return p
}

func matched(why []Because) []string {
	var names []string
	for _, b := range why {
		if b.Matched {
			names = append(names, b.Rule)
		}
	}
	return names
}

func TestExplanationNamesTheRulesThatSpokeInThePlan(t *testing.T) {
	for _, line := range []string{
		"update phone by=staff", "update interest", "create phone", "update credit_limit", "update phone authority=weak class=high", "update postal valuable",
	} {
		f, key := readFacts(t, line)
		f = f.at(key)
		plan := Shipped().PlanFor(f, key)
		if got := matched(Shipped().Explain(f)); !slices.Equal(got, plan.Rules) {
			t.Errorf("%s: explained by %v, planned by %v", line, got, plan.Rules)
		}
	}
}

func TestExplanationStopsAtTheRuleThatDecided(t *testing.T) {
	f, _ := readFacts(t, "update email")
	var asked []string
	for _, b := range Shipped().Explain(f) {
		asked = append(asked, b.Rule)
	}
	want := "new_record first_contact no_channel phone email weak_authority single_factor valuable_address filed_by_staff valued_customer"
	if got := strings.Join(asked, " "); got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestFailedRuleMeansTheStrictestRecipeAndSaysSo(t *testing.T) {
	for _, when := range []string{
		"1 / factors > 0", "9223372036854775807 + changes_30d > 0",
		"factors == 0 && (" + strings.Repeat("source.contains('x') || ", 35) + "source.matches('(a+)+$'))",
	} {
		p := ruled(t, when, "at_once")
		f, key := readFacts(t, "update interest factors=0")
		f.Changes30d, f.Source = 1, strings.Repeat("a", 4000)
		plan := p.PlanFor(f, key)
		if plan.Recipe != strictestName || plan.Rules[0] != errorName || !slices.Contains(plan.Standing, "policy_error") {
			t.Errorf("%.40s: got %v", when, show(plan))
		}
		if got := matched(p.Explain(f)); !slices.Equal(got, plan.Rules) {
			t.Errorf("%.40s: explained by %v, planned by %v", when, got, plan.Rules)
		}
	}
}

func TestFailedAdditionAddsAndMeansTheStrictestRecipe(t *testing.T) {
	p := ruled(t, "true", "at_once", addition{
		"shaky", words{"不稳的附加", "a shaky addition"}, "1 / factors > 0", extra{CoolAtLeast: Period(80 * floorCool / 72)},
	})
	f, key := readFacts(t, "update interest factors=0")
	plan := p.PlanFor(f, key)
	if want := []string{errorName, strictestName, "shaky"}; !slices.Equal(plan.Rules, want) {
		t.Errorf("rules %v, want %v", plan.Rules, want)
	}
	if d := demandsOf(plan); d.cool != 80*floorCool/72 {
		t.Errorf("cools %s, want 80h", d.cool)
	}
}

func TestNoRuleThatMatchesMeansTheStrictestRecipe(t *testing.T) {
	f, key := readFacts(t, "update interest")
	plan := ruled(t, "false", "at_once").PlanFor(f, key)
	if plan.Recipe != strictestName || len(plan.Gates) < 5 {
		t.Errorf("got %v", show(plan))
	}
}

func TestFloorIsExplainedWhereItSpoke(t *testing.T) {
	p := ruled(t, "true", "at_once")
	f, _ := readFacts(t, "update phone")
	why := p.Explain(f)
	if last := why[len(why)-1]; last.Rule != floorName || last.Zh == "" || last.En == "" {
		t.Errorf("got %+v", last)
	}
}

func TestEverySentenceOfTheShippedPolicyIsInBothLanguages(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	for _, line := range []string{"update phone", "update credit_limit"} {
		f, _ := readFacts(t, line)
		for _, b := range Shipped().Explain(f) {
			if !han.MatchString(b.Zh) || han.MatchString(b.En) || strings.HasSuffix(b.En, ".") {
				t.Errorf("%s: %q / %q", b.Rule, b.Zh, b.En)
			}
		}
	}
}

func TestVocabularyDocumentsEveryFactOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Vocabulary() {
		if seen[f.Name] || f.Example == "" || !plainName(f.Name) {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
		if f.Values != nil && !slices.Contains(f.Values, f.Example) {
			t.Errorf("%s: the example %q is none of its values", f.Name, f.Example)
		}
		if _, err := compile("example", f.Name+" == "+f.Name); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

func TestLegalDataNeedsTwoPeopleWithAnOriginalEach(t *testing.T) {
	f, key := readFacts(t, "update legal_name")
	l := begin(f.at(key), Shipped().PlanFor(f, key), nil)
	one, two := l.person(), l.person()
	sight := func(by change.Party) change.Proof {
		return change.Proof{Gate: change.Evidence, Method: change.Sighted, By: by, At: filed}
	}
	l.r.Proofs = []change.Proof{l.proof(change.Authority, change.SMSCode), sight(one), sight(one)}
	if g, _, open := l.r.OpenGate(filed); !open || g.Kind != change.Evidence {
		t.Errorf("one person's two sightings opened both gates: now at %s", g.Kind)
	}
	l.r.Proofs = append(l.r.Proofs, sight(two))
	if g, _, open := l.r.OpenGate(filed); !open || g.Kind != change.Approval {
		t.Errorf("two people's sightings leave %s open, want the approval", g.Kind)
	}
}
