package quality

import "amend/fault"

// passport is a travel document number as ICAO 9303 prints it: six to nine letters and
// digits, upper-case, at least one digit. The value says nothing of the country that issued
// it, and the forms of China (E, G, D, S and P series, H, K and M for Hong Kong and Macao)
// all lie inside this one, so no narrower rule is safe.
func passport(s string) (string, *fault.Error) {
	s = code(s)
	if spreadsheet(s) {
		return "", invalid("passport_damaged")
	}
	numbered := false
	for _, c := range []byte(s) {
		number := c >= '0' && c <= '9'
		if !number && (c < 'A' || c > 'Z') {
			return "", invalid("passport_character")
		}
		numbered = numbered || number
	}
	if len(s) < 6 || len(s) > 9 {
		return "", invalid("passport_length", "got", len(s), "min", 6, "max", 9)
	}
	if !numbered {
		return "", invalid("passport_digit")
	}
	return s, nil
}
