package browser

import (
	"time"

	"github.com/chromedp/cdproto/network"

	"amend/access"
	"amend/desk"
)

// actor is a person of staff as every verb takes them.
func (h *house) actor(name string) access.Actor {
	h.t.Helper()
	p, known := h.people[name]
	if !known {
		h.t.Fatalf("nobody here is called %s", name)
	}
	return actorOf(p)
}

// SignsIn signs somebody of staff in behind the page's back: the page itself is driven by
// the journeys that are about it.
func (t *tab) SignsIn(name string) {
	t.Helper()
	p := t.people[name]
	o, err := t.Desk.SignIn(t.Context(), desk.Credentials{Name: p.name, Password: p.password, Code: t.code(name), Device: "Chrome · Linux"})
	t.must(err)
	t.role = name
	t.keeps("amend-staff", t.house.reader.Stamp(o.Token))
}

// SignsInByHand signs somebody of staff in through the page.
func (t *tab) SignsInByHand(name string) {
	t.Helper()
	t.Goes("/console/sign-in")
	t.Fills("name", name)
	t.Fills("password", t.people[name].password)
	t.Fills("code", t.code(name))
	t.Presses("console.sign_in.do")
	t.role = name
}

// keeps gives the browser a cookie.
func (t *tab) keeps(name, value string) {
	t.Helper()
	t.does(network.SetCookie(name, value).WithURL(t.base).WithHTTPOnly(true).WithSameSite(network.CookieSameSiteLax))
}

// Waits lets time pass in the house, while the tab keeps its session alive as a reader
// does who clicks now and then.
func (t *tab) Waits(d time.Duration) {
	t.Helper()
	t.passes(d)
}
