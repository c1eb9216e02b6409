package console

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"amend/access"
	"amend/desk"
	"amend/fault"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/internal/store"
)

// sessionCookie carries the session of a person.
const sessionCookie = "amend-staff"

// stampEvery is how old a session's cookie may be before the browser gets a new one.
const stampEvery = time.Minute

// A visit is one request on its way through the console.
type visit struct {
	*Site
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	who   store.Visitor // nobody on an open page
	likes map[string]string
	page  *page.Page
	form  page.Form // of a POST
}

// by is who acts, as every verb and every read takes it.
func (v *visit) by() access.Actor { return v.who.Actor }

// signedIn reports whether somebody is.
func (v *visit) signedIn() bool { return v.who.ID != "" }

// serve takes a request through: who, what, do or show. Whatever is refused on the way is a
// page too.
func (s *Site) serve(w http.ResponseWriter, r *http.Request, to route) {
	v := &visit{Site: s, w: w, r: r, ctx: r.Context(), page: s.Door.Page(r)}
	s.Door.Headers(v.page, w)
	err := v.known()
	if fault.KindOf(err) == fault.Unauthenticated && to.open {
		err = nil
	}
	if err == nil && r.Method == http.MethodPost {
		v.form, err = page.ReadForm(w, r, to.long...)
	}
	if err == nil {
		err = to.handle(v)
	}
	if err != nil {
		v.trouble(err)
	}
}

// known finds out who visits, and tells the browser that it was seen.
func (v *visit) known() error {
	cookie := v.Door.Cookie(v.r, sessionCookie)
	if cookie == "" {
		return fault.New(fault.Unauthenticated, "sign_in_first")
	}
	who, err := v.Reader.Visitor(v.ctx, cookie)
	if err == nil && who.Sort != access.Staff {
		err = fault.New(fault.Unauthenticated, "sign_in_first")
	}
	if fault.KindOf(err) == fault.Unauthenticated {
		v.Door.DropCookie(v.w, sessionCookie)
	}
	if err != nil {
		return err
	}
	v.who = who
	if v.page.Now.Sub(who.Seen) > stampEvery {
		v.remember(who.Token, who.Session.Ends)
	}
	return v.asLiked()
}

// remember gives the browser the session's cookie, until it closes or the session ends.
func (v *visit) remember(token string, ends time.Time) {
	v.Door.SetCookie(v.w, sessionCookie, v.Reader.Stamp(token), ends.Sub(v.page.Now))
}

// entered is remember for a session that was just opened.
func (v *visit) entered(o desk.Opened) { v.remember(o.Token, o.Session.Ends) }

// asLiked takes the language and the theme that the person set, on whatever browser.
func (v *visit) asLiked() (err error) {
	if v.likes, err = v.Reader.Preferences(v.ctx, v.by()); err != nil {
		return err
	}
	if l, ok := lang.Parse(v.likes["lang"]); ok {
		v.page.Lang = l
	}
	if t := page.Theme(v.likes["theme"]); t == page.Light || t == page.Dark {
		v.page.Theme = t
	}
	return nil
}

// show writes a page. It is made whole first, so that no reader gets half of one.
func (v *visit) show(c templ.Component) error { return v.answer(http.StatusOK, c) }

func (v *visit) answer(status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(v.ctx, &b); err != nil {
		return err
	}
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // who hung up is not told
	return nil
}

// fragment reports whether htmx asks, so that a part of the page is enough.
func (v *visit) fragment() bool { return v.r.Header.Get("HX-Request") == "true" }

// goTo sends the browser to a page of the console after an act, which it says there.
func (v *visit) goTo(path, said string) error {
	if said != "" {
		u := url.URL{Path: path}
		if parsed, err := url.Parse(path); err == nil {
			u = *parsed
		}
		q := u.Query()
		q.Set("said", said)
		u.RawQuery = q.Encode()
		path = u.String()
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// stepped reports whether the second factor was given lately enough for an act of high risk.
func (v *visit) stepped() bool { return access.Stepped(v.who.Session.Stepped, v.page.Now) }
