package console

import (
	"net/http"
	"strconv"

	"amend/access"
	"amend/internal/page"
	"amend/policy"
)

// draftPage is where a version is written and tried before anybody else sees it.
type draftPage struct {
	*page.Page
	Frame page.ConsoleFrame
	Form  page.Form
	Text  string // what the form begins with
	Check checkView
	Trial *trialView
}

// draftShow begins with the policy in force, or another version.
func draftShow(v *visit) error {
	if f := v.by().May(access.ChangePolicy); f != nil {
		return f
	}
	p, err := v.Desk.Policy(v.ctx)
	if err != nil {
		return err
	}
	if from, err := strconv.ParseInt(v.r.URL.Query().Get("from"), 10, 64); err == nil {
		if p, err = v.Desk.PolicyOf(v.ctx, from); err != nil {
			return err
		}
	}
	return v.show(draftForm(v.draftPage(page.Form{}, string(p.Text()))))
}

func (v *visit) draftPage(form page.Form, text string) draftPage {
	v.page.Title, v.page.Path = v.page.T("console.policy.draft"), Base+"/policy/new"
	return draftPage{Page: v.page, Frame: v.frame("/policy"), Form: form, Text: text}
}

// draftAdd tries what was written on the days behind us, or stores it as a draft.
func draftAdd(v *visit) error {
	text := v.form.Get("text")
	if v.form.Get("do") == "try" {
		return v.tryDraft(text)
	}
	draft, err := v.Desk.DraftPolicy(v.ctx, v.by(), []byte(text), v.form.Get("reason"))
	if err != nil {
		return v.draftAgain(err, text)
	}
	return v.goTo(policyPath(draft.Number), "policy_drafted")
}

func (v *visit) tryDraft(text string) error {
	if f := v.by().May(access.ChangePolicy); f != nil {
		return f
	}
	is, err := policy.Parse([]byte(text))
	if err != nil {
		return v.draftAgain(err, text)
	}
	d := v.draftPage(v.form, text)
	if d.Check, err = v.checkedPolicy(is); err != nil {
		return err
	}
	if d.Trial, err = v.tried(is); err != nil {
		return err
	}
	return v.show(draftForm(d))
}

// draftAgain shows the form with what is wrong in it.
func (v *visit) draftAgain(err error, text string) error {
	form, ok := v.form.Refused(v.page, err)
	if !ok {
		return err
	}
	return v.answer(http.StatusUnprocessableEntity, draftForm(v.draftPage(form, text)))
}
