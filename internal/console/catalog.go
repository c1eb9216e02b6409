package console

import (
	"strings"

	"amend/access"
	"amend/customer"
	"amend/internal/page"
)

// catalogPage is every field that a record may hold, and the rules of each.
type catalogPage struct {
	*page.Page
	Frame  page.ConsoleFrame
	Fields []fieldLine
	Who    string // may publish fields
}

// A fieldLine is one field in words.
type fieldLine struct {
	customer.Field
	Label     string
	Kinds     string
	Validity  string
	Retention string
	Search    string
}

func catalogShow(v *visit) error {
	v.page.Title = v.page.T("console.catalog.title")
	c := catalogPage{Page: v.page, Frame: v.frame("/admin"), Who: v.whoMayWords(access.ManageCatalog)}
	for _, f := range v.Reader.Catalog(v.ctx, v.by()) {
		c.Fields = append(c.Fields, v.fieldLine(f))
	}
	return v.show(catalogList(c))
}

func (v *visit) fieldLine(f customer.Field) fieldLine {
	l := fieldLine{Field: f, Label: v.page.Label(f.Label, f.Name), Validity: v.period(f.Validity), Retention: v.period(f.Retention)}
	kinds, ways := make([]string, len(f.Kinds)), make([]string, len(f.Tokens))
	for i, k := range f.Kinds {
		kinds[i] = v.page.Word("record", string(k))
	}
	for i, t := range f.Tokens {
		ways[i] = v.page.Word("search_way", t)
	}
	l.Kinds, l.Search = v.page.List(kinds...), v.page.List(ways...)
	return l
}

// period words "90d" or "3y"; "" is for ever.
func (v *visit) period(s string) string {
	if s == "" {
		return v.page.T("console.catalog.forever")
	}
	n := strings.TrimRight(s, "hdy")
	switch s[len(s)-1] {
	case 'y':
		return v.page.T("console.catalog.years", "n", n)
	case 'd':
		return v.page.T("console.catalog.days", "n", n)
	}
	return v.page.T("console.catalog.hours", "n", n)
}

// tierLook is how a tier is drawn: the more sensitive, the louder.
func tierLook(t customer.Tier) (page.Tone, string) {
	switch t {
	case customer.Top:
		return page.Risk, "lock"
	case customer.High:
		return page.Warn, "shield"
	}
	return page.Lined, ""
}
