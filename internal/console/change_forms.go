package console

import (
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
)

// offers reports whether the reader may do the act whose form a panel holds.
func (c changePage) offers(panel string) bool {
	may := c.Req.May
	switch panel {
	case "approve", "reject":
		return may.Decide
	case "ask":
		return may.Ask
	case "assign":
		return may.Reassign
	case "snooze":
		return c.Rests()
	case "freeze":
		return may.Freeze
	case "withdraw":
		return may.Withdraw
	case "decide":
		return may.Vote
	case "answer":
		return may.Answer
	case "attest":
		return may.Attest
	case "show":
		return may.Reveal
	}
	return false
}

// Rests reports whether the request waits for somebody, so that it can be put off.
func (c changePage) Rests() bool {
	return c.Req.State == change.Disputed || !c.closed() && c.Req.AppliedAt.IsZero()
}

// panelTitle names the form that is open.
func (c changePage) panelTitle() string {
	switch c.Panel {
	case "":
		return c.T("console.bar.title")
	case "ask":
		return c.askWord()
	}
	return c.T("console.panel." + c.Panel)
}

// askWord says whom a question goes to.
func (c changePage) askWord() string {
	if c.OutQuestion() {
		return c.T("console.ask.open_customer")
	}
	return c.T("console.ask.open_filer")
}

// shut is the page without the open form: where its reader came from.
func (c changePage) shut() string {
	if c.Place.Asked {
		return c.Place.To
	}
	return c.Place.here(c.Req.ID)
}

// stepUp asks for the second factor and leads back here.
func (c changePage) stepUp() string {
	return stepUpPath(c.Place.here(c.Req.ID))
}

// A pause is how long a request is put off.
type pause struct {
	code string
	till func(now time.Time, c changePage) time.Time
}

// pauses are the usual ones: an hour, the beginning of the next working day, a week.
func pauses() []pause {
	return []pause{
		{"hour", func(now time.Time, _ changePage) time.Time { return now.Add(time.Hour) }},
		{"morning", func(now time.Time, c changePage) time.Time {
			y, m, d := now.In(c.Zone).Date()
			return c.Calendar.Add(time.Date(y, m, d+1, 0, 0, 0, 0, c.Zone), 0)
		}},
		{"week", func(now time.Time, _ changePage) time.Time { return now.AddDate(0, 0, 7) }},
	}
}

func (c changePage) snoozes() []page.Choice {
	var all []page.Choice
	for _, p := range pauses() {
		all = append(all, page.Choice{Value: p.code, Text: c.T("console.snooze." + p.code), Note: c.Page.Time(p.till(c.Now, c))})
	}
	return all
}

// deciders are the people who may be asked for the open decision.
func (v *visit) deciders(c changePage) ([]page.Option, error) {
	people, err := v.Reader.People(v.ctx, v.by())
	if err != nil {
		return nil, err
	}
	all := []page.Option{{Text: c.T("console.change.choose")}}
	for _, p := range people {
		if !slices.Contains(p.Roles, access.Role(c.openRole())) {
			continue
		}
		text := p.Name
		if p.Absent {
			text = c.T("console.assign.absent", "name", p.Name)
		}
		all = append(all, page.Option{Value: p.ID, Text: text})
	}
	return all, nil
}

// calls reports whether a call-back is open on the request.
func (c changePage) calls() bool {
	return slices.ContainsFunc(c.Req.Tasks, func(t store.TaskView) bool {
		return t.Kind == string(change.Callback) && t.DoneAt.IsZero()
	})
}

// attests are what a member of staff may attest now.
func (c changePage) attests() []page.Choice {
	return []page.Choice{
		{Value: string(change.Callback), Icon: "phone", Text: c.Word("method", string(change.Callback)), Note: c.T("console.proving.callback_note"), Off: !c.calls()},
		{Value: string(change.Sighted), Icon: "idcard", Text: c.Word("method", string(change.Sighted)), Note: c.T("console.proving.sighted_note")},
	}
}

func (c changePage) attestKind() string {
	if c.calls() {
		return string(change.Callback)
	}
	return string(change.Sighted)
}
