package console

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"amend/access"
	"amend/customer"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
	"amend/privacy"
)

// customerPage is one record as a person sees it: every value masked, with where it came
// from, what it is worth, what is open on it and where it goes.
type customerPage struct {
	lexicon
	Frame    page.ConsoleFrame
	Home     string    // address of the record's page
	Form     page.Form // of a hint or a reveal that came back
	Customer store.Customer
	Today    store.Customer
	Dossier  store.Dossier
	Travel   travel
	Groups   []fieldGroup
	Field    customer.Key // whose lineage stands in the margin
	Asked    bool         // the reader chose that field
	Lineage  []page.PathStep
	Past     []pastLine
	Act      string // which acts the timeline shows
	Say      bool   // in sentences, for reading aloud
	Clear    map[customer.Key]json.RawMessage
	Purpose  string // for which they were revealed
	Before   bool   // there was no record at the time that is looked at
	May      customerPowers
}

// customerPowers are what the reader may do here.
type customerPowers struct {
	File, Reveal, Judge, Freeze, Systems, Purposes bool
}

func customerShow(v *visit) error {
	c, err := v.customer(customer.ID(v.r.PathValue("customer")))
	if err != nil {
		return err
	}
	return v.show(customerForm(c))
}

// customer reads everything that the page of a record shows.
func (v *visit) customer(id customer.ID) (customerPage, error) {
	q := v.r.URL.Query()
	c := customerPage{lexicon: v.lexicon(), Frame: v.frame("/customers"), Act: q.Get("act"), Say: q.Get("view") == "say", May: v.customerPowers()}
	var err error
	if c.Travel, err = v.travel(); err != nil {
		return c, err
	}
	if c.Today, err = v.Reader.Customer(v.ctx, v.by(), id, store.Demand{}); err != nil {
		return c, err
	}
	if c.Dossier, err = v.Reader.Dossier(v.ctx, v.by(), id); err != nil {
		return c, err
	}
	if c.Customer = c.Today; c.Travel.Away {
		c.Customer, err = v.Reader.Customer(v.ctx, v.by(), id, store.Demand{AsOf: c.Travel.Moment})
		if c.Before = fault.KindOf(err) == fault.NotFound; c.Before {
			c.Customer, err = store.Customer{ID: id, Kind: c.Today.Kind}, nil
		}
		if err != nil {
			return c, err
		}
	}
	c.Home, c.Title = Base+"/customers/"+string(id), c.name()
	c.Path = c.Home // after a POST, too
	if v.r.Method == http.MethodGet {
		c.Path = v.r.URL.RequestURI()
	}
	c.Travel.draw(c.Dossier.Versions, v.page.Now, v.Door.Zone)
	c.Field = c.chosen(customer.Key(q.Get("field")))
	c.Asked = string(c.Field) == q.Get("field")
	c.Groups = c.groups()
	if c.Lineage, err = v.lineage(&c); err != nil {
		return c, err
	}
	c.Past, err = v.past(&c)
	return c, err
}

func (v *visit) customerPowers() customerPowers {
	may := func(act access.Act) bool { return v.by().May(act) == nil }
	return customerPowers{
		File: may(access.FileChange), Reveal: may(access.Reveal), Judge: may(access.ManageSignals), Freeze: may(access.Freeze),
		Systems: may(access.ReadSystems), Purposes: may(access.ReadPrivacy),
	}
}

// name is how the record is called: masked, or its number where it has no name.
func (c *customerPage) name() string {
	if c.Dossier.Name.Text == "" {
		return string(c.Today.ID)
	}
	return c.Dossier.Name.Text
}

// chosen is the field whose lineage is shown: the one that was asked for, else the first one
// that reaches the customer.
func (c *customerPage) chosen(asked customer.Key) customer.Key {
	var first customer.Key
	for _, h := range c.Customer.Values {
		if h.Field == asked {
			return asked
		}
		if f, _ := c.Catalog.Of(h.Field); first == "" && f.Channel() {
			first = h.Field
		}
	}
	if first == "" && len(c.Customer.Values) > 0 {
		first = c.Customer.Values[0].Field
	}
	return first
}

// link is the address of this page with other questions; a value never stands in one.
func (c *customerPage) link(pairs ...string) string {
	q := url.Values{}
	if c.Travel.Away {
		q.Set("at", c.Travel.Moment.UTC().Format(time.RFC3339))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	u := url.URL{Path: c.Home, RawQuery: q.Encode()}
	return u.String()
}

// at is the address of this page at a moment: rounded up, so that what was written in that
// second is there.
func (c customerPage) at(t time.Time) string {
	u := url.URL{Path: c.Home, RawQuery: url.Values{"at": {t.Add(time.Second - time.Nanosecond).Truncate(time.Second).UTC().Format(time.RFC3339)}}.Encode()}
	return u.String()
}

func (c customerPage) number(n int) string { return strconv.Itoa(n) }

func (c customerPage) versionAt(s stop) string {
	return c.T("console.travel.version", "n", strconv.FormatInt(s.Number, 10), "time", c.Page.Time(s.At), "fields", c.Labels(s.Keys))
}

// seal is what comparing the record with its log gave.
func (c customerPage) seal() (page.Proof, string) {
	version := strconv.FormatInt(c.Today.Version, 10)
	switch c.Dossier.Agrees {
	case store.Agrees:
		return page.Proven, c.T("console.customer.seal.proven", "n", version)
	case store.AgreesYet:
		return page.Pending, c.T("console.customer.seal.pending", "n", version)
	}
	return page.Failed, c.T("console.customer.seal.failed", "n", version)
}

// purposes are the reasons for a reveal, as a list to choose from.
func (c customerPage) purposes() []page.Option {
	all := []page.Option{{Text: c.T("console.reveal.choose")}}
	for _, r := range privacy.Purposes() {
		all = append(all, page.Option{Value: string(r.Purpose), Text: c.Page.Label(map[string]string{"zh": r.Zh, "en": r.En}, string(r.Purpose))})
	}
	return all
}

// fields are the fields of this kind of record as a list to choose from.
func (w lexicon) fields(kind customer.Kind) []page.Option {
	var all []page.Option
	for _, class := range classes {
		for _, name := range slices.Sorted(maps.Keys(w.Catalog)) {
			if f := w.Catalog[name]; f.Class == class && slices.Contains(f.Kinds, kind) {
				all = append(all, page.Option{Value: name, Text: w.Label(customer.Key(name)), Group: w.Word("class", string(class))})
			}
		}
	}
	return all
}
