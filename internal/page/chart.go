package page

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// length is a share of a whole in units of a drawing.
func length(share, whole float64) string {
	return number(math.Round(min(max(share, 0), 1) * whole))
}

// percent is a share in words.
func percent(share float64) string { return length(share, 100) }

func number(x float64) string { return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64) }

// A Bar is one day, or another step, of a chart.
type Bar struct {
	Label string
	First float64 // the lower part of the bar
	Rest  float64 // what stands on it
	Line  float64 // the other measure
	Blank bool    // there was nothing to measure: the line has a gap
	Note  string  // what happened then; "" for nothing
	Today bool
}

// A BarLine is a chart of bars in two parts and a line, with its words.
type BarLine struct {
	Title             string // what it shows, in a sentence
	Step              string // heading of the labels: "Day"
	First, Rest, Line string // what the parts and the line are
	Unit              string // of the line: "h"
	Bars              []Bar
}

// The drawing of a chart, in its own units.
const (
	chartWidth  = 1120.0
	chartLeft   = 36.0
	chartRight  = 1072.0
	chartTop    = 28.0
	chartBottom = 202.0
	barWidth    = 28.0
)

// A scale is a measure's grid: steps of round numbers up to the largest value.
type scale struct {
	step  float64
	steps int
}

// scaleOf divides 0 to most into three or four steps that a person would choose.
func scaleOf(most float64) scale {
	if most <= 0 {
		return scale{1, 3}
	}
	unit := math.Pow(10, math.Floor(math.Log10(most/3)))
	for _, n := range []float64{1, 2, 2.5, 5, 10} {
		if steps := math.Ceil(most / (n * unit)); steps <= 4 {
			return scale{n * unit, max(int(steps), 1)}
		}
	}
	return scale{10 * unit, 4}
}

func (s scale) top() float64 { return s.step * float64(s.steps) }

// y is where a value stands.
func (s scale) y(v float64) float64 { return chartBottom - v/s.top()*(chartBottom-chartTop) }

// bars and line are the scales of the two measures.
func (c BarLine) bars() scale {
	most := 0.0
	for _, b := range c.Bars {
		most = max(most, b.First+b.Rest)
	}
	return scaleOf(most)
}

func (c BarLine) line() scale {
	most := 1.0
	for _, b := range c.Bars {
		most = max(most, b.Line)
	}
	return scaleOf(most)
}

// x is the middle of bar i.
func (c BarLine) x(i int) float64 {
	each := (chartRight - chartLeft) / float64(max(len(c.Bars), 1))
	return chartLeft + each*(float64(i)+0.5)
}

// A tick is one line of the grid with its number.
type tick struct{ y, text string }

func (s scale) ticks(unit string) []tick {
	all := make([]tick, 0, s.steps+1)
	for i := range s.steps + 1 {
		v := float64(i) * s.step
		all = append(all, tick{number(s.y(v)), strings.TrimSpace(strconv.FormatFloat(v, 'f', -1, 64) + " " + unit)})
	}
	return all
}

// path draws the line through the bars that have one.
func (c BarLine) path() string {
	var d strings.Builder
	for i := 0; i < len(c.Bars); i++ {
		n := slices.IndexFunc(c.Bars[i:], func(b Bar) bool { return b.Blank })
		if n < 0 {
			n = len(c.Bars) - i
		}
		d.WriteString(polyline(n, func(j int) (float64, float64) { return c.x(i + j), c.line().y(c.Bars[i+j].Line) }))
		i += n
	}
	return d.String()
}

func polyline(n int, at func(i int) (x, y float64)) string {
	var d strings.Builder
	for i := range n {
		x, y := at(i)
		command := " L"
		if i == 0 {
			command = "M"
		}
		fmt.Fprintf(&d, "%s%s %s", command, number(x), number(y))
	}
	return d.String()
}

// spark draws values in 96 × 24, and the place of the last.
func spark(values []float64) (d, x, y string) {
	if len(values) == 0 {
		return "", "", ""
	}
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	at := func(i int) (float64, float64) {
		part := 0.5
		if high > low {
			part = (values[i] - low) / (high - low)
		}
		return 1.5 + float64(i)*93/float64(max(len(values)-1, 1)), 21 - part*18
	}
	lastX, lastY := at(len(values) - 1)
	return polyline(len(values), at), number(lastX), number(lastY)
}
