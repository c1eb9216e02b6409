package portal

import (
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// confirmPage asks whether a change was the customer's own: yes and no weigh the same.
type confirmPage struct {
	*page.Page
	Frame   page.PortalFrame
	Ref     string
	Rows    []page.DiffRow
	Facts   []page.Pair
	Yes     string // where "it was me" posts to; "" where this reader cannot say it
	YesGo   string // where it leads instead
	No      string // where "it was not me" posts to; "" where this reader cannot say it
	NoGo    string // where it leads instead
	Applied bool
}

func confirmShow(v *visit) error {
	c, err := v.change()
	if err != nil {
		return err
	}
	if !v.may(c).Confirm {
		return v.goTo(v.changePath(c.ID), "")
	}
	back := v.changePath(c.ID)
	return v.confirm(c, v.below(page.Link{Href: back}), confirmPage{Yes: back + "/confirm", No: back + "/dispute"})
}

func disputeShow(v *visit) error {
	c, err := v.change()
	if err != nil {
		return err
	}
	if !v.may(c).Dispute {
		return v.goTo(v.changePath(c.ID), "")
	}
	back := v.changePath(c.ID)
	return v.confirm(c, v.below(page.Link{Href: back}), confirmPage{YesGo: back, No: back + "/dispute"})
}

// confirm shows what was changed, or is asked for, and both answers.
func (v *visit) confirm(c store.Change, frame page.PortalFrame, p confirmPage) error {
	keys := make([]customer.Key, len(c.Items))
	for i, it := range c.Items {
		keys[i] = it.Field
	}
	p.Applied = !c.AppliedAt.IsZero()
	if p.Applied {
		v.title("portal.confirm.title", "fields", v.fields(keys))
	} else {
		v.title("portal.confirm.title_open", "fields", v.fields(keys))
	}
	p.Page, p.Frame, p.Ref, p.Rows, p.Facts = v.page, frame, c.Ref, v.diffs(c.Items), v.facts(c)
	return v.show(confirmForm(p))
}

// facts are when and how a request came, so that its customer can tell whether it is theirs.
func (v *visit) facts(c store.Change) []page.Pair {
	var pairs []page.Pair
	if !c.AppliedAt.IsZero() {
		pairs = append(pairs, page.Pair{Term: v.page.T("portal.confirm.when"), Text: v.page.Time(c.AppliedAt)})
	}
	pairs = append(pairs, page.Pair{Term: v.page.T("portal.confirm.asked"), Text: v.page.List(v.page.Time(c.FiledAt), v.page.Word("channel", c.Channel))})
	var proofs []string
	for _, p := range c.Proofs {
		name := v.page.Word("method", string(p.Method))
		if p.Contact != "" {
			old := "portal.confirm.proof_old"
			if p.New {
				old = "portal.confirm.proof_new"
			}
			name = v.page.T(old, "method", name, "field", v.label(p.Contact))
		}
		proofs = append(proofs, name)
	}
	if len(proofs) > 0 {
		pairs = append(pairs, page.Pair{Term: v.page.T("portal.confirm.proof"), Text: v.page.List(proofs...)})
	}
	return pairs
}

func confirm(v *visit) error {
	id := change.ID(v.r.PathValue("id"))
	if err := v.Desk.Confirm(v.ctx, v.by(), id); err != nil {
		return err
	}
	return v.goTo(v.changePath(id), "you_confirmed")
}

// dispute freezes: it works at once, and asks for nothing first.
func dispute(v *visit) error {
	id := change.ID(v.r.PathValue("id"))
	err := v.Desk.Dispute(v.ctx, v.by(), id, "")
	if err != nil && fault.CodeOf(err) != "already_frozen" {
		return err
	}
	return v.goTo(v.changePath(id), "")
}

// frozenFacts are what somebody reads who has frozen a request.
type frozenFacts struct {
	At      time.Time
	Ref     string
	Applied bool
}

// second is a time of day to the second: a freeze says exactly since when it holds.
func second(p *page.Page, t time.Time) string {
	return p.Date(t) + " " + t.In(p.Zone).Format(time.TimeOnly)
}

// mayDispute reports whether whoever visits may freeze.
func (v *visit) mayDispute() bool { return v.by().May(access.DisputeIt) == nil }
