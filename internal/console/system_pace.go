package console

import (
	"math"
	"strconv"
	"time"

	"amend/downstream"
	"amend/internal/page"
	"amend/internal/store"
)

// share is the part of the deliveries that a wait is said of: slower ones are few.
const share = 0.95

// Trend is the course of the waits of a day, hour by hour, as steps: a wait ten times as
// long stands a little higher, so that one bad hour does not flatten the others.
func (l systemLine) Trend() []float64 {
	trend, any := make([]float64, store.PaceHours), false
	for i, hour := range l.Pace {
		if wait, some := hour.Within(share); some {
			trend[i], any = float64(downstream.StepOf(wait))+1, true
		}
	}
	if !any {
		return nil
	}
	return trend
}

// within is the wait that most deliveries of the day did not exceed, "" if there were none.
func within(p *page.Page, l systemLine) string {
	wait, some := l.Pace.Sum().Within(share)
	switch {
	case !some:
		return ""
	case wait < time.Second:
		return p.T("console.pace.under_second")
	}
	return p.Span(wait)
}

// failed is how many calls of the day failed.
func (l systemLine) Failed() int64 { return l.Pace.Sum().Failed() }

// paceChart draws the day: what arrived and what failed in each hour, and how long most of it
// waited. There is none where nothing happened.
func (v *visit) paceChart(l systemLine) (page.BarLine, bool) {
	day := l.Pace.Sum()
	if day.Delivered()+day.Failed() == 0 {
		return page.BarLine{}, false
	}
	p, unit, per := v.page, "s", time.Second
	if longest := l.longest(); longest > 2*time.Hour {
		unit, per = "h", time.Hour
	} else if longest > 5*time.Minute {
		unit, per = "min", time.Minute
	}
	c := page.BarLine{
		Title: p.T("console.pace.title", "system", l.Name), Step: p.T("console.pace.hour"), First: p.T("console.pace.delivered"),
		Rest: p.T("console.pace.failed"), Line: p.T("console.pace.line"), Unit: p.T("console.pace.unit_" + unit),
	}
	for i, hour := range l.Pace {
		at := v.page.Now.Truncate(time.Hour).Add(time.Duration(i-store.PaceHours+1) * time.Hour)
		b := page.Bar{Label: strconv.Itoa(at.In(v.Door.Zone).Hour()), First: float64(hour.Delivered()), Rest: float64(hour.Failed()), Today: i == store.PaceHours-1}
		if wait, some := hour.Within(share); some {
			b.Line = math.Round(float64(wait)/float64(per)*10) / 10
		}
		c.Bars = append(c.Bars, b)
	}
	return c, true
}

// longest is the longest of the hours' waits.
func (l systemLine) longest() (longest time.Duration) {
	for _, hour := range l.Pace {
		if wait, some := hour.Within(share); some {
			longest = max(longest, wait)
		}
	}
	return longest
}
