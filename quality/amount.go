package quality

import (
	"strings"

	"golang.org/x/text/currency"

	"amend/fault"
)

const (
	maxWhole = 18 // digits before the point: more than any balance, and exact in 64 bits
	maxPart  = 8  // digits behind it
)

// number is a decimal number in text, so that no program between here and a reader rounds
// it: no exponent, no superfluous zeros, a point before the fraction. Commas are accepted
// where they group thousands.
func number(s string) (string, *fault.Error) {
	s = strings.TrimPrefix(narrow(s), "+")
	s, negative := strings.CutPrefix(s, "-")
	whole, part, dotted := strings.Cut(s, ".")
	whole, grouped := ungroup(whole)
	if !grouped || !digits(whole) || dotted && !digits(part) {
		return "", invalid("number_form")
	}
	whole = strings.TrimLeft(whole, "0")
	part = strings.TrimRight(part, "0")
	if len(whole) > maxWhole || len(part) > maxPart {
		return "", invalid("number_length", "whole", maxWhole, "part", maxPart)
	}
	if whole == "" {
		whole = "0"
	}
	if part != "" {
		whole += "." + part
	}
	if negative && whole != "0" {
		whole = "-" + whole
	}
	return whole, nil
}

// ungroup takes the commas out of 1,234,567; ok is false where they group anything but thousands.
func ungroup(whole string) (s string, ok bool) {
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && (g == "" || len(g) > 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

// renminbi writes the signs of the home currency as its code.
var renminbi = strings.NewReplacer("￥", "CNY", "¥", "CNY", "元", "CNY", "人民币", "")

// money is an amount with its ISO 4217 code, "12.50 CNY", with as many decimals as the
// currency has. The code may stand in front; ¥, ￥ and 元 are read as CNY.
func money(s string) (string, *fault.Error) {
	s = strings.ToUpper(narrow(renminbi.Replace(s)))
	amount := strings.Trim(s, " ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	unit, err := currency.ParseISO(strings.TrimSpace(strings.Replace(s, amount, "", 1)))
	if err != nil || amount == "" || unit == currency.XXX || unit == currency.XTS {
		return "", invalid("money_currency")
	}
	amount, flaw := number(amount)
	if flaw != nil {
		return "", flaw
	}
	scale, _ := currency.Standard.Rounding(unit)
	whole, part, _ := strings.Cut(amount, ".")
	if len(part) > scale {
		return "", invalid("money_decimals", "max", scale)
	}
	if scale > 0 {
		whole += "." + part + strings.Repeat("0", scale-len(part))
	}
	return whole + " " + unit.String(), nil
}
