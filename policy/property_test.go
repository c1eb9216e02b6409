package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"amend/change"
	"amend/customer"
)

// Sizes of the property: rounds x 100 documents (rapid's default) x changes each.
const (
	rounds  = 20
	changes = 52
)

// hostile conditions: some always true, some that fail, some that read every fact.
var conditions = []string{
	"true", "false", "contact", "!guarded", "kind == 'create'", "authority == 'none'", "authority == 'weak' || lost_channel",
	"type == 'phone' && factors > 0", "1 / factors > 0", "changes_30d * 9223372036854775807 > disputes_1y", "tier in ['low', 'normal']",
	"source.startsWith('vendor:')", "size(source) > 2 && slot == 'work'", "filed_by == 'staff' && class == 'contact'", "channel_age_days < 90",
}

func drawCombos(t *rapid.T, known []string) []change.Combo {
	var combos []change.Combo
	for range rapid.IntRange(1, 3).Draw(t, "combos") {
		of := rapid.SliceOfNDistinct(rapid.SampledFrom(known), 1, 4, rapid.ID).Draw(t, "of")
		c := change.Combo{Need: rapid.IntRange(1, len(of)).Draw(t, "need")}
		for _, m := range of {
			c.Of = append(c.Of, change.Method(m))
		}
		combos = append(combos, c)
	}
	return combos
}

func drawExtra(t *rapid.T) extra {
	x := extra{CoolAtLeast: Period(time.Duration(rapid.IntRange(0, 100).Draw(t, "cool")) * time.Hour)}
	for range rapid.IntRange(0, 2).Draw(t, "evidence") {
		x.Evidence = append(x.Evidence, drawCombos(t, evidenceMethods()))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "levels") {
		x.Levels = append(x.Levels, level{fmt.Sprint("L", i), "approver", rapid.IntRange(1, 3).Draw(t, "quorum"), Work(WorkingDay), false})
	}
	for _, a := range actions() {
		if rapid.Bool().Draw(t, a) {
			x.Holds = append(x.Holds, hold{a, Period(time.Duration(rapid.IntRange(0, 90).Draw(t, "for")) * time.Hour)})
		}
	}
	return x
}

func drawRecipe(t *rapid.T) recipe {
	x := drawExtra(t)
	r := recipe{words: words{"某方案", "a recipe"}, Evidence: x.Evidence, Levels: x.Levels, Cool: x.CoolAtLeast, Holds: x.Holds}
	r.Reachability = rapid.Bool().Draw(t, "reach")
	if rapid.Bool().Draw(t, "asks") {
		r.Authority = drawCombos(t, authorityMethods())
	}
	return r
}

