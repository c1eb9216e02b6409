package console

import (
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/internal/page"
	"amend/policy"
)

// whyPage says what a change needs and why: one that somebody made up, or one on record.
type whyPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	Back    page.Link
	Form    page.Form
	Asking  bool // a change is made up by the form
	Choices []whyChoice
	Fields  []page.Option
	Answers []whyAnswer
}

// A whyChoice is one fact that the form may set.
type whyChoice struct {
	Name    string
	Label   string
	Value   string
	Options []page.Option
}

// A whyAnswer is why one item needs what it needs.
type whyAnswer struct {
	Title   string
	Version int64
	Asks    []string
	Reasons []whyReason
}

// A whyReason is one rule that spoke.
type whyReason struct {
	Rule       string
	Says       string
	Conditions []whyCondition
}

// A whyCondition is one condition of it, and what would be without.
type whyCondition struct {
	Says      string
	Holds     bool
	Known     string // what it looked at, where it does not say so itself
	Otherwise string
}

// asked are the facts that the form asks for, beside the field: those that rules mostly read.
var asked = []string{"kind", "filed_by", "authority", "customer_class", "assurance"}

// tryShow explains a made-up change: type one, see what fires.
func tryShow(v *visit) error {
	if f := v.by().May(access.ReadPolicy); f != nil {
		return f
	}
	p, err := v.Desk.Policy(v.ctx)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	field := q.Get("field")
	if _, known := v.House.Catalog[field]; !known {
		field = "phone"
	}
	kind := change.Kind(q.Get("kind"))
	if kind != change.Create && kind != change.Enrol {
		kind = change.Update
	}
	facts := policy.Ordinary(v.House.Catalog, kind, customer.Key(field))
	w := whyPage{Page: v.page, Frame: v.frame("/policy"), Back: page.Link{Href: Base + "/policy", Text: v.page.T("console.policy.title")}, Asking: true}
	for _, kind := range []customer.Kind{customer.Person, customer.Organization, customer.Account} {
		for _, o := range v.lexicon().fields(kind) {
			if !slices.Contains(w.Fields, o) {
				w.Fields = append(w.Fields, o)
			}
		}
	}
	for _, fact := range policy.Vocabulary() {
		if !slices.Contains(asked, fact.Name) {
			continue
		}
		if given := q.Get(fact.Name); fact.Name != "kind" && slices.Contains(fact.Values, given) {
			if err := facts.Set(fact.Name, given); err != nil {
				return err
			}
		}
		c := whyChoice{Name: fact.Name, Label: page.Capital(v.page.Word("fact_name", fact.Name)), Value: facts.Value(fact.Name)}
		for _, word := range fact.Values {
			c.Options = append(c.Options, page.Option{Value: word, Text: v.page.Lang.FactWord(fact.Name, word, v.House.Catalog)})
		}
		w.Choices = append(w.Choices, c)
	}
	w.Form.Values = map[string][]string{"field": {field}}
	v.page.Title, v.page.Path = v.page.T("console.why.try"), v.r.URL.RequestURI()
	w.Answers = []whyAnswer{v.whyAnswer(v.called(customer.Key(field)), p.Version, p.Why(facts))}
	return v.show(whySheet(w))
}

// changeWhy explains a request on record, by the facts that were kept of it and the version
// that judged it.
func changeWhy(v *visit) error {
	id := v.r.PathValue("change")
	all, err := v.Desk.Why(v.ctx, v.by(), id)
	if err != nil {
		return err
	}
	w := whyPage{Page: v.page, Frame: v.frame("/inbox")}
	for _, e := range all {
		w.Back = page.Link{Href: Base + "/changes/" + id, Text: e.Ref}
		w.Answers = append(w.Answers, v.whyAnswer(v.called(e.Item), e.Policy, e.Why))
	}
	if len(all) == 0 {
		return nowhere(v)
	}
	v.page.Title = v.page.T("console.why.full", "ref", all[0].Ref)
	return v.show(whySheet(w))
}

func (v *visit) whyAnswer(title string, version int64, why policy.Why) whyAnswer {
	a := whyAnswer{Title: title, Version: version}
	for _, ask := range policy.Asks(why.Plan) {
		if ask.Kind != policy.AskBecause {
			a.Asks = append(a.Asks, v.page.Lang.Ask(ask))
		}
	}
	for _, r := range why.Reasons {
		reason := whyReason{Rule: r.Rule, Says: v.page.Label(map[string]string{"zh": r.Zh, "en": r.En}, r.Rule)}
		for _, c := range r.Conditions {
			line := whyCondition{Says: v.page.Lang.Condition(c.Phrase, v.House.Catalog), Holds: c.Holds, Otherwise: v.page.Lang.Otherwise(c)}
			if !c.Plain() {
				line.Known = v.page.Lang.Known(c.Values, v.House.Catalog)
			}
			reason.Conditions = append(reason.Conditions, line)
		}
		a.Reasons = append(a.Reasons, reason)
	}
	return a
}
