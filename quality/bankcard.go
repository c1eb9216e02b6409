package quality

import "amend/fault"

const (
	shortestCard = 12 // ISO/IEC 7812-1: the identifier is at most 19 digits; issued cards have 12 or more
	longestCard  = 19
)

// bankCard is a card number by ISO/IEC 7812-1: 12 to 19 digits, the last one by Luhn's rule.
// Accounts of companies follow no such rule; their fields are of type text.
func bankCard(s string) (string, *fault.Error) {
	s = code(s)
	if spreadsheet(s) {
		return "", invalid("bank_card_damaged")
	}
	if !digits(s) {
		return "", invalid("bank_card_character")
	}
	if len(s) < shortestCard || len(s) > longestCard {
		return "", invalid("bank_card_length", "got", len(s), "min", shortestCard, "max", longestCard)
	}
	if !luhn(s) {
		return "", invalid("bank_card_check")
	}
	return s, nil
}

// luhn reports whether the digits of s satisfy ISO/IEC 7812-1 annex B.
func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0 && sum > 0
}
