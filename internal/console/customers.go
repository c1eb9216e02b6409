package console

import (
	"strings"

	"amend/access"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// customersPage finds customers. What is typed stands in the body of a form and never in an
// address, so the answer is the page itself.
type customersPage struct {
	lexicon
	Frame page.ConsoleFrame
	Form  page.Form
	Asked bool
	Vague bool // the key means nothing narrow enough
	Found []store.Found
	New   bool // the reader may file a new customer
}

// searchCap is how many records a search answers; one more tells nothing narrower.
const searchCap = 20

func (v *visit) customersPage(asked bool) customersPage {
	v.page.Title, v.page.Path = v.page.T("console.customers.title"), Base+"/customers"
	return customersPage{lexicon: v.lexicon(), Frame: v.frame("/customers"), Form: v.form, Asked: asked, New: v.by().May(access.FileCreate) == nil}
}

func customersShow(v *visit) error {
	if f := v.by().May(access.SearchCustomers); f != nil {
		return f
	}
	return v.show(customersForm(v.customersPage(false)))
}

// customersSearch answers what a key may mean. A reference of a request leads to it.
func customersSearch(v *visit) error {
	key := v.form.Get("q")
	if strings.HasPrefix(strings.ToUpper(key), "REQ-") {
		id, err := v.Reader.ByRef(v.ctx, v.by(), key)
		if err == nil {
			return v.goTo(Base+"/changes/"+string(id), "")
		}
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	c := v.customersPage(true)
	found, err := v.Reader.Search(v.ctx, v.by(), key, false, searchCap)
	switch {
	case fault.KindOf(err) == fault.Invalid:
		c.Vague = true
	case err != nil:
		return err
	}
	c.Found = found
	return v.show(customersForm(c))
}

// name is how a found record is called.
func (c customersPage) name(f store.Found) string {
	if f.Name.Text == "" {
		return string(f.ID)
	}
	return f.Name.Text
}

// searchAgain is where a result leads when it is loaded again: nothing of it was kept.
func searchAgain(v *visit) error { return v.goTo(Base+"/customers", "") }
