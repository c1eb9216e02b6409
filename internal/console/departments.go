package console

import (
	"maps"
	"slices"

	"amend/access"
	"amend/internal/page"
	"amend/internal/store"
	"amend/notify"
)

// departmentsPage is who answers for what: people, fields, systems, and what each department
// is told of.
type departmentsPage struct {
	*page.Page
	Frame       page.ConsoleFrame
	Departments []departmentLine
}

// A departmentLine is one department.
type departmentLine struct {
	Name    string
	Leads   []string
	People  []string
	Fields  int
	Systems []string
	Hears   []string // of which changes
}

func departmentsShow(v *visit) error {
	v.page.Title = v.page.T("console.departments.title")
	members, err := v.Reader.Members(v.ctx, v.by())
	if err != nil {
		return err
	}
	var systems []store.SystemView
	if v.by().May(access.ReadSystems) == nil {
		if systems, err = v.Reader.Systems(v.ctx, v.by()); err != nil {
			return err
		}
	}
	d := departmentsPage{Page: v.page, Frame: v.frame("/admin")}
	for _, name := range v.departmentNames(members) {
		d.Departments = append(d.Departments, v.department(name, members, systems))
	}
	return v.show(departmentList(d))
}

// departmentNames are those that somebody works in, that answer for a field, or that are
// told of changes, in one order.
func (v *visit) departmentNames(members []store.Member) []string {
	names := map[string]bool{}
	for _, f := range v.House.Catalog {
		names[f.Owner] = true
	}
	for _, m := range atWork(members) {
		names[m.Department] = true
	}
	for _, r := range v.House.Rules {
		for _, to := range r.Tell {
			names[to] = true
		}
	}
	delete(names, "")
	return slices.Sorted(maps.Keys(names))
}

// departmentOptions are the departments that a form offers, none first.
func (v *visit) departmentOptions() []page.Option {
	options := []page.Option{{Text: v.page.T("console.people.no_department")}}
	for _, name := range v.departmentNames(nil) {
		options = append(options, page.Option{Value: name, Text: v.page.Word("owner", name)})
	}
	return options
}

func (v *visit) department(name string, members []store.Member, systems []store.SystemView) departmentLine {
	d := departmentLine{Name: name}
	for _, m := range atWork(members) {
		if m.Department != name {
			continue
		}
		d.People = append(d.People, m.Name)
		if slices.Contains(m.Roles, access.Owner) { // whom an escalation reaches
			d.Leads = append(d.Leads, m.Name)
		}
	}
	for _, f := range v.House.Catalog {
		if f.Owner == name {
			d.Fields++
		}
	}
	for _, s := range systems {
		if s.Owner == name {
			d.Systems = append(d.Systems, s.Name)
		}
	}
	for _, r := range v.House.Rules {
		if slices.Contains(r.Tell, name) {
			d.Hears = append(d.Hears, v.heard(r))
		}
	}
	return d
}

// heard words what a department is told of.
func (v *visit) heard(r notify.Rule) string {
	switch r.When {
	case notify.WhenField:
		f := v.House.Catalog[r.Is]
		return v.page.Label(f.Label, r.Is)
	case notify.WhenGroup:
		return v.page.Word("group", r.Is)
	}
	return v.page.T("console.departments.contact")
}
