package policy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"amend/customer"
	"amend/fault"
)

// suites are the shipped files of cases, each with the policy that it is about.
func suites(t *testing.T) map[string]Suite {
	t.Helper()
	read := map[string]Suite{}
	for name, text := range ShippedSuites() {
		s, err := ReadSuite(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		read[name] = s
	}
	return read
}

func about(t *testing.T, s Suite) *Policy {
	t.Helper()
	if s.Policy == nil {
		return Shipped()
	}
	p, err := Parse(s.Policy)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryShippedCaseIsAsExpected(t *testing.T) {
	for name, s := range suites(t) {
		p := about(t, s)
		for _, c := range s.Cases {
			if tr := p.Try(c, customer.Shipped()); !tr.Passed() {
				t.Errorf("%s: %s: %v\n missing %q\n   extra %q", name, c.Change, tr.Err, tr.Missing, tr.Extra)
			}
		}
	}
}

// spokenBy are the recipes and rules that the plans of a suite's cases name.
func spokenBy(t *testing.T, s Suite) []string {
	p := about(t, s)
	spoken := map[string]bool{}
	for _, c := range s.Cases {
		f, err := ReadFacts(customer.Shipped(), c.Change)
		if err != nil {
			t.Fatal(err)
		}
		plan := p.PlanFor(f, customer.KeyOf(f.Field, f.Slot))
		spoken["recipe "+plan.Recipe] = true
		for _, r := range plan.Rules {
			spoken[r] = true
		}
	}
	return slices.Collect(maps.Keys(spoken))
}

func TestShippedCasesCoverEveryRecipeRuleAndAddition(t *testing.T) {
	s := suites(t)["shipped.txtar"]
	if len(s.Cases) < 60 {
		t.Errorf("%d cases, want at least 60", len(s.Cases))
	}
	spoken := spokenBy(t, s)
	var want []string
	for name := range Shipped().doc.Recipes {
		want = append(want, "recipe "+name)
	}
	for _, r := range Shipped().doc.Rules {
		want = append(want, r.Name)
	}
	for _, a := range Shipped().doc.Additions {
		want = append(want, a.Name)
	}
	for _, name := range append(want, strictestName) {
		if !slices.Contains(spoken, name) {
			t.Errorf("no case in which %s speaks", name)
		}
	}
}

func TestShippedCasesShowTheFloorAndFailures(t *testing.T) {
	if spoken := spokenBy(t, suites(t)["floor.txtar"]); !slices.Contains(spoken, floorName) {
		t.Error("the floor doesn't speak")
	}
	if spoken := spokenBy(t, suites(t)["errors.txtar"]); !slices.Contains(spoken, errorName) || !slices.Contains(spoken, strictestName) {
		t.Error("nothing fails")
	}
}

func TestCaseSaysWhatIsMissingAndWhatIsMore(t *testing.T) {
	s, err := ReadSuite([]byte(`What we want.

-- update phone filed_by=staff --
# the old phone agrees
recipe phone
approve 2 approver extra within 9h
no cool
hold payout 72h

-- update interests --
at once
`))
	if err != nil || s.Remark != "What we want.\n\n" || len(s.Cases) != 2 {
		t.Fatal(s, err)
	}
	tr := Shipped().Try(s.Cases[0], customer.Shipped())
	got := strings.Join(tr.Missing, "; ") + " | " + strings.Join(tr.Extra, "; ")
	if want := "approve 2 approver extra within 1wd | approve 1 approver extra within 1wd; hold password_reset 3d"; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if tr := Shipped().Try(s.Cases[1], customer.Shipped()); !tr.Passed() {
		t.Error(tr)
	}
}

func TestCaseThatCannotBeReadSaysWhy(t *testing.T) {
	for text, code := range map[string]string{
		"nothing here":                                            "cases_none",
		"-- policy.json --\n{}\n":                                 "cases_none",
		"-- update phone --\n# only a remark\n":                   "cases_empty",
		"-- update phone --\nask politely\n":                      "cases_bad_line",
		"-- change phone --\nrecipe phone\n":                      "facts_bad_line",
		"-- update --\nrecipe phone\n":                            "facts_bad_line",
		"-- update PHONE --\nrecipe phone\n":                      "facts_bad_line",
		"-- update fone --\nrecipe phone\n":                       "facts_unknown_field",
		"-- update phone colour=red --\nrecipe phone\n":           "facts_unknown",
		"-- update phone guarded=false --\nrecipe phone\n":        "facts_unknown",
		"-- update phone filed_by=nobody --\nrecipe phone\n":      "facts_bad_value",
		"-- update phone removes=perhaps --\nrecipe phone\n":      "facts_bad_value",
		"-- update phone factors=few --\nrecipe phone\n":          "facts_bad_value",
		"-- update phone authority=none tier= --\nrecipe phone\n": "",
	} {
		s, err := ReadSuite([]byte(text))
		if err == nil {
			err = Shipped().Try(s.Cases[0], customer.Shipped()).Err
		}
		if fault.CodeOf(err) != code {
			t.Errorf("%q: got %v, want %s", text, err, code)
		}
	}
}

func TestFactsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, line := range []string{
		"update phone", "update phone/work removes channel=hotline filed_by=staff", "create bank_card record_kind=account source=vendor:acme",
		"enrol email", "update address value_high lost_channel factors=0", "update phone adds", "update email adds=false authority=weak channel_age_days=90",
		"update loyalty_no group=profile tier=normal", "create phone factors=3",
	} {
		f, err := ReadFacts(customer.Shipped(), line)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ReadFacts(customer.Shipped(), f.Line(customer.Shipped()))
		if err != nil || again != f {
			t.Errorf("%s became %s (%v)", line, f.Line(customer.Shipped()), err)
		}
	}
	f, _ := ReadFacts(customer.Shipped(), "update phone filed_by=staff removes")
	if got := f.Line(customer.Shipped()); got != "update phone removes filed_by=staff" {
		t.Error(got)
	}
}

func FuzzSuite(f *testing.F) {
	f.Add(ShippedSuites()["errors.txtar"])
	f.Add([]byte("-- update phone --\nno approve\n-- update phone factors=-1 x=y --\nrecipe\n--  --\n-- policy.json --\n{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := ReadSuite(text)
		if err != nil {
			return
		}
		for _, c := range s.Cases[:min(len(s.Cases), 20)] {
			if tr := Shipped().Try(c, customer.Shipped()); tr.Err == nil {
				facts, err := ReadFacts(customer.Shipped(), c.Change)
				if again, _ := ReadFacts(customer.Shipped(), facts.Line(customer.Shipped())); err != nil || again != facts {
					t.Fatalf("%q became %q", c.Change, facts.Line(customer.Shipped()))
				}
			}
		}
	})
}
