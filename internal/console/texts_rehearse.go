package console

import (
	"net/http"
	"slices"

	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/notify"
)

// textRehearse sends a text with invented values, and says on the page what the channel
// answered: that is what it is for, so the answer is this one page and not the next.
func textRehearse(v *visit) error {
	answer, err := v.rehearse()
	if err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.text(form, nil, page.Status(err))
	}
	v.form.Values.Del("phone") // it is not kept, not even in the form
	return v.text(v.form, &answer, http.StatusOK)
}

func (v *visit) rehearse() (notify.Answer, error) {
	kind, l, by := notify.Kind(v.r.PathValue("kind")), notify.Lang(v.form.Get("lang")), notify.Medium(v.form.Get("medium"))
	if _, known := v.House.Book.Of(kind, notify.ZH); !known {
		return notify.Answer{}, fault.New(fault.NotFound, "no_page")
	}
	if !slices.Contains(notify.Langs(), l) {
		return notify.Answer{}, fault.New(fault.Invalid, "choose_one", "field", "lang")
	}
	if by != notify.SMS && by != notify.Mail {
		return notify.Answer{}, fault.New(fault.Invalid, "choose_one", "field", "medium")
	}
	mark := v.page.T("console.texts.mark") + " "
	return v.Desk.Rehearse(v.ctx, v.by(), desk.Rehearsal{Message: v.sample(kind, l, by), Phone: v.form.Get("phone"), Mark: mark})
}

// rehearsed says what became of a rehearsal.
func (v *visit) rehearsed(a notify.Answer) page.Notice {
	n := page.Notice{Tone: page.Warn, Icon: "alert", Title: v.page.T("console.texts.outcome." + string(a.Outcome))}
	if a.Outcome == notify.Taken {
		n.Tone, n.Icon = page.OK, "check"
	}
	if a.Why != "" {
		n.Text = v.page.T("console.texts.why." + string(a.Why))
	}
	if a.Code != "" {
		n.Text = joined([]string{n.Text, v.page.T("console.texts.far_code", "code", a.Code)})
	}
	return n
}

func (t textPage) langs() []page.Option {
	var all []page.Option
	for _, side := range t.Sides {
		all = append(all, page.Option{Value: string(side.Lang), Text: side.Name})
	}
	return all
}

func (t textPage) media() []page.Option {
	return []page.Option{
		{Value: string(notify.Mail), Text: t.T("console.texts.mail")},
		{Value: string(notify.SMS), Text: t.T("console.texts.sms")},
	}
}
