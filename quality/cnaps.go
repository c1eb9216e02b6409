package quality

import "amend/fault"

const cnapsLength = 12

// cnaps is the number of a bank's branch in China's payment system: three digits of bank,
// four of city, four of branch and one of check. The rule of the check digit is not
// published, and the list of banks grows, so length and a bank other than 000 are all that
// form can tell; that the branch exists is for a register to say.
func cnaps(s string) (string, *fault.Error) {
	s = code(s)
	if spreadsheet(s) {
		return "", invalid("cnaps_damaged")
	}
	if !digits(s) {
		return "", invalid("cnaps_character")
	}
	if len(s) != cnapsLength {
		return "", invalid("cnaps_length", "got", len(s), "want", cnapsLength)
	}
	if s[:3] == "000" {
		return "", invalid("cnaps_bank")
	}
	return s, nil
}
