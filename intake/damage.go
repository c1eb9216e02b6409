package intake

import (
	"strings"

	"amend/fault"
)

// damage says what a spreadsheet has done to a cell so that the value can't be had back from
// the file; nil if nothing. It looks at no type: no value of any field is written like this.
// What only a date or a postcode can lose is found where those are read.
func damage(s string) *fault.Error {
	switch {
	case scientific(s):
		return fault.New(fault.Invalid, "number_damaged")
	case formulaError(s):
		return fault.New(fault.Invalid, "formula_error")
	case len(s) >= 3 && strings.Trim(s, "#") == "":
		return fault.New(fault.Invalid, "cell_hidden")
	}
	return nil
}

// scientific reports whether a long number was shortened to 1.38001E+10.
func scientific(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(s), "E+")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return ok && digits(exponent) && len(whole) == 1 && digits(whole+fraction)
}

// precision is how many digits of a number a spreadsheet keeps (IEEE 754); the rest are zeros.
const precision = 15

// A memory says which columns of a table hold long numbers in full. One identity number in a
// thousand ends in 000 by itself; in a column that a spreadsheet has rounded, all of them do,
// and every eleventh still fits its check digit and would be somebody else's number. So zeros
// are believed only behind a number of the same column that does not end in them.
type memory []bool

// rounded reports whether s, in a column, is an identity or account number whose last digits
// were turned into zeros.
func (m memory) rounded(column int, s string) bool {
	if len(s) < precision+3 || !digits(s) {
		return false
	}
	if strings.Trim(s[precision:], "0") != "" {
		m[column] = true
	}
	return !m[column]
}

// formulaError reports whether s is what a formula shows that can't be computed.
func formulaError(s string) bool {
	switch s {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
