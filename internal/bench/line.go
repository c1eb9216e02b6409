package bench

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// A Line is one measured thing: ours beside the floor, medians over the rounds.
type Line struct {
	Job    string  `json:"job"`
	Name   string  `json:"name"`             // "8 clients"
	Unit   string  `json:"unit"`             // of Floor and Ours: "changes/s"
	Floor  float64 `json:"floor,omitempty"`  // 0 where there is none
	Ours   float64 `json:"ours"`             //
	Ratio  float64 `json:"ratio,omitempty"`  // of Ours to Floor
	Facts  []Fact  `json:"facts,omitempty"`  // what else was seen
	Goals  []Goal  `json:"goals,omitempty"`  // what it is held to
	Failed bool    `json:"failed,omitempty"` // some goal was missed
}

// A Fact is a figure beside a line: "p99" in "ms", "pages" of "a change".
type Fact struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit"`
	Value float64 `json:"value"`
}

// A Goal holds one figure of a line, by the name of its fact, or "ratio" or "ours", to a bound.
type Goal struct {
	Of   string  `json:"of"`
	Min  float64 `json:"min,omitempty"`
	Max  float64 `json:"max,omitempty"`
	Have float64 `json:"have"`
	Met  bool    `json:"met"`
}

// least and most make goals.
func least(of string, bound float64) Goal { return Goal{Of: of, Min: bound} }
func most(of string, bound float64) Goal  { return Goal{Of: of, Max: bound} }

// judged fills in what became of the goals.
func (l Line) judged(goals ...Goal) Line {
	for _, g := range goals {
		g.Have = l.figure(g.Of)
		g.Met = (g.Min == 0 || g.Have >= g.Min) && (g.Max == 0 || g.Have <= g.Max)
		if math.IsNaN(g.Have) || math.IsInf(g.Have, 0) { // nothing was seen of it, and JSON has no word for that
			g.Have, g.Met = 0, false
		}
		l.Goals = append(l.Goals, g)
		l.Failed = l.Failed || !g.Met
	}
	return l
}

func (l Line) figure(of string) float64 {
	switch of {
	case "ratio":
		return l.Ratio
	case "ours":
		return l.Ours
	}
	for _, f := range l.Facts {
		if f.Name == of {
			return f.Value
		}
	}
	return math.NaN()
}

// A sample is what one round of one side measured.
type sample struct {
	rate     float64 // acts a second
	p50, p99 time.Duration
	cpu      time.Duration // of the whole process, for each act
}

// versus makes a line of the rounds of two sides.
func versus(job, name, unit string, floor, ours []sample) Line {
	l := alone(job, name, unit, ours)
	l.Floor = median(floor, func(s sample) float64 { return s.rate })
	l.Ratio = l.Ours / l.Floor
	if cpu := median(floor, micros); cpu > 0 {
		l.Facts = append(l.Facts, Fact{"floor's cpu", "µs", cpu})
	}
	return l
}

// alone makes a line of the rounds of one side.
func alone(job, name, unit string, ours []sample) Line {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	l := Line{Job: job, Name: name, Unit: unit, Ours: median(ours, func(s sample) float64 { return s.rate })}
	if p99 := median(ours, func(s sample) float64 { return ms(s.p99) }); p99 > 0 {
		l.Facts = append(l.Facts, Fact{"p50", "ms", median(ours, func(s sample) float64 { return ms(s.p50) })}, Fact{"p99", "ms", p99})
	}
	if cpu := median(ours, micros); cpu > 0 {
		l.Facts = append(l.Facts, Fact{"cpu", "µs", cpu})
	}
	return l
}

// micros is what one act costs the cores.
func micros(s sample) float64 { return float64(s.cpu) / float64(time.Microsecond) }

// median of one figure over the rounds; the lower of the two in the middle.
func median[T any, F cmp.Ordered](of []T, figure func(T) F) F {
	var zero F
	if len(of) == 0 {
		return zero
	}
	all := make([]F, len(of))
	for i, one := range of {
		all[i] = figure(one)
	}
	slices.Sort(all)
	return all[(len(all)-1)/2]
}
