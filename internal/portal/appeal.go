package portal

import (
	"errors"

	"amend/change"
	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

func appealShow(v *visit) error { return v.appeal(page.Form{}, 200) }

// appeal asks why a request should be looked at again: by somebody else, if it was not
// approved; from the start, if it ran out or was taken back.
func (v *visit) appeal(form page.Form, status int) error {
	c, err := v.change()
	if err != nil {
		return err
	}
	if !v.may(c).Again {
		return fault.New(fault.Invalid, "no_appeal", "change", c.ID)
	}
	kind := "again"
	if c.State == change.Refused {
		kind = "appeal"
	}
	v.title("portal." + kind + ".title")
	back := v.changePath(c.ID)
	reason := page.Field{Name: "reason", Label: v.page.T("portal." + kind + ".reason"), Rows: 4, Max: 500}
	return v.answer(status, askForm(askPage{
		Page: v.page, Frame: v.below(page.Link{Href: back}), Form: form, Ref: c.Ref, Text: v.page.T("portal." + kind + ".text"),
		Action: back + "/appeal", Rows: v.diffs(c.Items), Reason: &reason, Key: first(form.Get("key"), v.formKey()),
		Button: page.Button{Text: v.page.T("portal." + kind + ".do"), Kind: page.Primary, Size: page.Large},
	}))
}

// appeal files the same once more.
func appeal(v *visit) error {
	name := v.onceName()
	if was, err := v.Reader.Repeat(v.ctx, v.by(), name); err == nil {
		return v.sentBefore(was)
	} else if !errors.Is(err, store.ErrNoRow) {
		return err
	}
	filed, err := desk.Filed{}, error(fault.New(fault.Invalid, "reason_missing", "field", "reason"))
	if reason := v.form.Get("reason"); reason != "" {
		filed, err = v.Desk.Again(store.Once(v.ctx, name, v.onceOf()), v.by(), change.ID(v.r.PathValue("id")), "portal", reason)
	}
	if err != nil {
		form, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.appeal(form, page.Status(err))
	}
	return v.leadTo(name, filed)
}
