package portal

import (
	"strings"
	"unicode"

	"amend/internal/page"
)

// helpPage is what to do, whom to call, and how one knows that a message is ours. It stands
// at the same place on every page.
type helpPage struct {
	*page.Page
	Frame page.PortalFrame
	Tel   string
}

func helpShow(v *visit) error {
	v.title("portal.help.title")
	back := "/"
	if v.signedIn() {
		back = "/me"
	}
	h := helpPage{Page: v.page, Frame: v.below(page.Link{Href: back})}
	h.Tel = "tel:" + strings.Map(func(r rune) rune {
		if r == '+' || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, v.page.House.Hotline)
	return v.show(helpForm(h))
}
