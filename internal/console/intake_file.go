package console

import (
	"encoding/base64"
	"io"
	"maps"
	"slices"

	"amend/access"
	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
)

// intakeFilePage takes down what a caller wants changed. It holds which fields there are and
// how old they are, and no value.
type intakeFilePage struct {
	lexicon
	Frame   page.ConsoleFrame
	Taken   taken
	Initial string
	Picks   []pickGroup
	Verify  []verifyLine
	Open    []store.OpenRequest   // their state only: it has no items
	Held    map[customer.Key]bool // which fields are on record
	Freeze  bool
	Hint    page.Form // that came back
}

// A pickGroup is the fields of one class that may be chosen.
type pickGroup struct {
	Class   customer.Class
	Options []page.Option
}

// A verifyLine is a field that should be asked for while the customer is here (row C12).
type verifyLine struct {
	Key       customer.Key
	Freshness store.Freshness
	Grade     customer.Grade
}

func intakeFileShow(v *visit) error {
	q := v.r.URL.Query()
	v.form.Values = map[string][]string{"channel": {intakeChannel(q.Get("channel"))}}
	p, err := v.intakeFilePage(q["field"])
	if err != nil {
		return err
	}
	p.Path = v.r.URL.RequestURI() // it names fields, and no value
	return v.show(intakeFileForm(p))
}

// intakeFilePage reads what may be known of a record before its customer is proven.
func (v *visit) intakeFilePage(names []string) (intakeFilePage, error) {
	id := customer.ID(v.r.PathValue("customer"))
	p := intakeFilePage{lexicon: v.lexicon(), Frame: v.frame("/intake")}
	if f := v.by().May(access.FileChange); f != nil {
		return p, f
	}
	c, err := v.Reader.Customer(v.ctx, v.by(), id, store.Demand{})
	if err != nil {
		return p, err
	}
	d, err := v.Reader.Dossier(v.ctx, v.by(), id)
	if err != nil {
		return p, err
	}
	p.Taken, p.Initial = v.taken(id, c.Kind, names), page.Initial(d.Name.Text)
	p.Path, p.Title = Base+"/intake/"+string(id), v.page.T("console.intake.file.title", "initial", p.Initial)
	p.Freeze = v.by().May(access.Freeze) == nil
	for _, r := range d.Open {
		r.Items = fieldsOnly(r.Items)
		p.Open = append(p.Open, r)
	}
	p.Held = map[customer.Key]bool{}
	for _, h := range c.Values {
		p.Held[h.Field] = true
		weak := h.Grade == customer.GradeD || h.Grade == customer.GradeE
		if f, _ := v.House.Catalog.Of(h.Field); h.Freshness != store.Fresh || weak && f.Contact() {
			p.Verify = append(p.Verify, verifyLine{h.Field, h.Freshness, h.Grade})
		}
	}
	p.Picks = p.picks(c)
	return p, nil
}

// fieldsOnly are items without their values.
func fieldsOnly(items []store.Item) []store.Item {
	bare := make([]store.Item, len(items))
	for i, it := range items {
		bare[i].Field = it.Field
	}
	return bare
}

// picks are the fields of the record's kind, and the further slots that it has.
func (p *intakeFilePage) picks(c store.Customer) []pickGroup {
	all := map[customer.Key]bool{}
	for name, f := range p.Catalog {
		if slices.Contains(f.Kinds, c.Kind) {
			all[customer.Key(name)] = true
		}
	}
	for _, h := range c.Values {
		all[h.Field] = true
	}
	var groups []pickGroup
	for _, class := range classes {
		g := pickGroup{Class: class}
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if f, _ := p.Catalog.Of(k); f.Class == class {
				g.Options = append(g.Options, page.Option{Value: string(k), Text: p.Label(k)})
			}
		}
		if len(g.Options) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// chosen reports whether a field is asked for.
func (p intakeFilePage) chosen(name string) bool {
	return slices.Contains(p.Taken.Keys, customer.Key(name))
}

// with is this page with one more field chosen.
func (p intakeFilePage) with(k customer.Key) string {
	u := Base + "/intake/" + string(p.Taken.Record) + "?channel=" + p.Taken.Channel
	for _, one := range append(slices.Clone(p.Taken.Keys), k) {
		u += "&field=" + string(one)
	}
	return u
}

// formKey is the random name under which a form is sent once: a second press has no second effect.
func (v *visit) formKey() (string, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(v.Rand, b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// nextKind makes choosing fields the one thing to do, as long as none is chosen.
func (p intakeFilePage) nextKind() page.Kind {
	if len(p.Taken.Keys) == 0 {
		return page.Primary
	}
	return page.Ordinary
}
