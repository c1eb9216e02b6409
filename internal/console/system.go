package console

import (
	"encoding/json"
	"net/url"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/internal/page"
	"amend/internal/store"
)

// systemPage is one system: what it receives, what it is owed, what needs a person.
type systemPage struct {
	*page.Page
	Frame      page.ConsoleFrame
	Form       page.Form
	System     systemLine
	Receives   []receivedField
	Kinds      string
	Waiting    []deliveryLine
	Next       string // address of the next part of the list
	Exceptions []exceptionLine
	Address    string // where it is called, for who manages systems
	Retry      bool   // may test, send again, go without, send everything
	Manage     bool   // may pause and resume
	First      bool   // the list begins here
	Pace       page.BarLine
	Moved      bool // something was delivered in the last day, so that there is a pace
	Samples    []sample
	Unshown    string // why there is no sample
	Tried      *store.Tried
	Pauses     []store.PastPause
	Reach      string // the command by which the system's engineers see that it can be reached
}

// A receivedField is one field that leaves for a system, and what the system calls it.
type receivedField struct {
	Label string
	As    string
	Tier  customer.Tier
}

// A deliveryLine is one record that a system has not acknowledged.
type deliveryLine struct {
	store.Following
	Href string // of the record; "" where the reader may not open it
}

func systemShow(v *visit) error { return v.system(page.Form{}, 200) }

// system shows the system that the address names, with a form that came back.
func (v *visit) system(form page.Form, status int) error {
	l, err := v.systemLine()
	if err != nil {
		return err
	}
	s := systemPage{
		Page: v.page, Frame: v.frame("/systems"), Form: form, System: l, Receives: v.receives(l.SystemView), Address: addressOf(l.Settings),
		Retry: v.by().May(access.RetryDeliveries) == nil, Manage: v.by().May(access.ManageSystems) == nil, First: v.r.URL.Query().Get("after") == "",
	}
	s.Pace, s.Moved = v.paceChart(l)
	s.Samples, s.Unshown = v.payloads(l)
	s.Reach = reachCommand(l.SystemView, s.Address)
	v.page.Title, v.page.Path = s.System.Name, s.System.Href()
	kinds := make([]string, len(s.System.Kinds))
	for i, k := range s.System.Kinds {
		kinds[i] = v.page.Word("record", string(k))
	}
	s.Kinds = v.page.List(kinds...)
	if err := v.owed(&s); err != nil {
		return err
	}
	if s.Tried, err = v.Reader.Tried(v.ctx, v.by(), l.ID); err != nil {
		return err
	}
	if s.Pauses, err = v.Reader.Pauses(v.ctx, v.by(), l.ID); err != nil {
		return err
	}
	broken, err := v.Reader.Exceptions(v.ctx, v.by(), l.ID)
	if err != nil {
		return err
	}
	s.Exceptions = v.exceptions(broken)
	return v.answer(status, systemSheet(s))
}

// systemLine reads the system that the address names.
func (v *visit) systemLine() (systemLine, error) {
	id := downstream.SystemID(v.r.PathValue("system"))
	lines, err := v.Reader.SystemLines(v.ctx, v.by())
	if err != nil {
		return systemLine{}, err
	}
	i := slices.IndexFunc(lines, func(l store.SystemLine) bool { return l.ID == id })
	if i < 0 {
		_, err := v.Reader.System(v.ctx, v.by(), id) // says that there is none
		return systemLine{}, err
	}
	return lineOf(lines[i], v.page.Now), nil
}

// owed reads one part of what the system still has to hear.
func (v *visit) owed(s *systemPage) error {
	part, err := v.Reader.SystemDeliveries(v.ctx, v.by(), s.System.ID, store.Slice{Cursor: v.r.URL.Query().Get("after"), Limit: 25})
	if err != nil {
		return err
	}
	for _, f := range part.Items {
		l := deliveryLine{Following: f}
		if v.by().May(access.ReadCustomers) == nil {
			l.Href = Base + "/customers/" + url.PathEscape(string(f.Record))
		}
		s.Waiting = append(s.Waiting, l)
	}
	if part.Next != "" {
		s.Next = s.System.Href() + "?after=" + url.QueryEscape(part.Next)
	}
	return nil
}

// receives lists every field that leaves for the system: what is not listed never does.
func (v *visit) receives(s store.SystemView) []receivedField {
	var keys []customer.Key
	for name := range v.House.Catalog {
		keys = append(keys, customer.Key(name))
	}
	var out []receivedField
	for _, kind := range s.Kinds {
		is := downstream.System{ID: s.ID, Fields: s.Fields, Kinds: s.Kinds}
		for _, impact := range downstream.Impact([]downstream.System{is}, downstream.Scope{Kind: kind, Catalog: v.House.Catalog, Keys: keys}) {
			for _, m := range impact.Fields {
				f, _ := v.House.Catalog.Of(m.Key)
				one := receivedField{Label: v.called(m.Key), As: m.Name, Tier: f.Tier}
				if !slices.Contains(out, one) {
					out = append(out, one)
				}
			}
		}
	}
	return out
}

// addressOf is where a connector calls, out of settings that only who manages systems gets.
func addressOf(settings json.RawMessage) string {
	var known struct {
		URL   string `json:"url"`
		Table string `json:"table"`
	}
	if json.Unmarshal(settings, &known) != nil {
		return ""
	}
	if known.URL != "" {
		return known.URL
	}
	return known.Table
}

// systemRetry sends a delivery off again.
func systemRetry(v *visit) error {
	id := downstream.SystemID(v.r.PathValue("system"))
	if err := v.Desk.Retry(v.ctx, v.by(), id, customer.ID(v.form.Get("record"))); err != nil {
		return err
	}
	return v.goTo(page.Back(v.form.Get("back"), systemPath(id, "")), "delivery_retried")
}

// systemSkip decides that the system goes without one delivery, for a reason.
func systemSkip(v *visit) error {
	id := downstream.SystemID(v.r.PathValue("system"))
	if err := v.Desk.Skip(v.ctx, v.by(), id, customer.ID(v.form.Get("record")), v.form.Get("reason")); err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.system(form, page.Status(err))
	}
	return v.goTo(page.Back(v.form.Get("back"), systemPath(id, "")), "delivery_skipped")
}

// systemLoad asks the system to hear of every record again. Whoever asks types its id first.
func systemLoad(v *visit) error {
	id := v.r.PathValue("system")
	if form, ok := v.typedAs("confirm", id); !ok {
		return v.system(form, 422)
	}
	if _, err := v.Desk.Load(v.ctx, v.by(), downstream.SystemID(id)); err != nil {
		return err
	}
	return v.goTo(systemPath(downstream.SystemID(id), ""), "system_loaded")
}
