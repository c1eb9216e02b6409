package console

import (
	"slices"

	"amend/access"
	"amend/internal/page"
	"amend/internal/store"
	"amend/org"
)

// rolesPage is the one table of permissions, as it is enforced, and who may do what by it.
type rolesPage struct {
	*page.Page
	Frame     page.ConsoleFrame
	Form      page.Form
	Acts      []page.Option
	Answer    *mayAnswer // nil if nothing was asked
	Grid      page.Grid
	Conflicts []string
}

// A mayAnswer says who may do one act.
type mayAnswer struct {
	Act          access.Act
	Roles        string // in words; "" for nobody's role
	People       []personLine
	CustomerOnly bool
}

func rolesShow(v *visit) error {
	v.page.Title, v.page.Path = v.page.T("console.roles.title"), v.r.URL.RequestURI()
	members, err := v.Reader.Members(v.ctx, v.by())
	if err != nil {
		return err
	}
	r := rolesPage{Page: v.page, Frame: v.frame("/admin"), Form: page.Form{Values: v.r.URL.Query()}, Grid: v.permissions(), Conflicts: v.conflicts()}
	r.Acts = []page.Option{{Text: v.page.T("console.roles.choose")}}
	for _, act := range access.Acts() {
		r.Acts = append(r.Acts, page.Option{Value: string(act), Text: v.page.Word("act", string(act))})
	}
	if act := access.Act(r.Form.Get("act")); slices.Contains(access.Acts(), act) {
		r.Answer = v.whoMay(members, act)
	}
	return v.show(rolesMatrix(r))
}

// permissions is the table itself: one row for each act, one column for each role.
func (v *visit) permissions() page.Grid {
	g := page.Grid{Label: v.page.T("console.roles.title"), Corner: v.page.T("console.roles.act"), Filter: v.page.T("console.roles.search")}
	for _, r := range access.Roles() {
		g.Columns = append(g.Columns, v.page.Word("role", string(r)))
	}
	for _, act := range access.Acts() {
		row := page.MatrixRow{Head: v.page.Word("act", string(act)), Note: string(act)}
		if act.CustomerOnly() {
			row.Note = v.page.T("console.roles.customer_only")
		}
		for _, r := range access.Roles() {
			cell := page.Cell{Text: v.page.T("console.roles.may_not")}
			if slices.Contains(act.Who(), r) {
				cell = page.Cell{Is: page.CellOK, Text: v.page.T("console.roles.may")}
			}
			row.Cells = append(row.Cells, cell)
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// conflicts words every pair of roles that one person cannot hold.
func (v *visit) conflicts() []string {
	var out []string
	all := access.Roles()
	for i, a := range all {
		if a == access.App || a == access.Portal {
			continue // they are programs
		}
		for _, b := range all[i+1:] {
			if b != access.App && b != access.Portal && org.CheckRoles([]access.Role{a, b}) != nil {
				out = append(out, v.page.T("console.roles.conflict", "a", v.page.Word("role", string(a)), "b", v.page.Word("role", string(b))))
			}
		}
	}
	return out
}

// whoMay answers who may do an act: roles, and the people who hold them.
func (v *visit) whoMay(members []store.Member, act access.Act) *mayAnswer {
	a := &mayAnswer{Act: act, Roles: v.whoMayWords(act), CustomerOnly: act.CustomerOnly()}
	for _, m := range atWork(members) {
		if (access.Actor{ID: m.ID, Sort: access.Staff, Roles: m.Roles}).May(act) == nil {
			a.People = append(a.People, v.personLine(members, m))
		}
	}
	return a
}
