package keys

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes spellings of one text equal: full and half width, case, accents, presentation
// forms and variation selectors fall together (NFKD without marks, then NFC).
func fold(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf && !common(r) }) {
		return strings.ToLower(s) // the way of nearly every value: nothing in it has a second form
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			return -1
		}
		return unicode.ToLower(unicode.ToUpper(r)) // over upper case, so that ς meets σ
	}, norm.NFKD.String(s)))
}

// common reports whether r is of the basic block of ideographs.
func common(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// tight makes width and case equal and drops spaces, but keeps accents and signs: for what
// is an address to a machine, as mail is.
func tight(s string) string {
	return keep(strings.ToLower(norm.NFKC.String(s)), func(r rune) bool { return !unicode.IsSpace(r) })
}

// plain folds and keeps letters and digits: for names and numbers, which people write
// with spaces, hyphens and interpuncts (· ‧ • ・ 、) as they like.
func plain(s string) string { return keep(fold(s), letter) }

func digits(s string) string {
	return keep(fold(s), func(r rune) bool { return r >= '0' && r <= '9' })
}

func keep(s string, want func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if want(r) {
			return r
		}
		return -1
	}, s)
}

// letter takes private-use characters too: rare names were long typed with them.
func letter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Co, r)
}

// ideograph reports whether r belongs to a script that is written without spaces between words.
func ideograph(r rune) bool {
	return common(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Co) || r == 'ー'
}

// pieces splits a text into runs of ideographs and into words. A run goes on over
// interpuncts and spaces: 阿卜杜拉·买买提 is one name however it is written.
func pieces(s string) (runs, words []string) {
	var run, word []rune
	end := func(to *[]string, piece *[]rune) {
		if len(*piece) > 0 {
			*to, *piece = append(*to, string(*piece)), nil
		}
	}
	for _, r := range fold(s) {
		switch {
		case ideograph(r):
			end(&words, &word)
			run = append(run, r)
		case letter(r):
			end(&runs, &run)
			word = append(word, r)
		case r != '\'' && r != '’': // O'Brien is one word, and so is xi'an
			end(&words, &word)
		}
	}
	end(&words, &word)
	end(&runs, &run)
	return runs, words
}

// maxPairs bounds the pairs and words of one text: an address of some forty characters.
const maxPairs = 40

// pairs are the neighbours in each run, and each word. A run of one character is its own.
func pairs(runs, words []string) []string {
	var out []string
	for _, run := range runs {
		before := -1 // where the character before this one starts
		for i, r := range run {
			if end := i + utf8.RuneLen(r); before >= 0 {
				out = append(out, run[before:end])
			} else if end == len(run) {
				out = append(out, run)
			}
			before = i
		}
	}
	out = append(out, words...)
	return out[:min(len(out), maxPairs)]
}
