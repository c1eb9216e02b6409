package portal

import (
	"amend/customer"
	"amend/fault"
	"amend/internal/page"
)

// Somebody who is signed in to the company's own app or site comes by an address that the
// app was given for them, which works once and soon is over.

// enterFollow gives the browser that address's secret to keep.
func enterFollow(v *visit) error {
	v.page.Path = "/enter"
	v.Door.SetCookie(v.w, seekingCookie, cookieSafe(v.r.PathValue("token")), seekingKept)
	return v.goTo("/enter", "")
}

// enterShow asks for a button: an address that is only looked at opens nothing.
func enterShow(v *visit) error {
	id, name, err := v.admitted()
	if err != nil {
		return err
	}
	v.title("portal.enter.title")
	return v.show(chooseMeForm(chooseMePage{
		Page: v.page, Frame: v.frame(), Action: "/enter", Lede: v.page.T("portal.enter.lede"), Do: v.page.T("portal.enter.do"),
		Chosen: string(id), Choices: []page.Choice{{Value: string(id), Icon: "user", Text: name}},
	}))
}

// admitted is the one customer whom the app vouches for.
func (v *visit) admitted() (customer.ID, string, error) {
	sought, err := v.Reader.Sought(v.ctx, v.Door.Cookie(v.r, seekingCookie))
	if err != nil {
		return "", "", err
	}
	if len(sought.Choices) != 1 {
		return "", "", fault.New(fault.Unauthenticated, "seeking_over")
	}
	only := sought.Choices[0]
	return only.ID, first(only.Name.Text, v.page.Word("record", string(only.Kind))), nil
}

func enter(v *visit) error {
	id, _, err := v.admitted()
	if err != nil {
		return err
	}
	opened, err := v.Desk.Choose(v.ctx, v.Door.Cookie(v.r, seekingCookie), id, page.Device(v.r))
	if err != nil {
		return err
	}
	v.entered(opened)
	return v.goTo("/me", "")
}

// extendShow is where somebody lands who followed the address of an act.
func extendShow(v *visit) error { return v.goTo("/me", "") }
