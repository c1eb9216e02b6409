package portal

import (
	"amend/internal/page"
	"amend/internal/store"
)

// receivedPage is who was given what of a record.
type receivedPage struct {
	*page.Page
	Frame   page.PortalFrame
	Tabs    []page.Tab
	Systems []receiver
}

// A receiver is one system that follows the record.
type receiver struct {
	Name   string
	Fields string
	Tone   page.Tone
	Icon   string
	State  string
}

func receivedShow(v *visit) error {
	gets, err := v.Reader.Receives(v.ctx, v.by(), v.record())
	if err != nil {
		return err
	}
	heard, err := v.Reader.Following(v.ctx, v.by(), v.record())
	if err != nil {
		return err
	}
	v.title("portal.received.title")
	r := receivedPage{Page: v.page, Frame: v.frame(), Tabs: v.tabs("/received")}
	for _, s := range gets {
		is := receiver{Name: s.Name, Fields: v.fields(s.Fields), Icon: "dashed", State: v.page.T("portal.received.nothing")}
		for _, f := range heard {
			if f.System == s.System {
				is.Tone, is.Icon, is.State = v.following(f)
			}
		}
		r.Systems = append(r.Systems, is)
	}
	return v.show(receivedForm(r))
}

// following words how a system follows.
func (v *visit) following(f store.Following) (page.Tone, string, string) {
	switch {
	case f.InSync:
		return page.Quiet, "check", v.page.T("portal.received.has", "time", v.page.Moment(f.AckedAt))
	case f.AckedAt.IsZero():
		return page.Warn, "clock", v.page.T("portal.received.waits")
	}
	return page.Warn, "clock", v.page.T("portal.received.older", "time", v.page.Moment(f.AckedAt))
}
