package console

import (
	"slices"

	"amend/access"
	"amend/internal/page"
	"amend/internal/store"
)

// peoplePage is who works here, and how somebody new is let in.
type peoplePage struct {
	*page.Page
	Frame       page.ConsoleFrame
	Form        page.Form
	People      []personLine
	Roles       []page.Option
	Departments []page.Option
	Manage      bool
	Who         string // may manage people
}

// A personLine is one of them in words.
type personLine struct {
	store.Member
	Href     string
	RoleText string
	StandIn  string // name of whoever decides for them now
}

func peopleShow(v *visit) error { return v.people(page.Form{}, 200) }

func (v *visit) people(form page.Form, status int) error {
	v.page.Title, v.page.Path = v.page.T("console.people.title"), Base+"/admin/people"
	members, err := v.Reader.Members(v.ctx, v.by())
	if err != nil {
		return err
	}
	p := peoplePage{
		Page: v.page, Frame: v.frame("/admin"), Form: form, Roles: v.staffRoles(), Departments: v.departmentOptions(),
		Manage: v.by().May(access.ManagePeople) == nil, Who: v.whoMayWords(access.ManagePeople),
	}
	for _, m := range members {
		p.People = append(p.People, v.personLine(members, m))
	}
	return v.answer(status, peopleList(p))
}

func (v *visit) personLine(all []store.Member, m store.Member) personLine {
	return personLine{Member: m, Href: personPath(m.ID, ""), RoleText: v.roles(access.Actor{Roles: m.Roles}), StandIn: memberName(all, m.Delegate)}
}

// memberName is what a person is called, "" for nobody.
func memberName(all []store.Member, id string) string {
	i := slices.IndexFunc(all, func(m store.Member) bool { return m.ID == id })
	if i < 0 {
		return ""
	}
	return all[i].Name
}

// atWork are those who have not left.
func atWork(all []store.Member) []store.Member {
	return slices.DeleteFunc(slices.Clone(all), func(m store.Member) bool { return !m.Left.IsZero() })
}

// staffRoles are the roles that a person may have: those of programs are not among them.
func (v *visit) staffRoles() []page.Option {
	var options []page.Option
	for _, r := range access.Roles() {
		if r != access.App && r != access.Portal {
			options = append(options, page.Option{Value: string(r), Text: v.page.Word("role", string(r))})
		}
	}
	return options
}

// personAdd lets somebody in, and shows their one-time link once.
func personAdd(v *visit) error {
	who := access.Actor{Name: v.form.Get("name"), Department: v.form.Get("department"), Roles: rolesOf(v.form)}
	who, link, err := v.Desk.Hire(v.ctx, v.by(), who, v.form.Get("mail"))
	if err != nil {
		form, ok := v.refusedName(err)
		if !ok {
			return err
		}
		return v.people(form, page.Status(err))
	}
	return v.linkShown(who, link)
}

// rolesOf are the roles that a form asks for.
func rolesOf(f page.Form) []access.Role {
	var roles []access.Role
	for _, r := range f.Values["roles"] {
		roles = append(roles, access.Role(r))
	}
	return roles
}

// linkShown shows a one-time sign-in link.
func (v *visit) linkShown(who access.Actor, link string) error {
	return v.shownOnce(onceShown{
		Title: v.page.T("console.people.link_title", "name", who.Name), Text: v.page.T("console.people.link_text"), Secret: link,
		Next: page.Link{Href: personPath(who.ID, ""), Text: v.page.T("console.people.link_next", "name", who.Name)}, At: "/admin",
	})
}
