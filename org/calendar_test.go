package org

import (
	"testing"
	"time"
	_ "time/tzdata" // the tests' zones do not depend on the machine

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// at reads a wall-clock time of Shanghai.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	return in(t, zone(t, "Asia/Shanghai"), s)
}

func in(t testing.TB, loc *time.Location, s string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func china(t testing.TB) Calendar { return China(zone(t, "Asia/Shanghai")) }

func TestOneWorkingDayFromMondayMorningEndsMondayEvening(t *testing.T) {
	c := china(t)
	got := c.Add(at(t, "2026-03-02 09:00"), c.Day())
	if want := at(t, "2026-03-02 18:00"); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDeadlineCountsWorkingTimeOnly(t *testing.T) {
	for _, tc := range []struct {
		name, from string
		working    time.Duration
		want       string
	}{
		{"within a day", "2026-03-02 10:00", 2 * time.Hour, "2026-03-02 12:00"},
		{"over night", "2026-03-02 17:00", 2 * time.Hour, "2026-03-03 10:00"},
		{"over a weekend", "2026-03-06 17:00", 2 * time.Hour, "2026-03-09 10:00"},
		{"filed on a Sunday", "2026-03-08 03:00", time.Hour, "2026-03-09 10:00"},
		{"over National Day 2026: 1 to 7 October closed", "2026-09-30 17:00", 2 * time.Hour, "2026-10-08 10:00"},
		{"over Spring Festival 2026: the Saturday after is a make-up workday", "2026-02-13 17:00", 10 * time.Hour, "2026-02-14 18:00"},
		{"into Spring Festival", "2026-02-14 17:00", 2 * time.Hour, "2026-02-24 10:00"},
		{"a year without data falls back to weekdays", "2031-10-01 09:00", time.Hour, "2031-10-01 10:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := china(t).Add(at(t, tc.from), tc.working)
			if want := at(t, tc.want); !got.Equal(want) {
				t.Errorf("got %v, want %v", got.In(want.Location()), want)
			}
		})
	}
}

func TestNothingAddedIsTheNextOpenMoment(t *testing.T) {
	c := china(t)
	for from, want := range map[string]string{
		"2026-03-02 10:30": "2026-03-02 10:30",
		"2026-03-02 08:00": "2026-03-02 09:00",
		"2026-03-02 18:00": "2026-03-03 09:00", // closing time is not open
		"2026-03-07 12:00": "2026-03-09 09:00",
	} {
		got := c.Add(at(t, from), 0)
		if !got.Equal(at(t, want)) || !c.Open(got) {
			t.Errorf("from %s: got %v, want %s", from, got, want)
		}
		if !c.Add(at(t, from), -time.Hour).Equal(got) {
			t.Errorf("from %s: a negative span went back in time", from)
		}
	}
}

func TestOpenKnowsHolidaysAndMakeUpWorkdays(t *testing.T) {
	c := china(t)
	for s, want := range map[string]bool{
		"2026-03-02 09:00": true,
		"2026-03-02 18:00": false,
		"2026-03-01 12:00": false, // Sunday
		"2026-10-01 12:00": false, // National Day
		"2026-10-10 12:00": true,  // a Saturday worked for it
		"2026-02-14 12:00": true,  // a Saturday worked for Spring Festival
	} {
		if got := c.Open(at(t, s)); got != want {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}

func TestEveryOfficialYearIsKnownAndNoOther(t *testing.T) {
	c := china(t)
	for year := 2004; year <= 2026; year++ {
		if !c.Known(year) {
			t.Errorf("%d is not known", year)
		}
	}
	if c.Known(2003) || c.Known(2027) {
		t.Error("a year without data claims to be known")
	}
}

// The counts that payroll offices publish for these years.
func TestWorkingDaysOfYearsAreThoseOfTheOfficialSchedule(t *testing.T) {
	c := china(t)
	for year, want := range map[string]int{"2024": 251, "2025": 248, "2026": 248} {
		from := at(t, year+"-01-01 00:00")
		if got := int(c.Between(from, from.AddDate(1, 0, 0)) / c.Day()); got != want {
			t.Errorf("%s: got %d working days, want %d", year, got, want)
		}
	}
}

func TestZeroCalendarWorksWeekdaysNineToSix(t *testing.T) {
	var c Calendar
	if c.Day() != 9*time.Hour || c.Known(2026) {
		t.Errorf("day %v, known %v", c.Day(), c.Known(2026))
	}
	friday := time.Date(2026, 3, 6, 17, 0, 0, 0, time.UTC)
	if got := c.Add(friday, 2*time.Hour); !got.Equal(time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("got %v", got)
	}
}

func TestAnswersAreUTC(t *testing.T) {
	if got := china(t).Add(at(t, "2026-03-02 10:00"), time.Hour); got.Location() != time.UTC {
		t.Errorf("got %v", got)
	}
}

func TestBetweenBackwardsIsNegative(t *testing.T) {
	c := china(t)
	from, to := at(t, "2026-03-02 10:00"), at(t, "2026-03-03 10:00")
	if got := c.Between(from, to); got != 9*time.Hour {
		t.Errorf("got %v", got)
	}
	if got := c.Between(to, from); got != -9*time.Hour {
		t.Errorf("got %v", got)
	}
}

func TestNightShiftIsAsLongAsTheClocksMakeIt(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	c, err := ParseCalendar([]byte(`{"hours":[["00:00","06:00"],["22:00","24:00"]],"weekdays":["sun","mon","tue","wed","thu","fri","sat"]}`), berlin)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]time.Duration{
		"2026-03-28": 8 * time.Hour,
		"2026-03-29": 7 * time.Hour, // 02:00 becomes 03:00
		"2026-10-25": 9 * time.Hour, // 03:00 becomes 02:00
	} {
		from := in(t, berlin, day+" 00:00")
		if got := c.Between(from, from.AddDate(0, 0, 1)); got != want {
			t.Errorf("%s: got %v, want %v", day, got, want)
		}
	}
}

func TestWorkingDayOfNineHoursIsNineHoursAroundEveryClockChange(t *testing.T) {
	c := China(zone(t, "America/New_York"))
	for _, day := range []string{"2026-03-06", "2026-03-09", "2026-10-30", "2026-11-02"} {
		from := in(t, zone(t, "America/New_York"), day+" 09:00")
		if got := c.Add(from, c.Day()); got.Sub(from) != 9*time.Hour {
			t.Errorf("%s: got %v", day, got.Sub(from))
		}
	}
}

// In São Paulo the clocks of 4 November 2018 jumped from 00:00 to 01:00: the day had no midnight.
func TestDayWithoutMidnightNeitherOverlapsNorLeaksIntoTheDayBefore(t *testing.T) {
	loc := zone(t, "America/Sao_Paulo")
	c, err := ParseCalendar([]byte(`{"hours":[["00:00","00:30"],["00:30","24:00"]],"weekdays":["sun","mon","tue","wed","thu","fri","sat"]}`), loc)
	if err != nil {
		t.Fatal(err)
	}
	noon := in(t, loc, "2018-11-03 12:00")
	if got := c.Between(noon, noon.Add(24*time.Hour)); got != 24*time.Hour {
		t.Errorf("got %v", got)
	}
}

// calendars are drawn from real zones, the odd ones included, with and without breaks.
func calendars(t *testing.T) *rapid.Generator[Calendar] {
	texts := []string{
		`{"extends":"china"}`, `{}`,
		`{"extends":"china","hours":[["08:30","12:00"],["13:00","17:30"]]}`,
		`{"hours":[["00:00","02:30"],["02:30","24:00"]],"weekdays":["sun","mon","tue","wed","thu","fri","sat"]}`,
		`{"hours":[["23:59","24:00"]],"weekdays":["wed"]}`,
	}
	zones := []string{"Asia/Shanghai", "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"}
	return rapid.Custom(func(r *rapid.T) Calendar {
		c, err := ParseCalendar([]byte(rapid.SampledFrom(texts).Draw(r, "text")), zone(t, rapid.SampledFrom(zones).Draw(r, "zone")))
		if err != nil {
			r.Fatal(err)
		}
		return c
	})
}

// moments lie between 2001 and 2033: with data and without, around every clock change.
func moments() *rapid.Generator[time.Time] {
	return rapid.Map(rapid.Int64Range(1e9, 2e9), func(s int64) time.Time { return time.Unix(s, 0) })
}

func spans() *rapid.Generator[time.Duration] {
	return rapid.Map(rapid.Int64Range(0, int64(60*time.Hour)), func(n int64) time.Duration { return time.Duration(n) })
}

func TestAddThenBetweenIsIdentity(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c, from, working := calendars(t).Draw(r, "calendar"), moments().Draw(r, "from"), spans().Draw(r, "working")
		if got := c.Between(from, c.Add(from, working)); got != working {
			r.Fatalf("got %v, want %v", got, working)
		}
	})
}

