package portal

import (
	"slices"
	"time"

	"rsc.io/qr"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
	"amend/notify"
)

// trackPage is one request on its way: what is done, what is now, what comes, and what its
// customer can do.
type trackPage struct {
	*page.Page
	Frame    page.PortalFrame
	Form     page.Form
	Change   store.Change
	Base     string // address of the request
	Fields   string
	Rows     []page.DiffRow
	Promise  time.Time // zero: it is over, or waits for nobody's clock
	Steps    []page.LineStep
	Checks   []trackCheck
	Evidence []page.NextThing // what a person has to see
	Fixes    []page.Field     // what an answer may correct
	Reason   string           // why it ended without a change
	Ends     time.Time        // of the time in which it can be stopped
	Code     [][]bool         // of the address, to go on with a phone
	Others   []historyLine    // the other parts of the submission
	May      trackMay
}

// trackMay is what the reader may do with a request now.
type trackMay struct {
	Withdraw, Confirm, Dispute, Again, Receipt, Edit bool
}

// change is the request that the address names, as its reader may see it.
func (v *visit) change() (store.Change, error) {
	return v.Reader.Change(v.ctx, v.by(), change.ID(v.r.PathValue("id")))
}

// changePath is where a request is followed by whoever visits.
func (v *visit) changePath(id change.ID) string {
	if v.linked() {
		return "/l/changes/" + string(id)
	}
	return "/me/changes/" + string(id)
}

func trackShow(v *visit) error { return v.track(page.Form{}, 200) }

func (v *visit) track(form page.Form, status int) error {
	c, err := v.change()
	if err != nil {
		return err
	}
	return v.trackOf(c, form, status)
}

func (v *visit) trackOf(c store.Change, form page.Form, status int) error {
	t := trackPage{Page: v.page, Frame: v.frame(), Form: form, Change: c, Base: v.changePath(c.ID), Rows: v.diffs(c.Items), May: v.may(c)}
	v.page.Path = t.Base
	v.page.Title = v.page.State(c.State)
	if !v.linked() {
		t.Frame.Back = page.Link{Href: "/me/history", Text: v.page.T("portal.history.title")}
	}
	var keys []customer.Key
	for _, it := range c.Items {
		keys = append(keys, it.Field)
	}
	t.Fields, t.Steps = v.fields(keys), v.line(c)
	if open(c) {
		t.Promise, t.Ends = v.through(c.Plan.Gates, c.Effective), coolEnds(c)
		t.Evidence = v.wantedEvidence(c)
	}
	if c.EndCode != "" && !c.EndedAt.IsZero() && c.AppliedAt.IsZero() {
		t.Reason = v.House.Book.Reason(notify.Lang(v.page.Lang), c.EndCode)
	}
	if err := v.checks(c, &t); err != nil {
		return err
	}
	if q := question(c); q != nil {
		for _, it := range c.Items {
			t.Fixes = append(t.Fixes, page.Field{Name: "fix." + string(it.Field), Label: v.label(it.Field), Optional: true, Autocomplete: "off"})
		}
	}
	if err := v.besides(c, &t); err != nil {
		return err
	}
	if c.State == change.Verifying && !v.linked() {
		t.Frame.Step, t.Frame.Steps = steps, steps
	}
	if v.linked() && len(t.Checks) == 0 && open(c) {
		t.Frame.Doc.Head = page.Refresh(30) // a session would never be idle
	}
	return v.answer(status, trackForm(t))
}

// open reports whether a request can still change the record.
func open(c store.Change) bool {
	return c.EndedAt.IsZero() && c.AppliedAt.IsZero() && c.State != change.Disputed
}

// may is what the reader's credential lets them do with the request as it stands.
func (v *visit) may(c store.Change) trackMay {
	can := func(act access.Act) bool { return v.by().May(act) == nil }
	own := !v.linked() // these have pages of their own for links
	late := !c.AppliedAt.IsZero() && v.page.Now.After(c.AppliedAt.Add(change.DisputeOpen))
	over := c.AppliedAt.IsZero() && !c.EndedAt.IsZero() || c.State == change.Reverted
	return trackMay{
		Withdraw: open(c) && can(access.Withdraw),
		Confirm:  own && c.State == change.Applied && can(access.ConfirmIt),
		Dispute:  own && c.State != change.Disputed && !over && !late && can(access.DisputeIt),
		Again:    over && c.State != change.Reverted && c.Appeals == "" && c.Kind == change.Update && can(access.FileChange),
		Receipt:  !c.AppliedAt.IsZero(),
		Edit:     open(c) && can(access.FileChange),
	}
}

// question is the one that waits for an answer.
func question(c store.Change) *store.Question {
	if n := len(c.Questions); n > 0 && c.Questions[n-1].AnsweredAt.IsZero() && open(c) {
		return &c.Questions[n-1]
	}
	return nil
}

// coolEnds is when a request that waits is applied, zero if it does not wait.
func coolEnds(c store.Change) time.Time {
	for _, g := range c.Plan.Gates {
		if g.Kind == change.Cool && g.Status == "open" {
			return g.Since.Add(seconds(g))
		}
	}
	return time.Time{}
}

// wantedEvidence is what a person must still see.
func (v *visit) wantedEvidence(c store.Change) []page.NextThing {
	var things []page.NextThing
	for _, g := range c.Plan.Gates {
		if g.Kind == change.Evidence && g.Status != "met" {
			things = append(things, v.evidence(g, len(things)+1))
		}
	}
	return things
}

// besides adds the other parts of the submission, and the way to another device: the address
// of a page behind the sign-in carries no secret, that of a link would.
func (v *visit) besides(c store.Change, t *trackPage) error {
	all, err := v.Reader.Requests(v.ctx, v.by(), store.Filter{Record: recordFilter(v, c)}, store.Slice{Limit: 50})
	if err != nil {
		return err
	}
	for _, l := range all.Items {
		if l.Submission == c.Submission && l.ID != c.ID {
			t.Others = append(t.Others, historyLine{l, v.fields(l.Fields), v.page.Moment(l.FiledAt), v.changePath(l.ID)})
		}
	}
	if v.linked() || len(t.Checks) == 0 {
		return nil
	}
	code, err := qr.Encode(v.House.BaseURL+t.Base, qr.M)
	if err != nil {
		return err
	}
	t.Code = modules(code)
	return nil
}

// recordFilter narrows a list to the request's record, where the reader's credential does not.
func recordFilter(v *visit, c store.Change) customer.ID {
	if v.linked() {
		return ""
	}
	return c.Record
}

func modules(code *qr.Code) [][]bool {
	rows := make([][]bool, code.Size)
	for y := range rows {
		rows[y] = make([]bool, code.Size)
		for x := range rows[y] {
			rows[y][x] = code.Black(x, y)
		}
	}
	return rows
}

// called is by when a person calls a contact, where one was asked to.
func called(c store.Change, k customer.Key) (time.Time, bool) {
	i := slices.IndexFunc(c.Challenges, func(ch store.Challenged) bool {
		return ch.Method == change.Callback && ch.Contact == k && ch.State == "live"
	})
	if i < 0 {
		return time.Time{}, false
	}
	return c.Challenges[i].Expires, true
}
