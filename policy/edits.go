package policy

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// An Edit is one thing that stands otherwise in a document.
type Edit struct {
	Part Part
	Name string
	How  How
}

// A Part is what a document is made of.
type Part string

// The parts.
const (
	RulePart     Part = "rule"
	AdditionPart Part = "addition"
	RecipePart   Part = "recipe"
	TimerPart    Part = "timer"
	ValidityPart Part = "validity"
	SamplingPart Part = "sampling"
)

// How says what happened to a part.
type How string

// The ways.
const (
	Added     How = "added"
	Removed   How = "removed"
	Changed   How = "changed"
	Reworded  How = "reworded"  // only its words
	Reordered How = "reordered" // only its place among the rules
)

// A piece is one named part of a document: what it means, and how it says so.
type piece struct {
	means any
	words words
}

// edits lists what stands otherwise in the second document, part by part, by name.
func edits(was, is document) []Edit {
	var all []Edit
	before, after := pieces(was), pieces(is)
	for _, part := range []Part{RulePart, AdditionPart, RecipePart, TimerPart, ValidityPart, SamplingPart} {
		names := maps.Clone(before[part])
		maps.Copy(names, after[part])
		for _, name := range slices.Sorted(maps.Keys(names)) {
			a, had := before[part][name]
			b, has := after[part][name]
			switch {
			case !had:
				all = append(all, Edit{part, name, Added})
			case !has:
				all = append(all, Edit{part, name, Removed})
			case !reflect.DeepEqual(a.means, b.means):
				all = append(all, Edit{part, name, Changed})
			case a.words != b.words:
				all = append(all, Edit{part, name, Reworded})
			}
		}
	}
	for _, name := range reordered(was.Rules, is.Rules) {
		all = append(all, Edit{RulePart, name, Reordered})
	}
	return all
}

func pieces(d document) map[Part]map[string]piece {
	all := map[Part]map[string]piece{
		RulePart: {}, AdditionPart: {}, RecipePart: {}, TimerPart: members(d.Timers), ValidityPart: members(d.Validity),
		SamplingPart: {"sampling": {means: d.Sampling}},
	}
	for _, r := range d.Rules {
		all[RulePart][r.Name] = piece{[]any{meaning(r.When), r.Use}, r.words}
	}
	for _, a := range d.Additions {
		all[AdditionPart][a.Name] = piece{[]any{meaning(a.When), a.Add}, a.words}
	}
	for name, r := range d.Recipes {
		w := r.words
		r.words = words{}
		all[RecipePart][name] = piece{r, w}
	}
	return all
}

// meaning is a condition without the way in which it is written.
func meaning(when string) any {
	p, err := ParseCondition(when)
	if err != nil {
		return when
	}
	return p
}

// members are the members of an object as they are written.
func members(object any) map[string]piece {
	all := map[string]piece{}
	text, err := json.Marshal(object)
	var raw map[string]json.RawMessage
	if err == nil && json.Unmarshal(text, &raw) == nil {
		for name, value := range raw {
			all[name] = piece{means: string(value)}
		}
	}
	return all
}

// reordered are the rules that both have, and that do not stand in the same order: as few as
// must be moved to put the rest into their old order.
func reordered(was, is []rule) []string {
	common := func(list, other []rule) []string {
		var names []string
		for _, r := range list {
			if slices.ContainsFunc(other, func(o rule) bool { return o.Name == r.Name }) {
				names = append(names, r.Name)
			}
		}
		return names
	}
	a, b := common(was, is), common(is, was)
	stay := longest(a, b)
	return slices.DeleteFunc(b, func(name string) bool { return slices.Contains(stay, name) })
}

// longest is the longest list of names that stand in the same order in a and b.
func longest(a, b []string) []string {
	best := make([][][]string, len(a)+1)
	for i := range best {
		best[i] = make([][]string, len(b)+1)
	}
	for i, x := range a {
		for k, y := range b {
			switch {
			case x == y:
				best[i+1][k+1] = append(slices.Clone(best[i][k]), x)
			case len(best[i][k+1]) >= len(best[i+1][k]):
				best[i+1][k+1] = best[i][k+1]
			default:
				best[i+1][k+1] = best[i+1][k]
			}
		}
	}
	return best[len(a)][len(b)]
}
