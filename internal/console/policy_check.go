package console

import (
	"amend/internal/page"
	"amend/policy"
)

// A findingLine is one thing that a version says and does not do.
type findingLine struct {
	At      string
	What    string
	Remedy  string
	Example string // a change for which it shows
}

// checkView is what a check of a version found.
type checkView struct {
	Severe  []findingLine
	Notes   []findingLine
	Cases   int
	Sampled bool
}

// checkedPolicy checks a version against the fields, the people and the absences of today.
func (v *visit) checkedPolicy(p *policy.Policy) (checkView, error) {
	r, err := v.Desk.CheckPolicy(v.ctx, p)
	c := checkView{Cases: r.Cases, Sampled: r.Sampled}
	for _, f := range r.Findings {
		l := findingLine{At: f.At}
		l.What, l.Remedy = v.page.Lang.Finding(f, v.House.Catalog)
		if f.Example != nil {
			l.Example = f.Example.Line(v.House.Catalog)
		}
		if f.Severity == policy.Severe {
			c.Severe = append(c.Severe, l)
		} else {
			c.Notes = append(c.Notes, l)
		}
	}
	return c, err
}

// looked says how far the check went.
func (c checkView) looked(p *page.Page) string {
	if c.Sampled {
		return p.T("console.check.sampled", "n", grouped(int64(c.Cases)))
	}
	return p.T("console.check.all", "n", grouped(int64(c.Cases)))
}
