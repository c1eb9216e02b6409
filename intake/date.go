package intake

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"amend/fault"
)

// readDate answers the RFC 3339 full-date that s means in the given order. A date that no
// calendar has (19081335), one that a spreadsheet has damaged and a text that is no date are
// different faults, because they are mended differently.
func readDate(order DateOrder, s string) (string, *fault.Error) {
	y, m, d, ok := dateNumbers(order, midnight(s))
	switch {
	case ok:
	case serial(s):
		return "", fault.New(fault.Invalid, "date_serial")
	case partial(s):
		return "", fault.New(fault.Invalid, "date_part_lost")
	default:
		return "", fault.New(fault.Invalid, "date_unreadable", "order", order)
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return "", fault.New(fault.Invalid, "date_impossible")
	}
	return fmt.Sprintf("%04d-%02d-%02d", y, m, d), nil
}

// midnight cuts the time of day that spreadsheets add to a date: 1956-04-09 00:00:00.
func midnight(s string) string {
	i := strings.IndexAny(s, " T")
	if i < 0 || strings.Trim(s[i+1:], "0:.Z") != "" {
		return s
	}
	return s[:i]
}

// dateNumbers takes s apart: eight digits, or three numbers with separators between them.
func dateNumbers(order DateOrder, s string) (y, m, d int, ok bool) {
	parts := strings.FieldsFunc(s, isDateSeparator)
	if len(parts) == 1 && len(parts[0]) == 8 {
		all := parts[0]
		if order == YearFirst {
			parts = []string{all[:4], all[4:6], all[6:]}
		} else {
			parts = []string{all[:2], all[2:4], all[4:]}
		}
	}
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	switch order {
	case DayFirst:
		parts[0], parts[2] = parts[2], parts[0]
	case MonthFirst:
		parts[0], parts[1], parts[2] = parts[2], parts[0], parts[1]
	}
	y, m, d = number(parts[0], 4, 4), number(parts[1], 1, 2), number(parts[2], 1, 2)
	return y, m, d, min(y, m, d) >= 0
}

// serial reports whether s is how a spreadsheet counts days, from 1900 on: 44927, or 44927.5
// at noon. Days before 1927 have four digits and can't be told from a year.
func serial(s string) bool {
	day, _, _ := strings.Cut(s, ".")
	return len(day) == 5 && digits(day)
}

// partial reports whether s is a date as a spreadsheet shortens it: 12-Jan, Jan-90, 1月12日.
func partial(s string) bool {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || isDateSeparator(r) })
	for _, p := range parts {
		if number(p, 1, 2) < 0 && !isMonth(p) {
			return false
		}
	}
	return len(parts) == 2
}

// isMonth reports whether s is an English month, in three letters or whole.
func isMonth(s string) bool {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(s, m.String()) || strings.EqualFold(s, m.String()[:3]) {
			return true
		}
	}
	return false
}

func isDateSeparator(r rune) bool { return strings.ContainsRune("-/.年月日", r) }

// number reads between shortest and longest ASCII digits; -1 for anything else.
func number(s string, shortest, longest int) int {
	if len(s) < shortest || len(s) > longest || !digits(s) {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
