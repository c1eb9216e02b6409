package portal

import "amend/change"

// needs is what changing a value takes, in one line beside it, before anybody begins.
func (v *visit) needs(p change.Plan) string {
	if p.Open() {
		return v.need(p)
	}
	return v.page.T("portal.need", "parts", v.need(p))
}

// need is the same without a word before it.
func (v *visit) need(p change.Plan) string {
	if p.Open() {
		return v.page.T("portal.need.at_once")
	}
	var parts []string
	evidence, people := 0, 0
	for _, g := range p.Gates {
		switch g.Kind {
		case change.Authority:
			parts = append(parts, v.page.T("portal.need.authority"))
		case change.Reachability:
			parts = append(parts, v.page.T("portal.need.reachability"))
		case change.Evidence:
			evidence++
		case change.Approval:
			if g.Level != nil {
				people += g.Level.Quorum
			}
		}
	}
	if evidence > 0 {
		parts = append(parts, v.people("portal.need.evidence", evidence))
	}
	if people > 0 {
		parts = append(parts, v.people("portal.need.people", people))
	}
	for _, g := range p.Gates {
		if g.Kind == change.Cool {
			parts = append(parts, v.page.T("portal.need.cool", "span", v.hours(g.For)))
		}
	}
	return v.page.List(parts...)
}
