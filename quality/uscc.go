package quality

import (
	"strings"

	"amend/fault"
)

const (
	usccLength   = 18
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // GB 32100-2015: no I, O, S, V, Z
)

// uscc is a unified social credit code by GB 32100-2015: registering department, category,
// six digits of place, nine of the organization, and a check character mod 31. The place is
// that of the day of registration, so only its being digits is checked.
func uscc(s string) (string, *fault.Error) {
	s = code(s)
	if strings.Trim(s, usccAlphabet) != "" {
		return "", invalid("uscc_character")
	}
	if len(s) != usccLength {
		return "", invalid("uscc_length", "got", len(s), "want", usccLength)
	}
	if !digits(s[2:8]) {
		return "", invalid("uscc_region")
	}
	if usccCheck(s[:17]) != s[17] {
		return "", invalid("uscc_check")
	}
	return s, nil
}

// usccCheck is the check character: the weights are the powers of 3 modulo 31.
func usccCheck(body string) byte {
	sum, weight := 0, 1
	for _, c := range []byte(body) {
		sum += strings.IndexByte(usccAlphabet, c) * weight
		weight = weight * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}
