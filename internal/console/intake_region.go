package console

import (
	"amend/customer"
	"amend/internal/page"
	"amend/quality"
)

// intakeRegions answers the divisions of a division, for the list below the one that changed.
func intakeRegions(v *visit) error {
	return v.show(page.Options(regionOptions(v.page, v.r.URL.Query().Get("of"), true), ""))
}

// regionOptions are what a division is divided into; none where nothing is chosen above.
func regionOptions(p *page.Page, of string, below bool) []page.Option {
	all := []page.Option{{Text: p.T("console.intake.region.choose")}}
	if below && of == "" {
		return all
	}
	for _, r := range quality.Children(of) {
		all = append(all, page.Option{Value: r.Code, Text: r.Name})
	}
	return all
}

// A regionList is one list of a region picker.
type regionList struct {
	Field   page.Field
	Options []page.Option
}

// regionLists are the lists of the picker of an address, each filled by what is chosen above
// as long as that lies in what stands above it.
func (w lexicon) regionLists(f page.Form, k customer.Key) []regionList {
	var lists []regionList
	above := ""
	var codes []string
	for i, part := range regionParts {
		x := page.Field{Name: string(k) + "." + part, Label: w.T("console.intake.region." + part), Optional: i == len(regionParts)-1, Autocomplete: "off"}
		if i > 0 {
			x.RegionOf, x.Regions = string(k)+"."+regionParts[i-1], Base+"/intake/regions"
		}
		lists = append(lists, regionList{x, regionOptions(w.Page, above, i > 0)})
		codes = append(codes, f.Get(x.Name))
		if above = f.Get(x.Name); quality.Picked(codes...) != above {
			above = ""
		}
	}
	return lists
}
