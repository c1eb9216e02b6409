package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"amend/customer"
)

func diffed(t *testing.T, spoil func(d *document)) Comparison {
	t.Helper()
	p, err := spoiled(t, func(d *document, _ *rand.Rand) { spoil(d) }, 1)
	if err != nil {
		t.Fatal(err)
	}
	return Diff(Shipped(), p, customer.Shipped())
}

func TestSamePolicyChangesNothing(t *testing.T) {
	c := diffed(t, func(d *document) { d.Version = 2 })
	if len(c.Edits)+len(c.Shifts)+c.Shifted > 0 || c.Cases < 10_000 || c.Sampled {
		t.Errorf("%+v", c)
	}
	c = diffed(t, func(d *document) { d.Rules[0].When = "(kind=='create')" })
	if len(c.Edits) > 0 {
		t.Errorf("written otherwise: %v", c.Edits)
	}
}

func TestEditsNameWhatStandsOtherwise(t *testing.T) {
	c := diffed(t, func(d *document) {
		d.Rules = append(d.Rules[:2:2], d.Rules[3:]...)                                         // no_channel goes
		d.Rules = put(d.Rules, 1, anyRule("new_rule", "channel == 'shop'", "review"))           // one comes
		last := d.Rules[len(d.Rules)-1]                                                         // profile moves to the top
		d.Rules = put(d.Rules[:len(d.Rules)-1], 0, last)                                        //
		d.Additions[0].When, d.Additions[3].En = "kind == 'update' && guarded", "other words"   //
		r := d.Recipes["phone"]                                                                 //
		r.Cool = Period(day)                                                                    //
		d.Recipes["phone"], d.Recipes["spare"] = r, recipe{words: words{"备用", "a spare"}}       //
		d.Timers.Draft, d.Sampling, d.Validity["sighted"] = Period(10*day), 0.5, Period(10*day) //
	})
	want := "[{rule new_rule added} {rule no_channel removed} {addition filed_by_staff reworded} {addition weak_authority changed} " +
		"{recipe phone changed} {recipe spare added} {timer draft changed} {validity sighted changed} {sampling sampling changed} {rule profile reordered}]"
	if got := fmt.Sprint(c.Edits); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestShiftsSayWhatComesOutOtherwise(t *testing.T) {
	c := diffed(t, func(d *document) {
		r := d.Recipes["postal"]
		r.Cool, r.Levels = Period(day), []level{{"L1", "approver", 1, Work(WorkingDay), false}}
		d.Recipes["postal"] = r
	})
	if len(c.Shifts) == 0 || c.Shifted == 0 || c.Shifted >= c.Cases/4 {
		t.Fatalf("%d of %d cases: %v", c.Shifted, c.Cases, c.Shifts)
	}
	sum := 0
	for _, s := range c.Shifts {
		sum += s.Cases
		if s.Example.Type != customer.Address || !slices.Contains(s.WasRules, "postal") || !slices.Contains([]time.Duration{0, day}, s.Longer) {
			t.Errorf("%+v", s)
		}
	}
	first := c.Shifts[slices.IndexFunc(c.Shifts, func(s Shift) bool { return len(s.WasRules) == 1 })]
	if got := fmt.Sprintf("%s %s%s %s", first.Was, first.Is, lines(first.Less), lines(first.More)); got != "proofs one_person approve 1 approver L1 within 1wd; cool 1d" {
		t.Errorf("%s for %s", got, first.Example.Line(customer.Shipped()))
	}
	if sum != c.Shifted {
		t.Errorf("the shifts have %d cases of %d", sum, c.Shifted)
	}
}

func TestEveryShiftIsSeenInThePlansOfItsExample(t *testing.T) {
	p, err := spoiled(t, func(d *document, _ *rand.Rand) {
		d.Rules = d.Rules[4:]
		d.Additions = d.Additions[:2]
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range Diff(Shipped(), p, customer.Shipped()).Shifts {
		key := customer.KeyOf(s.Example.Field, s.Example.Slot)
		less, more := Compare(Shipped().PlanFor(s.Example, key), p.PlanFor(s.Example, key))
		if lines(less) != lines(s.Less) || lines(more) != lines(s.More) {
			t.Errorf("%s: %v %v, want %v %v", s.Example.Line(customer.Shipped()), less, more, s.Less, s.More)
		}
	}
}
