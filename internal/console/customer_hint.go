package console

import (
	"amend/customer"
	"amend/internal/page"
)

// hintAdd puts on record that a value may have changed, with a date by which a steward judges it.
func hintAdd(v *visit) error {
	id := customer.ID(v.r.PathValue("customer"))
	err := v.Desk.Hint(v.ctx, v.by(), id, customer.Key(v.form.Get("field")), v.form.Get("words"))
	form, refused := v.form.Refused(v.page, err)
	switch {
	case refused:
		c, readErr := v.customer(id)
		if readErr != nil {
			return readErr
		}
		c.Form = form
		return v.answer(page.Status(err), customerForm(c))
	case err != nil:
		return err
	}
	return v.goTo(Base+"/customers/"+string(id), "hinted")
}

// intakeHintAdd is the same for a caller who was not proven: the page that comes back shows
// nothing of the record either.
func intakeHintAdd(v *visit) error {
	id := customer.ID(v.r.PathValue("customer"))
	err := v.Desk.Hint(v.ctx, v.by(), id, customer.Key(v.form.Get("field")), v.form.Get("words"))
	form, refused := v.form.Refused(v.page, err)
	switch {
	case refused:
		p, readErr := v.intakeFilePage(nil)
		if readErr != nil {
			return readErr
		}
		p.Hint = form
		return v.answer(page.Status(err), intakeFileForm(p))
	case err != nil:
		return err
	}
	return v.goTo(Base+"/intake/"+string(id)+"?channel="+intakeChannel(v.form.Get("channel")), "hinted")
}

// hintJudge ends a hint.
func hintJudge(v *visit) error {
	id := customer.ID(v.r.PathValue("customer"))
	if err := v.Desk.JudgeHint(v.ctx, v.by(), id, v.r.PathValue("hint"), v.form.Get("outcome")); err != nil {
		return err
	}
	return v.goTo(Base+"/customers/"+string(id), "hint_judged")
}
