package quality

import (
	"strings"

	"github.com/nyaruka/phonenumbers"

	"amend/customer"
	"amend/fault"
)

// homeRegion reads numbers that are written without a country code.
const homeRegion = "CN"

const (
	mobileDigits = 11 // of a mainland mobile number, without country code
	areaDigits   = 9  // the least of a mainland landline, with its area code, without the 0
)

// phone is one telephone number in E.164. Accepted are spaces, hyphens, brackets and dots
// between digits, full-width digits, a leading 00 for the +, a tel: prefix, and the
// apostrophe that spreadsheets put before text. Extensions, service numbers and numbers
// that cost the caller a premium are refused: nobody is reached by them, or at a price.
func phone(s string) (string, *fault.Error) {
	s = strings.ToLower(narrow(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "'"), "tel:")
	if err := phoneShape(s); err != nil {
		return "", err
	}
	number := strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	switch {
	case strings.HasPrefix(number, "00"):
		number = "+" + number[2:]
	case strings.HasPrefix(number, "861") && len(number) == len("86")+mobileDigits:
		number = "+" + number
	}
	if national, abroad := homeNumber(number); !abroad {
		return phoneHome(national)
	}
	return phoneParsed(number)
}

// phoneShape refuses what is not one number written down.
func phoneShape(s string) *fault.Error {
	switch {
	case spreadsheet(s):
		return invalid("phone_damaged")
	case strings.ContainsAny(s, "x#转") || strings.Contains(s, "分机"):
		return invalid("phone_extension")
	case strings.ContainsAny(s, ",;/、|") || strings.Count(s, "+") > 1:
		return invalid("phone_several")
	case strings.Trim(s, "+0123456789 -.()·") != "" || !strings.ContainsAny(s, "0123456789") ||
		strings.LastIndex(s, "+") > strings.IndexAny(s, "0123456789"):
		return invalid("phone_character")
	}
	return nil
}

// homeNumber is number without China's country code; abroad if it has another one.
func homeNumber(number string) (national string, abroad bool) {
	rest, coded := strings.CutPrefix(number, "+")
	if !coded {
		return number, false
	}
	rest, home := strings.CutPrefix(rest, "86")
	return rest, !home
}

// phoneHome reads a number of the Chinese mainland.
func phoneHome(national string) (string, *fault.Error) {
	significant, coded := strings.CutPrefix(national, "0")
	switch {
	case serviceNumber(national):
		return "", invalid("phone_service")
	case len(significant) > 1 && significant[0] == '1' && significant[1] != '0':
		return phoneMobile(significant)
	case !coded && len(significant) < areaDigits:
		return "", invalid("phone_area_code")
	case len(significant) < areaDigits: // 010-10000: a service number of one city
		return "", invalid("phone_service")
	}
	return phoneParsed("+86" + significant)
}

// serviceNumber reports whether a number as dialled in China is a short code (110, 95588,
// 10086, 12345) or a 400 or 800 line: they answer, but are nobody's own.
func serviceNumber(national string) bool {
	if len(national) <= 6 {
		return national != "" && (national[0] == '1' || national[0] == '9')
	}
	return len(national) == 10 && (national[:3] == "400" || national[:3] == "800")
}

// phoneMobile checks a mainland mobile number: eleven digits, the second from 3 to 9. The
// ranges of the library are not asked, because new ones are opened before it knows them.
func phoneMobile(mobile string) (string, *fault.Error) {
	if len(mobile) != mobileDigits {
		return "", invalid("phone_length", "got", len(mobile), "want", mobileDigits)
	}
	if mobile[1] < '3' {
		return "", invalid("phone_prefix")
	}
	switch mobile[:3] {
	case "140", "141", "144", "146", "148":
		return "", invalid("phone_machine") // ranges of the internet of things
	}
	return "+86" + mobile, nil
}

// phoneParsed reads a number with country code by the numbering plan of its country.
func phoneParsed(number string) (string, *fault.Error) {
	n, err := phonenumbers.Parse(number, homeRegion)
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", invalid("phone_invalid")
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.PERSONAL_NUMBER, phonenumbers.SHARED_COST:
		return "", invalid("phone_premium")
	case phonenumbers.TOLL_FREE, phonenumbers.UAN, phonenumbers.VOICEMAIL, phonenumbers.PAGER:
		return "", invalid("phone_service")
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// Line is what sort of line a telephone number belongs to.
type Line string

// The sorts of line.
const (
	Mobile  Line = "mobile"
	Fixed   Line = "fixed"   // answers, but shows no text messages
	Virtual Line = "virtual" // resold mobile range, or internet telephony: reachable, of higher risk
	Unknown Line = "unknown"
)

// Textable reports whether a code can be sent to the line as a text message.
func (l Line) Textable() bool { return l == Mobile || l == Virtual }

// LineOf says what sort of line canonical phone content belongs to, by numbering plan.
// China's virtual operators have ranges of their own; elsewhere they cannot be told apart.
func LineOf(c customer.Content) Line {
	if mobile, home := strings.CutPrefix(string(c), "+86"); home && len(mobile) == mobileDigits && mobile[0] == '1' {
		switch mobile[:3] {
		case "162", "165", "167", "170", "171":
			return Virtual
		}
		return Mobile
	}
	n, err := phonenumbers.Parse(string(c), homeRegion)
	if err != nil {
		return Unknown
	}
	switch phonenumbers.GetNumberType(n) {
	case phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return Mobile
	case phonenumbers.FIXED_LINE:
		return Fixed
	case phonenumbers.VOIP:
		return Virtual
	}
	return Unknown
}
