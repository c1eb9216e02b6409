// Package org is who answers: people and their departments, leads, duty, absence and
// delegation, and the calendar that says when the company works.
package org

import "time"

// Calendar says when a company works: hours, weekdays, public holidays and make-up
// workdays, in one time zone. The zero Calendar works Monday to Friday, 09:00 to 18:00 UTC.
// It is safe for concurrent use.
type Calendar struct {
	loc      *time.Location
	hours    []span        // in order, none overlapping; empty: nine to six
	weekdays [7]bool       // by time.Weekday
	holidays map[date]bool // closed, whatever the weekday
	workdays map[date]bool // open, whatever the weekday
	years    map[int]bool  // years whose holidays are known
}

// A span is working time within one day, in minutes after local midnight.
type span struct{ from, until int }

// A date is one day of the calendar's own time zone.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

func nineToSix() []span { return []span{{9 * 60, 18 * 60}} }

// Day is the working time of one ordinary day: what "one working day" means to Add.
func (c Calendar) Day() time.Duration {
	var sum time.Duration
	for _, s := range c.spans() {
		sum += time.Duration(s.until-s.from) * time.Minute
	}
	return sum
}

// Known reports whether the holidays of year are on file. A year without data falls back
// to plain weekdays; the caller warns.
func (c Calendar) Known(year int) bool { return c.years[year] }

// Open reports whether t lies in working time. Opening is inside, closing is not.
func (c Calendar) Open(t time.Time) bool {
	for _, s := range c.shifts(dateOf(t.In(c.Zone()))) {
		if !t.Before(s.open) && t.Before(s.close) {
			return true
		}
	}
	return false
}

// Add answers the moment at which working time has passed since from, in UTC. A span
// that ends exactly at closing time ends there, not at the next opening; no working time at
// all (or a negative one) answers the next open moment, which is from itself while open.
func (c Calendar) Add(from time.Time, working time.Duration) time.Time {
	for d := dateOf(from.In(c.Zone())); ; d = d.next() {
		for _, s := range c.shifts(d) {
			start := latest(s.open, from)
			left := s.close.Sub(start)
			switch {
			case left <= 0:
			case working <= 0:
				return start.UTC()
			case working <= left:
				return start.Add(working).UTC()
			default:
				working -= left
			}
		}
	}
}

// Between is the working time from one moment to another, negative if to lies before from.
func (c Calendar) Between(from, to time.Time) time.Duration {
	if to.Before(from) {
		return -c.Between(to, from)
	}
	var sum time.Duration
	last := dateOf(to.In(c.Zone()))
	for d := dateOf(from.In(c.Zone())); !last.before(d); d = d.next() {
		for _, s := range c.shifts(d) {
			sum += max(0, earliest(s.close, to).Sub(latest(s.open, from)))
		}
	}
	return sum
}

// A shift is one span of one day as moments. On the day of a clock change it is as long as
// the clocks make it.
type shift struct{ open, close time.Time }

func (c Calendar) shifts(d date) []shift {
	if !c.works(d) {
		return nil
	}
	var out []shift
	for _, s := range c.spans() {
		out = append(out, shift{c.moment(d, s.from), c.moment(d, s.until)})
	}
	return out
}

// moment is a wall-clock time as a moment. One that the clocks jump over is the jump itself,
// so that spans never overlap.
func (c Calendar) moment(d date, minute int) time.Time {
	t := time.Date(d.year, d.month, d.day, 0, minute, 0, 0, c.Zone())
	_, offset := t.Zone()
	wall := t.Add(time.Duration(offset) * time.Second)
	switch asked := time.Date(d.year, d.month, d.day, 0, minute, 0, 0, time.UTC); {
	case wall.Before(asked):
		_, t = t.ZoneBounds()
	case wall.After(asked):
		t, _ = t.ZoneBounds()
	}
	return t
}

func (c Calendar) works(d date) bool {
	switch weekday := time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC).Weekday(); {
	case c.holidays[d]:
		return false
	case c.workdays[d]:
		return true
	case c.weekdays == [7]bool{}:
		return weekday != time.Saturday && weekday != time.Sunday
	default:
		return c.weekdays[weekday]
	}
}

func (c Calendar) spans() []span {
	if len(c.hours) == 0 {
		return nineToSix()
	}
	return c.hours
}

// Zone is the time zone in which the calendar's days are days; UTC for the zero Calendar.
func (c Calendar) Zone() *time.Location {
	if c.loc == nil {
		return time.UTC
	}
	return c.loc
}

func (d date) next() date {
	return dateOf(time.Date(d.year, d.month, d.day+1, 12, 0, 0, 0, time.UTC))
}

func (d date) before(e date) bool {
	if d.year != e.year {
		return d.year < e.year
	}
	if d.month != e.month {
		return d.month < e.month
	}
	return d.day < e.day
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
