package console

import (
	"net/http"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/internal/page"
)

// intakeNewPage files a new customer: what they say about themself.
type intakeNewPage struct {
	lexicon
	Frame page.ConsoleFrame
	Taken taken
}

// firstFields are what a new record begins with; the rest is added once it is there. Only
// what stands first has to be given.
var firstFields = map[customer.Kind][]string{
	customer.Person:       {"legal_name", "phone", "email", "address", "resident_id", "birthday", "gender", "language"},
	customer.Organization: {"org_name", "uscc", "short_name", "phone", "email", "address", "legal_representative", "language"},
	customer.Account:      {"account_no", "account_type", "holder", "status", "contract_no", "contract_start", "billing_address", "billing_email"},
}

var recordKinds = []customer.Kind{customer.Person, customer.Organization, customer.Account}

func intakeNewShow(v *visit) error {
	q := v.r.URL.Query()
	v.form.Values = map[string][]string{"channel": {q.Get("channel")}, "kind": {q.Get("kind")}}
	p, err := v.intakeNewPage()
	if err != nil {
		return err
	}
	return v.show(intakeNewForm(p))
}

func (v *visit) intakeNewPage() (intakeNewPage, error) {
	if f := v.by().May(access.FileCreate); f != nil {
		return intakeNewPage{}, f
	}
	kind := customer.Kind(v.form.Get("kind"))
	if !slices.Contains(recordKinds, kind) {
		kind = customer.Person
	}
	v.page.Title, v.page.Path = v.page.T("console.create.title"), Base+"/intake/new"
	return intakeNewPage{lexicon: v.lexicon(), Frame: v.frame("/intake"), Taken: v.taken("", kind, firstFields[kind])}, nil
}

// intakeNew reads a new customer back, and files the request that creates them.
func intakeNew(v *visit) error {
	p, err := v.intakeNewPage()
	if err != nil {
		return err
	}
	if do := v.form.Get("do"); do != "check" && do != "file" {
		return v.show(intakeNewForm(p))
	}
	proposal, form := p.Taken.proposal(v.page, v.House.Catalog)
	if form, err = v.checked(p.Taken, proposal, form); err == nil {
		return nil
	}
	if len(form.Wrong) == 0 {
		return err
	}
	p.Taken.Form = form
	return v.answer(http.StatusUnprocessableEntity, intakeNewForm(p))
}

func (p intakeNewPage) kinds() []page.Tab {
	var tabs []page.Tab
	for _, k := range recordKinds {
		tabs = append(tabs, page.Tab{Href: Base + "/intake/new?kind=" + string(k) + "&channel=" + p.Taken.Channel, Text: p.Word("record", string(k)), Current: k == p.Taken.Kind})
	}
	return tabs
}

func (p intakeNewPage) channels() []page.Option { return intakePage{lexicon: p.lexicon}.channels() }
