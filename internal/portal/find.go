package portal

import (
	"time"

	"amend/desk"
	"amend/internal/page"
)

// findPage asks for one thing by which a customer is found.
type findPage struct {
	*page.Page
	Frame page.PortalFrame
	Form  page.Form
	By    string
	To    string // where to go once it is shown who it is
}

// finders are the things by which a customer may be found.
func finders() []string { return []string{"phone", "email", "number"} }

func findShow(v *visit) error {
	to := v.then()
	if v.signedIn() {
		return v.goTo(first(to, "/me"), "")
	}
	by := v.r.URL.Query().Get("by")
	return v.find(findPage{By: by, To: to}, 200)
}

func (v *visit) find(f findPage, status int) error {
	if f.By != "email" && f.By != "number" {
		f.By = "phone"
	}
	v.title("portal.find.title")
	v.page.Path = "/"
	f.Page, f.Frame = v.page, v.frame()
	return v.answer(status, findForm(f))
}

// find sends a code to whoever it may mean, and says the same whether there is somebody or not.
func find(v *visit) error {
	v.discreet = true
	token, err := v.Desk.Seek(v.ctx, desk.Search{By: v.form.Get("by"), Key: v.form.Get("key"), From: v.Door.Network(v.r)})
	if err != nil {
		form, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.find(findPage{Form: form, By: v.form.Get("by"), To: v.then()}, page.Status(err))
	}
	v.Door.SetCookie(v.w, seekingCookie, token, seekingKept)
	return v.goTo(with("/prove", "to", v.then()), "")
}

// seekingKept is how long the browser keeps what was sought: as long as it may be answered.
const seekingKept = 30 * time.Minute

// first is s, otherwise what stands for it.
func first(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
