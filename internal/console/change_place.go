package console

import (
	"net/url"
	"slices"
	"strconv"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
)

// A listPlace is where a request stands in the list that its reader works through, and where
// they go from here.
type listPlace struct {
	Box   store.Box
	At    int // from 1; 0: it is not in the list
	Of    int
	Prev  string
	Next  string
	To    string // where a decision leads
	Asked bool   // To was asked for by the page that led here
}

// place finds the request in the reader's list. Whoever decides nothing has none, unless they
// come from one.
func (v *visit) place(id change.ID) (listPlace, error) {
	asked := func(name string) string {
		if v.form.Values.Has(name) {
			return v.form.Get(name)
		}
		return v.r.URL.Query().Get(name)
	}
	p := listPlace{Box: store.Box(asked("box")), To: Base + "/inbox"}
	if !slices.Contains(store.Boxes(), p.Box) {
		p.Box = ""
		if v.by().May(access.Approve) == nil {
			p.Box = store.ForMe
		}
	}
	if p.Box != "" {
		lines, err := v.Reader.Inbox(v.ctx, v.by(), p.Box)
		if err != nil {
			return p, err
		}
		p.among(id, lines)
	}
	if to := page.Back(asked("to"), ""); to != "" {
		p.To, p.Asked = to, true
	}
	return p, nil
}

// among finds the neighbours of a request. A decision leads to the one behind it, from the
// last one to the first, and from the only one to the empty list.
func (p *listPlace) among(id change.ID, lines []store.InboxLine) {
	i := slices.IndexFunc(lines, func(l store.InboxLine) bool { return l.ID == id })
	p.Of, p.At = len(lines), i+1
	if i < 0 {
		return
	}
	if i > 0 {
		p.Prev = p.here(lines[i-1].ID)
	}
	if i+1 < len(lines) {
		p.Next = p.here(lines[i+1].ID)
	}
	if next := following(id, lines); next != "" {
		p.To = p.here(next)
	}
}

// following is the request that comes after one has left the list, "" if none is left.
func following(id change.ID, lines []store.InboxLine) change.ID {
	i := slices.IndexFunc(lines, func(l store.InboxLine) bool { return l.ID == id })
	switch {
	case i >= 0 && i+1 < len(lines):
		return lines[i+1].ID
	case len(lines) > 0 && lines[0].ID != id:
		return lines[0].ID
	}
	return ""
}

// here is the address of a request in this list.
func (p listPlace) here(id change.ID) string {
	if p.Box == "" {
		return changePath(id, "")
	}
	u := url.URL{Path: changePath(id, ""), RawQuery: url.Values{"box": {string(p.Box)}}.Encode()}
	return u.String()
}

// back is the list.
func (p listPlace) back() string {
	if p.Box == "" || p.Box == store.ForMe {
		return Base + "/inbox"
	}
	return Base + "/inbox?box=" + string(p.Box)
}

// note says where in the list the request stands: "For me · 3 of 14".
func (p listPlace) note(words *page.Page) string {
	if p.At == 0 {
		return ""
	}
	return words.T("console.inbox.place", "box", words.T("console.inbox.box."+string(p.Box)), "n", strconv.Itoa(p.At), "of", strconv.Itoa(p.Of))
}

// undo is the way to take back the decision that the reader was just led away from, as long
// as there is time.
func (v *visit) undo() (*page.Undo, error) {
	id := change.ID(v.r.URL.Query().Get("undo"))
	if id == "" || v.page.Said == "" {
		return nil, nil
	}
	takes, err := v.Reader.Undoable(v.ctx, v.by(), id)
	left := takes.Sub(v.page.Now)
	if err != nil || left <= 0 {
		return nil, err
	}
	return &page.Undo{Action: changePath(id, "undo"), Text: v.page.T("console.change.undo"), Left: left}, nil
}
