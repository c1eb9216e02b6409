package quality

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/language"

	"amend/customer"
	"amend/fault"
)

// Postal is a postal address as its canonical content holds it, in this order of members.
type Postal struct {
	Country   string `json:"country"`             // ISO 3166-1 alpha-2
	Region    string `json:"region,omitempty"`    // a Region's code in China, free text elsewhere
	Line      string `json:"line"`                // street, building, room
	Postcode  string `json:"postcode,omitempty"`  // without spaces in China
	Recipient string `json:"recipient,omitempty"` // where it is not the customer
}

// The longest members, in runes.
const (
	maxLine   = 200
	maxRegion = 100
)

// ReadPostal reads canonical address content.
func ReadPostal(c customer.Content) (Postal, bool) {
	m, err := members(string(c), "country", "region", "line", "postcode", "recipient")
	if err != nil {
		return Postal{}, false
	}
	return Postal{m["country"], m["region"], m["line"], m["postcode"], m["recipient"]}, true
}

// String is the address on one line as its country writes it: from the province down in
// China, from the house up elsewhere.
func (p Postal) String() string {
	path, known := RegionPath(p.Region)
	if !known {
		return strings.Join(said(p.Recipient, p.Line, p.Region, p.Postcode, p.Country), ", ")
	}
	var b strings.Builder
	for _, r := range path {
		if !nameless(r.Name) {
			b.WriteString(r.Name)
		}
	}
	b.WriteString(p.Line)
	return strings.Join(said(b.String(), p.Postcode, p.Recipient), " ")
}

// said are the parts that say something.
func said(parts ...string) []string {
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

// nameless reports whether a division exists only in the tables: nobody writes it on a letter.
func nameless(name string) bool {
	switch name {
	case "市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划":
		return true
	}
	return false
}

// address is a postal address: a JSON object with the members of Postal, or, in China, one
// line of text that begins with province, city and area.
func address(s string) (string, *fault.Error) {
	var p Postal
	if !strings.HasPrefix(s, "{") {
		written, err := written(s)
		if err != nil {
			return "", err
		}
		p = written
	} else {
		m, err := members(s, "country", "region", "line", "postcode", "recipient")
		if err != nil {
			return "", err
		}
		p = Postal{m["country"], m["region"], m["line"], m["postcode"], m["recipient"]}
	}
	if err := p.normalise(); err != nil {
		return "", err
	}
	return compact(p), nil
}

// normalise brings every member to its canonical form.
func (p *Postal) normalise() *fault.Error {
	for _, m := range []struct {
		text *string
		max  int
	}{{&p.Country, maxRegion}, {&p.Region, maxRegion}, {&p.Line, maxLine}, {&p.Postcode, maxRegion}, {&p.Recipient, maxName}} {
		s, err := clean(*m.text)
		if err != nil {
			return err
		}
		if *m.text, err = text(s, m.max); err != nil {
			return err
		}
	}
	if strings.IndexFunc(p.Line, func(r rune) bool { return letter(r) || unicode.IsDigit(r) }) < 0 {
		return invalid("address_line")
	}
	if p.Recipient != "" {
		recipient, err := name(p.Recipient)
		if err != nil {
			return err
		}
		p.Recipient = recipient
	}
	if err := p.place(); err != nil {
		return err
	}
	return p.post()
}

// place checks country and region together. Hong Kong, Macao and Taiwan may be given as
// regions of CN, as pickers show them; the country becomes the code that carriers use.
func (p *Postal) place() *fault.Error {
	p.Country = strings.ToUpper(narrow(p.Country))
	if around, _, _ := strings.Cut(p.Region, "/"); p.Country == "CN" && slices.Contains([]string{"HK", "MO", "TW"}, around) {
		p.Country = around
	}
	switch p.Country {
	case "CN":
		p.Region = code(p.Region)
		if len(p.Region) != 6 && len(p.Region) != 9 {
			return invalid("address_region_level")
		}
	case "HK", "MO", "TW":
		if !strings.HasPrefix(p.Region, p.Country+"/") || len(Children(p.Region)) > 0 {
			return invalid("address_region_level")
		}
	default:
		r, err := language.ParseRegion(p.Country)
		if err != nil || len(p.Country) != 2 || !r.IsCountry() || r.Canonicalize() != r {
			return invalid("address_country")
		}
		return nil
	}
	if _, known := region(p.Region); !known {
		return invalid("address_region")
	}
	return nil
}

// post checks the postcode: six digits in China, three to six in Taiwan, none in Hong Kong
// and Macao, and elsewhere up to ten letters, digits and separators.
func (p *Postal) post() *fault.Error {
	p.Postcode = strings.ToUpper(narrow(p.Postcode))
	if p.Postcode == "" {
		return nil
	}
	wrong := false
	if p.zeroLost() {
		return invalid("address_postcode_zero")
	}
	switch p.Country {
	case "CN":
		p.Postcode = code(p.Postcode)
		wrong = !digits(p.Postcode) || len(p.Postcode) != 6
	case "TW":
		p.Postcode = code(p.Postcode)
		wrong = !digits(p.Postcode) || len(p.Postcode) < 3 || len(p.Postcode) > 6
	case "HK", "MO":
		return invalid("address_postcode_none")
	default:
		wrong = len(p.Postcode) > 10 || !word(strings.ReplaceAll(p.Postcode, " ", ""))
	}
	if wrong {
		return invalid("address_postcode")
	}
	return nil
}

// postcodeDigits is how long postcodes of digits alone are, where some begin with a zero.
var postcodeDigits = map[string]int{
	"AU": 4, "CN": 6, "DE": 5, "ES": 5, "FI": 5, "FR": 5, "IT": 5, "JP": 7, "KR": 5, "MX": 5, "MY": 5, "NO": 4, "SG": 6, "TR": 5, "US": 5,
}

// zeroLost reports whether the postcode is one digit short, as a spreadsheet leaves one that
// begins with a zero. In China those are in Hebei, Shanxi and Inner Mongolia.
func (p *Postal) zeroLost() bool {
	if p.Country == "CN" && (p.Region < "13" || p.Region >= "16") {
		return false
	}
	return digits(p.Postcode) && len(p.Postcode) == postcodeDigits[p.Country]-1
}
