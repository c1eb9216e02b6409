package console

import (
	"errors"
	"net/http"
	"net/url"

	"amend/fault"
	"amend/internal/page"
)

// trouble shows what went wrong, whether anything was changed, and what to do. Whoever is
// not signed in is led to where they are, and comes back.
func (v *visit) trouble(err error) {
	status := page.Status(err)
	if status == http.StatusUnauthorized && v.r.Method == http.MethodGet {
		http.Redirect(v.w, v.r, Base+"/sign-in?"+url.Values{"to": {v.r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
		return
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		v.Log.ErrorContext(v.ctx, "page", "request", v.Door.RequestID(v.ctx), "error", err)
	}
	title, text := v.page.Lang.Fault(f)
	v.page.Title = title
	t := page.Trouble{Status: status, Title: title, Text: text, Code: fault.CodeOf(err), Request: v.Door.RequestID(v.ctx)}
	if back := v.cameFrom(); back != "" {
		t.Links = append(t.Links, page.Link{Href: back, Text: v.page.T("page.back")})
	}
	if status == http.StatusUnauthorized {
		t.Links = append(t.Links, page.Link{Href: Base + "/sign-in", Text: v.page.T("console.sign_in.title")})
	} else {
		t.Links = append(t.Links, page.Link{Href: Base + "/", Text: v.page.T("console.rail.home")})
	}
	if err := v.answer(status, troublePage(v.page, v.framed(), t)); err != nil {
		v.Log.ErrorContext(v.ctx, "page", "request", v.Door.RequestID(v.ctx), "error", err)
	}
}

// cameFrom is the page of this site that a form was sent from, "" if it is not known:
// browsers are asked to tell no address, so forms carry it.
func (v *visit) cameFrom() string { return page.Back(v.form.Get("back"), "") }
