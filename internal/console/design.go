package console

import "amend/internal/page"

// designPage shows every part of the pages in every state.
type designPage struct {
	*page.Page
	Frame page.ConsoleFrame
}

func design(v *visit) error {
	v.page.Title = v.page.T("console.command.design")
	return v.show(designShow(designPage{Page: v.page, Frame: v.frame("")}))
}
