package policy

import (
	"maps"
	"slices"
	"strings"
	"time"

	"amend/change"
	"amend/customer"
)

// A Comparison is what a new policy changes: in its words, and in what comes out.
type Comparison struct {
	Edits   []Edit
	Shifts  []Shift // the most frequent first
	Cases   int     // changes that were tried, one of each sort
	Shifted int     // of these, those that come out otherwise
	Sampled bool
	Partial []string
}

// A Shift is one way in which changes come out otherwise, with how many sorts of change do.
// That is not how often such changes are filed: a Replay tells that.
type Shift struct {
	Was, Is           Path
	WasRules, IsRules []string
	Less, More        []Ask
	Longer            time.Duration // in waiting; negative: shorter
	Cases             int
	Example           Facts
}

// Diff compares two policies by their documents and by what they ask of one change of every
// sort that either can tell apart.
func Diff(was, is *Policy, cat customer.Catalog) Comparison {
	d := survey(cat, was, is)
	t := turning{
		was: d.singles.reading(was), is: d.singles.reading(is), known: map[[2]sort]*Shift{}, shifts: map[string]*Shift{},
	}
	c := Comparison{Edits: edits(was.doc, is.doc), Sampled: d.sampled(), Partial: d.partial}
	for f, truths := range d.cases() {
		c.Cases++
		if s := t.shift(f, truths); s != nil {
			s.Cases++
			c.Shifted++
		}
	}
	for _, key := range slices.Sorted(maps.Keys(t.shifts)) {
		c.Shifts = append(c.Shifts, *t.shifts[key])
	}
	slices.SortStableFunc(c.Shifts, func(a, b Shift) int { return b.Cases - a.Cases })
	return c
}

// turning looks at what comes out otherwise, each pair of sorts of case once.
type turning struct {
	was, is reading
	known   map[[2]sort]*Shift // nil: the same comes out
	shifts  map[string]*Shift
}

func (t turning) shift(f Facts, truths []truth) *Shift {
	before, after := t.was.judge(truths), t.is.judge(truths)
	judged := f
	judged.Authority = f.worth()
	pair := [2]sort{before.sort(judged), after.sort(judged)}
	s, known := t.known[pair]
	if known {
		return s
	}
	s = shiftOf(f, before.raised(f, t.was.p.asked(f, before)), after.raised(f, t.is.p.asked(f, after)))
	if s != nil {
		key := s.key()
		if t.shifts[key] == nil {
			t.shifts[key] = s
		}
		s = t.shifts[key]
	}
	t.known[pair] = s
	return s
}

// shiftOf is how f comes out otherwise, nil if both plans ask for the same.
func shiftOf(f Facts, was, is change.Plan) *Shift {
	less, more := Compare(was, is)
	name := func(a Ask) bool { return a.Kind != AskRecipe }
	if !slices.ContainsFunc(less, name) && !slices.ContainsFunc(more, name) {
		return nil
	}
	return &Shift{
		Was: PathOf(was), Is: PathOf(is), WasRules: was.Rules, IsRules: is.Rules, Less: less, More: more,
		Longer: waits(is) - waits(was), Example: f,
	}
}

// key is what shifts of one kind have in common.
func (s Shift) key() string {
	words := []string{string(s.Was), string(s.Is), strings.Join(s.WasRules, " "), strings.Join(s.IsRules, " ")}
	for _, a := range s.Less {
		words = append(words, "-"+a.String())
	}
	for _, a := range s.More {
		words = append(words, "+"+a.String())
	}
	return strings.Join(words, "\n")
}
