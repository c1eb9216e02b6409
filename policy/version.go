package policy

import (
	"fmt"
	"maps"
	"slices"
)

// Numbered is the same policy under another number: the house counts its versions, and a
// document that comes from elsewhere brings a number of its own.
func (p *Policy) Numbered(n int64) (*Policy, error) {
	d := p.doc
	d.Version = n
	text, err := textOf(d)
	if err != nil {
		return nil, fmt.Errorf("number policy %d: %w", n, err)
	}
	q := *p
	q.Version, q.doc, q.text = n, d, text
	return &q, nil
}

// A Rule is one rule of a policy as people read it: in both languages, and as it is evaluated.
type Rule struct {
	Name   string
	Zh, En string
	When   string // the condition
	Use    string // the recipe that it chooses; "" for one that adds to whichever was chosen
	AsksZh string // what that recipe asks for
	AsksEn string
}

// Recipes names the recipes, by name.
func (p *Policy) Recipes() []string { return slices.Sorted(maps.Keys(p.doc.Recipes)) }

// Levels names the levels of approval, by name.
func (p *Policy) Levels() []string {
	names := map[string]bool{}
	for _, r := range p.doc.Recipes {
		for _, l := range r.Levels {
			names[l.Name] = true
		}
	}
	for _, a := range p.doc.Additions {
		for _, l := range a.Add.Levels {
			names[l.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Rules answers the rules in order: those that choose, then those that add.
func (p *Policy) Rules() []Rule {
	all := make([]Rule, 0, len(p.doc.Rules)+len(p.doc.Additions))
	for _, r := range p.doc.Rules {
		asks := p.doc.Recipes[r.Use]
		all = append(all, Rule{r.Name, r.Zh, r.En, r.When, r.Use, asks.Zh, asks.En})
	}
	for _, a := range p.doc.Additions {
		all = append(all, Rule{Name: a.Name, Zh: a.Zh, En: a.En, When: a.When})
	}
	return all
}
