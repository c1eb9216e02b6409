package portal

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"slices"

	"amend/customer"
	"amend/desk"
)

// A draft is what a customer typed and has not sent. The desk keeps it for a day, sealed, so
// that they can go on with another device.
type draft struct {
	Key   string  `json:"key"` // of the form that sends it: new with every change
	Items []typed `json:"items"`

	// Weak says that it was typed by somebody who has proven less than the customer may have.
	Weak bool `json:"weak,omitempty"`
}

// A typed is one value, as it will be proposed.
type typed struct {
	Record customer.ID     `json:"record"`
	Key    customer.Key    `json:"key"`
	Value  json.RawMessage `json:"value"`
}

// draft reads what the customer has not sent yet. What cannot be read any more is nothing,
// and so is, for whoever came by a contact that was never proven, what was typed by somebody
// who had proven themself: a draft is not masked.
func (v *visit) draft() (draft, error) {
	var d draft
	body, _, err := v.Reader.Draft(v.ctx, v.by())
	if err != nil || body == nil {
		return d, err
	}
	if json.Unmarshal(body, &d) != nil || v.actor.Weak && !d.Weak {
		return draft{}, nil
	}
	return d, nil
}

// keep writes the draft back; one without values is dropped.
func (v *visit) keep(d draft) error {
	if len(d.Items) == 0 {
		return v.Desk.KeepDraft(v.ctx, v.by(), nil)
	}
	d.Key, d.Weak = v.formKey(), v.actor.Weak
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return v.Desk.KeepDraft(v.ctx, v.by(), body)
}

// formKey is a fresh key: of two forms that carry the same, one has an effect.
func (v *visit) formKey() string {
	var b [16]byte
	if _, err := io.ReadFull(v.Rand, b[:]); err != nil {
		panic("portal: no entropy: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// of are the values for one record.
func (d draft) of(id customer.ID) []typed {
	return slices.DeleteFunc(slices.Clone(d.Items), func(t typed) bool { return t.Record != id })
}

// item answers the value under one key.
func (d draft) item(id customer.ID, k customer.Key) (typed, bool) {
	i := slices.IndexFunc(d.Items, func(t typed) bool { return t.Record == id && t.Key == k })
	if i < 0 {
		return typed{}, false
	}
	return d.Items[i], true
}

// put sets the value under its key.
func (d draft) put(t typed) draft {
	d.Items = append(d.drop(t.Record, t.Key).Items, t)
	return d
}

// drop takes a value back; an empty key all of a record.
func (d draft) drop(id customer.ID, k customer.Key) draft {
	d.Items = slices.DeleteFunc(slices.Clone(d.Items), func(t typed) bool { return t.Record == id && (k == "" || t.Key == k) })
	return d
}

// proposal is what sending the draft's values for a record files.
func (v *visit) proposal(d draft, id customer.ID) desk.Proposal {
	p := desk.Proposal{Record: id, Channel: "portal", Reason: v.page.T("portal.check.reason_default")}
	for _, t := range d.of(id) {
		p.Items = append(p.Items, desk.Proposed{Key: t.Key, Value: t.Value})
	}
	return p
}

// recordID is an id of a record as an address or a form names it; the reader says whose it is.
func recordID(s string) customer.ID { return customer.ID(s) }
