package portal

import (
	"time"

	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// provePage asks for the code that was sent, if anything was.
type provePage struct {
	*page.Page
	Frame  page.PortalFrame
	Form   page.Form
	Sought store.Sought
	Resend time.Time // zero: another code may be asked for now
	Lost   time.Time // when a change takes effect at the earliest by the slower way
	To     string
}

// chooseMePage asks which of several customers of one contact it is.
type chooseMePage struct {
	*page.Page
	Frame   page.PortalFrame
	Form    page.Form
	Choices []page.Choice
	Chosen  string
	To      string
	Action  string
	Lede    string
	Do      string
}

func proveShow(v *visit) error { return v.prove(page.Form{}, 200) }

func (v *visit) prove(form page.Form, status int) error {
	sought, err := v.Reader.Sought(v.ctx, v.Door.Cookie(v.r, seekingCookie))
	if err != nil {
		return err
	}
	if len(sought.Choices) > 0 {
		return v.goTo(with("/choose-me", "to", v.then()), "")
	}
	lost, err := v.slowest()
	if err != nil {
		return err
	}
	v.title("portal.prove.title")
	v.page.Path = "/prove"
	p := provePage{Page: v.page, Frame: v.step(1, "/"), Form: form, Sought: sought, Lost: lost, To: v.then()}
	if sought.Resend.After(v.page.Now) {
		p.Resend = sought.Resend
	}
	return v.answer(status, proveForm(p))
}

func prove(v *visit) error {
	v.discreet = true
	done, err := v.Desk.Recognise(v.ctx, v.Door.Cookie(v.r, seekingCookie), v.form.Get("code"), page.Device(v.r))
	if err != nil {
		form, ok := v.refused(err)
		if !ok {
			return err
		}
		form.Values.Del("code") // a wrong one is typed anew
		return v.prove(form, page.Status(err))
	}
	if done.Choose {
		return v.goTo(with("/choose-me", "to", v.then()), "")
	}
	v.entered(done.Opened)
	return v.goTo(first(v.then(), "/me"), "")
}

// proveAgain sends another code: to the same contact, or to one of another kind.
func proveAgain(v *visit) error {
	v.discreet = true
	other := v.form.Has("other", "yes")
	if err := v.Desk.SeekAgain(v.ctx, v.Door.Cookie(v.r, seekingCookie), other, v.Door.Network(v.r)); err != nil {
		form, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.prove(form, page.Status(err))
	}
	return v.goTo(with("/prove", "to", v.then()), "code_again")
}

func chooseMeShow(v *visit) error { return v.chooseMe(page.Form{}, 200) }

func (v *visit) chooseMe(form page.Form, status int) error {
	sought, err := v.Reader.Sought(v.ctx, v.Door.Cookie(v.r, seekingCookie))
	if err != nil {
		return err
	}
	if len(sought.Choices) == 0 {
		return v.goTo("/prove", "")
	}
	v.title("portal.choose.title")
	c := chooseMePage{
		Page: v.page, Frame: v.step(1, "/"), Form: form, To: v.then(), Action: "/choose-me",
		Lede: v.page.T("portal.choose.lede"), Do: v.page.T("portal.choose.do"),
	}
	for _, l := range sought.Choices {
		kind := v.page.Word("record", string(l.Kind))
		c.Choices = append(c.Choices, page.Choice{Value: string(l.ID), Icon: "user", Text: first(l.Name.Text, kind), Note: kind})
	}
	return v.answer(status, chooseMeForm(c))
}

func chooseMe(v *visit) error {
	if v.form.Get("who") == "" {
		form := v.form
		form.Wrong = []page.Wrong{{Name: "who", Text: v.page.T("portal.choose.none")}}
		return v.chooseMe(form, 422)
	}
	opened, err := v.Desk.Choose(v.ctx, v.Door.Cookie(v.r, seekingCookie), customer.ID(v.form.Get("who")), page.Device(v.r))
	if err != nil {
		return err
	}
	v.entered(opened)
	return v.goTo(first(v.then(), "/me"), "")
}

// ladder is what to do when no code comes: wait, again, another way, a person. It says
// neither where a code went nor whether one did.
func (p provePage) ladder() []page.Way {
	again := page.Way{Is: page.Now, Icon: "refresh", Text: p.T("portal.prove.again"), Note: p.T("portal.prove.again_note"), Action: "/prove/again", Fields: []page.Entry{{Name: "to", Value: p.To}}}
	wait := page.Way{Is: page.Done, Icon: "check", Text: p.T("portal.prove.waited"), Note: p.T("portal.prove.waited_note")}
	other := page.Way{Icon: "mail", Text: p.T("portal.prove.other_mail"), Note: p.T("portal.prove.other_note"), Action: "/prove/again",
		Fields: []page.Entry{{Name: "other", Value: "yes"}, {Name: "to", Value: p.To}}}
	if p.Sought.Method == change.MailCode {
		other.Icon, other.Text = "mobile", p.T("portal.prove.other_phone")
	}
	if !p.Resend.IsZero() {
		wait = page.Way{Is: page.Now, Icon: "clock", Text: p.T("portal.prove.wait"), Note: p.T("portal.prove.wait_note", "time", p.Clock(p.Resend)), Until: p.Stamp(p.Resend)}
		again.Is = page.Next
	}
	person := page.Way{Icon: "headset", Text: p.T("portal.prove.person"), Note: p.T("portal.prove.person_note", "hotline", p.House.Hotline), Href: "/help"}
	return []page.Way{wait, again, other, person}
}
