package portal

import (
	"amend/change"
	"amend/fault"
	"amend/internal/page"
)

// askPage asks once more before something that cannot be taken back.
type askPage struct {
	*page.Page
	Frame  page.PortalFrame
	Form   page.Form
	Ref    string
	Text   string
	Action string
	Button page.Button
	Reason *page.Field // asked for, or nil
	Key    string      // of the form, where one sent twice must have one effect
	Rows   []page.DiffRow
}

func withdrawShow(v *visit) error {
	c, err := v.change()
	if err != nil {
		return err
	}
	if !v.may(c).Withdraw {
		return fault.New(fault.Conflict, "no_open_request", "change", c.ID)
	}
	v.title("portal.withdraw.title")
	back := v.changePath(c.ID)
	return v.show(askForm(askPage{
		Page: v.page, Frame: v.below(page.Link{Href: back}), Ref: c.Ref, Text: v.page.T("portal.withdraw.text"), Action: back + "/withdraw", Rows: v.diffs(c.Items),
		Button: page.Button{Text: v.page.T("portal.withdraw.do"), Kind: page.DangerSolid, Size: page.Large},
	}))
}

func withdraw(v *visit) error {
	id := change.ID(v.r.PathValue("id"))
	if err := v.Desk.Withdraw(v.ctx, v.by(), id); err != nil {
		return err
	}
	return v.goTo(v.changePath(id), "you_withdrew")
}
