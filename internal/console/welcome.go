package console

import (
	"rsc.io/qr"

	"amend/desk"
	"amend/internal/page"
	"amend/verify"
)

// welcomePage is where a person sets a password and their authenticator app, once.
type welcomePage struct {
	*page.Page
	Form   page.Form
	Link   string
	Name   string
	Secret string // for whoever cannot scan
	Code   [][]bool
}

func welcomeShow(v *visit) error { return v.welcomePage(v.r.PathValue("link"), page.Form{}, 200) }

func welcome(v *visit) error {
	link := v.r.PathValue("link")
	if v.form.Values.Get("password") != v.form.Values.Get("again") {
		form := v.form
		form.Wrong = []page.Wrong{{Name: "again", Text: v.page.T("console.welcome.differ")}}
		return v.welcomePage(link, form, 422)
	}
	opened, err := v.Desk.Welcome(v.ctx, desk.Welcome{
		Link: link, Password: v.form.Values.Get("password"), Code: v.form.Get("code"), Device: page.Device(v.r),
	})
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.welcomePage(link, form, page.Status(err))
	}
	v.entered(opened)
	return v.goTo(Base+"/", "welcome")
}

func (v *visit) welcomePage(link string, form page.Form, status int) error {
	who, secret, err := v.Desk.Invitation(v.ctx, link)
	if err != nil {
		return err
	}
	code, err := qr.Encode(verify.TOTPAddress(secret, v.House.Words.Brand, who.Name), qr.M)
	if err != nil {
		return err
	}
	v.page.Title, v.page.Path = v.page.T("console.welcome.title"), Base+"/sign-in"
	w := welcomePage{Page: v.page, Form: form, Link: link, Name: who.Name, Secret: verify.TOTPText(secret)}
	for y := range code.Size {
		row := make([]bool, code.Size)
		for x := range row {
			row[x] = code.Black(x, y)
		}
		w.Code = append(w.Code, row)
	}
	return v.answer(status, welcomeForm(w))
}
