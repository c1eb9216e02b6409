package policy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
)

// office is a company with enough people: agents and stewards who attest, approvers of two
// departments, and every department of the catalogue led.
func office() *Staff {
	var s Staff
	add := func(n int, department string, roles ...access.Role) {
		for range n {
			s.People = append(s.People, Member{ID: fmt.Sprint("p", len(s.People)), Department: department, Roles: roles})
		}
	}
	add(3, "customer_service", access.Agent)
	add(2, "customer_service", access.Steward)
	add(3, "customer_service", access.Approver)
	add(2, "finance", access.Approver)
	for _, f := range customer.Shipped() {
		if !slices.Contains(s.Leads, f.Owner) {
			s.Leads = append(s.Leads, f.Owner)
		}
	}
	return &s
}

// spoiled is the shipped policy after a change of its document.
func spoiled(t *testing.T, spoil func(d *document, rng *rand.Rand), seed uint64) (*Policy, error) {
	t.Helper()
	var d document // a copy: the shipped one is shared
	if err := json.Unmarshal(Shipped().Text(), &d); err != nil {
		t.Fatal(err)
	}
	spoil(&d, rand.New(rand.NewPCG(seed, 1)))
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return Parse(text)
}

func put[T any](list []T, at int, x T) []T { return slices.Insert(slices.Clone(list), at, x) }

func anyRule(name, when, use string) rule { return rule{name, words{"规则", "a rule"}, when, use} }

func more(name, when string, add extra) addition {
	return addition{name, words{"附加", "an addition"}, when, add}
}

func quorum(n int) []level { return []level{{"extra", "approver", n, Work(WorkingDay), false}} }

func approvers(n int) extra { return extra{Levels: quorum(n)} }

// defects are what can be wrong with a policy, each planted somewhere in the shipped one.
var defects = map[Flaw]func(d *document, rng *rand.Rand){
	ConditionFails: func(d *document, rng *rand.Rand) {
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "10 / factors > 20", approvers(1)))
	},
	NeverTrue: func(d *document, rng *rand.Rand) {
		when := d.Rules[rng.IntN(len(d.Rules))].When
		d.Rules = put(d.Rules, rng.IntN(len(d.Rules)+1), anyRule("planted", "("+when+") && !("+when+")", "review"))
	},
	Shadowed: func(d *document, rng *rand.Rand) {
		i := rng.IntN(len(d.Rules))
		after := i + 1 + rng.IntN(len(d.Rules)-i)
		d.Rules = put(d.Rules, after, anyRule("planted", "("+d.Rules[i].When+") && customer_class == 'high'", "review"))
	},
	GateShut: func(d *document, rng *rand.Rand) {
		of := [][]string{{"document"}, {"registry"}, {"letter", "document"}}[rng.IntN(3)]
		var x extra
		_ = json.Unmarshal(fmt.Appendf(nil, `{"evidence": [[{"need": 1, "of": ["%s"]}]]}`, strings.Join(of, `","`)), &x)
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "contact && channel == 'shop'", x))
	},
	SelfApproval: func(d *document, rng *rand.Rand) {
		d.Additions = slices.DeleteFunc(d.Additions, func(a addition) bool { return a.Name == "filed_by_staff" })
	},
	RoleBarred: func(d *document, rng *rand.Rand) {
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "tier == 'top'", extra{Levels: []level{{"risk", "security", 1, Work(WorkingDay), false}}}))
	},
	NobodyHolds: func(d *document, rng *rand.Rand) {
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "tier == 'top'", extra{Levels: []level{{"owner", "owner", 1, Work(WorkingDay), false}}}))
	},
	TooFew: func(d *document, rng *rand.Rand) {
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "group == 'bank'", approvers(6)))
	},
	Contradiction: func(d *document, rng *rand.Rand) {
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "group == 'preference' && changes_30d > 3", approvers(3)))
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted_too", "group == 'preference' && disputes_1y > 0", approvers(3)))
	},
	RemindLate: func(d *document, rng *rand.Rand) { d.Timers.Remind = append(d.Timers.Remind, d.Timers.NeedsInfo) },
	AskLate: func(d *document, rng *rand.Rand) {
		d.Timers.Ask = append(d.Timers.Ask, d.Timers.Unconfirmed+Period(day))
	},
	BelowFloor: func(d *document, rng *rand.Rand) {
		d.Rules = put(d.Rules, rng.IntN(3), anyRule("planted", "field == 'phone' && slot == 'work'", "at_once"))
	},
	UnusedRecipe: func(d *document, rng *rand.Rand) { d.Recipes["planted"] = recipe{words: words{"方案", "a recipe"}} },
	CoolLong: func(d *document, rng *rand.Rand) {
		r := d.Recipes["legal"]
		r.Cool = Period(60 * day)
		d.Recipes["legal"] = r
	},
	HoldEmpty: func(d *document, rng *rand.Rand) {
		d.Additions = put(d.Additions, rng.IntN(len(d.Additions)+1), more("planted", "tier == 'top'", extra{Holds: []hold{{credit, 0}}}))
	},
	ProofsShort: func(d *document, rng *rand.Rand) { d.Timers.Verifying = Period(12 * time.Hour) },
}

