package quality

import (
	"unicode"
	"unicode/utf8"

	"amend/fault"
)

// maxName is the longest name, in runes: the longest registered company names stay below it.
const maxName = 100

// interpunct joins the parts of a name that is written in Chinese characters: 阿卜杜拉·买买提.
const interpunct = '·'

// name is a person's or an organization's name. It is kept as its owner writes it, except
// between Chinese characters: spaces put there to align columns go, and the many dots that
// keyboards offer become the one interpunct of GB/T 28039.
func name(s string) (string, *fault.Error) {
	if n := utf8.RuneCountInString(s); n > maxName {
		return "", invalid("name_length", "got", n, "max", maxName)
	}
	lettered := false
	for _, r := range s {
		lettered = lettered || letter(r)
		if !namely(r) {
			return "", invalid("name_symbol")
		}
	}
	if !lettered {
		return "", invalid("name_letter")
	}
	return string(tighten([]rune(s))), nil
}

// letter includes the numbers that are letters, because 〇 is written in names.
func letter(r rune) bool { return unicode.In(r, unicode.L, unicode.Nl) }

// namely reports whether r may stand in a name. Emoji and mathematical signs may not,
// other than + and those used as dots: C++ 研究会.
func namely(r rune) bool {
	return letter(r) || r == ' ' || r == '+' || dot(r) || joiner(r) ||
		unicode.In(r, unicode.M, unicode.Nd, unicode.P)
}

// dot reports whether r is one of the characters typed for an interpunct.
func dot(r rune) bool {
	switch r {
	case interpunct, '.', '．', '•', '・', '･', '‧', '⋅', '∙', '●', '․', '᛫', '⸱':
		return true
	}
	return false
}

// tighten unifies the dots between Han characters and takes the spaces there away.
func tighten(rs []rune) []rune {
	inner := make([]bool, len(rs)) // dots between Han characters
	for i, r := range rs {
		if dot(r) && han(rs, i, -1) && han(rs, i, +1) {
			rs[i], inner[i] = interpunct, true
		}
	}
	out := make([]rune, 0, len(rs))
	for i, r := range rs {
		if r == ' ' && (i > 0 && inner[i-1] || i+1 < len(rs) && inner[i+1] || han(rs, i, -1) && han(rs, i, +1)) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// han reports whether the next character of rs from i in direction step, spaces and
// variation marks aside, is a Han character.
func han(rs []rune, i, step int) bool {
	for i += step; i >= 0 && i < len(rs); i += step {
		if rs[i] != ' ' && !unicode.Is(unicode.M, rs[i]) {
			return unicode.Is(unicode.Han, rs[i])
		}
	}
	return false
}
