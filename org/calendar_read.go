package org

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"io"
	"slices"
	"time"

	"amend/fault"
)

// chinaDays holds the public holidays and make-up workdays of mainland China by year, as
// the State Council announces them each autumn for the year after: npm chinese-days, MIT,
// china_days.LICENSE. A new year is added by adding its lines.
//
//go:embed china_days.json
var chinaDays []byte

// written is a calendar as a company writes it. Every member may be left out.
type written struct {
	Extends  string            `json:"extends"`  // "china": its holidays and make-up days come first, the lists below go on top
	Hours    [][2]string       `json:"hours"`    // [["09:00","12:00"],["13:00","18:00"]]; "24:00" is midnight
	Weekdays []string          `json:"weekdays"` // ["mon", …]
	Holidays map[string]string `json:"holidays"` // date: name; closed
	Workdays map[string]string `json:"workdays"` // date: name; open
	Years    []int             `json:"years"`    // years that the lists are complete for; else those of Holidays
}

// maxCalendar bounds a calendar's text, in bytes: forty years of holidays are 80 KiB.
const maxCalendar = 1 << 20

// China is the calendar that Amend starts with: Monday to Friday, 09:00 to 18:00, public
// holidays and make-up workdays of mainland China. Give it Asia/Shanghai unless the
// company works elsewhere.
func China(loc *time.Location) Calendar {
	c, err := ParseCalendar([]byte(`{"extends":"china"}`), loc)
	if err != nil {
		panic(err) // the embedded days are well formed: a test reads them
	}
	return c
}

// ParseCalendar reads a company's own calendar. Its days are days of loc.
//
//	{"extends": "china", "hours": [["08:30","12:00"],["13:00","17:30"]],
//	 "holidays": {"2026-03-20": "founders' day"}, "workdays": {}}
func ParseCalendar(text []byte, loc *time.Location) (Calendar, error) {
	w, err := readCalendar(text)
	if err != nil {
		return Calendar{}, err
	}
	c := Calendar{loc: loc, hours: nineToSix(), holidays: map[date]bool{}, workdays: map[date]bool{}, years: map[int]bool{}}
	switch w.Extends {
	case "":
	case "china":
		base, err := readCalendar(chinaDays)
		if err != nil {
			return Calendar{}, err
		}
		if err := c.mark(base); err != nil {
			return Calendar{}, err
		}
	default:
		return Calendar{}, badCalendar("extends")
	}
	if err := fault.Join(c.setHours(w.Hours), c.setWeekdays(w.Weekdays), c.mark(w)); err != nil {
		return Calendar{}, err
	}
	return c, nil
}

func readCalendar(text []byte) (written, error) {
	var w written
	if len(text) > maxCalendar {
		return w, badCalendar("length")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return w, badCalendar("json")
	}
	if _, err := dec.Token(); err != io.EOF {
		return w, badCalendar("json")
	}
	return w, nil
}

// mark puts w's days on top of what c has: a day is either a holiday or a workday.
func (c *Calendar) mark(w written) *fault.Error {
	for text := range w.Holidays {
		d, ok := parseDate(text)
		if _, both := w.Workdays[text]; !ok || both {
			return badCalendar("holidays")
		}
		delete(c.workdays, d)
		c.holidays[d] = true
		if len(w.Years) == 0 {
			c.years[d.year] = true
		}
	}
	for text := range w.Workdays {
		d, ok := parseDate(text)
		if !ok {
			return badCalendar("workdays")
		}
		delete(c.holidays, d)
		c.workdays[d] = true
	}
	for _, y := range w.Years {
		c.years[y] = true
	}
	return nil
}

func (c *Calendar) setHours(hours [][2]string) *fault.Error {
	if len(hours) == 0 {
		return nil
	}
	c.hours = nil
	end := 0
	for _, h := range hours {
		from, ok1 := parseMinute(h[0])
		until, ok2 := parseMinute(h[1])
		if !ok1 || !ok2 || from < end || until <= from {
			return badCalendar("hours")
		}
		c.hours = append(c.hours, span{from, until})
		end = until
	}
	return nil
}

func (c *Calendar) setWeekdays(names []string) *fault.Error {
	order := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	for _, name := range names {
		i := slices.Index(order, name)
		if i < 0 {
			return badCalendar("weekdays")
		}
		c.weekdays[i] = true
	}
	return nil
}

func parseDate(s string) (date, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return dateOf(t), err == nil
}

// parseMinute reads "09:30" as minutes after midnight; "24:00" ends a day.
func parseMinute(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil && len(s) == 5
}

func badCalendar(part string) *fault.Error {
	return fault.New(fault.Invalid, "bad_calendar", "part", part)
}
