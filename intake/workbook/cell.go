package workbook

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"time"

	"amend/fault"
)

// cell reads a cell behind its opening tag, up to its end.
func (s *Sheet) cell(e xml.StartElement) (string, error) {
	v, text, err := s.content()
	if err != nil {
		return "", err
	}
	switch kind := attr(e, "t"); kind {
	case "s":
		n, err := strconv.Atoi(v)
		shared, ok := s.texts.at(n)
		if err != nil || !ok {
			return "", fault.New(fault.Malformed, "workbook_broken")
		}
		return shared, nil
	case "inlineStr":
		return text, nil
	case "str":
		return string(unescape([]byte(v))), nil
	case "b":
		return map[string]string{"0": "FALSE", "1": "TRUE"}[v], nil
	case "", "n":
		return s.number(v, attr(e, "s")), nil
	default: // a date in ISO 8601, or what a formula shows that can't be computed
		return v, nil
	}
}

// content is what stands in a cell: a value as it is stored, or a text of its own. The
// formula that made the value is passed over.
func (s *Sheet) content() (value, text string, err error) {
	var v []byte
	for in := ""; ; {
		token, err := s.tokens.next()
		if err != nil {
			return "", "", ended(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if in = e.Name.Local; in == "is" {
				own, err := s.tokens.rich("is", s.options.Cell)
				if err != nil {
					return "", "", err
				}
				text = string(own)
			}
		case xml.CharData:
			if in == "v" {
				v = appendUpTo(v, e, s.options.Cell)
			}
		case xml.EndElement:
			if in = ""; e.Name.Local == "c" {
				return string(v), text, nil
			}
		}
	}
}

// number writes a number, or the day that its format makes of it.
func (s *Sheet) number(v, style string) string {
	var f format
	if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(s.formats) {
		f = s.formats[n]
	}
	if f.date {
		if day, ok := date(v, s.from1904); ok {
			return day
		}
	}
	return number(v, f.zeros)
}

// exact bounds the whole numbers that a workbook keeps in all their digits: it has 15 of
// them (IEEE 754). A longer one was rounded when it was typed.
const exact = 1e15

// number writes a number as a list needs it: whole ones in all their digits, others to the
// 15 digits that they have. A longer one is written as 1.10105E+17, which says that digits
// are missing.
func number(v string, zeros int) string {
	n, err := strconv.ParseFloat(v, 64)
	switch {
	case err != nil || math.IsNaN(n) || math.IsInf(n, 0):
		return v
	case math.Abs(n) >= exact:
		return strconv.FormatFloat(n, 'E', -1, 64)
	case n == math.Trunc(n):
		return pad(strconv.FormatInt(int64(n), 10), zeros)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		return v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// pad puts zeros before the digits of s, as its format shows them.
func pad(s string, zeros int) string {
	if len(s) >= zeros || s[0] == '-' {
		return s
	}
	return fmt.Sprintf("%0*s", zeros, s)
}

// lastDay is 9999-12-31, the last one that a workbook counts.
const lastDay = 2_958_465

// date writes a number of days as 1990-01-31, with the time of the day if it has one. It
// answers false for a number that is no day.
func date(v string, from1904 bool) (string, bool) {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 1 && !from1904 || n < 0 || n >= lastDay+1 {
		return "", false
	}
	days := math.Floor(n)
	first := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		first = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case days == 60:
		return "1900-02-29", true // a day that Lotus 1-2-3 believed in: whoever reads it refuses it
	case days < 60:
		first = first.AddDate(0, 0, 1)
	}
	t := first.AddDate(0, 0, int(days)).Add(time.Duration(math.Round((n-days)*24*60*60)) * time.Second)
	if t.Hour()+t.Minute()+t.Second() > 0 {
		return t.Format(time.DateTime), true
	}
	return t.Format(time.DateOnly), true
}
