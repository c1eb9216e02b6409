package org

import (
	"strings"
	"testing"
	"time"

	"amend/fault"
)

func TestCompanyPutsItsOwnDaysOnTopOfChinas(t *testing.T) {
	c, err := ParseCalendar([]byte(`{
		"extends": "china",
		"hours": [["08:30","12:00"],["13:00","17:30"]],
		"holidays": {"2026-03-20": "founders' day"},
		"workdays": {"2026-10-01": "stocktaking"}
	}`), zone(t, "Asia/Shanghai"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Day() != 8*time.Hour {
		t.Errorf("a day has %v", c.Day())
	}
	for s, want := range map[string]bool{
		"2026-03-20 10:00": false, "2026-10-01 10:00": true, "2026-10-02 10:00": false,
		"2026-03-19 12:30": false, "2026-03-19 13:00": true,
	} {
		if got := c.Open(at(t, s)); got != want {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}

func TestCompanyMayTakeBackAnOfficialMakeUpWorkday(t *testing.T) {
	c, err := ParseCalendar([]byte(`{"extends":"china","holidays":{"2026-10-10":"we rest"}}`), zone(t, "Asia/Shanghai"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Open(at(t, "2026-10-10 12:00")) {
		t.Error("the company's own day must win")
	}
}

func TestCalendarOfAnotherCountrySaysWhichYearsItKnows(t *testing.T) {
	c, err := ParseCalendar([]byte(`{"holidays":{"2026-12-25":"Christmas"},"years":[2025,2026]}`), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if !c.Known(2025) || !c.Known(2026) || c.Known(2024) {
		t.Error("the years it names are the years it knows")
	}
}

func TestDamagedCalendarIsRefusedNamingThePart(t *testing.T) {
	for text, part := range map[string]string{
		``:                              "json",
		`{"holiday":{}}`:                "json",
		`{} {}`:                         "json",
		`[]`:                            "json",
		`{"extends":"mars"}`:            "extends",
		`{"hours":[["9:00","18:00"]]}`:  "hours",
		`{"hours":[["18:00","09:00"]]}`: "hours",
		`{"hours":[["09:00","12:00"],["11:00","18:00"]]}`:               "hours",
		`{"weekdays":["monday"]}`:                                       "weekdays",
		`{"holidays":{"2026-02-30":"no such day"}}`:                     "holidays",
		`{"holidays":{"2026-03-02":"a"},"workdays":{"2026-03-02":"b"}}`: "holidays",
		`{"workdays":{"02.03.2026":"no such form"}}`:                    "workdays",
		`{"extends":"` + strings.Repeat("x", maxCalendar) + `"}`:        "length",
	} {
		_, err := ParseCalendar([]byte(text), time.UTC)
		if fault.CodeOf(err) != "bad_calendar" || err.(*fault.Error).Params["part"] != part {
			t.Errorf("%.60s: got %v, want part %s", text, err, part)
		}
	}
}

func FuzzParseCalendar(f *testing.F) {
	f.Add([]byte(`{"extends":"china","hours":[["08:30","12:00"]],"weekdays":["mon"],"holidays":{"2026-01-01":""},"years":[1]}`))
	f.Add([]byte(`{"hours":[["00:00","24:00"]]}`))
	f.Add([]byte(`{"weekdays":[]}`))
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseCalendar(text, time.UTC)
		if err != nil {
			if fault.CodeOf(err) != "bad_calendar" {
				t.Fatalf("got %v", err)
			}
			return
		}
		if c.Day() <= 0 || c.Day() > 24*time.Hour {
			t.Fatalf("a day of %v", c.Day())
		}
		if !c.Open(c.Add(from, 0)) {
			t.Fatal("a calendar that never opens")
		}
	})
}
