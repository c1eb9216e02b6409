package console

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// auditPage is the log as sentences, the newest first.
type auditPage struct {
	*page.Page
	Frame  page.ConsoleFrame
	Form   page.Form // the filter, as it was asked
	People []page.Option
	Verbs  []page.Option
	Lines  []entryLine
	Back   time.Time // looked through back to here
	First  string    // address of the newest part, "" if this is it
	Next   string    // address of the next part
}

// An entryLine is one entry in words: public facts, never a value.
type entryLine struct {
	store.EntryLine
	Who     string
	Href    string // of the entry
	Request string // of the request; "" where the reader may not open it
	About   string // of the record; likewise
	Details string // its facts that a list shows
}

func auditShow(v *visit) error {
	v.page.Title = v.page.T("console.audit.title")
	a := auditPage{Page: v.page, Frame: v.frame("/audit"), Form: page.Form{Values: v.r.URL.Query()}}
	v.page.Path = auditPath(a.Form, a.Form.Get("after"))
	names, err := v.Reader.Names(v.ctx, v.by())
	if err != nil {
		return err
	}
	a.People, a.Verbs = v.actorOptions(names), v.verbOptions()
	filter, err := v.entryFilter(a.Form)
	var found store.EntryPage
	if err == nil {
		found, err = v.Reader.Entries(v.ctx, v.by(), filter, store.Slice{Cursor: a.Form.Get("after")})
	}
	status := 200
	if err != nil {
		var ok bool
		if a.Form, ok = a.Form.Refused(v.page, err); !ok {
			return err
		}
		status = page.Status(err)
	}
	a.Back = found.Back
	for _, l := range found.Items {
		a.Lines = append(a.Lines, v.entryLine(names, l))
	}
	if a.Form.Get("after") != "" {
		a.First = auditPath(a.Form, "")
	}
	if found.Next != "" {
		a.Next = auditPath(a.Form, found.Next)
	}
	return v.answer(status, auditList(a))
}

// auditPath is the address of the log under a filter, behind an entry.
func auditPath(f page.Form, after string) string {
	q := url.Values{}
	for _, name := range []string{"who", "verb", "from", "until", "ref", "record"} {
		if f.Get(name) != "" {
			q.Set(name, f.Get(name))
		}
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return Base + "/audit"
	}
	return Base + "/audit?" + q.Encode()
}

// entryFilter reads the filter. Its days are the company's.
func (v *visit) entryFilter(f page.Form) (store.EntryFilter, error) {
	filter := store.EntryFilter{Who: f.Get("who"), Verb: f.Get("verb"), Ref: f.Get("ref"), Record: customer.ID(f.Get("record"))}
	var err error
	if filter.From, err = v.dayOf(f, "from"); err != nil {
		return filter, err
	}
	until, err := v.dayOf(f, "until")
	if !until.IsZero() {
		filter.Until = until.AddDate(0, 0, 1)
	}
	return filter, err
}

func (v *visit) dayOf(f page.Form, name string) (time.Time, error) {
	if f.Get(name) == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, f.Get(name), v.Door.Zone)
	if err != nil {
		return at, fault.New(fault.Invalid, "bad_date", "field", name)
	}
	return at, nil
}

func (v *visit) actorOptions(names map[string]string) []page.Option {
	all := []page.Option{{Text: v.page.T("console.audit.anybody")}}
	for id, name := range names {
		all = append(all, page.Option{Value: id, Text: name})
	}
	slices.SortStableFunc(all[1:], func(a, b page.Option) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Value, b.Value)) })
	return all
}

func (v *visit) verbOptions() []page.Option {
	all := []page.Option{{Text: v.page.T("console.audit.anything")}}
	for _, verb := range verbs() {
		all = append(all, page.Option{Value: verb, Text: v.page.Word("verb", verb)})
	}
	return all
}

// verbs are what entries of the log are about, in the order of a request's life, then what
// concerns the house.
func verbs() []string {
	all := []string{}
	for _, verb := range []change.Verb{
		change.Proposed, change.ProposedNow, change.Challenged, change.Proved, change.Missed, change.Attested, change.Intended, change.Undone,
		change.ApprovedBy, change.RejectedBy, change.Asked, change.Answered, change.WithdrawnBy, change.AppliedNow, change.Collided, change.Rebased,
		change.Screened, change.Reminded, change.Escalated, change.Reassigned, change.ExpiredNow, change.Superseding, change.FailedNow,
		change.AskedAgain, change.ConfirmedBy, change.ClosedNow, change.FrozenBy, change.Voted, change.DecidedBy, change.RevertedNow,
		change.Finished, change.Forgotten,
	} {
		all = append(all, string(verb))
	}
	return append(all, "reveal", "tell", "told", "deliver", "delivery.retry", "delivery.skip", "hold.end", "system.add", "system.load",
		"import.start", "import.approve", "import.done", "seek", "seek.miss", "admit", "sign_in", "sign_in.miss", "step_up", "sign_out",
		"sign_out_elsewhere", "people.add", "people.welcome", "people.absent", "people.leave", "mend", "hint", "hint.judge")
}

func (v *visit) entryLine(names map[string]string, l store.EntryLine) entryLine {
	is := entryLine{EntryLine: l, Who: v.actorName(names, l.By, l.Sort), Href: entryPath(l.Entry, "")}
	if l.Change != "" && v.by().May(access.ReadChanges) == nil {
		is.Request = Base + "/changes/" + url.PathEscape(string(l.Change))
	}
	if l.Record != "" && v.by().May(access.ReadCustomers) == nil {
		is.About = Base + "/customers/" + url.PathEscape(string(l.Record))
	}
	is.Details = v.details(names, l.Facts)
	return is
}

// entryPath is the address of an entry, or of a file about it.
func entryPath(id, file string) string {
	path := Base + "/audit/" + url.PathEscape(id)
	if file != "" {
		path += "/" + file
	}
	return path
}

// actorName is what somebody is called in a sentence. A customer has no name here.
func (v *visit) actorName(names map[string]string, id string, sort access.Sort) string {
	if name := names[id]; name != "" && sort != access.Customer {
		return name
	}
	return v.page.Word("sort", string(sort))
}

// details words the facts of an entry that a reader of the list may want.
func (v *visit) details(names map[string]string, facts []audit.Fact) string {
	var out []string
	for _, f := range facts {
		if f.Value != "" && slices.Contains(listedFacts(), f.Name) {
			out = append(out, v.page.Word("fact", f.Name)+" "+v.factText(names, f))
		}
	}
	return strings.Join(out, " · ")
}

// listedFacts are the facts that a list shows; the entry's own page shows all.
func listedFacts() []string {
	return []string{"state", "system", "gate", "method", "level", "outcome", "purpose", "task", "kind", "channel", "actor", "roles", "received", "stopped"}
}

// factText words the value of a fact where it is a code of ours.
func (v *visit) factText(names map[string]string, f audit.Fact) string {
	switch f.Name {
	case "actor", "to", "delegate", "by", "for":
		if name := names[f.Value]; name != "" {
			return name
		}
	case "state", "gate", "method", "level", "outcome", "task", "purpose", "channel", "recipe":
		return v.page.Word(f.Name, f.Value)
	case "kind":
		return v.page.Word("text_kind", f.Value)
	case "contact", "field":
		return v.called(customer.Key(f.Value))
	case "roles", "role":
		return v.roleList(f.Value)
	}
	return f.Value
}
