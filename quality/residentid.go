package quality

import (
	"strings"

	"amend/fault"
)

const residentLength = 18

// residentID is a citizen's identity number by GB 11643-1999: six digits of place, eight of
// birth, three of sequence, and a check character by ISO 7064 MOD 11-2. The same form
// carries the residence permits of Hong Kong, Macao and Taiwan residents (810000, 820000,
// 830000) and, since December 2023, the permits of foreign permanent residents: a 9, two
// digits of province, three of nationality.
//
// Of the place only the province is checked: a number keeps the division of the day it was
// issued, and many of those have since been merged or renamed.
func (k Checker) residentID(s string) (string, *fault.Error) {
	s = code(s)
	if spreadsheet(s) {
		return "", invalid("resident_id_damaged")
	}
	if len(s) == 15 && digits(s) {
		return "", invalid("resident_id_first_generation")
	}
	if strings.Trim(s, "0123456789X") != "" || !digits(strings.TrimSuffix(s, "X")) {
		return "", invalid("resident_id_character")
	}
	if len(s) != residentLength {
		return "", invalid("resident_id_length", "got", len(s), "want", residentLength)
	}
	if !residentPlace(s) {
		return "", invalid("resident_id_region")
	}
	born, real := calendarDay(s[6:10], s[10:12], s[12:14])
	if !real || born.Year() < firstYear || k.future(born) {
		return "", invalid("resident_id_birth")
	}
	if mod11(s[:17]) != s[17] {
		return "", invalid("resident_id_check")
	}
	return s, nil
}

// residentPlace reports whether the first digits of s are of a place that issues numbers.
func residentPlace(s string) bool {
	switch s[0] {
	case '8':
		return s[:6] == "810000" || s[:6] == "820000" || s[:6] == "830000"
	case '9':
		return province(s[1:3])
	}
	return province(s[:2])
}

// province reports whether two digits are a province by GB/T 2260; 71 is Taiwan.
func province(two string) bool {
	_, known := region(two)
	return known || two == "71"
}

// mod11 is the check character of ISO 7064 MOD 11-2, computed by its recursive rule.
func mod11(body string) byte {
	p := 0
	for _, c := range []byte(body) {
		p = (p + int(c-'0')) * 2 % 11
	}
	return "0123456789X"[(12-p)%11]
}
