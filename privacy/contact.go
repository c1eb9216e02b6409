package privacy

import "strings"

// stars stands for the hidden middle of a number, however long that is.
const stars = "****"

// hiddenDigits is the least that a masked number hides: what a guesser must still guess.
const hiddenDigits = 4

// coverPhone shows an E.164 number as people know it at home: +8613800138000 is 138****8000,
// +861012345678 is 010****5678, +447700900123 is +44 77****0123. Anything else is veiled.
func coverPhone(s string) string {
	digits, ok := strings.CutPrefix(s, "+")
	if !ok || !allDigits(digits) {
		return veil
	}
	code := countryCode(digits)
	lead, national := "+"+code+" ", digits[len(code):]
	if code == "86" {
		lead = ""
		if !strings.HasPrefix(national, "1") || len(national) != 11 {
			lead = "0" // the trunk prefix that Chinese landlines are written with
		}
	}
	head, tail := ends(national, 3, 4)
	if head == "" {
		lead = strings.TrimSuffix(lead, "0")
	}
	return lead + head + stars + tail
}

// ends answers what may be shown at both ends of s: at most head and tail characters,
// the tail first, and always at least hiddenDigits hidden between them.
func ends(s string, head, tail int) (string, string) {
	room := max(len(s)-hiddenDigits, 0)
	tail = min(tail, room)
	head = min(head, room-tail)
	return s[:head], s[len(s)-tail:]
}

// countryCode is the ITU-T E.164 country code that digits begin with. The codes are
// prefix-free: 1 and 7 stand alone, those listed have two digits, all others three.
func countryCode(digits string) string {
	const two = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
		"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98"
	n := 3
	switch {
	case strings.HasPrefix(digits, "1") || strings.HasPrefix(digits, "7"):
		n = 1
	case len(digits) >= 2 && strings.Contains(two, digits[:2]):
		n = 2
	}
	return digits[:min(n, len(digits))]
}

// coverEmail shows both ends of a mailbox, the first letter of its domain, and the top
// level: z***n@e***.com. Mailboxes of two or three letters show the first, of one none.
func coverEmail(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at == len(s)-1 {
		return veil
	}
	return coverLocal(s[:at]) + "@" + coverDomain(s[at+1:])
}

func coverLocal(local string) string {
	r := faces(local)
	switch {
	case len(r) >= 4:
		return string(r[0]) + "***" + string(r[len(r)-1])
	case len(r) >= 2:
		return string(r[0]) + "***"
	}
	return "***"
}

// maxTop is the longest top-level label that is shown: longer ones are brands, hence identities.
const maxTop = 6

func coverDomain(domain string) string {
	dot := strings.LastIndexByte(domain, '.')
	if dot < 0 {
		return "***"
	}
	first, _, _ := strings.Cut(domain, ".")
	shown := "***"
	if r := faces(first); len(r) >= 2 {
		shown = string(r[0]) + "***"
	}
	if top := domain[dot+1:]; len(top) <= maxTop && isWord(top) {
		return shown + "." + top
	}
	return shown + ".***"
}

func isWord(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return s != ""
}

func allDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
