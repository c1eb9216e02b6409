package console

import (
	"net/http"

	"amend/desk"
	"amend/internal/page"
)

// signInPage is where a person says who they are.
type signInPage struct {
	*page.Page
	Form page.Form
	To   string // where to go then
}

func signInShow(v *visit) error {
	if v.signedIn() {
		return v.goTo(Base+"/", "")
	}
	v.page.Title = v.page.T("console.sign_in.title")
	return v.show(signInForm(signInPage{Page: v.page, To: page.Back(v.r.URL.Query().Get("to"), Base+"/")}))
}

func signIn(v *visit) error {
	opened, err := v.Desk.SignIn(v.ctx, desk.Credentials{
		Name: v.form.Get("name"), Password: v.form.Values.Get("password"), Code: v.form.Get("code"),
		Device: page.Device(v.r), From: v.Door.Network(v.r),
	})
	to := page.Back(v.form.Get("to"), Base+"/")
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		v.page.Title = v.page.T("console.sign_in.title")
		return v.answer(page.Status(err), signInForm(signInPage{Page: v.page, Form: form, To: to}))
	}
	v.entered(opened)
	return v.goTo(to, "")
}

func signOut(v *visit) error {
	if err := v.Desk.SignOut(v.ctx, v.by(), v.who.Session); err != nil {
		return err
	}
	v.Door.DropCookie(v.w, sessionCookie)
	v.w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	return v.goTo(Base+"/sign-in", "signed_out")
}

func signOutElsewhere(v *visit) error {
	if err := v.Desk.SignOutElsewhere(v.ctx, v.by(), v.who.Session); err != nil {
		return err
	}
	return v.goTo(Base+"/account", "signed_out_elsewhere")
}

// extend keeps the session from ending because nothing happens: asking is enough.
func extend(v *visit) error {
	v.remember(v.who.Token, v.who.Session.Ends)
	if v.fragment() {
		v.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return v.goTo(page.Back(v.form.Get("back"), Base+"/"), "extended")
}

// choose sets language and theme: in this browser, and for the person, wherever they sign in.
func choose(v *visit) error {
	if v.signedIn() {
		for _, name := range []string{"lang", "theme"} {
			if v.form.Values.Has(name) {
				if err := v.Desk.Prefer(v.ctx, v.by(), name, v.form.Get(name)); err != nil {
					return err
				}
			}
		}
	}
	v.Door.Choose(v.w, v.r, v.form)
	return nil
}
