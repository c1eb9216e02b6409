package policy

import (
	"slices"

	"amend/change"
	"amend/customer"
)

// A Why answers why a change needs what it needs: whoever files it, decides it or is
// refused can be shown every rule that spoke, and what would be asked if one of its
// conditions came out otherwise.
type Why struct {
	Facts   Facts
	Plan    change.Plan
	Reasons []Reason // in the order of the plan's rules
}

// A Reason is one rule that spoke, or one that failed. The engine's own have no condition.
type Reason struct {
	Because
	Failed     bool // its condition could not be evaluated
	When       Phrase
	Conditions []Condition // the single conditions of When, in order
}

// A Condition is one single condition with what it came to, and what would be if it had come
// to the contrary and all else had stayed as it is: the rule language is taken at its word,
// and facts that hang together are not moved along.
type Condition struct {
	Phrase Phrase
	Holds  bool
	Failed bool
	Values []Value // of the facts that it reads
	Less   []Ask   // what the plan would ask for no longer
	More   []Ask   // what it would ask for instead, or besides
}

// Plain reports whether the condition says by itself what its fact is.
func (c Condition) Plain() bool {
	return c.Phrase.Op == Holds || c.Phrase.Op == Is && !c.Phrase.Not && c.Holds
}

// A Value is what one fact was.
type Value struct{ Fact, Is string }

// Why explains what p asks of f.
func (p *Policy) Why(f Facts) Why {
	e := explaining{p: p, f: f, singles: singlesOf(p)}
	e.f.Authority = f.worth()
	e.reading = e.singles.reading(p)
	for i := range e.singles.phrases {
		e.truths = append(e.truths, e.singles.of(i, &e.f))
	}
	w := Why{Facts: f, Plan: p.PlanFor(f, customer.KeyOf(f.Field, f.Slot))}
	e.plan = w.Plan
	for _, b := range p.Said(w.Plan.Rules) {
		w.Reasons = append(w.Reasons, e.reason(b))
		if b.Rule == errorName {
			w.Reasons = append(w.Reasons, e.failures()...)
		}
	}
	return w
}

// explaining is Why at work.
type explaining struct {
	p       *Policy
	f       Facts // with the worth of the channel, as conditions see it
	plan    change.Plan
	singles *singles
	reading reading
	truths  []truth
}

func (e explaining) reason(b Because) Reason {
	r := Reason{Because: b}
	for i, rule := range e.p.doc.Rules {
		if rule.Name == b.Rule {
			r.When = e.reading.rules[i]
		}
	}
	for i, a := range e.p.doc.Additions {
		if a.Name == b.Rule {
			r.When = e.reading.additions[i]
		}
	}
	if r.When.Op != "" {
		for _, one := range r.When.Singles() {
			r.Conditions = append(r.Conditions, e.condition(one))
		}
	}
	return r
}

// failures are the rules that could not be evaluated and do not speak otherwise.
func (e explaining) failures() []Reason {
	var all []Reason
	fail := func(name string, w words, t truth) {
		if t == failed {
			r := e.reason(Because{name, false, w.Zh, w.En})
			r.Failed = true
			all = append(all, r)
		}
	}
	for i, r := range e.p.doc.Rules {
		t := e.reading.rule(i, e.truths)
		fail(r.Name, r.words, t)
		if t != no {
			break // nobody asks the later ones
		}
	}
	for i, a := range e.p.doc.Additions {
		fail(a.Name, a.words, e.reading.addition(i, e.truths))
	}
	return all
}

func (e explaining) condition(one Phrase) Condition {
	t := e.truths[one.number]
	c := Condition{Phrase: one, Failed: t == failed, Holds: t == truthOf(!one.Not)}
	for _, name := range one.Reads {
		c.Values = append(c.Values, Value{name, e.f.Value(name)})
	}
	if t != failed {
		turned := slices.Clone(e.truths)
		turned[one.number] = t.contrary()
		j := e.reading.judge(turned)
		c.Less, c.More = Compare(e.plan, j.raised(e.f, e.p.asked(e.f, j)))
	}
	return c
}
