package policy

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"amend/change"
	"amend/customer"
)

// anyFacts draws a change that the desk could find: of a shipped field, with numbers and
// texts that no condition names.
func anyFacts(rng *rand.Rand) Facts {
	pick := func(s ...string) string { return s[rng.IntN(len(s))] }
	names := slices.Sorted(maps.Keys(customer.Shipped()))
	for {
		field := customer.Shipped()[pick(names...)]
		f := FactsOf(field)
		f.Kind, f.RecordKind, f.Slot = change.Kind(pick("create", "enrol", "update", "update")), field.Kinds[rng.IntN(len(field.Kinds))], pick("", "work", "2")
		f.Adds, f.Removes, f.Grade = rng.IntN(2) == 0, rng.IntN(3) == 0, customer.Grade(pick(grades()...))
		f.FiledBy, f.Source = pick("customer", "staff", "system"), pick("customer", "staff", "system:erp", "system:", "vendor:42", "elsewhere")
		f.Assurance, f.Channel, f.CustomerClass = customer.Grade(pick(grades()...)), pick("portal", "hotline", "shop", "moon"), pick("standard", "high")
		f.Authority, f.ChannelAgeDays, f.Factors = pick(Proven, Weak, None), rng.IntN(200), rng.IntN(6)
		f.LostChannel, f.ValueHigh, f.Changes30d, f.Disputes1y = rng.IntN(2) == 0, rng.IntN(2) == 0, rng.IntN(20), rng.IntN(5)
		if f.Authority == None {
			f.ChannelAgeDays = 0
		}
		if f.possible() {
			return f
		}
	}
}

// telling is a policy whose conditions draw many lines, all of which a domain exhausts.
func telling(t *testing.T) *Policy {
	p, err := spoiled(t, func(d *document, _ *rand.Rand) {
		d.Rules, d.Additions = nil, nil
		for i, when := range []string{
			"factors in [2, 4] || channel == 'shop' && slot == 'work'", "changes_30d > 7 && changes_30d <= 12",
			"source.startsWith('system:') && !source.startsWith('system:e')", "channel_age_days >= 45 && authority == 'weak'",
			"record_kind != 'person' && value_high", "assurance in ['A', 'B'] || lost_channel", "field == 'phone' || contact == removes",
		} {
			d.Rules = append(d.Rules, anyRule(fmt.Sprint("rule", i), when, "review"))
		}
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryChangeHasItsLikeInTheDomain(t *testing.T) {
	for name, p := range map[string]*Policy{"shipped": Shipped(), "telling": telling(t)} {
		d := survey(customer.Shipped(), p)
		like := func(f Facts) string {
			mark := f.engineMark()
			f.Authority = f.worth()
			for i := range d.singles.phrases {
				mark += fmt.Sprint(" ", d.singles.of(i, &f))
			}
			return mark
		}
		known := map[string]bool{}
		for f := range d.cases() {
			known[like(f)] = true
		}
		if d.sampled() {
			t.Fatalf("%s: %d cases", name, d.size())
		}
		rng := rand.New(rand.NewPCG(7, 1))
		for range 3000 {
			if f := anyFacts(rng); !known[like(f)] {
				t.Fatalf("%s: nothing in the domain is like %s", name, f.Line(customer.Shipped()))
			}
		}
	}
}

func TestDomainSaysWhatItDoesNotExhaust(t *testing.T) {
	for when, want := range map[string]string{
		"factors > 2 && type.contains('x') && source.startsWith('a')": "[]", "factors + changes_30d > 3": "[factors changes_30d]",
		"source.endsWith('a')": "[source]", "slot.matches('a')": "[slot]", "channel < 'm'": "[channel]",
		"(contact == adds) && tier + class == 'x'": "[]",
	} {
		p := ruled(t, when, "review")
		if got := fmt.Sprint(survey(customer.Shipped(), p).partial); got != want {
			t.Errorf("%s: %s, want %s", when, got, want)
		}
	}
}

func TestDomainThatIsTooLargeIsSampledEvenlyAndAlwaysAlike(t *testing.T) {
	p := Shipped()
	for i := range 12 {
		c, err := compile("x", fmt.Sprintf("changes_30d > %d || disputes_1y > %d || channel == 'c%d' || slot == 's%d'", 3*i, 3*i, i, i))
		if err != nil {
			t.Fatal(err)
		}
		q := *p
		q.rules = append(slices.Clone(p.rules), c)
		p = &q
	}
	d := survey(customer.Shipped(), p)
	if !d.sampled() {
		t.Fatalf("only %d cases", d.size())
	}
	n, channels := 0, map[string]int{}
	var first, again []Facts
	for f := range d.cases() {
		if n++; n <= 50 {
			first = append(first, f)
		}
		channels[f.Channel]++
	}
	for f := range d.cases() {
		if again = append(again, f); len(again) == 50 {
			break
		}
	}
	if n > maxCases || n < maxCases/4 || !slices.Equal(first, again) {
		t.Errorf("%d cases, alike: %v", n, slices.Equal(first, again))
	}
	for channel, m := range channels {
		if m < n/len(channels)/2 {
			t.Errorf("%s stands in %d of %d cases", channel, m, n)
		}
	}
}

func TestWorstDocumentIsSampledWithinBounds(t *testing.T) {
	p, err := spoiled(t, func(d *document, _ *rand.Rand) {
		d.Rules, d.Additions = nil, nil
		for i := range maxRules / 3 {
			when := fmt.Sprintf("channel_age_days > %d && factors > %d && changes_30d > %d && source == 's%d' && slot == 'x%d' && channel == 'c%d'", 7*i, 7*i, 7*i, i, i, i)
			d.Rules = append(d.Rules, anyRule(fmt.Sprint("rule", i), when, "review"))
		}
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	d := survey(customer.Shipped(), p)
	for _, a := range d.axes { // facts of few values are combined whole: three by two for a channel
		if n := len(a.options); n*len(a.singles) > 6*maxEvaluated {
			t.Errorf("%v: %d options", a.facts, n)
		}
	}
	if !d.sampled() || d.most()*len(d.singles.phrases) > maxRead || !slices.Contains(d.partial, "channel_age_days") {
		t.Errorf("%d cases of %d, partial %v", d.most(), d.size(), d.partial)
	}
}

func TestReadingOffADomainIsJudging(t *testing.T) {
	for name, p := range map[string]*Policy{"shipped": Shipped(), "telling": telling(t), "fragile": about(t, suites(t)["errors.txtar"])} {
		d := survey(customer.Shipped(), p)
		r := d.singles.reading(p)
		n := 0
		for f, truths := range d.cases() {
			if n++; n%17 != 0 { // every axis has another length
				continue
			}
			f.Authority = f.worth()
			if got, want := fmt.Sprint(r.judge(truths)), fmt.Sprint(p.judge(f)); got != want {
				t.Fatalf("%s: read %s, judged %s, for %s", name, got, want, f.Line(customer.Shipped()))
			}
		}
	}
}
