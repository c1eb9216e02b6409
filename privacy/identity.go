package privacy

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// coverName keeps what lets a person recognise their own name, and a stranger nothing to
// use: 王*芳, 欧**娜, 王*, J*** S****. A name of one character shows none.
func coverName(s string) string {
	if hasIdeograph(s) {
		return coverHan(faces(s))
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '/' })
	shown := make([]string, 0, 3)
	for i, w := range words {
		switch {
		case i == 0 || i == len(words)-1:
			shown = append(shown, coverWord(faces(w)))
		case i == 1: // all the words between the first and the last are one
			shown = append(shown, "***")
		}
	}
	if len(shown) == 0 {
		return veil
	}
	return strings.Join(shown, " ")
}

// maxStars bounds how much of a name's length its mask tells.
const maxStars = 4

// coverWord shows the initial of a word of an alphabetic name.
func coverWord(r []rune) string {
	if len(r) < 2 {
		return "*"
	}
	return string(r[0]) + strings.Repeat("*", min(len(r)-1, maxStars))
}

// coverHan shows both ends of a name of three characters or more, the first of two.
func coverHan(r []rune) string {
	switch n := len(r); {
	case n >= 3:
		return string(r[0]) + strings.Repeat("*", min(n-2, maxStars)) + string(r[n-1])
	case n == 2:
		return string(r[0]) + "*"
	}
	return "*"
}

func hasIdeograph(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

// zwj glues emoji into one picture: a family of four is one face.
const zwj = '\u200d'

// faces answers one rune for each character that a reader sees: combining marks, joined
// emoji and skin tones belong to the character before them. Spaces, controls and
// direction marks are no characters, so a mask never shows one.
func faces(s string) []rune {
	r := make([]rune, 0, len(s))
	joined := false
	for _, c := range s {
		switch {
		case c == zwj:
			joined = true
			continue
		case c == utf8.RuneError, !unicode.IsGraphic(c), unicode.IsSpace(c), unicode.Is(unicode.M, c), isTone(c):
		case joined:
		default:
			r = append(r, c)
		}
		joined = false
	}
	return r
}

// isTone reports whether c is a skin tone modifier (UTS #51).
func isTone(c rune) bool { return c >= 0x1F3FB && c <= 0x1F3FF }

// coverTail shows the last four letters or digits, fewer if less than four stayed hidden: ****1234.
func coverTail(s string) string {
	keep := func(r rune) rune {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}
	_, tail := ends(strings.Map(keep, s), 0, 4)
	return stars + tail
}

// coverDate shows the century of an RFC 3339 full-date: 19**-**-**.
func coverDate(s string) string {
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return veil
	}
	return s[:2] + "**-**-**"
}
