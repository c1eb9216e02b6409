package portal

import (
	"slices"
	"strconv"
	"time"

	"amend/customer"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// askedAgain is how long a value that was known to be right is not asked about again.
const askedAgain = 30 * 24 * time.Hour

// affirmable are the values that the customer may call still right: known for a while, shown to
// them, and asked to be changed by nobody.
func (v *visit) affirmable(c store.Customer, open []store.RequestLine) []customer.Key {
	if v.by().Weak {
		return nil
	}
	var keys []customer.Key
	for _, h := range c.Values {
		asked := slices.ContainsFunc(open, func(l store.RequestLine) bool { return slices.Contains(l.Fields, h.Field) })
		if h.Value != nil && !asked && v.page.Now.Sub(h.CheckedAt) > askedAgain {
			keys = append(keys, h.Field)
		}
	}
	return keys
}

// affirm takes the customer's word that values are still right.
func affirm(v *visit) error {
	seen, err := strconv.ParseInt(v.form.Get("seen"), 10, 64)
	if err != nil {
		return fault.New(fault.Malformed, "bad_parameter", "field", "seen")
	}
	var keys []customer.Key
	for _, name := range v.form.Values["field"] {
		k, err := customer.ParseKey(name)
		if err != nil {
			return fault.New(fault.Malformed, "bad_parameter", "field", "field")
		}
		keys = append(keys, k)
	}
	if err := v.Desk.Affirm(v.ctx, v.by(), v.record(), keys, seen); err != nil {
		return err
	}
	return v.goTo(v.base(), "you_affirmed")
}

// still is the form that calls values still right.
func (m recordPage) still(keys ...customer.Key) []page.Entry {
	entries := []page.Entry{{Name: "seen", Value: strconv.FormatInt(m.Seen, 10)}}
	for _, k := range keys {
		entries = append(entries, page.Entry{Name: "field", Value: string(k)})
	}
	return entries
}
