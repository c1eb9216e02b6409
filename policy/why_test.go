package policy

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"amend/customer"
)

func why(t *testing.T, p *Policy, line string) Why {
	t.Helper()
	f, err := ReadFacts(customer.Shipped(), line)
	if err != nil {
		t.Fatal(err)
	}
	return p.Why(f)
}

func lines(asks []Ask) string {
	all := make([]string, len(asks))
	for i, a := range asks {
		all[i] = a.String()
	}
	return strings.Join(all, "; ")
}

func TestWhyNamesEveryRuleThatSpokeWithItsConditions(t *testing.T) {
	w := why(t, Shipped(), "update phone filed_by=staff")
	var got []string
	for _, r := range w.Reasons {
		got = append(got, r.Rule)
		for _, c := range r.Conditions {
			got = append(got, fmt.Sprintf("%s %v %v less %s more %s", outline(c.Phrase), c.Holds, c.Values, lines(c.Less), lines(c.More)))
		}
	}
	want := []string{
		"phone",
		"is type phone true [{type phone}]" +
			" less recipe phone; authority 1 of sms_code callback / 2 of mail_code sighted / 2 of mail_code document / 2 of mail_code registry / 2 of mail_code letter" +
			" more recipe strictest; authority 1 of sms_code callback; evidence 1 of document registry sighted; approve 1 approver L1 within 1wd; approve 1 approver L2 within 1wd; cool 3d; hold credit 7d",
		"filed_by_staff",
		"is filed_by staff true [{filed_by staff}] less approve 1 approver extra within 1wd more ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhySaysWhichConditionOfManyMatters(t *testing.T) {
	w := why(t, Shipped(), "update email authority=weak channel_age_days=120 factors=0")
	i := slices.IndexFunc(w.Reasons, func(r Reason) bool { return r.Rule == "single_factor" })
	for _, c := range w.Reasons[i].Conditions {
		if len(c.Less)+len(c.More) > 0 && c.Phrase.Fact == "factors" {
			t.Errorf("without %s: %v, %v, although 72 hours hold anyway", outline(c.Phrase), c.Less, c.More)
		}
	}
	weak := w.Reasons[i-1].Conditions[2]
	if got := outline(weak.Phrase) + ": " + lines(weak.Less) + " | " + lines(weak.More); got != "is authority weak: approve 1 approver extra within 1wd | approve 1 approver floor within 1wd" {
		t.Errorf("%s; the floor asks for one person anyway", got)
	}
}

func TestWhyNamesWhatFailedAndTheFloor(t *testing.T) {
	p := about(t, suites(t)["errors.txtar"])
	w := why(t, p, "update interests channel=web factors=0")
	var got []string
	for _, r := range w.Reasons {
		got = append(got, fmt.Sprintln(r.Rule, r.Matched, r.Failed, len(r.Conditions)))
	}
	if want := "policy_error true false 0\ndivides false true 2\nstrictest true false 0\n"; strings.Join(got, "") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if c := w.Reasons[1].Conditions[1]; !c.Failed || c.Holds || fmt.Sprint(c.Values) != "[{factors 0}]" {
		t.Errorf("%+v", c)
	}
	w = why(t, about(t, suites(t)["floor.txtar"]), "update phone")
	if last := w.Reasons[len(w.Reasons)-1]; last.Rule != floorName || last.When.Op != "" {
		t.Errorf("%+v", last)
	}
}

// The contrary of a condition is tried against a policy in which it is written so.
func TestWhatWouldBeIsWhatAPolicyWithTheContraryAsks(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 25 {
		f := anyFacts(rng)
		w := Shipped().Why(f)
		for _, r := range w.Reasons {
			for _, c := range r.Conditions {
				q := contrary(t, Shipped(), c.Phrase.Text)
				less, more := Compare(w.Plan, q.PlanFor(f, customer.KeyOf(f.Field, f.Slot)))
				if lines(less) != lines(c.Less) || lines(more) != lines(c.More) {
					t.Errorf("%s without %s:\n%v %v, want\n%v %v", f.Line(customer.Shipped()), c.Phrase.Text, c.Less, c.More, less, more)
				}
			}
		}
	}
}

// contrary is p with a single condition turned round wherever it stands.
func contrary(t *testing.T, p *Policy, single string) *Policy {
	t.Helper()
	var d document
	if err := json.Unmarshal(p.Text(), &d); err != nil {
		t.Fatal(err)
	}
	turn := func(when string) string {
		env, err := language()
		if err != nil {
			t.Fatal(err)
		}
		parsed, issues := env.Compile(when)
		if issues.Err() != nil {
			t.Fatal(issues.Err())
		}
		text := reader{parsed.NativeRep().SourceInfo()}.text(parsed.NativeRep().Expr())
		is, isNot := "!("+single+")", strings.Replace(single, "==", "!=", 1)
		return strings.NewReplacer(single, is, isNot, "("+single+")").Replace(text)
	}
	for i := range d.Rules {
		d.Rules[i].When = turn(d.Rules[i].When)
	}
	for i := range d.Additions {
		d.Additions[i].When = turn(d.Additions[i].When)
	}
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	q, err := Parse(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return q
}
