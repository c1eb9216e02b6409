package policy

import (
	"slices"
	"strconv"
)

// values answers the values of a fact that are worth trying: all of them, or, where they
// are without number, those on both sides of every line that a condition draws. What is
// ordinary comes first, so that examples look ordinary.
func (s *surveyor) values(fact string) []string {
	v := factNamed()[fact]
	var tries []string
	switch {
	case v.Type == "bool":
		tries = []string{"false", "true"}
	case v.Type == "int":
		tries = s.numbers(fact)
	case v.Values != nil:
		tries = append([]string{s.base.Value(fact)}, v.Values...)
	default:
		tries = s.words(fact)
	}
	var each []string
	for _, t := range tries {
		if !slices.Contains(each, t) {
			each = append(each, t)
		}
	}
	return each
}

// numbers are the cuts of a count and their neighbours, from nought up.
func (s *surveyor) numbers(fact string) []string {
	tries := []string{s.base.Value(fact), "0"}
	cuts := map[string][]int{"channel_age_days": {provenDays, heldDays}, "factors": {1}}[fact] // the engine's own
	for _, text := range s.literals(fact) {
		if n, err := strconv.Atoi(text); err == nil {
			cuts = append(cuts, n)
		}
	}
	for _, n := range cuts {
		for _, near := range []int{n - 1, n, n + 1} {
			if near >= 0 {
				tries = append(tries, strconv.Itoa(near))
			}
		}
	}
	return tries
}

// words are the texts that conditions compare a fact with, alone and with something before
// and behind, and a text that no condition knows.
func (s *surveyor) words(fact string) []string {
	tries := append([]string{s.base.Value(fact)}, map[string][]string{
		"source": {"customer", "staff", "system:crm", "vendor:acme"}, "channel": {"hotline"},
	}[fact]...)
	for _, text := range s.literals(fact) {
		tries = append(tries, text, text+"x", "x"+text)
	}
	if len(s.literals(fact)) > 0 {
		tries = append(tries, "other")
	}
	return tries
}

// literals are what single conditions compare a fact with.
func (s *surveyor) literals(fact string) []string {
	var all []string
	for _, one := range s.singles.phrases {
		if one.Fact == fact {
			all = append(all, one.Values...)
		}
	}
	return all
}

// inexhaustible lists the facts of which not one value of every sort was tried: because there
// are too many, or because values cannot tell: counts and free texts inside formulas, numbers
// that are not whole, and texts of which an end, a middle, a pattern or the order is asked for.
func (s *surveyor) inexhaustible() []string {
	facts := s.partial
	for _, one := range s.singles.phrases {
		for _, r := range one.Reads {
			if v := factNamed()[r]; v.endless() && !exhausted(v, one) && !slices.Contains(facts, r) {
				facts = append(facts, r)
			}
		}
	}
	return facts
}

// endless reports whether a fact has values without number.
func (v Fact) endless() bool { return v.Type != "bool" && v.Values == nil }

func exhausted(v Fact, one Phrase) bool {
	switch one.Op {
	case Is, OneOf:
		return true
	case Less, AtMost, More, AtLeast:
		_, err := strconv.Atoi(one.Values[0])
		return v.Type == "int" && err == nil
	case Begins:
		return v.Type == "string"
	}
	return false
}
