package console

import (
	"net/url"
	"slices"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
	"amend/notify"
)

// noticesPage is what the reader was told: as a person, by role and by department.
type noticesPage struct {
	*page.Page
	Frame page.ConsoleFrame
	Lines []noticeLine
	First string
	Next  string
}

// A noticeLine is one thing that the reader was told, in words.
type noticeLine struct {
	store.StaffNotice
	Text  string
	Href  string
	Heard string // by whom it was heard: a role, a department, the reader
}

func noticesShow(v *visit) error {
	v.page.Title = v.page.T("console.notices.title")
	after := v.r.URL.Query().Get("after")
	found, err := v.Reader.Notices(v.ctx, v.by(), store.Slice{Cursor: after})
	if err != nil {
		return err
	}
	n := noticesPage{Page: v.page, Frame: v.frame("")}
	for _, one := range found.Items {
		n.Lines = append(n.Lines, v.noticeLine(one))
	}
	if after != "" {
		n.First = Base + "/notices"
	}
	if found.Next != "" {
		n.Next = Base + "/notices?after=" + url.QueryEscape(found.Next)
	}
	return v.show(noticeList(n))
}

func (v *visit) noticeLine(n store.StaffNotice) noticeLine {
	l := noticeLine{StaffNotice: n, Heard: v.heardBy(n.For)}
	worded := v.Desk.Worded(notify.Part{Kind: notify.Kind(n.Kind), Lang: notify.Lang(v.page.Lang), Params: n.Params})
	l.Text = v.page.Lang.Text("notice."+n.Kind, worded.Params)
	if n.Change != "" && v.by().May(access.ReadChanges) == nil {
		l.Href = changePath(change.ID(n.Change), "")
	}
	return l
}

// heardBy says whom a notice was for.
func (v *visit) heardBy(audience string) string {
	for _, r := range v.by().Roles {
		if audience == "role:"+string(r) {
			return v.page.Word("role", string(r))
		}
	}
	if slices.Contains([]string{"department:" + v.by().Department, "lead:" + v.by().Department}, audience) {
		return v.page.Word("owner", v.by().Department)
	}
	return v.page.T("console.notices.you")
}