func TestShippedPolicyHasNoFlaw(t *testing.T) {
	for _, staff := range []*Staff{nil, office()} {
		r := Check(Shipped(), Company{Catalog: customer.Shipped(), Staff: staff})
		if len(r.Findings) > 0 || r.Sampled || len(r.Partial) > 0 || r.Cases < 10_000 {
			t.Errorf("%+v", r)
		}
	}
}

func TestEveryPlantedFlawIsFound(t *testing.T) {
	co := Company{Catalog: customer.Shipped(), Staff: office()}
	for flaw, spoil := range defects {
		for seed := range uint64(2) {
			p, err := spoiled(t, spoil, seed)
			if err != nil {
				t.Fatalf("%s: %v", flaw, err)
			}
			r := Check(p, co)
			i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Flaw == flaw })
			if i < 0 {
				t.Errorf("%s isn't found; instead %+v", flaw, r.Findings)
				continue
			}
			if at := r.Findings[i].At; strings.Contains(string(p.Text()), `"planted"`) && !strings.HasPrefix(at, "planted") {
				t.Errorf("%s is found at %s", flaw, at)
			}
			if r.Severe() != slices.Contains(severe(), flaw) {
				t.Errorf("%s: severe is %v: %+v", flaw, r.Severe(), r.Findings)
			}
		}
	}
}

func severe() []Flaw { return Flaws()[:slices.Index(Flaws(), TooFewPresent)] }

// What the form of a document forbids is refused before anything is checked.
func TestFlawsOfFormAreRefusedByParse(t *testing.T) {
	for what, c := range map[string]struct {
		code  string
		spoil func(d *document, rng *rand.Rand)
	}{
		"a timer of zero":              {"policy_bad_number", func(d *document, _ *rand.Rand) { d.Timers.Verifying = 0 }},
		"a level without alarm":        {"policy_bad_number", func(d *document, _ *rand.Rand) { d.Additions[0].Add.Levels[0].Within = 0 }},
		"a wait without end":           {"policy_bad_number", func(d *document, _ *rand.Rand) { d.Additions[0].Add.CoolAtLeast = Period(91 * day) }},
		"two rules of a name":          {"policy_duplicate_name", func(d *document, _ *rand.Rand) { d.Rules[3].Name = d.Rules[4].Name }},
		"an addition of a rule's name": {"policy_duplicate_name", func(d *document, _ *rand.Rand) { d.Additions[3].Name = d.Rules[4].Name }},
		"a level of two roles":         {"policy_bad_name", func(d *document, _ *rand.Rand) { d.Additions[0].Add.Levels[0].Role = "owner" }},
	} {
		if _, err := spoiled(t, c.spoil, 1); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
}

func TestExampleOfAFindingShowsIt(t *testing.T) {
	co := Company{Catalog: customer.Shipped(), Staff: office()}
	for _, flaw := range []Flaw{ConditionFails, Shadowed, GateShut, SelfApproval, TooFew, Contradiction, BelowFloor} {
		p, err := spoiled(t, defects[flaw], 1)
		if err != nil {
			t.Fatal(err)
		}
		r := Check(p, co)
		f := r.Findings[slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Flaw == flaw })]
		if f.Example == nil || !f.Example.possible() {
			t.Errorf("%s: %+v", flaw, f)
			continue
		}
		plan := p.PlanFor(*f.Example, customer.KeyOf(f.Example.Field, f.Example.Slot))
		shows := map[Flaw]bool{
			ConditionFails: plan.Rules[0] == errorName, Shadowed: slices.Contains(strings.Split(f.Params["earlier"], ", "), plan.Rules[0]),
			GateShut: slices.Contains(plan.Rules, f.At), SelfApproval: plan.Open() && f.Example.FiledBy == "staff",
			TooFew: demandsOf(plan).people() > 5, Contradiction: slices.Contains(plan.Rules, "planted") && slices.Contains(plan.Rules, "planted_too"),
			BelowFloor: slices.Contains(plan.Rules, floorName),
		}
		if !shows[flaw] {
			t.Errorf("%s at %s: %s has %v", flaw, f.At, f.Example.Line(co.Catalog), show(plan))
		}
	}
}

