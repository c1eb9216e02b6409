package console

import (
	"errors"
	"net/url"

	"amend/access"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
	"amend/org"
)

// personPage is one person: what they may do, when they are away, how they come in, and
// how they leave.
type personPage struct {
	*page.Page
	Frame     page.ConsoleFrame
	Form      page.Form
	Person    personLine
	Away      []awayLine
	Delegates []page.Option
	Acts      []string // what their roles let them do, in words
	Manage    bool
	Who       string // may manage people
}

// An awayLine is an absence in words.
type awayLine struct {
	From, Until string
	StandIn     string
}

// personPath is the address of a person, or of an act on them.
func personPath(id, act string) string {
	path := Base + "/admin/people/" + url.PathEscape(id)
	if act != "" {
		path += "/" + act
	}
	return path
}

func personShow(v *visit) error { return v.person(page.Form{}, 200) }

func (v *visit) person(form page.Form, status int) error {
	id := v.r.PathValue("person")
	members, err := v.Reader.Members(v.ctx, v.by())
	if err != nil {
		return err
	}
	member, err := v.Reader.Member(v.ctx, v.by(), id)
	if err != nil {
		return err
	}
	v.page.Title, v.page.Path = member.Name, personPath(id, "")
	p := personPage{
		Page: v.page, Frame: v.frame("/admin"), Form: form, Person: v.personLine(members, member),
		Manage: v.by().May(access.ManagePeople) == nil, Who: v.whoMayWords(access.ManagePeople),
		Delegates: []page.Option{{Text: v.page.T("console.person.nobody")}},
	}
	for _, a := range member.Away {
		l := awayLine{From: v.page.Date(a.From), Until: v.page.T("console.person.open_end"), StandIn: memberName(members, a.Delegate)}
		if !a.Until.IsZero() {
			l.Until = v.page.Date(a.Until.AddDate(0, 0, -1)) // the last day that they are away
		}
		p.Away = append(p.Away, l)
	}
	for _, m := range atWork(members) {
		if m.ID != id {
			p.Delegates = append(p.Delegates, page.Option{Value: m.ID, Text: m.Name})
		}
	}
	p.Acts = v.mayDo(member)
	return v.answer(status, personSheet(p))
}

// mayDo words what somebody's roles let them do.
func (v *visit) mayDo(m store.Member) []string {
	var words []string
	who := access.Actor{ID: m.ID, Sort: access.Staff, Roles: m.Roles}
	for _, act := range access.Acts() {
		if m.Left.IsZero() && who.May(act) == nil {
			words = append(words, v.page.Word("act", string(act)))
		}
	}
	return words
}

// personLink makes a new one-time link for somebody who lost their password or app. Whoever
// asks types the name first: until the link is used, it is as good as the person.
func personLink(v *visit) error {
	member, err := v.Reader.Member(v.ctx, v.by(), v.r.PathValue("person"))
	if err != nil {
		return err
	}
	if form, ok := v.typedAs("link", member.Name); !ok {
		return v.person(form, 422)
	}
	who, link, err := v.Desk.Invite(v.ctx, v.by(), member.ID)
	if err != nil {
		return err
	}
	return v.linkShown(who, link)
}

// personAbsence records that somebody is away, and who decides for them meanwhile.
func personAbsence(v *visit) error {
	id := v.r.PathValue("person")
	from, until, err := v.days("from", "until")
	if err == nil {
		err = v.Desk.Absent(v.ctx, v.by(), org.Absence{Person: id, From: from, Until: until}, v.form.Get("delegate"))
	}
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.person(form, page.Status(err))
	}
	return v.goTo(personPath(id, ""), "absence_saved")
}

// personLeave ends what somebody may do here. Whoever asks types the name first.
func personLeave(v *visit) error {
	member, err := v.Reader.Member(v.ctx, v.by(), v.r.PathValue("person"))
	if err != nil {
		return err
	}
	form, ok := v.typedAs("leave", member.Name)
	if !ok {
		return v.person(form, 422)
	}
	if err := v.Desk.Leave(v.ctx, v.by(), member.ID); err != nil {
		if form, ok := v.refusedName(err); ok {
			return v.person(form, page.Status(err))
		}
		return err
	}
	return v.goTo(personPath(member.ID, ""), "person_left")
}

// refusedName is Refused for acts on people: that a name is taken, or its holder the last
// operator, is something to correct, too.
func (v *visit) refusedName(err error) (page.Form, bool) {
	if form, ok := v.form.Refused(v.page, err); ok {
		return form, true
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "name_taken" && f.Code != "last_operator" {
		return v.form, false
	}
	_, text := v.page.Lang.Fault(f)
	form, entry := v.form, "name"
	if f.Code == "last_operator" {
		entry = "leave"
	}
	form.Wrong = append(form.Wrong, page.Wrong{Name: entry, Text: text})
	return form, true
}
