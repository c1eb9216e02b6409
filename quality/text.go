package quality

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"amend/fault"
)

const (
	maxText  = 500 // runes of a free text
	maxMarks = 4   // combining marks on one letter: living scripts need no more; piles of them deface a page
)

// text is one line of free text. Text that looks like a spreadsheet formula is legitimate
// data and stays; the export escapes it.
func text(s string, max int) (string, *fault.Error) {
	if n := utf8.RuneCountInString(s); n > max {
		return "", invalid("text_length", "got", n, "max", max)
	}
	return s, nil
}

// clean is what every value goes through first: NFC, no characters that control the screen
// or the direction of writing, no invisible ones, one space where there were several, none
// at the ends. A tab or line break at the ends is the debris of copying; one inside means
// that two values ran together, and is refused.
//
// NFC, not NFKC: NFKC would merge characters that people tell apart. NFC still replaces the
// compatibility ideographs that Unicode calls canonically equal to another one (U+F900);
// the twelve that are characters of their own (U+FA11) stay.
func clean(s string) (string, *fault.Error) {
	if len(s) > maxRaw {
		return "", invalid("text_length", "got", len(s), "max", maxText)
	}
	if !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) {
		return "", invalid("text_damaged")
	}
	rs := []rune(strings.TrimFunc(norm.NFC.String(s), debris))
	out := make([]rune, 0, len(rs))
	for i, r := range rs {
		if code := forbidden(r); code != "" {
			return "", invalid(code, "at", i+1)
		}
		switch {
		case unseen(r):
		case joiner(r) && !(i+1 < len(rs) && len(out) > 0 && joins(out[len(out)-1]) && joins(rs[i+1])):
		case unicode.Is(unicode.Zs, r):
			if !endsInSpace(out) {
				out = append(out, ' ')
			}
		default:
			out = append(out, r)
		}
	}
	s = norm.NFC.String(strings.TrimRight(string(out), " "))
	if piled(s) {
		return "", invalid("text_marks", "max", maxMarks)
	}
	return s, nil
}

// endsInSpace reports whether another space after out would be one too many.
func endsInSpace(out []rune) bool { return len(out) == 0 || out[len(out)-1] == ' ' }

// debris is what copying leaves at the ends of a value.
func debris(r rune) bool {
	return r == '\t' || r == '\r' || r == '\n' || unicode.Is(unicode.Zs, r) || unseen(r)
}

// forbidden names the rule that r breaks, "" if none.
func forbidden(r rune) string {
	switch {
	case unicode.Is(unicode.Bidi_Control, r):
		return "text_direction"
	case unicode.Is(unicode.Co, r) || unicode.Is(unicode.Noncharacter_Code_Point, r):
		return "text_private"
	case unseen(r) || joiner(r):
		return ""
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		return "text_control"
	}
	return ""
}

// unseen reports whether r shows nothing and means nothing in a customer's value: it is
// left out, because nobody who typed it could see or remove it.
func unseen(r rune) bool {
	switch r {
	case 0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x3164, 0xFEFF, 0xFFA0:
		return true
	}
	return r >= 0x2060 && r <= 0x2064
}

// joiner reports whether r is a zero-width joiner or non-joiner.
func joiner(r rune) bool { return r == 0x200C || r == 0x200D }

// joins reports whether a joiner next to r changes how it is written: in cursive and
// Indic scripts, and in emoji. Between Han, Latin or other characters it is left out.
func joins(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Variation_Selector,
		unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Devanagari,
		unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
		unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
		unicode.Myanmar, unicode.Tibetan)
}

// piled reports whether s stacks more marks on one letter than maxMarks.
func piled(s string) bool {
	n := 0
	for _, r := range s {
		if !unicode.Is(unicode.M, r) {
			n = 0
		} else if n++; n > maxMarks {
			return true
		}
	}
	return false
}

// narrow writes the full-width forms of ASCII, and the dashes that look like a hyphen, as
// ASCII. Identifiers are typed with a Chinese input method as often as without.
func narrow(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xFF01 && r <= 0xFF5E:
			return r - 0xFEE0
		case r >= 0x2010 && r <= 0x2015 || r == 0x2212:
			return '-'
		}
		return r
	}, s)
}

// code is an identifier as it is compared: narrow, upper-case, without spaces and hyphens.
func code(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return -1
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, narrow(s))
}

// digits reports whether s is made of ASCII digits only. Digits of other scripts are
// refused everywhere: no system that follows could read them.
func digits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// spreadsheet reports whether s is a long number that a spreadsheet has rounded, "1.38E+10".
func spreadsheet(s string) bool {
	mantissa, exponent, found := strings.Cut(strings.ToUpper(s), "E+")
	whole, part, dotted := strings.Cut(mantissa, ".")
	return found && digits(exponent) && digits(whole) && (!dotted || digits(part))
}
