package console

import (
	"strings"

	"amend/internal/page"
)

// stepUpPage asks for the second factor again, before an act of high risk.
type stepUpPage struct {
	*page.Page
	Form page.Form
	To   string
}

func stepUpShow(v *visit) error {
	return v.stepUpPage(page.Form{}, page.Back(v.r.URL.Query().Get("to"), Base+"/"), 200)
}

func stepUp(v *visit) error {
	to := page.Back(v.form.Get("to"), Base+"/")
	opened, err := v.Desk.StepUp(v.ctx, v.by(), v.who.Session, v.form.Get("code"))
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.stepUpPage(form, to, page.Status(err))
	}
	v.entered(opened)
	return v.goTo(to, "stepped_up")
}

func (v *visit) stepUpPage(form page.Form, to string, status int) error {
	v.page.Title = v.page.T("console.step_up.title")
	return v.answer(status, stepUpForm(stepUpPage{Page: v.page, Form: form, To: to}))
}

// sure lets only those act who gave their second factor lately: a session that was left open
// on a desk adds no person, token or system. Whoever gave it comes back to the page of the form.
func sure(form string, act func(*visit) error) func(*visit) error {
	return func(v *visit) error {
		if v.stepped() {
			return act(v)
		}
		at := strings.NewReplacer("{person}", v.r.PathValue("person"), "{system}", v.r.PathValue("system"), "{kind}", v.r.PathValue("kind"), "{version}", v.r.PathValue("version")).Replace(form)
		return v.goTo(stepUpPath(Base+at), "")
	}
}