func TestPeopleWhoAreAwayOrInvolvedAreMissed(t *testing.T) {
	small := func(approvers int) *Staff {
		s := &Staff{Leads: office().Leads}
		for i := range 4 {
			s.People = append(s.People, Member{ID: fmt.Sprint("a", i), Roles: []access.Role{access.Agent}})
		}
		for i := range approvers {
			s.People = append(s.People, Member{ID: fmt.Sprint("b", i), Roles: []access.Role{access.Approver}})
		}
		return s
	}
	flaws := func(s *Staff) []Flaw {
		var all []Flaw
		for _, f := range Check(Shipped(), Company{Catalog: customer.Shipped(), Staff: s}).Findings {
			if !slices.Contains(all, f.Flaw) {
				all = append(all, f.Flaw)
			}
		}
		return all
	}
	away := small(4) // legal data filed by staff, weakly authorised, needs four approvers
	away.People[7].Away = true
	both := small(4)
	both.People[7].Roles = []access.Role{access.Approver, access.Steward}
	unled := small(4)
	unled.Leads = unled.Leads[1:]
	for name, c := range map[string]struct {
		staff *Staff
		want  []Flaw
	}{
		"enough": {small(4), nil}, "one too few": {small(3), []Flaw{Contradiction}}, "one away": {away, []Flaw{TooFewPresent}},
		"one who may attest": {both, []Flaw{TooFewLeft}}, "a department without a lead": {unled, []Flaw{NoLead}},
		"nobody": {&Staff{Leads: unled.Leads}, []Flaw{NobodyHolds, TooFew, NoLead}},
	} {
		if got := flaws(c.staff); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestLevelThatWantsPeopleApartNeedsDepartments(t *testing.T) {
	apart := func(d *document, _ *rand.Rand) {
		r := d.Recipes["financial"]
		r.Levels[0].Apart = true
		d.Recipes["financial"] = r
	}
	p, err := spoiled(t, apart, 1)
	if err != nil {
		t.Fatal(err)
	}
	two, one := office(), office()
	for i := range one.People {
		one.People[i].Department = "customer_service"
	}
	if r := Check(p, Company{Catalog: customer.Shipped(), Staff: two}); len(r.Findings) > 0 {
		t.Errorf("two departments: %+v", r.Findings)
	}
	if r := Check(p, Company{Catalog: customer.Shipped(), Staff: one}); !r.Severe() {
		t.Error("one department is enough")
	}
}

func TestFailureOfAnAdditionIsNotTheFlawOfARule(t *testing.T) {
	p, err := spoiled(t, func(d *document, _ *rand.Rand) {
		d.Additions = append(d.Additions, more("planted", "10 / factors > 20", approvers(1))) // fails for every enrolment
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := Check(p, Company{Catalog: customer.Shipped()})
	if len(r.Findings) != 1 || r.Findings[0].Flaw != ConditionFails || r.Findings[0].At != "planted" {
		t.Errorf("%+v", r.Findings)
	}
}

func TestWhatWasOnlySampledIsAWarning(t *testing.T) {
	p, err := spoiled(t, func(d *document, _ *rand.Rand) {
		d.Rules = put(d.Rules, 0, anyRule("planted", "size(source) > 40 && source.endsWith('never')", "review"))
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := Check(p, Company{Catalog: customer.Shipped()})
	if r.Severe() || len(r.Findings) != 1 || r.Findings[0].Flaw != NeverTrue || !slices.Equal(r.Partial, []string{"source"}) {
		t.Errorf("%+v", r)
	}
}
