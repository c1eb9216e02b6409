package portal

import (
	"amend/access"
	"amend/internal/page"
	"amend/internal/store"
)

// historyPage is what was asked for and what was done on a record, newest first.
type historyPage struct {
	*page.Page
	Frame page.PortalFrame
	Tabs  []page.Tab
	Lines []historyLine
	Next  string
	Acts  []page.LineStep
}

// A historyLine is one request.
type historyLine struct {
	store.RequestLine
	What string // the fields that it touches
	When string
	Href string
}

// shownActs bounds the acts below the requests: they are there to be noticed, and the log
// holds them all.
const shownActs = 20

func historyShow(v *visit) error {
	all, err := v.Reader.Requests(v.ctx, v.by(), store.Filter{Record: v.record()}, store.Slice{Cursor: v.r.URL.Query().Get("after"), Limit: 20})
	if err != nil {
		return err
	}
	v.title("portal.history.title")
	h := historyPage{Page: v.page, Frame: v.frame(), Tabs: v.tabs("/history")}
	if all.Next != "" {
		h.Next = with(v.base()+"/history", "after", all.Next)
	}
	for _, l := range all.Items {
		when := l.FiledAt
		if !l.AppliedAt.IsZero() {
			when = l.AppliedAt
		}
		h.Lines = append(h.Lines, historyLine{l, v.fields(l.Fields), v.page.Moment(when), "/me/changes/" + string(l.ID)})
	}
	if h.Acts, err = v.acts(); err != nil {
		return err
	}
	return v.show(historyForm(h))
}

// acts are what was done to the record beside requests: who signed in, who looked.
func (v *visit) acts() ([]page.LineStep, error) {
	all, err := v.Reader.History(v.ctx, v.by(), v.record(), store.Slice{Limit: 200})
	if err != nil {
		return nil, err
	}
	var steps []page.LineStep
	for _, a := range all.Items {
		key := "portal.act." + a.Verb
		if a.Change != "" || !v.page.Lang.Has(key) || len(steps) == shownActs {
			continue
		}
		step := page.LineStep{Is: page.Done, Title: v.page.T(key), When: v.page.Moment(a.At), At: a.At}
		if a.Sort == access.Staff {
			step.Icon, step.Note = "user", v.page.T("portal.act.by_staff")
		}
		steps = append(steps, step)
	}
	return steps, nil
}
