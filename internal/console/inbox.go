package console

import (
	"strconv"
	"strings"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
	"amend/policy"
)

// inboxPage is what waits for whom: the list, and beside it the request that is looked at.
type inboxPage struct {
	lexicon
	Frame page.ConsoleFrame
	Me    access.Actor
	Query inboxQuery
	Tabs  []page.Tab
	Lines []store.InboxLine
	All   int // in the box, whatever the filter
	SLA   func(store.InboxLine) page.SLA
	Peek  *changePage
	Pace  store.Pace
	Views []savedView
	Form  page.Form // of a view whose name came back
}

func inboxShow(v *visit) error { return v.inbox(page.Form{}, 200) }

func (v *visit) inbox(form page.Form, status int) error {
	q := readInboxQuery(v.r.URL.Query(), v.homeBox())
	p := inboxPage{lexicon: v.lexicon(), Frame: v.frame("/inbox"), Me: v.by(), Query: q, Form: form, Views: v.views()}
	p.SLA = func(l store.InboxLine) page.SLA { return slaOf(v.page, v.House.Calendar, l.Since, l.Due, l.Paused) }
	v.page.Title, v.page.Path = v.page.T("console.inbox.title"), q.path()
	var err error
	if p.Frame.Events, err = v.news(); err != nil {
		return err
	}
	lines, err := v.Reader.Inbox(v.ctx, v.by(), q.Box)
	if err != nil {
		return err
	}
	p.All, p.Lines = len(lines), q.narrowed(lines, v.page.Now, v.House.Calendar)
	if p.Tabs, err = v.tabs(q, lines); err != nil {
		return err
	}
	if p.Pace, err = v.Reader.Pace(v.ctx, v.by()); err != nil {
		return err
	}
	if p.Frame.Undo, err = v.undo(); err != nil {
		return err
	}
	if p.Peek, err = v.peek(q, p.Lines); err != nil {
		return err
	}
	return v.answer(status, inboxSheet(p))
}

// homeBox is the box that somebody looks into first: what they decide, or what they filed.
func (v *visit) homeBox() store.Box {
	if v.by().May(access.Approve) == nil {
		return store.ForMe
	}
	return store.ByMe
}

// tabs are the boxes with how much is in them.
func (v *visit) tabs(q inboxQuery, lines []store.InboxLine) ([]page.Tab, error) {
	n, err := v.Reader.Tally(v.ctx, v.by())
	if err != nil {
		return nil, err
	}
	mine := lines
	if q.Box != store.ForMe {
		if mine, err = v.Reader.Inbox(v.ctx, v.by(), store.ForMe); err != nil {
			return nil, err
		}
	}
	n[store.ForMe] = int64(len(mine))
	var tabs []page.Tab
	for _, box := range store.Boxes() {
		t := page.Tab{Href: inboxQuery{Box: box}.path(), Text: v.page.T("console.inbox.box." + string(box)), Current: box == q.Box}
		if box != store.DecidedByMe {
			t.Count = strconv.FormatInt(n[box], 10)
		}
		tabs = append(tabs, t)
	}
	return tabs, nil
}

// peek is the request beside the list: the one that is asked for, else the first. A decision
// leads to the one behind it, in the same list.
func (v *visit) peek(q inboxQuery, lines []store.InboxLine) (*changePage, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	at := lines[0].ID
	for _, l := range lines {
		if l.ID == q.At {
			at = l.ID
		}
	}
	c, err := v.reviewed(at)
	if err != nil {
		return nil, err
	}
	c.Peek = true
	c.Place = listPlace{Box: q.Box, Asked: true, To: q.at(following(at, lines)).path()}
	return &c, nil
}

// Current reports whether a line is the one beside the list.
func (p inboxPage) Current(l store.InboxLine) bool { return p.Peek != nil && p.Peek.Req.ID == l.ID }

// Row is the address of a request as a page of its own, in this list.
func (p inboxPage) Row(l store.InboxLine) string { return listPlace{Box: p.Query.Box}.here(l.ID) }

// What says what a request asks for: its first value, and how many more there are.
func (p inboxPage) What(l store.InboxLine) string { return whatOf(p.lexicon, l) }

func whatOf(w lexicon, l store.InboxLine) string {
	if len(l.Items) == 0 {
		return ""
	}
	if l.Kind == change.Create {
		return joined([]string{w.Word("request", string(l.Kind)), listedFields(w, l.Items, 2)})
	}
	first := shortChange(w, l.Items[0])
	if more := len(l.Items) - 1; more > 0 {
		return w.T("console.change.and_more", "fields", first, "n", strconv.Itoa(more))
	}
	return first
}

// shortChange is one item on one line: "Phone 138 **** 8000 → 139 **** 9000".
func shortChange(w lexicon, it store.Item) string {
	is := maskedValues(w, it)
	switch {
	case it.Now == nil:
		return w.T("console.change.item.removed", "field", w.Label(it.Field))
	case it.Was == nil:
		return w.Label(it.Field) + " " + is.Now
	}
	return w.Label(it.Field) + " " + is.Was + " → " + is.Now
}

// Customer is whose request it is, masked.
func (p inboxPage) Customer(l store.InboxLine) string { return named(p.lexicon, l.Name.Text) }

// Step says how many have agreed, "" where nobody has to.
func (p inboxPage) Step(l store.InboxLine) string {
	if l.Need == 0 {
		return ""
	}
	return p.T("console.inbox.step", "n", strconv.Itoa(l.Have), "of", strconv.Itoa(l.Need))
}

// Bulk reports whether a request may be approved together with others: the reader may decide
// it, its risk is low, and nothing about it asks to be read alone.
func (p inboxPage) Bulk(l store.InboxLine) bool { return p.Query.Box == store.ForMe && bulky(l) }

func bulky(l store.InboxLine) bool {
	return l.May && l.Risk == policy.LowRisk && l.State == change.Reviewing && l.Pending == ""
}

// Bulks counts the requests that may be approved together.
func (p inboxPage) Bulks() int {
	n := 0
	for _, l := range p.Lines {
		if p.Bulk(l) {
			n++
		}
	}
	return n
}

// Pick is what the box of a line sends: the request, and the content that was seen.
func (p inboxPage) Pick(l store.InboxLine) string { return string(l.ID) + ":" + l.Hash }

// Lede says how the reader decides today. Nobody else sees it.
func (p inboxPage) Lede() string {
	switch {
	case p.Pace.Decided == 0:
		return ""
	case p.Pace.Median == 0:
		return p.T("console.inbox.pace_one", "n", strconv.Itoa(p.Pace.Decided))
	}
	return p.T("console.inbox.pace", "n", strconv.Itoa(p.Pace.Decided), "time", p.Span(p.Pace.Median))
}

// Nothing says why the list is empty, and where to look instead.
func (p inboxPage) Nothing() (title, text string, link page.Link) {
	box := string(p.Query.Box)
	switch {
	case p.All > 0:
		return p.T("console.inbox.none_fits"), p.T("console.inbox.none_fits_text", "n", strconv.Itoa(p.All)),
			page.Link{Href: inboxQuery{Box: p.Query.Box}.path(), Text: p.T("console.inbox.reset")}
	case p.Query.Box == store.ForMe && !p.Pace.Last.IsZero():
		text = p.T("console.inbox.last", "time", p.Moment(p.Pace.Last))
	}
	if p.Query.Box != store.ForTeam {
		link = page.Link{Href: inboxQuery{Box: store.ForTeam}.path(), Text: p.T("console.inbox.see_team")}
	}
	return p.T("console.inbox.empty." + box), strings.TrimSpace(text), link
}