// drawPolicy writes a random document and parses it.
func drawPolicy(t *rapid.T) *Policy {
	d := Shipped().doc
	d.Recipes = map[string]recipe{"nothing": {words: words{"什么都不要", "ask for nothing"}}}
	for i := range rapid.IntRange(0, 3).Draw(t, "recipes") {
		d.Recipes[fmt.Sprint("r", i)] = drawRecipe(t)
	}
	names := slices.Sorted(maps.Keys(d.Recipes))
	d.Rules, d.Additions = nil, nil
	for i := range rapid.IntRange(1, 4).Draw(t, "rules") {
		d.Rules = append(d.Rules, rule{
			fmt.Sprint("rule", i), words{"规则", "rule"}, rapid.SampledFrom(conditions).Draw(t, "when"), rapid.SampledFrom(names).Draw(t, "use"),
		})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "additions") {
		d.Additions = append(d.Additions, addition{
			fmt.Sprint("add", i), words{"附加", "addition"}, rapid.SampledFrom(conditions).Draw(t, "when"), drawExtra(t),
		})
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Parse(text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return p
}

// randomFacts is drawn from a seed: a hundred thousand changes are too many for shrinking to help.
func randomFacts(rng *rand.Rand) Facts {
	fields := slices.Sorted(maps.Keys(catalogue()))
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	f := FactsOf(catalogue()[fields[rng.IntN(len(fields))]])
	f.Kind = change.Kind(pick("create", "enrol", "update", "update", "update", "update"))
	f.Slot = pick("", "", "work")
	f.Removes = rng.IntN(5) == 0
	f.FiledBy, f.Source = pick("customer", "staff", "system"), pick("customer", "vendor:acme", "system:crm")
	f.Authority = pick(Proven, Proven, Weak, Weak, None, "", "Proven ")
	f.CustomerClass, f.Assurance = pick("standard", "high"), customer.Grade(pick("A", "B", "D", ""))
	f.ChannelAgeDays = []int{0, 1, 29, 30, 89, 90, 4000}[rng.IntN(7)]
	f.Factors, f.Changes30d, f.Disputes1y = rng.IntN(3), rng.IntN(4), rng.IntN(2)
	f.LostChannel, f.ValueHigh = rng.IntN(2) == 0, rng.IntN(2) == 0
	return f
}

// keeps asserts the floor for one change under one plan: the plan lived through to its end
// passes, and what the floor demands cannot be left out.
func keeps(t *rapid.T, f Facts, plan change.Plan, rng *rand.Rand) {
	l := begin(f, plan, rng)
	l.live(t)
	if err := CheckFloor(l.r, l.g); err != nil {
		t.Fatalf("%s breaks the floor: %v\n%+v\n%v", plan.Recipe, err, f, show(plan))
	}
	for what, broken := range l.broken(f) {
		if CheckFloor(broken.r, broken.g) == nil {
			t.Fatalf("the floor holds without %s\n%+v\n%v", what, f, show(plan))
		}
	}
}

// broken is the life with one demand of the floor missing, for each of them.
func (l *life) broken(f Facts) map[string]life {
	lives := map[string]life{}
	cut := func(what string, r change.Request, g Ground) { lives[what] = life{r: r, g: g} }
	unproven := l.without(func(p change.Proof) bool { return p.Gate != change.Reachability })
	alone := l.r
	alone.Decisions = nil
	switch {
	case f.opens():
		cut("evidence", unproven, l.g)
		cut("a reviewer", alone, l.g)
		if f.reaches() {
			cut("an answer of the new contact", l.without(func(p change.Proof) bool { return p.Gate == change.Reachability }), l.g)
		}
	case !f.Guarded():
	default:
		cut("proof", unproven, l.g)
		if f.worth() != Proven {
			unheld, early := l.g, l.g
			unheld.Holds = nil
			early.Now = early.Now.Add(-l.cooled() + floorCool - time.Hour)
			cut("people", alone, l.g)
			cut("holds", l.r, unheld)
			cut("72 hours", l.r, early)
		}
	}
	return lives
}

// cooled is how long the plan made the request wait.
func (l *life) cooled() time.Duration { return demandsOf(l.r.Plan).cool }

func TestNoPolicyWhateverItSaysLowersTheFloor(t *testing.T) {
	for range rounds {
		rapid.Check(t, func(t *rapid.T) {
			p := drawPolicy(t)
			rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
			for range changes {
				f := randomFacts(rng)
				keeps(t, f, p.PlanFor(f, customer.KeyOf(f.Field, f.Slot)), rng)
			}
		})
	}
}

func TestShippedPolicyKeepsTheFloorByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		f := randomFacts(rng)
		plan := Shipped().PlanFor(f, customer.KeyOf(f.Field, f.Slot))
		if slices.Contains(plan.Rules, floorName) {
			t.Fatalf("the floor had to add to %v for %+v", show(plan), f)
		}
		keeps(t, f, plan, rng)
	})
}

// drawPlan is a plan that no policy wrote: methods twice, needs that can't be met, empty gates.
func drawPlan(t *rapid.T) change.Plan {
	var p change.Plan
	for range rapid.IntRange(0, 5).Draw(t, "gates") {
		g := change.Gate{Kind: rapid.SampledFrom([]change.GateKind{
			change.Authority, change.Reachability, change.Evidence, change.Approval, change.Cool, change.Schedule, "nonsense",
		}).Draw(t, "kind")}
		for range rapid.IntRange(0, 2).Draw(t, "combos") {
			g.Any = append(g.Any, change.Combo{
				Need: rapid.IntRange(-1, 3).Draw(t, "need"),
				Of:   rapid.SliceOfN(rapid.Map(rapid.SampledFrom(methods()), func(s string) change.Method { return change.Method(s) }), 0, 4).Draw(t, "of"),
			})
		}
		if rapid.Bool().Draw(t, "level") {
			g.Level = &change.Level{Name: "L1", Role: "approver", Quorum: rapid.IntRange(-2, 2).Draw(t, "quorum")}
		}
		g.For = time.Duration(rapid.IntRange(-90, 90).Draw(t, "for")) * time.Hour
		p.Gates = append(p.Gates, g)
	}
	return p
}

func TestFloorRaisesAnyPlanOnceAndForAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		f := randomFacts(rng)
		raised := Floor(f, drawPlan(t))
		if again := Floor(f, raised); !again.Same(raised) {
			t.Fatalf("raised twice\n%v\n%v", show(raised), show(again))
		}
		l := begin(f, raised, rng)
		if !l.possible() {
			return
		}
		l.live(t)
		if err := CheckFloor(l.r, l.g); err != nil {
			t.Fatalf("%v\n%+v\n%v", err, f, show(raised))
		}
	})
}

// possible reports whether every gate of the plan can open at all.
func (l *life) possible() bool {
	return !slices.ContainsFunc(l.r.Plan.Gates, func(g change.Gate) bool {
		proof := g.Kind == change.Authority || g.Kind == change.Evidence
		if g.Kind == "nonsense" || g.Kind == change.Schedule || g.Kind == change.Approval && (g.Level == nil || g.Level.Quorum < 1) {
			return true
		}
		return proof && (len(g.Any) == 0 || slices.ContainsFunc(g.Any, func(c change.Combo) bool {
			unique := slices.Compact(slices.Sorted(slices.Values(c.Of)))
			return c.Need < 1 || c.Need > len(c.Of) || len(unique) < len(c.Of)
		}))
	})
}
