package portal

import (
	"net/http"
	"slices"

	"amend/internal/page"
	"amend/quality"
)

// A regionLevel is one list of the cascade from the province down to the street.
type regionLevel struct {
	Name    string
	Of      string // the list that it lies in
	Label   string
	Options []page.Option
}

// levels are the lists of the cascade.
func levels() []string { return []string{"province", "city", "area", "street"} }

// picked reports whether a country's addresses are picked from the lists.
func picked(country string) bool { return slices.Contains([]string{"CN", "HK", "MO", "TW"}, country) }

// regionLevels are the lists as far as they are chosen. Without a script a button loads the
// form again with the next one.
func (v *visit) regionLevels(form page.Form) []regionLevel {
	var all []regionLevel
	of, around := "", ""
	for i, name := range levels() {
		l := regionLevel{Name: name, Of: of, Label: v.page.T("portal.address." + name), Options: []page.Option{{Text: v.page.T("portal.address.choose")}}}
		if i == 0 || around != "" {
			l.Options = append(l.Options, regionOptions(around)...)
		}
		chosen := form.Get(name)
		if !slices.ContainsFunc(l.Options, func(o page.Option) bool { return o.Value == chosen }) {
			chosen = ""
		}
		all, of, around = append(all, l), name, chosen
	}
	return all
}

// regionOptions are what a division is divided into.
func regionOptions(of string) []page.Option {
	var options []page.Option
	for _, r := range quality.Children(of) {
		options = append(options, page.Option{Value: r.Code, Text: r.Name})
	}
	return options
}

// regionsShow answers the options of one list, for the script that fetches them.
func regionsShow(v *visit) error {
	options := []page.Option{{Text: v.page.T("portal.address.choose")}}
	if of := v.r.URL.Query().Get("of"); of != "" {
		options = append(options, regionOptions(of)...)
	}
	return v.answer(http.StatusOK, page.Options(options, ""))
}

// postal is the address of the form: picked from the lists, or written freely.
func (v *visit) postal() quality.Postal {
	p := quality.Postal{Line: v.form.Get("line"), Postcode: v.form.Get("postcode"), Recipient: v.form.Get("recipient")}
	if v.form.Get("abroad") == "yes" {
		p.Country, p.Region = v.form.Get("country"), v.form.Get("region")
		return p
	}
	var codes []string
	for _, name := range levels() {
		codes = append(codes, v.form.Get(name))
	}
	p.Country, p.Region = "CN", quality.Picked(codes...)
	return p
}

// postalEntries are the entries of the form that say an address.
func postalEntries(p quality.Postal) map[string][]string {
	entries := map[string][]string{"line": {p.Line}, "postcode": {p.Postcode}, "recipient": {p.Recipient}}
	if !picked(p.Country) {
		entries["abroad"], entries["country"], entries["region"] = []string{"yes"}, []string{p.Country}, []string{p.Region}
		return entries
	}
	path, _ := quality.RegionPath(p.Region)
	for i, r := range path {
		if i < len(levels()) {
			entries[levels()[i]] = []string{r.Code}
		}
	}
	return entries
}
