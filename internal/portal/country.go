package portal

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"amend/internal/lang"
	"amend/internal/page"
)

// A country is one of those that a number or an address may belong to.
type country struct {
	Code    string // ISO 3166-1 alpha-2
	Calling int    // ITU-T E.164
}

// countries are all that have a numbering plan, by their code, read once.
var countries = sync.OnceValue(func() []country {
	var all []country
	for code := range phonenumbers.GetSupportedRegions() {
		if r, err := language.ParseRegion(code); err == nil && r.IsCountry() {
			all = append(all, country{code, phonenumbers.GetCountryCodeForRegion(code)})
		}
	}
	slices.SortFunc(all, func(a, b country) int { return strings.Compare(a.Code, b.Code) })
	return all
})

// near are the countries that most customers choose; they stand first.
func near() []string {
	return []string{"CN", "HK", "MO", "TW", "SG", "MY", "JP", "KR", "TH", "VN", "US", "CA", "GB", "AU", "DE", "FR"}
}

// countryName is a country in the reader's language.
func countryName(p *page.Page, code string) string {
	if key := "portal.country." + code; p.Lang.Has(key) {
		return p.T(key)
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	names := display.English.Regions()
	if p.Lang == lang.ZH {
		names = display.Chinese.Regions()
	}
	return first(names.Name(region), code)
}

// callingCodes are the countries with the code by which they are called.
func callingCodes(p *page.Page) []page.Option {
	return countryOptions(p, countries(), func(c country) string { return countryName(p, c.Code) + " +" + strconv.Itoa(c.Calling) })
}

// countriesAbroad are those whose addresses are written freely.
func countriesAbroad(p *page.Page) []page.Option {
	abroad := slices.DeleteFunc(slices.Clone(countries()), func(c country) bool { return picked(c.Code) })
	return append([]page.Option{{Text: p.T("portal.address.choose")}}, countryOptions(p, abroad, func(c country) string { return countryName(p, c.Code) })...)
}

func countryOptions(p *page.Page, all []country, text func(country) string) []page.Option {
	var first, rest []page.Option
	for _, c := range all {
		o := page.Option{Value: c.Code, Text: text(c), Group: p.T("portal.country.rest")}
		if slices.Contains(near(), c.Code) {
			o.Group = p.T("portal.country.near")
			first = append(first, o)
			continue
		}
		rest = append(rest, o)
	}
	order := func(o page.Option) int { return slices.Index(near(), o.Value) }
	slices.SortFunc(first, func(a, b page.Option) int { return order(a) - order(b) })
	slices.SortFunc(rest, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	return append(first, rest...)
}

// international is a number with the code of its country: one that brings its own keeps it,
// and one at home is left as it is written there.
func international(code, number string) string {
	i := slices.IndexFunc(countries(), func(c country) bool { return c.Code == code })
	if number == "" || code == "CN" || i < 0 || strings.HasPrefix(number, "+") || strings.HasPrefix(number, "＋") || strings.HasPrefix(number, "00") {
		return number
	}
	return "+" + strconv.Itoa(countries()[i].Calling) + " " + number
}

// national takes a number apart that international put together.
func national(number string) (code, rest string) {
	calling, rest, spaced := strings.Cut(strings.TrimPrefix(number, "+"), " ")
	n, err := strconv.Atoi(calling)
	if !strings.HasPrefix(number, "+") || !spaced || err != nil {
		return "CN", number
	}
	return phonenumbers.GetRegionCodeForCountryCode(n), rest
}
