package policy

import (
	"bytes"
	"regexp"
	"slices"
	"testing"

	"amend/customer"
	"amend/fault"
)

func packs(t *testing.T) []Pack {
	t.Helper()
	all, err := Packs()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryPackDoesWhatItSays(t *testing.T) {
	for _, p := range packs(t) {
		staff := office()
		for i := range staff.People {
			if i%2 == 0 {
				staff.People[i].Roles = append(staff.People[i].Roles, "owner", "privacy")
			}
		}
		for _, s := range []*Staff{nil, staff} {
			r := Check(p.Policy, Company{Catalog: customer.Shipped(), Staff: s})
			if r.Severe() || r.Sampled || len(r.Partial) > 0 || s == nil && len(r.Findings) > 0 {
				t.Errorf("%s: %+v", p.Name, r)
			}
		}
	}
}

func TestCasesOfAPackCoverItsRecipesRulesAndAdditions(t *testing.T) {
	for _, p := range packs(t) {
		s := suites(t)["pack_"+p.Name+".txtar"]
		if len(s.Cases) < 15 {
			t.Errorf("%s has %d cases", p.Name, len(s.Cases))
		}
		spoken := spokenBy(t, s)
		var want []string
		for name := range p.Policy.doc.Recipes {
			want = append(want, "recipe "+name)
		}
		for _, r := range p.Policy.Rules() {
			want = append(want, r.Name)
		}
		for _, name := range want {
			if !slices.Contains(spoken, name) {
				t.Errorf("%s: no case in which %s speaks", p.Name, name)
			}
		}
	}
}

func TestPacksSayWhatTheyAreForInBothLanguages(t *testing.T) {
	han := regexp.MustCompile(`\p{Han}`)
	for _, p := range packs(t) {
		zh, en := p.Policy.Goals()
		if !han.MatchString(zh) || han.MatchString(en) || en == "" {
			t.Errorf("%s: %q / %q", p.Name, zh, en)
		}
		for _, r := range p.Policy.Rules() {
			if !han.MatchString(r.Zh) || han.MatchString(r.En) || r.En == "" {
				t.Errorf("%s: %s: %q / %q", p.Name, r.Name, r.Zh, r.En)
			}
		}
		if again, err := Parse(p.Policy.Text()); err != nil || !bytes.Equal(again.Text(), p.Policy.Text()) {
			t.Errorf("%s isn't read back as itself: %v", p.Name, err)
		}
	}
}

func TestPacksDifferFromTheShippedPolicyAndFromEachOther(t *testing.T) {
	ask := func(p *Policy, line string) string {
		f, err := ReadFacts(customer.Shipped(), line)
		if err != nil {
			t.Fatal(err)
		}
		return lines(Asks(p.PlanFor(f, customer.KeyOf(f.Field, f.Slot))))
	}
	seen := map[string]string{ask(Shipped(), "update bank_card") + ask(Shipped(), "update address") + ask(Shipped(), "update patient_file_no"): "shipped"}
	for _, p := range packs(t) {
		key := ask(p.Policy, "update bank_card") + ask(p.Policy, "update address") + ask(p.Policy, "update patient_file_no")
		if other := seen[key]; other != "" {
			t.Errorf("%s asks what %s asks", p.Name, other)
		}
		seen[key] = p.Name
	}
}

func TestPackThatIsNoneIsSaid(t *testing.T) {
	for _, name := range []string{"", "shipped", "../cases/shipped", "retail.json"} {
		if _, err := PackNamed(name); fault.CodeOf(err) != "pack_unknown" {
			t.Errorf("%q: %v", name, err)
		}
	}
}
