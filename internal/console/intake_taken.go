package console

import (
	"encoding/json"
	"slices"

	"amend/customer"
	"amend/desk"
	"amend/internal/page"
	"amend/quality"
)

// taken is what a caller said, as a form holds it: which fields, and for each what it becomes.
type taken struct {
	Record  customer.ID // "" for a new customer
	Kind    customer.Kind
	Channel string
	Keys    []customer.Key
	Form    page.Form
}

// taken reads a form of intake. Keys that the catalogue does not know are dropped: the
// links to this page name them, and anybody can write a link.
func (v *visit) taken(record customer.ID, kind customer.Kind, names []string) taken {
	t := taken{Record: record, Kind: kind, Channel: intakeChannel(v.form.Get("channel")), Form: v.form}
	for _, name := range names {
		k, err := customer.ParseKey(name)
		f, known := v.House.Catalog.Of(k)
		if err == nil && known && slices.Contains(f.Kinds, kind) && !slices.Contains(t.Keys, k) {
			t.Keys = append(t.Keys, k)
		}
	}
	return t
}

// proposal is what the caller asks for. What is left empty is said to be missing, unless the
// caller gives the value up or, for a new customer, does not give it.
func (t taken) proposal(p *page.Page, catalog customer.Catalog) (desk.Proposal, page.Form) {
	out := desk.Proposal{Record: t.Record, Channel: t.Channel, Reason: t.Form.Get("reason"), LostChannel: t.Form.Has("lost", "yes")}
	if t.Record == "" {
		out.RecordKind = t.Kind
	}
	form := t.Form
	for _, k := range t.Keys {
		f, _ := catalog.Of(k)
		raw := spoken(f, k, form)
		switch {
		case form.Has("remove."+string(k), "yes"):
			out.Items = append(out.Items, desk.Proposed{Key: k, Value: json.RawMessage("null")})
		case raw != nil:
			out.Items = append(out.Items, desk.Proposed{Key: k, Value: raw})
		case t.Record != "":
			form.Wrong = append(form.Wrong, page.Wrong{Name: string(k), Text: p.T("console.intake.empty")})
		}
	}
	return out, form
}

// spoken is the value of one field as the form holds it, nil for none. An address is put
// together from its parts; one that names no region is read from its one line.
func spoken(f customer.Field, k customer.Key, form page.Form) json.RawMessage {
	line := form.Get(string(k))
	if f.Type != customer.Address {
		return text(line)
	}
	var codes []string
	for _, part := range regionParts {
		codes = append(codes, form.Get(string(k)+"."+part))
	}
	region, country := quality.Picked(codes...), form.Get(string(k)+".country")
	if line == "" || region == "" && country == "" {
		return text(line)
	}
	if country == "" {
		country = "CN"
	}
	raw, err := json.Marshal(map[string]string{"country": country, "region": region, "line": line, "postcode": form.Get(string(k) + ".postcode")})
	if err != nil {
		return nil
	}
	return raw
}

func text(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return nil
	}
	return raw
}

// regionParts are the lists of a region picker, from the province down.
var regionParts = []string{"province", "city", "area", "street"}

// entries are what the form said, for the page that asks once more: what was typed travels in
// the body of forms only.
func (t taken) entries() []page.Entry {
	all := []page.Entry{{Name: "channel", Value: t.Channel}, {Name: "kind", Value: string(t.Kind)}}
	for _, k := range t.Keys {
		all = append(all, page.Entry{Name: "field", Value: string(k)})
	}
	skip := []string{"channel", "kind", "field", "do", "key"}
	for name, values := range t.Form.Values {
		if slices.Contains(skip, name) {
			continue
		}
		for _, value := range values {
			if value != "" {
				all = append(all, page.Entry{Name: name, Value: value})
			}
		}
	}
	slices.SortFunc(all[2+len(t.Keys):], func(a, b page.Entry) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}
