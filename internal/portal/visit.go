package portal

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
	"amend/internal/page"
	"amend/internal/store"
)

// The cookies of the portal. Each holds a token and nothing of anybody.
const (
	sessionCookie = "amend-customer" // of a customer who is signed in
	seekingCookie = "amend-seeking"  // of somebody who asked to be found
	linkCookie    = "amend-link"     // of a link that was followed
)

// stampEvery is how old a session's cookie may be before the browser gets a new one.
const stampEvery = time.Minute

// A visit is one request on its way through the portal.
type visit struct {
	*Site
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	who   store.Visitor // nobody where nobody is signed in
	link  link          // that was followed; on pages of links
	actor access.Actor
	page  *page.Page
	form  page.Form // of a POST

	discreet bool // the answer must not tell by its time whether anybody was found
}

// by is who acts, as every verb and every read takes it: a session of the customer's, or on
// pages of links whoever holds the link.
func (v *visit) by() access.Actor { return v.actor }

// signedIn reports whether a customer is.
func (v *visit) signedIn() bool { return v.who.ID != "" }

// linked reports whether this is a page of links.
func (v *visit) linked() bool { return v.actor.Via == "link" }

// serve takes a request through: who, what, do or show. Whatever is refused on the way is a
// page too.
func (s *Site) serve(w http.ResponseWriter, r *http.Request, to route) {
	v := &visit{Site: s, w: w, r: r, ctx: r.Context(), page: s.Door.Page(r)}
	v.page.Roomy = true
	s.Door.Headers(v.page, w)
	err := v.known(to.who)
	if err == nil && r.Method == http.MethodPost {
		v.form, err = page.ReadForm(w, r)
	}
	if err == nil {
		err = to.handle(v)
	}
	if err != nil {
		v.trouble(err)
	}
}

// known finds out who visits.
func (v *visit) known(who who) error {
	if who == holders {
		return v.followed()
	}
	err := v.recognised()
	if fault.KindOf(err) == fault.Unauthenticated && who == anybody {
		err = nil
	}
	return err
}

// recognised finds the customer who is signed in, and tells the browser that it was seen.
func (v *visit) recognised() error {
	cookie := v.Door.Cookie(v.r, sessionCookie)
	if cookie == "" {
		return fault.New(fault.Unauthenticated, "sign_in_first")
	}
	who, err := v.Reader.Visitor(v.ctx, cookie)
	if err == nil && !who.IsCustomer() {
		err = fault.New(fault.Unauthenticated, "sign_in_first")
	}
	if fault.KindOf(err) == fault.Unauthenticated || fault.KindOf(err) == fault.NotFound {
		v.Door.DropCookie(v.w, sessionCookie)
		err = fault.New(fault.Unauthenticated, "sign_in_first")
	}
	if err != nil {
		return err
	}
	v.who, v.actor = who, who.Actor
	if v.page.Now.Sub(who.Seen) > stampEvery && !v.fragment() { // a page that looks for news by itself is no sign of life
		v.remember(who.Token, who.Session.Ends)
	}
	return nil
}

// remember gives the browser the session's cookie, until it closes or the session ends.
func (v *visit) remember(token string, ends time.Time) {
	v.Door.SetCookie(v.w, sessionCookie, v.Reader.Stamp(token), ends.Sub(v.page.Now))
}

// entered is remember for a session that was just opened.
func (v *visit) entered(o desk.Opened) {
	v.Door.DropCookie(v.w, seekingCookie)
	v.remember(o.Token, o.Session.Ends)
}

// show writes a page. It is made whole first, so that no reader gets half of one.
func (v *visit) show(c templ.Component) error { return v.answer(http.StatusOK, c) }

func (v *visit) answer(status int, c templ.Component) error {
	var b bytes.Buffer
	if err := c.Render(v.ctx, &b); err != nil {
		return err
	}
	v.evenly()
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // who hung up is not told
	return nil
}

// fragment reports whether htmx asks, by itself or for a part of a page.
func (v *visit) fragment() bool { return v.r.Header.Get("HX-Request") == "true" }

// goTo sends the browser to a page of the portal after an act, which it says there.
func (v *visit) goTo(path, said string) error {
	if said != "" {
		path = with(path, "said", said)
	}
	v.evenly()
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// with is a path of ours with one more entry in its query.
func with(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil || value == "" {
		return path
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// then is where somebody wanted to go before they had to sign in: in a form or in the
// address, and never another site.
func (v *visit) then() string {
	to := v.form.Get("to")
	if to == "" {
		to = v.r.URL.Query().Get("to")
	}
	return page.Back(to, "")
}

// even lets answers that say nothing take as long as those that found somebody. It is longer
// than either takes.
const even = 300 * time.Millisecond

// evenly waits, before an answer that says nothing is written, until it is as old as every
// other one.
func (v *visit) evenly() {
	if !v.discreet {
		return
	}
	if left := v.page.Now.Add(even).Sub(v.Door.Now()); left > 0 {
		v.Pause(v.ctx, left)
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
