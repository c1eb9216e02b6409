package portal

import (
	"slices"

	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// submissionPage is the parts of one submission that go different ways.
type submissionPage struct {
	*page.Page
	Frame page.PortalFrame
	Ref   string
	Lines []historyLine
}

func submissionShow(v *visit) error {
	ref := v.r.PathValue("ref")
	lines, err := v.lanes(ref)
	if err != nil {
		return err
	}
	v.title("portal.submission.title")
	return v.show(submissionForm(submissionPage{Page: v.page, Frame: v.below(page.Link{Href: "/me", Text: v.page.T("portal.me.title")}), Ref: ref, Lines: lines}))
}

// lanes are the requests of one submission: on the customer's record, or on an account that
// the address names.
func (v *visit) lanes(ref string) ([]historyLine, error) {
	f := store.Filter{}
	if of := v.r.URL.Query().Get("of"); of != "" && !v.linked() {
		f.Record = recordID(of)
	}
	all, err := v.Reader.Requests(v.ctx, v.by(), f, store.Slice{Limit: 100})
	if err != nil {
		return nil, err
	}
	var lines []historyLine
	for _, l := range all.Items {
		if l.Submission == ref {
			lines = append(lines, historyLine{l, v.fields(l.Fields), v.page.Moment(l.FiledAt), v.changePath(l.ID)})
		}
	}
	if len(lines) == 0 {
		return nil, fault.New(fault.NotFound, "no_change", "change", ref)
	}
	slices.Reverse(lines)
	return lines, nil
}
