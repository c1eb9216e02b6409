package quality

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"amend/fault"
)

const (
	maxLabel  = 63  // RFC 1035 section 2.3.4
	maxDomain = 253 // the same, without the root's dot
)

// international is IDNA 2008 with the mapping of UTS 46 for look-up, strict about what
// a registry could not have registered.
var international = idna.New(
	idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.ValidateLabels(true),
	idna.CheckHyphens(true), idna.CheckJoiners(true), idna.BidiRule(),
)

// domain is a public domain name in its ASCII form, lower-case: labels of letters, digits
// and inner hyphens. A name in another script becomes punycode; one whose letters could be
// taken for those of another script is refused.
func domain(s string) (string, *fault.Error) {
	if s[0] == '[' || s[len(s)-1] == ']' {
		return "", invalid("email_literal")
	}
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return "", invalid("email_domain_dot")
	}
	for i, l := range labels {
		ascii, err := label(l)
		if err != nil {
			return "", err
		}
		labels[i] = ascii
	}
	if digits(labels[len(labels)-1]) { // RFC 3696 section 2: no top-level domain is a number
		return "", invalid("email_literal")
	}
	s = strings.Join(labels, ".")
	if len(s) > maxDomain {
		return "", invalid("email_domain_length", "got", len(s), "max", maxDomain)
	}
	return s, nil
}

// label is one label of a domain in ASCII.
func label(s string) (string, *fault.Error) {
	if s == "" {
		return "", invalid("email_domain_empty")
	}
	s = strings.ToLower(s)
	if !ascii(s) || strings.HasPrefix(s, "xn--") {
		readable, err := international.ToUnicode(s)
		if err != nil {
			return "", invalid("email_domain_character")
		}
		if mixed(readable) || lookalike(readable) {
			return "", invalid("email_domain_script")
		}
		if s, err = international.ToASCII(readable); err != nil {
			return "", invalid("email_domain_character")
		}
	}
	if len(s) > maxLabel {
		return "", invalid("email_label_length", "got", len(s), "max", maxLabel)
	}
	if s == "" || s[0] == '-' || s[len(s)-1] == '-' || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return "", invalid("email_domain_character")
	}
	return s, nil
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// mixed reports whether s combines scripts that no one language writes together: the
// "highly restrictive" level of UTS 39. Latin may stand beside Chinese, Japanese and Korean.
func mixed(s string) bool {
	found := make(map[string]bool)
	for _, r := range s {
		for script, table := range unicode.Scripts {
			if script != "Common" && script != "Inherited" && unicode.Is(table, r) {
				found[script] = true
			}
		}
	}
	for _, together := range [][]string{
		{"Latin", "Han", "Hiragana", "Katakana"},
		{"Latin", "Han", "Bopomofo"},
		{"Latin", "Han", "Hangul"},
	} {
		rest := len(found)
		for _, script := range together {
			if found[script] {
				rest--
			}
		}
		if rest == 0 {
			return false
		}
	}
	return len(found) > 1
}

// lookalike reports whether every letter of s is a Cyrillic or Greek one that is drawn
// like a Latin one, so that the whole could be read as a Latin word.
func lookalike(s string) bool {
	const twins = "асԁеһіјӏорԛѕԝхуѵον"
	twin := false
	for _, r := range s {
		if strings.ContainsRune(twins, r) {
			twin = true
		} else if r > unicode.MaxASCII {
			return false
		}
	}
	return twin
}
