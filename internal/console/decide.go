package console

import (
	"net/http"
	"net/url"

	"amend/change"
	"amend/fault"
	"amend/internal/page"
	"amend/policy"
)

// decideApprove records a yes for the content that was seen. It takes effect ten seconds
// later. A high risk asks for two things more, here and not only on the page: the second
// factor lately, and that every field was viewed.
func decideApprove(v *visit) error {
	id := v.changeID()
	req, err := v.Reader.Review(v.ctx, v.by(), id)
	if err != nil {
		return err
	}
	if req.Risk == policy.HighRisk && req.May.Decide {
		if !v.stepped() {
			return v.stepUpFirst(id)
		}
		for _, it := range req.Items {
			if !v.form.Has("seen", string(it.Field)) {
				return v.against(id, "", fault.New(fault.Invalid, "fields_unseen"))
			}
		}
	}
	err = v.Desk.Intend(v.ctx, v.by(), id, change.Decision{Verdict: change.Approved, Hash: v.form.Get("content_hash"), Comment: v.form.Get("comment")})
	if err != nil {
		return v.against(id, "approve", err)
	}
	return v.decided(id, "approved")
}

// decideReject records a no with a reason that the customer is told. Nothing is changed by
// it, so that no second factor is asked for.
func decideReject(v *visit) error {
	id := v.changeID()
	err := v.Desk.Intend(v.ctx, v.by(), id, change.Decision{
		Verdict: change.Rejected, Hash: v.form.Get("content_hash"), Reason: v.form.Get("reason_code"), Comment: v.form.Get("comment"),
	})
	if err != nil {
		return v.against(id, "reject", err)
	}
	return v.decided(id, "rejected")
}

// decideUndo takes back the reader's own decision before it takes effect.
func decideUndo(v *visit) error {
	id := v.changeID()
	if err := v.Desk.Undo(v.ctx, v.by(), id); err != nil {
		return v.against(id, "", err)
	}
	return v.goTo(changePath(id, ""), "undone")
}

// decideDispute is the reader's word on a dispute: a decision of high risk, whichever way.
func decideDispute(v *visit) error {
	id := v.changeID()
	if !v.stepped() {
		return v.stepUpFirst(id)
	}
	if v.form.Get("outcome") == "" {
		return v.against(id, "decide", fault.New(fault.Invalid, "choose_one", "field", "outcome"))
	}
	if err := v.Desk.Decide(v.ctx, v.by(), id, change.Outcome(v.form.Get("outcome")), v.form.Get("comment")); err != nil {
		return v.against(id, "decide", err)
	}
	return v.done(id, "dispute_voted")
}

// stepUpFirst asks for the second factor, which leads back to the request.
func (v *visit) stepUpFirst(id change.ID) error {
	return v.goTo(stepUpPath(page.Back(v.form.Get("back"), changePath(id, ""))), "")
}

// stepUpPath asks for the second factor and leads to a page then.
func stepUpPath(to string) string { return Base + "/step-up?" + url.Values{"to": {to}}.Encode() }

// done leads to where the form's reader goes on, and says what was done.
func (v *visit) done(id change.ID, said string) error {
	return v.goTo(page.Back(v.form.Get("back"), changePath(id, "")), said)
}

// decided leads to the next request, from where the decision can be taken back.
func (v *visit) decided(id change.ID, said string) error {
	to, err := url.Parse(page.Back(v.form.Get("to"), Base+"/inbox"))
	if err != nil {
		to = &url.URL{Path: Base + "/inbox"}
	}
	q := to.Query()
	q.Set("undo", string(id))
	to.RawQuery = q.Encode()
	return v.goTo(to.String(), said)
}

// against shows the request as it is now with what stood against an act: at the fields of
// its form where typing something else helps, else above everything.
func (v *visit) against(id change.ID, panel string, err error) error {
	kind := fault.KindOf(err)
	if kind != fault.Invalid && kind != fault.Conflict && kind != fault.Denied && kind != fault.Limited {
		return err
	}
	c, readErr := v.changePage(id)
	if readErr != nil {
		return readErr
	}
	c.Form = v.form
	if form, typed := v.form.Refused(v.page, err); typed && panel != "" {
		c.Form = form
		return v.panel(c, panel, page.Status(err))
	}
	n := v.stood(c, err)
	c.Against = &n
	return v.answer(page.Status(err), changeSheet(c))
}

// stood words what stood against an act. A decision that somebody else made first is told
// with their name.
func (v *visit) stood(c changePage, err error) page.Notice {
	f := asFault(err)
	title, text := v.page.Lang.Fault(f)
	n := page.Notice{Tone: page.Warn, Title: title + ".", Text: text}
	if fault.KindOf(err) == fault.Conflict {
		n.Tone, n.Link = page.Brand, page.Link{Href: c.Place.here(c.Req.ID), Text: v.page.T("console.change.reload")}
		if d := len(c.Req.Decisions); d > 0 && c.Req.Decisions[d-1].By.ID != v.by().ID {
			last := c.Req.Decisions[d-1]
			n.Text = v.page.T("console.late."+string(last.Verdict), "name", last.By.Name, "time", v.page.Moment(last.At))
		}
	}
	return n
}

// changeHidden is where a revealed page leads when it is loaded again.
func changeHidden(v *visit) error { return v.goTo(changePath(v.changeID(), ""), "") }

// changeReveal shows the values of a request unmasked for a moment, and for a purpose. The
// entry is written before anything is shown; the answer is the page itself, so that nothing
// of it stands in an address, and loading it again shows masks.
func changeReveal(v *visit) error {
	id := v.changeID()
	shown, err := v.Desk.RevealChange(v.ctx, v.by(), id, v.form.Get("purpose"))
	if err != nil {
		return v.against(id, "show", err)
	}
	c, err := v.changePage(id)
	if err != nil {
		return err
	}
	c.Clear = shown
	v.w.Header().Set("Cache-Control", "no-store")
	return v.answer(http.StatusOK, changeSheet(c))
}
