package quality

import (
	"strconv"
	"strings"
	"time"

	"amend/customer"
	"amend/fault"
)

const (
	firstYear = 1880 // nobody who is a customer was born before
	farYears  = 100  // the longest contract or lease that people sign
)

// date is a calendar day as an RFC 3339 full-date. Accepted are 1990-01-31, 1990-1-31,
// 1990/1/31, 1990.1.31, 1990年1月31日 and 19900131; forms that put the day or a two-digit
// year first are refused, because they mean different days in different countries. Dates
// of the identity class (birth, foundation) cannot lie in the future.
func (k Checker) date(f customer.Field, s string) (string, *fault.Error) {
	parts := dateParts(s)
	if parts == nil {
		return "", invalid("date_form")
	}
	d, real := calendarDay(parts[0], parts[1], parts[2])
	if !real {
		return "", invalid("date_calendar")
	}
	last := k.Today.Year() + farYears
	if d.Year() < firstYear || d.Year() > last {
		return "", invalid("date_range", "from", firstYear, "to", last)
	}
	if f.Class == customer.Identity && k.future(d) {
		return "", invalid("date_future")
	}
	return d.Format(time.DateOnly), nil
}

// dateMarks brings the separators of every accepted form to one.
var dateMarks = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-", " ", "")

// dateParts splits s into year, month and day, nil if it is in no accepted form.
func dateParts(s string) []string {
	s = narrow(s)
	if len(s) == 8 && digits(s) {
		return []string{s[:4], s[4:6], s[6:]}
	}
	parts := strings.Split(dateMarks.Replace(s), "-")
	if len(parts) != 3 || len(parts[0]) != 4 || len(parts[1]) > 2 || len(parts[2]) > 2 {
		return nil
	}
	for _, p := range parts {
		if !digits(p) {
			return nil
		}
	}
	return parts
}

// calendarDay reads three groups of digits; real is false for days that no calendar has.
func calendarDay(year, month, day string) (d time.Time, real bool) {
	y, m, n := atoi(year), atoi(month), atoi(day)
	d = time.Date(y, time.Month(m), n, 0, 0, 0, 0, time.UTC)
	return d, y > 0 && d.Month() == time.Month(m) && d.Day() == n
}

// future reports whether day d comes after today.
func (k Checker) future(d time.Time) bool {
	y, m, n := k.Today.Date()
	return d.After(time.Date(y, m, n, 0, 0, 0, 0, time.UTC))
}

// atoi reads a short group of digits that has been checked to be one.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