func TestAddIsMonotone(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c, from := calendars(t).Draw(r, "calendar"), moments().Draw(r, "from")
		a, b := spans().Draw(r, "a"), spans().Draw(r, "b")
		if c.Add(from, min(a, b)).After(c.Add(from, max(a, b))) {
			r.Fatal("more working time ended earlier")
		}
		later := from.Add(b)
		if c.Add(from, a).After(c.Add(later, a)) {
			r.Fatal("starting later ended earlier")
		}
	})
}

func TestAddNothingIsOpenAndNothingOpenLiesBefore(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c, from := calendars(t).Draw(r, "calendar"), moments().Draw(r, "from")
		next := c.Add(from, 0)
		if !c.Open(next) || next.Before(from) || c.Between(from, next) != 0 {
			r.Fatalf("got %v", next)
		}
		if c.Open(from) != next.Equal(from) {
			r.Fatal("an open moment must be its own next open moment")
		}
	})
}

func TestWorkingTimeAddsUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c, from := calendars(t).Draw(r, "calendar"), moments().Draw(r, "from")
		middle := from.Add(spans().Draw(r, "a"))
		end := middle.Add(spans().Draw(r, "b"))
		if c.Between(from, middle)+c.Between(middle, end) != c.Between(from, end) {
			r.Fatal("the parts are not the whole")
		}
	})
}
