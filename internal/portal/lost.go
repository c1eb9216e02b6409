package portal

import (
	"time"

	"amend/internal/page"
)

// lostPage explains the slower way before it starts: what it takes, and by when it ends.
type lostPage struct {
	*page.Page
	Frame page.PortalFrame
	Next  []page.NextThing
	Done  time.Time
	Back  string // where the change is asked for, for whoever is signed in
}

func lostShow(v *visit) error {
	plan, err := v.slow()
	if err != nil {
		return err
	}
	v.title("portal.lost.title")
	l := lostPage{Page: v.page, Next: v.gates(plan, time.Time{}, nil), Done: v.through(plan.Gates, time.Time{})}
	l.Frame = v.below(page.Link{Href: "/"})
	if v.signedIn() {
		l.Frame, l.Back = v.below(page.Link{Href: "/me"}), "/me"
	}
	return v.show(lostForm(l))
}
