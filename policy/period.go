package policy

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"amend/fault"
)

// WorkingDay is how much working time one working day of a document ("1wd") stands for:
// an ordinary day of org.Calendar, nine to six.
const WorkingDay = 9 * time.Hour

const (
	day       = 24 * time.Hour
	maxPeriod = 3660 * day
)

// Period is a stretch of calendar time: "10m", "24h", "14d", at most ten years.
type Period time.Duration

// Work is a stretch of working time: "1wd" for a working day, "4h" for working hours.
type Work time.Duration

// UnmarshalJSON reads minutes, hours or days; a sign, a fraction or another unit is refused.
func (p *Period) UnmarshalJSON(b []byte) error {
	d, err := readSpan(b, []unit{{"m", time.Minute}, {"h", time.Hour}, {"d", day}})
	*p = Period(d)
	return err
}

// MarshalJSON writes the longest unit that needs no fraction.
func (p Period) MarshalJSON() ([]byte, error) {
	return writeSpan(time.Duration(p), []unit{{"d", day}, {"h", time.Hour}, {"m", time.Minute}}), nil
}

// UnmarshalJSON reads working days or working hours.
func (w *Work) UnmarshalJSON(b []byte) error {
	d, err := readSpan(b, []unit{{"wd", WorkingDay}, {"h", time.Hour}})
	*w = Work(d)
	return err
}

// MarshalJSON writes working days where they come out even.
func (w Work) MarshalJSON() ([]byte, error) {
	return writeSpan(time.Duration(w), []unit{{"wd", WorkingDay}, {"h", time.Hour}}), nil
}

type unit struct {
	name string
	is   time.Duration
}

func readSpan(b []byte, units []unit) (time.Duration, error) {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return 0, badPeriod(string(b))
	}
	digits := strings.TrimRight(s, "abcdefghijklmnopqrstuvwxyz")
	for _, u := range units {
		if s[len(digits):] != u.name {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || time.Duration(n)*u.is > maxPeriod {
			break
		}
		return time.Duration(n) * u.is, nil
	}
	return 0, badPeriod(s)
}

func badPeriod(s string) *fault.Error {
	return fault.New(fault.Invalid, "policy_bad_period", "period", shorten(s))
}

func writeSpan(d time.Duration, units []unit) []byte {
	for _, u := range units {
		if d%u.is == 0 && d != 0 {
			return fmt.Appendf(nil, "%q", strconv.FormatInt(int64(d/u.is), 10)+u.name)
		}
	}
	return []byte(`"0h"`)
}

// shorten keeps what a fault quotes from a document to a length that fits a screen.
func shorten(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}
