package portal

import (
	"encoding/json"
	"errors"

	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
	"amend/quality"
)

// editPage asks for one value.
type editPage struct {
	*page.Page
	Frame   page.PortalFrame
	Form    page.Form
	Base    string
	Key     customer.Key
	Field   customer.Field
	Label   string
	Was     string // masked; "" if there is none
	Need    string
	Removes bool   // it may be taken off the record
	Suggest string // what the mail address may have meant, "" for nothing
	Regions []regionLevel
	Abroad  bool
}

// entry is the name of a form's main entry.
const entry = "value"

func editShow(v *visit) error {
	form, err := v.resumed()
	if err != nil {
		return err
	}
	return v.edit(form, 200, "")
}

// resumed is the form as it was typed before, on whatever device.
func (v *visit) resumed() (page.Form, error) {
	d, err := v.draft()
	if err != nil {
		return page.Form{}, err
	}
	t, found := d.item(v.record(), v.key())
	f, _ := v.House.Catalog.Of(v.key())
	if !found || string(t.Value) == "null" {
		return page.Form{}, nil
	}
	return page.Form{Values: entriesOf(f, t.Value)}, nil
}

// key is the value that the address names.
func (v *visit) key() customer.Key {
	k, err := customer.ParseKey(v.r.PathValue("key"))
	if err != nil {
		return ""
	}
	return k
}

// field is the field that may be edited here.
func (v *visit) field() (customer.Field, error) {
	f, known := v.House.Catalog.Of(v.key())
	if !known || !editable(f) {
		return f, fault.New(fault.NotFound, "no_page")
	}
	return f, nil
}

func (v *visit) edit(form page.Form, status int, suggest string) error {
	f, err := v.field()
	if err != nil {
		return err
	}
	c, err := v.Reader.Customer(v.ctx, v.by(), v.record(), store.Demand{})
	if err != nil {
		return err
	}
	needs, err := v.Desk.Needs(v.ctx, v.by(), v.record(), []customer.Key{v.key()})
	if err != nil {
		return err
	}
	e := editPage{
		Page: v.page, Frame: v.step(2, v.base()), Form: form, Base: v.base(), Key: v.key(), Field: f, Label: v.label(v.key()),
		Need: page.Capital(v.need(needs[v.key()])), Suggest: suggest,
	}
	for _, h := range c.Values {
		if h.Field == e.Key && h.Value != nil {
			e.Was, e.Removes = v.shown(h.Field, *h.Value), true
		}
	}
	v.title("portal.edit.title", "field", e.Label)
	if e.Was == "" {
		v.title("portal.edit.title_add", "field", e.Label)
	}
	if f.Type == customer.Address {
		e.Abroad = form.Get("abroad") == "yes" || v.r.URL.Query().Get("abroad") == "yes"
		e.Regions = v.regionLevels(form)
	}
	return v.answer(status, editForm(e))
}

// edit puts a value into the draft, once it is one that can be proposed.
func edit(v *visit) error {
	f, err := v.field()
	if err != nil {
		return err
	}
	if v.form.Get("do") == "show" { // the next list of regions, where no script fetches it
		return v.edit(v.form, 200, "")
	}
	t := typed{Record: v.record(), Key: v.key(), Value: json.RawMessage("null")}
	if v.form.Get("do") != "remove" {
		var suggest string
		if t.Value, suggest = v.typed(f); suggest != "" {
			return v.edit(v.form, 200, suggest)
		}
	}
	if err := v.proposable(t); err != nil {
		form, ok := v.refused(placed(err, f))
		if !ok {
			return err
		}
		return v.edit(form, page.Status(err), "")
	}
	d, err := v.draft()
	if err != nil {
		return err
	}
	if err := v.keep(d.put(t)); err != nil {
		return err
	}
	return v.goTo(v.base()+"/check", "")
}

// proposable asks the desk whether a value may be proposed.
func (v *visit) proposable(t typed) error {
	if string(t.Value) == `""` {
		return fault.New(fault.Invalid, "value_missing").On(string(t.Key))
	}
	_, err := v.Desk.Preview(v.ctx, v.by(), desk.Proposal{
		Record: t.Record, Channel: "portal", Reason: v.page.T("portal.check.reason_default"), Items: []desk.Proposed{{Key: t.Key, Value: t.Value}},
	})
	return err
}

// placed is err with each fault at the entry of the form that it is about.
func placed(err error, f customer.Field) error {
	var first *fault.Error
	if !errors.As(err, &first) {
		return err
	}
	var all []*fault.Error
	for _, one := range append([]*fault.Error{first}, first.More...) {
		alone := one.On(entryOf(f, one.Code))
		alone.More = nil
		all = append(all, alone)
	}
	return fault.Join(all...)
}

// entryOf is the entry of a field's form that a fault is about.
func entryOf(f customer.Field, code string) string {
	if f.Type != customer.Address {
		return entry
	}
	switch code {
	case "address_region", "address_region_level":
		return "province"
	case "address_postcode", "address_postcode_none":
		return "postcode"
	case "address_country":
		return "country"
	}
	return "line"
}

// typed is the value of the form, as it is proposed; suggest is what a mail address may have
// meant, which its owner has not answered yet.
func (v *visit) typed(f customer.Field) (value json.RawMessage, suggest string) {
	text := v.form.Get(entry)
	switch f.Type {
	case customer.Address:
		return asJSON(v.postal()), ""
	case customer.Phone:
		text = international(v.form.Get("country"), text)
	case customer.Email:
		if meant := v.form.Get("suggested"); meant != "" {
			return asJSON(meant), ""
		}
		if meant := meantMail(text); meant != "" && v.form.Get("sure") != text {
			return nil, meant
		}
	}
	return asJSON(text), ""
}

func asJSON(x any) json.RawMessage {
	b, err := json.Marshal(x)
	if err != nil {
		panic("portal: " + err.Error()) // only texts and structs of texts come here
	}
	return b
}

// entriesOf are the entries of a form that say a proposed value.
func entriesOf(f customer.Field, value json.RawMessage) map[string][]string {
	if f.Type == customer.Address {
		var p quality.Postal
		if json.Unmarshal(value, &p) != nil {
			return nil
		}
		return postalEntries(p)
	}
	var text string
	if json.Unmarshal(value, &text) != nil {
		return nil
	}
	if f.Type == customer.Phone {
		country, number := national(text)
		return map[string][]string{"country": {country}, entry: {number}}
	}
	return map[string][]string{entry: {text}}
}
