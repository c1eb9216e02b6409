package console

import (
	"strconv"
	"time"

	"amend/fault"
	"amend/internal/store"
)

// A travel is the time that a record is looked at: today, or an earlier one.
type travel struct {
	Moment time.Time // what is looked at
	Away   bool      // it is not now
	Day    string    // as a date field has it
	Line   []stop
	Years  []yearMark
	First  time.Time
}

// A stop is one version on the line of time, with its place of the track.
type stop struct {
	store.Version
	X    string
	Left string // where the area around it begins that takes a click: 24 wide (WCAG 2.5.8)
}

// A yearMark is the beginning of a year on the line.
type yearMark struct {
	X    string
	Year string
}

// The track that versions are drawn on, in units of its drawing.
const (
	trackFrom  = 8.0
	trackUntil = 552.0
	maxStops   = 120 // newest; more would only be a bar
)

// travel reads where to in time the reader wants: a day means its end, as the house counts
// days; a moment means itself. Times to come are today.
func (v *visit) travel() (travel, error) {
	t := travel{Moment: v.page.Now}
	if at := v.r.URL.Query().Get("at"); at != "" {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			day, err := time.ParseInLocation(time.DateOnly, at, v.Door.Zone)
			if err != nil {
				return t, fault.New(fault.Invalid, "bad_date", "field", "at")
			}
			moment = day.AddDate(0, 0, 1).Add(-time.Microsecond)
		}
		if moment.Before(v.page.Now) {
			t.Moment, t.Away = moment, true
		}
	}
	t.Day = t.Moment.In(v.Door.Zone).Format(time.DateOnly)
	return t, nil
}

// draw lays the versions of a record along the track, from the first one to now.
func (t *travel) draw(versions []store.Version, now time.Time, zone *time.Location) {
	if len(versions) == 0 {
		return
	}
	t.First = versions[0].At
	span := now.Sub(t.First).Seconds()
	place := func(at time.Time, before float64) string {
		share := 0.0
		if span > 0 {
			share = at.Sub(t.First).Seconds() / span
		}
		return strconv.FormatFloat(trackFrom+(trackUntil-trackFrom)*min(max(share, 0), 1)-before, 'f', 1, 64)
	}
	for _, v := range versions[max(0, len(versions)-maxStops):] {
		t.Line = append(t.Line, stop{v, place(v.At, 0), place(v.At, 12)})
	}
	first := t.First.In(zone).Year()
	t.Years = []yearMark{{"2", strconv.Itoa(first)}}
	for y := first + 1; y <= now.In(zone).Year(); y++ {
		t.Years = append(t.Years, yearMark{place(time.Date(y, 1, 1, 0, 0, 0, 0, zone), 0), strconv.Itoa(y)})
	}
}

// Here is the place of the moment that is looked at.
func (t travel) Here(now time.Time) string {
	span := now.Sub(t.First).Seconds()
	if span <= 0 {
		return strconv.FormatFloat(trackUntil, 'f', 1, 64)
	}
	share := min(max(t.Moment.Sub(t.First).Seconds()/span, 0), 1)
	return strconv.FormatFloat(trackFrom+(trackUntil-trackFrom)*share, 'f', 1, 64)
}
