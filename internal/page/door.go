package page

import (
	"context"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"amend/internal/lang"
	"amend/notify"
	"amend/verify"
)

// A Door is what both sites do alike with a request, before and around their own pages.
type Door struct {
	House  notify.House
	Zone   *time.Location
	Now    func() time.Time
	Lang   lang.Lang // of a reader who says nothing that we speak
	Sealed bool      // reached over TLS: cookies insist on it

	// Address answers the network address of whoever asks; headers are believed only from
	// proxies that the operator named.
	Address func(*http.Request) netip.Addr
	// RequestID answers what people quote of a request that went wrong.
	RequestID func(context.Context) string
}

// The cookies that both sites share.
const (
	langCookie  = "amend-lang"
	themeCookie = "amend-theme"
)

// kept is how long a choice of language or theme is remembered by the browser.
const kept = 400 * 24 * time.Hour

// Page begins the page that answers r.
func (d Door) Page(r *http.Request) *Page {
	p := &Page{Lang: d.langOf(r), Theme: d.themeOf(r), House: d.House, Zone: d.Zone, Now: d.Now(), Path: r.URL.Path}
	if said := r.URL.Query().Get("said"); p.Lang.Has("said." + said) {
		p.Said = said
	}
	return p
}

func (d Door) langOf(r *http.Request) lang.Lang {
	if l, ok := lang.Parse(d.Cookie(r, langCookie)); ok {
		return l
	}
	return lang.Prefer(r.Header.Get("Accept-Language"), d.Lang)
}

func (d Door) themeOf(r *http.Request) Theme {
	switch t := Theme(d.Cookie(r, themeCookie)); t {
	case Light, Dark:
		return t
	}
	return Auto
}

// Headers sets what every page carries: nothing is cached, framed, sniffed, run or loaded
// from elsewhere, and no address is told to another site (ASVS V3.4).
func (d Door) Headers(p *Page, w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", p.Lang.Tag())
	h.Set("Content-Security-Policy", policy)
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("Vary", "Accept-Language, Cookie, HX-Request")
}

// policy is what a page may load and do: its own styles, scripts, pictures and addresses.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// SameSite refuses forms that another site sends (ASVS V3.5.1): the browser itself says
// where a request comes from.
func SameSite(refused http.Handler) func(http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(refused)
	return protection.Handler
}

// named is a cookie's name as the browser has it. Over TLS it carries the prefix that keeps
// every other host from setting it (RFC 6265bis, 4.1.3.2).
func (d Door) named(name string) string {
	if d.Sealed {
		return "__Host-" + name
	}
	return name
}

// Cookie is the value of a cookie of ours, "" for none.
func (d Door) Cookie(r *http.Request, name string) string {
	c, err := r.Cookie(d.named(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// SetCookie gives the browser a cookie that no script reads and no other site sends along
// with a form; lasts 0 keeps it until the browser closes.
func (d Door) SetCookie(w http.ResponseWriter, name, value string, lasts time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: d.named(name), Value: value, Path: "/", MaxAge: int(lasts.Seconds()), HttpOnly: true, Secure: d.Sealed, SameSite: http.SameSiteLaxMode,
	})
}

// DropCookie takes a cookie back.
func (d Door) DropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: d.named(name), Path: "/", MaxAge: -1, HttpOnly: true, Secure: d.Sealed, SameSite: http.SameSiteLaxMode})
}

// Choose keeps the language and the theme that a reader chose in a form, and goes back to
// the page that they came from.
func (d Door) Choose(w http.ResponseWriter, r *http.Request, f Form) {
	if l, ok := lang.Parse(f.Get("lang")); ok {
		d.SetCookie(w, langCookie, string(l), kept)
	}
	if f.Values.Has("theme") {
		d.SetCookie(w, themeCookie, f.Get("theme"), kept)
	}
	http.Redirect(w, r, Back(f.Get("back"), "/"), http.StatusSeeOther)
}

// Back is a path to return to, if it is one of this site, and otherwise where to go instead:
// a form never leads a reader elsewhere.
func Back(path, otherwise string) string {
	plain := strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n\t") && !strings.HasPrefix(path, "/l/")
	if !plain {
		return otherwise
	}
	return path
}

// Network is the network that a request comes from: how often it may ask is counted by it.
func (d Door) Network(r *http.Request) string { return verify.Network(d.Address(r)) }

// Device names the kind of browser that asks, for the list of sessions: coarse, so that it
// tells its owner something and nobody else.
func Device(r *http.Request) string {
	agent := r.UserAgent()
	name, system := "", ""
	for _, b := range []struct{ mark, name string }{{"MicroMessenger", "WeChat"}, {"Edg/", "Edge"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}} {
		if strings.Contains(agent, b.mark) {
			name = b.name
			break
		}
	}
	for _, s := range []struct{ mark, name string }{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"HarmonyOS", "HarmonyOS"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}} {
		if strings.Contains(agent, s.mark) {
			system = s.name
			break
		}
	}
	return strings.Trim(name+" · "+system, " ·")
}
