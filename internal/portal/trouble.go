package portal

import (
	"errors"
	"maps"
	"net/http"
	"strings"
	"time"

	"amend/fault"
	"amend/internal/page"
)

// trouble shows what went wrong, whether anything was changed, and what to do. Whoever is
// not signed in is led to where they are, and comes back.
func (v *visit) trouble(err error) {
	status := page.Status(err)
	if status == http.StatusUnauthorized && v.r.Method == http.MethodGet && !v.linkPage() {
		http.Redirect(v.w, v.r, with("/", "to", v.here()), http.StatusSeeOther)
		return
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		v.Log.ErrorContext(v.ctx, "page", "request", v.Door.RequestID(v.ctx), "error", err)
	}
	title, text := v.page.Lang.Fault(v.dated(f))
	v.page.Title = title
	t := page.Trouble{Status: status, Title: title, Text: text, Code: fault.CodeOf(err), Request: v.Door.RequestID(v.ctx)}
	if back := page.Back(v.form.Get("back"), ""); back != "" {
		t.Links = append(t.Links, page.Link{Href: back, Text: v.page.T("page.back")})
	}
	t.Links = append(t.Links, v.ways(status)...)
	if err := v.answer(status, troublePage(v.page, v.frame(), t)); err != nil {
		v.Log.ErrorContext(v.ctx, "page", "request", v.Door.RequestID(v.ctx), "error", err)
	}
}

// here is the page that was asked for, where signing in first leads to it.
func (v *visit) here() string {
	if !strings.HasPrefix(v.r.URL.Path, "/me") {
		return ""
	}
	return page.Back(v.r.URL.RequestURI(), "")
}

// ways are where to go from a page that could not be shown.
func (v *visit) ways(status int) []page.Link {
	help := page.Link{Href: "/help", Text: v.page.T("portal.help.link")}
	switch {
	case status == http.StatusUnauthorized && !v.linkPage():
		return []page.Link{{Href: "/", Text: v.page.T("portal.find.again")}, help}
	case v.signedIn():
		return []page.Link{{Href: "/me", Text: v.page.T("portal.me.title")}, help}
	}
	return []page.Link{{Href: "/", Text: v.page.T("portal.trouble.start")}, help}
}

// dated is f with the time that it names as people say it.
func (v *visit) dated(f *fault.Error) *fault.Error {
	if f == nil || f.Params["until"] == "" {
		return f
	}
	at, err := time.Parse(time.RFC3339, f.Params["until"])
	if err != nil {
		return f
	}
	said := *f
	said.Params = maps.Clone(f.Params)
	said.Params["until"] = v.page.Moment(at)
	return &said
}

// refused is the form that came with an error that correcting it helps, its faults each at
// their own entry.
func (v *visit) refused(err error) (page.Form, bool) {
	var f *fault.Error
	if errors.As(err, &f) {
		err = v.dated(f)
	}
	return v.form.Refused(v.page, err)
}
