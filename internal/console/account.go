package console

import (
	"time"

	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
	"amend/org"
)

// accountPage is one's own: how one likes to work, where one is signed in, when one is away.
type accountPage struct {
	*page.Page
	Frame    page.ConsoleFrame
	Form     page.Form
	Likes    map[string]string
	Sessions []store.Session
	Here     string // id of this session
	People   []page.Option
	Away     store.Colleague
	Tokens   []store.TokenLine // one's own
}

func accountShow(v *visit) error { return v.account(page.Form{}, 200) }

func (v *visit) account(form page.Form, status int) error {
	v.page.Title = v.page.T("console.account.title")
	a := accountPage{Page: v.page, Frame: v.frame(""), Form: form, Likes: v.likes, Here: v.who.Session.ID}
	var err error
	if a.Sessions, err = v.Reader.Sessions(v.ctx, v.by()); err != nil {
		return err
	}
	if a.Tokens, err = v.Reader.OwnTokens(v.ctx, v.by()); err != nil {
		return err
	}
	people, err := v.Reader.People(v.ctx, v.by())
	if err != nil {
		return err
	}
	a.People = []page.Option{{Text: v.page.T("console.account.nobody")}}
	for _, p := range people {
		if p.ID == v.by().ID {
			a.Away = p
			continue
		}
		a.People = append(a.People, page.Option{Value: p.ID, Text: p.Name})
	}
	return v.answer(status, accountForm(a))
}

// accountSave keeps how somebody likes to work.
func accountSave(v *visit) error {
	for _, name := range []string{"lang", "theme", "density"} {
		if err := v.Desk.Prefer(v.ctx, v.by(), name, v.form.Get(name)); err != nil {
			return err
		}
	}
	keys := "off"
	if v.form.Has("keys", "yes") {
		keys = ""
	}
	if err := v.Desk.Prefer(v.ctx, v.by(), "keys", keys); err != nil {
		return err
	}
	return v.goTo(Base+"/account", "saved")
}

// absenceSave puts on record that somebody is away, and who decides for them meanwhile.
func absenceSave(v *visit) error {
	from, until, err := v.days("from", "until")
	if err == nil {
		err = v.Desk.Absent(v.ctx, v.by(), org.Absence{Person: v.by().ID, From: from, Until: until}, v.form.Get("delegate"))
	}
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.account(form, page.Status(err))
	}
	return v.goTo(Base+"/account", "absence_saved")
}

// days reads two dates of the form as the company's days: from the beginning of the first
// to the end of the last, which may be left open.
func (v *visit) days(from, until string) (first, last time.Time, err error) {
	if first, err = v.day(from); err != nil {
		return first, last, err
	}
	if v.form.Get(until) == "" {
		return first, time.Time{}, nil
	}
	last, err = v.day(until)
	return first, last.AddDate(0, 0, 1), err
}

func (v *visit) day(name string) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, v.form.Get(name), v.Door.Zone)
	if err != nil {
		return at, fault.New(fault.Invalid, "bad_date", "field", name)
	}
	return at, nil
}
