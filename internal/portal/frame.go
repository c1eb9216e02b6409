package portal

import "amend/internal/page"

// frame is what stands around a page.
func (v *visit) frame() page.PortalFrame {
	f := page.PortalFrame{Home: "/", Help: "/help"}
	if v.signedIn() {
		f.Home, f.SignOut = "/me", "/sign-out"
		f.Session = page.Session{Left: v.who.IdleEnds(v.page.Now).Sub(v.page.Now), Extend: "/session/extend", End: "/sign-out"}
	}
	return f
}

// steps are those of the way from finding oneself to sending a change.
const steps = 4

// step is the frame of one step of that way.
func (v *visit) step(n int, back string) page.PortalFrame {
	f := v.frame()
	f.Step, f.Steps, f.Back = n, steps, page.Link{Href: back}
	return f
}

// below is the frame of a page that belongs to another one.
func (v *visit) below(back page.Link) page.PortalFrame {
	f := v.frame()
	f.Back = back
	return f
}

// title names the page: its h1, and the title of its document.
func (v *visit) title(key string, pairs ...string) {
	v.page.Title = v.page.T(key, pairs...)
}
