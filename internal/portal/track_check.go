package portal

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// A trackCheck is one contact to prove: it did, a code is on its way, or one can be sent.
type trackCheck struct {
	store.Way
	Title string // "Contact on record", "New contact"
	To    string
	Entry string // of its code
	Wait  time.Time
	Calls bool      // a person may call instead
	Call  time.Time // by when a person calls; zero: nobody was asked to
	Main  bool      // its button is the one to press
	Fix   string    // where a mistyped new contact is corrected; "" for nowhere
}

// checks are the contacts through which the request is proven.
func (v *visit) checks(c store.Change, t *trackPage) error {
	if v.by().May(access.SendChallenge) != nil || !open(c) && c.State != change.Disputed {
		return nil
	}
	ways, err := v.Reader.Ways(v.ctx, v.by(), c.ID)
	if err != nil {
		return err
	}
	waits := func(w store.Way) bool { return w.Proven.IsZero() }
	if !slices.ContainsFunc(ways, waits) {
		return nil
	}
	slices.SortStableFunc(ways, func(a, b store.Way) int { return rank(a) - rank(b) })
	done := slices.ContainsFunc(ways, func(w store.Way) bool { return !w.New && !w.Proven.IsZero() })
	for _, w := range ways {
		if done && !w.New && w.Proven.IsZero() && w.Alone && c.State != change.Disputed {
			continue // another contact on record has spoken
		}
		is := trackCheck{Way: w, To: v.shown(w.Contact, w.To), Entry: "code." + w.Challenge, Title: v.page.T("portal.contact.old", "field", v.label(w.Contact))}
		if w.New {
			is.Title = v.page.T("portal.contact.new", "field", v.label(w.Contact))
			if t.May.Edit && c.Record == customer.ID(v.by().ID) {
				is.Fix = "/me/edit/" + string(w.Contact)
			}
		}
		if w.Again.After(v.page.Now) {
			is.Wait = w.Again
		}
		is.Calls = !w.New && w.Method == change.SMSCode && offered(c, change.Callback)
		is.Call, _ = called(c, w.Contact)
		t.Checks = append(t.Checks, is)
	}
	if question(c) == nil { // answering comes first
		mark(t.Checks)
	}
	return nil
}

// rank orders contacts: those on record that are enough by themselves, those that are not,
// the new ones.
func rank(w store.Way) int {
	switch {
	case w.New:
		return 2
	case !w.Alone:
		return 1
	}
	return 0
}

// mark marks the one button to press: for the code that is on its way, or else the first.
func mark(checks []trackCheck) {
	at := slices.IndexFunc(checks, func(c trackCheck) bool { return c.Proven.IsZero() && c.Challenge != "" })
	if at < 0 {
		at = slices.IndexFunc(checks, func(c trackCheck) bool { return c.Proven.IsZero() })
	}
	if at >= 0 {
		checks[at].Main = true
	}
}

// offered reports whether a gate of the customer's agreement takes a method by itself.
func offered(c store.Change, m change.Method) bool {
	return slices.ContainsFunc(c.Plan.Gates, func(g store.GateView) bool {
		return g.Kind == change.Authority && g.Status != "met" && slices.ContainsFunc(g.Any, func(x change.Combo) bool { return x.Need == 1 && slices.Contains(x.Of, m) })
	})
}

// trackSend sends a code to a contact, or asks for a call.
func trackSend(v *visit) error {
	id := change.ID(v.r.PathValue("id"))
	ask := desk.Ask{
		Method: change.Method(v.form.Get("method")), To: customer.Key(v.form.Get("to")), New: v.form.Has("new", "yes"), From: v.Door.Network(v.r),
	}
	if _, err := v.Desk.Challenge(v.ctx, v.by(), id, ask); err != nil {
		form, ok := v.refused(err)
		if !ok {
			return err
		}
		for i := range form.Wrong {
			form.Wrong[i].Name = "" // there is no entry yet
		}
		return v.track(form, page.Status(err))
	}
	said := "code_on_its_way"
	if ask.Method == change.Callback {
		said = "call_on_its_way"
	}
	return v.goTo(v.changePath(id), said)
}

// trackProve answers a code.
func trackProve(v *visit) error {
	id, challenge := change.ID(v.r.PathValue("id")), v.form.Get("challenge")
	at := "code." + challenge
	err := v.Desk.Prove(v.ctx, v.by(), id, challenge, digits(v.form.Get(at)))
	if err == nil {
		return v.goTo(v.changePath(id), "you_proved")
	}
	if fault.CodeOf(err) == "code_over" { // a new one is asked for on the page
		err = fault.New(fault.Invalid, "code_over")
	}
	form, ok := v.refused(err)
	if !ok {
		return err
	}
	for i := range form.Wrong {
		form.Wrong[i].Name = at
	}
	form.Values.Del(at)
	return v.track(form, page.Status(err))
}

// digits drops what people put between the digits of a code, and reads full-width ones.
func digits(code string) string {
	var out []rune
	for _, r := range code {
		switch {
		case r >= '0' && r <= '9':
			out = append(out, r)
		case r >= '０' && r <= '９':
			out = append(out, r-'０'+'0')
		}
	}
	return string(out)
}

// trackAnswer answers the reviewer's question, and corrects what it names.
func trackAnswer(v *visit) error {
	id := change.ID(v.r.PathValue("id"))
	c, err := v.change()
	if err != nil {
		return err
	}
	var fixed []desk.Proposed
	for _, it := range c.Items {
		if text := v.form.Get("fix." + string(it.Field)); text != "" {
			fixed = append(fixed, desk.Proposed{Key: it.Field, Value: asJSON(text)})
		}
	}
	if err := v.Desk.Answer(v.ctx, v.by(), id, v.form.Get("answer"), fixed); err != nil {
		form, ok := v.refused(err)
		if !ok {
			return err
		}
		for i, w := range form.Wrong {
			if w.Name != "answer" && w.Name != "" {
				form.Wrong[i].Name = "fix." + w.Name
			}
		}
		return v.trackOf(c, form, page.Status(err))
	}
	return v.goTo(v.changePath(id), "you_answered")
}
