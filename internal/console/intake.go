package console

import (
	"slices"
	"strconv"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// Intake is the hotline's and the shop's page: a person files what a caller says. Nothing of
// the record is shown until its customer has proven themself on the request, because whoever
// calls with a story gets the agent to read the data out (threat T24). So a page of intake
// never holds a value of a record, not even masked.

// intakeChannels are where a caller stands.
var intakeChannels = []string{"hotline", "shop"}

// intakePage asks where the caller is and who they say they are.
type intakePage struct {
	lexicon
	Frame   page.ConsoleFrame
	Form    page.Form
	Channel string
	Asked   bool
	Vague   bool
	Found   []intakeMatch
}

// An intakeMatch is one record that the caller's own word names: its initial, so that the
// agent can tell members of a household apart, and where its requests stand.
type intakeMatch struct {
	ID      customer.ID
	Initial string
	Kind    customer.Kind
	Open    int
	Frozen  bool
}

func intakeShow(v *visit) error {
	if f := v.by().May(access.FileChange); f != nil {
		return f
	}
	return v.show(intakeForm(v.intakePage(v.r.URL.Query().Get("channel"))))
}

func (v *visit) intakePage(channel string) intakePage {
	v.page.Title, v.page.Path = v.page.T("console.intake.title"), Base+"/intake"
	return intakePage{lexicon: v.lexicon(), Frame: v.frame("/intake"), Form: v.form, Channel: intakeChannel(channel)}
}

// intakeChannel is a channel of intake: the one that is named, else the hotline.
func intakeChannel(name string) string {
	if slices.Contains(intakeChannels, name) {
		return name
	}
	return intakeChannels[0]
}

// intakeFind looks for a record by a whole number or mail address that the caller gives. A
// name or the end of a number is not enough here: it would let an agent browse.
func intakeFind(v *visit) error {
	if f := v.by().May(access.FileChange); f != nil {
		return f
	}
	p := v.intakePage(v.form.Get("channel"))
	p.Asked = true
	found, err := v.Reader.Search(v.ctx, v.by(), v.form.Get("q"), false, 0)
	switch {
	case fault.KindOf(err) == fault.Invalid:
		p.Vague = true
	case err != nil:
		return err
	}
	for _, f := range found {
		if !f.Exact() {
			continue
		}
		m, err := v.match(f)
		if err != nil {
			return err
		}
		p.Found = append(p.Found, m)
	}
	return v.show(intakeForm(p))
}

func (v *visit) match(f store.Found) (intakeMatch, error) {
	m := intakeMatch{ID: f.ID, Initial: page.Initial(f.Name.Text), Kind: f.Kind}
	newest, err := v.Reader.Changes(v.ctx, v.by(), store.Filter{Record: f.ID}, store.Slice{})
	for _, r := range newest.Items {
		if isOf(r.State) == page.Now {
			m.Open++
		}
		m.Frozen = m.Frozen || r.State == change.Disputed
	}
	return m, err
}

func (p intakePage) channels() []page.Option {
	all := make([]page.Option, len(intakeChannels))
	for i, c := range intakeChannels {
		all[i] = page.Option{Value: c, Text: p.Word("channel", c)}
	}
	return all
}

// status is where the requests on a record stand: it is asked for before anything else, and
// says nothing about its values.
func (p intakePage) status(m intakeMatch) string {
	switch {
	case m.Frozen:
		return p.T("console.intake.match.frozen")
	case m.Open > 0:
		return p.T("console.intake.match.open", "n", strconv.Itoa(m.Open))
	}
	return p.T("console.intake.match.quiet")
}
