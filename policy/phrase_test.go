package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// outline writes a phrase as the tests do: "all(is kind update, not holds guarded)".
func outline(p Phrase) string {
	if len(p.Parts) > 0 {
		parts := make([]string, len(p.Parts))
		for i, part := range p.Parts {
			parts[i] = outline(part)
		}
		return string(p.Op) + "(" + strings.Join(parts, ", ") + ")"
	}
	words := []string{string(p.Op), p.Fact}
	if p.Op == Formula {
		words[1] = "[" + p.Text + "]"
	}
	if p.Not {
		words = append([]string{"not"}, words...)
	}
	return strings.TrimSpace(strings.Join(append(words, p.Values...), " "))
}

func TestConditionIsReadAsAPhrase(t *testing.T) {
	for when, want := range map[string]string{
		"contact": "holds contact", "!contact": "not holds contact", "!!contact": "holds contact",
		"contact == true": "holds contact", "contact == false": "not holds contact", "contact != true": "not holds contact",
		"type == 'phone'": "is type phone", "'phone' == type": "is type phone", "type != 'phone'": "not is type phone", "!(type != 'phone')": "is type phone",
		"group in ['bank', 'tax']": "one_of group bank tax", "!(group in ['bank', 'tax'])": "not one_of group bank tax",
		"group in ['bank']": "is group bank", "group in []": "not always",
		"factors < 2": "less factors 2", "2 > factors": "less factors 2", "factors <= 2": "at_most factors 2", "2 >= factors": "at_most factors 2",
		"factors > 2": "more factors 2", "2 < factors": "more factors 2", "factors >= -2": "at_least factors -2", "!(factors >= 2)": "not at_least factors 2",
		"source.startsWith('system:')": "begins source system:", "source.endsWith('x')": "ends source x",
		"source.contains('x')": "contains source x", "source.matches('^a+$')": "matches source ^a+$", "!source.contains('x')": "not contains source x",
		"true": "always", "false": "not always", "!true": "not always",
		"kind == 'update' && guarded && adds":     "all(is kind update, holds guarded, holds adds)",
		"kind == 'update' && (guarded || adds)":   "all(is kind update, any(holds guarded, holds adds))",
		"!(guarded && adds)":                      "any(not holds guarded, not holds adds)",
		"!(guarded || !adds)":                     "all(not holds guarded, holds adds)",
		"contact ? guarded : factors > 1":         "choice(holds contact, holds guarded, more factors 1)",
		"!(contact ? guarded : factors > 1)":      "choice(holds contact, not holds guarded, not more factors 1)",
		"factors + changes_30d > 3":               "formula [factors + changes_30d > 3]",
		"!(size(source) > 3)":                     "not formula [size(source) > 3]",
		"contact == guarded":                      "formula [contact == guarded]",
		"field in [group, 'x']":                   "formula [field in [group, \"x\"]]",
		"'portal or shop'.contains(channel)":      "formula [\"portal or shop\".contains(channel)]",
		"(guarded && contact) == removes || adds": "any(formula [(guarded && contact) == removes], holds adds)",
	} {
		c, err := compile("x", when)
		if err != nil {
			t.Errorf("%s: %v", when, err)
			continue
		}
		if got := outline(c.phrase); got != want {
			t.Errorf("%s\n got %s\nwant %s", when, got, want)
		}
	}
}

func TestPhraseSaysWhichFactsItReads(t *testing.T) {
	c, err := compile("x", "factors + changes_30d > factors && source.contains('x')")
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(c.phrase.Parts[0].Reads, c.phrase.Parts[1].Reads)
	if got != "[factors changes_30d] [source]" {
		t.Error(got)
	}
}

// drawWhen is a condition of any shape over the vocabulary, some parts of which fail.
func drawWhen(t *rapid.T, depth int) string {
	single := []string{
		"contact", "guarded", "removes == false", "type == 'phone'", "tier in ['low', 'normal']", "kind != 'create'", "factors >= 1", "2 > changes_30d",
		"source.startsWith('vendor:')", "source.endsWith('m')", "size(source) > 8", "1 / factors > 0", "5 / changes_30d == 2", "contact == adds", "true", "false",
	}
	if depth == 0 {
		return rapid.SampledFrom(single).Draw(t, "single")
	}
	part := func() string { return "(" + drawWhen(t, depth-1) + ")" }
	switch rapid.IntRange(0, 4).Draw(t, "shape") {
	case 0:
		return "!" + part()
	case 1:
		return part() + " && " + part()
	case 2:
		return part() + " || " + part()
	case 3:
		return part() + " ? " + part() + " : " + part()
	}
	return rapid.SampledFrom(single).Draw(t, "single")
}

func TestPhrasesComeToWhatTheirConditionsComeTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		when := drawWhen(t, 3)
		c, err := compile("x", when)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		parts := singlesOf(&Policy{rules: []condition{c}})
		numbered := parts.numbered(c.phrase)
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		for range 40 {
			f := randomFacts(rng)
			want := c.of(&f)
			if got := numbered.of(func(one *Phrase) truth { return parts.of(one.number, &f) }); got != want {
				t.Fatalf("%s comes to %v as a phrase, %v in CEL, for %+v", when, got, want, f)
			}
		}
	})
}

func TestSinglesOfAPolicyAreCompiledOnceEach(t *testing.T) {
	parts := singlesOf(Shipped(), Shipped())
	for i, c := range parts.programs {
		if c.program == nil || parts.at[parts.phrases[i].Text] != i {
			t.Errorf("%+v isn't compiled", parts.phrases[i])
		}
	}
	if _, have := parts.at[`kind == "update"`]; !have || len(parts.at) > 40 {
		t.Errorf("%d: %v", len(parts.at), parts.at)
	}
}

func FuzzConditionIsItsPhrase(f *testing.F) {
	for _, r := range Shipped().Rules() {
		f.Add(r.When)
	}
	f.Add("!(contact ? factors in [1, 2] : source.matches('^a')) || 1 / factors > 0")
	f.Add("-1 < factors && 'x' + slot != field && [1, 2][0] == 1")
	f.Fuzz(func(t *testing.T, when string) {
		c, err := compile("x", when)
		if err != nil {
			return
		}
		parts := singlesOf(&Policy{rules: []condition{c}})
		numbered := parts.numbered(c.phrase)
		rng := rand.New(rand.NewPCG(uint64(len(when)), 1))
		for range 5 {
			facts := randomFacts(rng)
			got := numbered.of(func(one *Phrase) truth { return parts.of(one.number, &facts) })
			if want := c.of(&facts); got != want && want != failed { // the whole may be too dear where no part is
				t.Fatalf("%q comes to %v as a phrase, %v in CEL", when, got, want)
			}
		}
	})
}
