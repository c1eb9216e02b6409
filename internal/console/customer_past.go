package console

import (
	"strconv"
	"time"

	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
)

// A pastLine is one event of a record's history: a request with all that happened to it, or
// one act.
type pastLine struct {
	page.LineStep
	Request page.Link // the request that it belongs to; none for an act about no request
	State   change.State
}

// pastParts are the parts of a history that may be looked at alone, and their verbs.
var pastParts = []struct {
	Name  string
	Verbs []string
}{
	{"changes", []string{"propose", "propose+apply", "apply", "revert", "withdraw", "expire", "supersede", "fail", "close", "conflict", "import", "confirm"}},
	{"proofs", []string{"challenge", "prove", "miss", "attest", "seek", "seek.miss", "admit", "sign_in"}},
	{"decisions", []string{"approve", "reject", "ask", "answer", "intend", "undo", "rebase", "screen", "reassign", "escalate"}},
	{"disputes", []string{"dispute", "vote", "decide"}},
	{"looks", []string{"reveal"}},
	{"hints", []string{"hint", "hint.judge"}},
}

// pastVerbs are the verbs of a part; none for all of them.
func pastVerbs(part string) []string {
	for _, p := range pastParts {
		if p.Name == part {
			return p.Verbs
		}
	}
	return nil
}

// The bounds of the timeline in the margin.
const (
	pastRead  = 100 // acts that it is made of
	pastShown = 8
)

// past is the newest of a record's history. As long as nothing is chosen, each request is
// one line: what happened to it last.
func (v *visit) past(c *customerPage) ([]pastLine, error) {
	acts, err := v.Reader.HistoryOf(v.ctx, v.by(), c.Today.ID, pastVerbs(c.Act), store.Slice{Limit: pastRead})
	if err != nil {
		return nil, err
	}
	var lines []pastLine
	seen := map[change.ID]bool{}
	for _, a := range acts.Items {
		if c.Act == "" && a.Change != "" && (seen[a.Change] || follows(a.Verb)) {
			continue
		}
		seen[a.Change] = true
		lines = append(lines, c.pastLine(a))
		if len(lines) == pastShown {
			break
		}
	}
	return lines, nil
}

// follows reports whether an act only follows from another: it says nothing of where a
// request stands.
func follows(verb string) bool { return verb == "tell" || verb == "deliver" || verb == "remind" }

func (c *customerPage) pastLine(a store.Act) pastLine {
	verb := c.Word("verb", a.Verb)
	l := pastLine{LineStep: page.LineStep{Is: page.Done, When: c.short(a.At), At: a.At, Title: verb, Note: who(c.Page, c.Dossier.People, a.By, string(a.Sort))}}
	if a.Verb == "reveal" {
		l.Icon = "eye"
	}
	req, known := c.Dossier.Requests[a.Change]
	if !known {
		return l
	}
	l.Request = page.Link{Href: Base + "/changes/" + string(req.ID), Text: req.Ref}
	if c.Act == "" {
		l.Title, l.State, l.Is, l.Icon = c.few(c.Dossier.Touches[req.ID]), req.State, isOf(req.State), ""
		l.Note += " · " + verb
	}
	return l
}

// isOf is how a request in this state is drawn on a timeline.
func isOf(s change.State) page.Is {
	switch s {
	case change.Applied, change.Confirmed, change.Unconfirmed, change.Kept:
		return page.Done
	case change.Disputed, change.Reverted:
		return page.Odd
	case change.Refused, change.Withdrawn, change.Expired, change.Failed, change.Superseded:
		return page.Bad
	}
	return page.Now
}

// short is a day as narrow as it can be: today, this year's day, another year.
func (w lexicon) short(t time.Time) string {
	t, now := t.In(w.Zone), w.Now.In(w.Zone)
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return w.Clock(t)
	case t.Year() == now.Year():
		return t.Format("01-02")
	}
	return strconv.Itoa(t.Year())
}

// parts are the parts of the history as links.
func (c *customerPage) parts(base string) []page.Tab {
	tabs := []page.Tab{{Href: base, Text: c.T("console.past.all"), Current: c.Act == ""}}
	for _, p := range pastParts {
		tabs = append(tabs, page.Tab{Href: base + "?act=" + p.Name, Text: c.T("console.past.part." + p.Name), Current: c.Act == p.Name})
	}
	return tabs
}
