package console

import (
	"amend/customer"
	"amend/internal/page"
)

func (w lexicon) typeOf(k customer.Key) customer.Type {
	f, _ := w.Catalog.Of(k)
	return f.Type
}

// asked is how a field is asked for: its label, and how it is written where that is not plain.
func (w lexicon) asked(k customer.Key) page.Field {
	f, _ := w.Catalog.Of(k)
	x := page.Field{Name: string(k), Label: w.Label(k), Autocomplete: "off"}
	switch f.Type {
	case customer.Address:
		x.Label, x.Hint = w.T("console.intake.region.line"), w.T("console.intake.hint.address")
	case customer.List, customer.Messenger, customer.Money, customer.Reference, customer.Phone:
		x.Hint = w.T("console.intake.hint." + string(f.Type))
	}
	return x
}

// choices are the values that a field may have, in words.
func (w lexicon) choices(k customer.Key) []page.Option {
	f, _ := w.Catalog.Of(k)
	all := []page.Option{{Text: w.T("console.intake.choose")}}
	for _, c := range f.Choices {
		all = append(all, page.Option{Value: c, Text: w.Word("choice."+f.Name, c)})
	}
	return all
}
