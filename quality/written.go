package quality

import (
	"strings"
	"unicode/utf8"

	"amend/fault"
)

// written reads a Chinese address on one line: province, city and area by their full names
// or the short ones in daily use (上海浦东新区, 杭州市西湖区), with or without the
// province, then the rest. A line whose area is not certain is refused: a parcel sent to
// the wrong city costs more than a question.
func written(s string) (Postal, *fault.Error) {
	s = strings.TrimLeft(strings.TrimPrefix(s, "中国"), separators)
	found := areas("", s)
	if len(found) == 0 {
		for _, province := range Provinces() {
			if len(province.Code) == 2 && digits(province.Code) {
				found = append(found, cities(province.Code, s)...)
			}
		}
	}
	if len(found) != 1 {
		return Postal{}, invalid("address_unclear")
	}
	return found[0], nil
}

// areas follows the names at the head of s from province to area.
func areas(code, s string) []Postal {
	var found []Postal
	for _, r := range Children(code) {
		if digits(r.Code) {
			if rest, named := behind(s, r); named {
				found = append(found, cities(r.Code, rest)...)
			}
		}
	}
	return found
}

// cities follows the names of a city and an area in one province. Divisions that nobody
// writes are passed through.
func cities(province, s string) []Postal {
	var found []Postal
	for _, city := range Children(province) {
		rest, named := behind(s, city)
		if nameless(city.Name) {
			rest, named = s, true
		}
		if !named {
			continue
		}
		within := Children(city.Code)
		for _, area := range within {
			if line, named := behind(rest, area); named && line != "" {
				found = append(found, Postal{Country: "CN", Region: area.Code, Line: line})
			} else if len(within) == 1 && area.Name == city.Name && rest != "" {
				found = append(found, Postal{Country: "CN", Region: area.Code, Line: rest}) // 东莞: a city without areas
			}
		}
	}
	return found
}

// separators may stand between the names of divisions.
const separators = " ,，"

// behind is what follows the name of r at the head of s.
func behind(s string, r Region) (rest string, named bool) {
	if rest, named = strings.CutPrefix(s, r.Name); named {
		return strings.TrimLeft(rest, separators), true
	}
	short := r.Name
	if len(r.Code) == 2 {
		short = strings.TrimRight(short, "省市")
		for _, people := range []string{"自治区", "壮族", "回族", "维吾尔"} {
			short = strings.TrimSuffix(short, people)
		}
	} else if len(r.Code) == 4 {
		short = strings.TrimSuffix(short, "市")
	}
	if short == r.Name || utf8.RuneCountInString(short) < 2 {
		return "", false
	}
	rest, named = strings.CutPrefix(s, short)
	return strings.TrimLeft(rest, separators), named
}
