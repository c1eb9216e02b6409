package quality

import (
	"strings"

	"amend/fault"
)

// The limits of RFC 5321 section 4.5.3.1, in bytes.
const (
	maxMail  = 254 // RFC 3696 erratum 1690: a path of 256 less its angle brackets
	maxLocal = 64
)

// email is one mail address, of this subset of RFC 5321: an ASCII dot-atom of at most 64
// bytes, @, and a domain name with at least one dot. Quoted local parts, address literals,
// comments, display names and a final dot are refused: hardly any system that follows takes
// them, and each has served to smuggle a second recipient.
//
// The canonical form is lower-case throughout. RFC 5321 lets a host tell A from a in its
// local part and, in section 2.4, advises against it; no provider of note does, while two
// spellings of one mailbox would hide a duplicate and a blocked address. Tags (a+tag) stay:
// their owner tells them apart.
func email(s string) (string, *fault.Error) {
	s = strings.ReplaceAll(narrow(s), "。", ".")
	switch {
	case len(s) > 4*maxMail: // in any script: punycode is not computed for an essay
		return "", invalid("email_length", "got", len(s), "max", maxMail)
	case strings.HasPrefix(s, `"`):
		return "", invalid("email_quoted")
	case strings.ContainsAny(s, ",;<>"):
		return "", invalid("email_several")
	case strings.Contains(s, " "):
		return "", invalid("email_space")
	}
	local, host, found := strings.Cut(s, "@")
	if !found || local == "" || host == "" || strings.Contains(host, "@") {
		return "", invalid("email_form")
	}
	if err := localPart(local); err != nil {
		return "", err
	}
	host, err := domain(host)
	if err != nil {
		return "", err
	}
	if n := len(local) + 1 + len(host); n > maxMail {
		return "", invalid("email_length", "got", n, "max", maxMail)
	}
	return strings.ToLower(local) + "@" + host, nil
}

// localPart checks what stands before the @.
func localPart(s string) *fault.Error {
	if len(s) > maxLocal {
		return invalid("email_local_length", "got", len(s), "max", maxLocal)
	}
	for _, c := range []byte(s) {
		if !atext(c) && c != '.' {
			return invalid("email_local_character")
		}
	}
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return invalid("email_local_dot")
	}
	return nil
}

// atext reports whether c may stand in an atom: RFC 5322 section 3.2.3.
func atext(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
		strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}
