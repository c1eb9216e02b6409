package console

import (
	"encoding/json"
	"slices"
	"strings"

	"amend/customer"
	"amend/internal/store"
)

// A fieldGroup is the values of one class, with the departments that answer for them.
type fieldGroup struct {
	Class  customer.Class
	Owners string
	Rows   []fieldRow
}

// A fieldRow is one value with where it came from, and what is open on it.
type fieldRow struct {
	Key      customer.Key
	Held     store.Held
	Text     string // masked, or in clear for a moment
	Clear    bool   // it was revealed
	Missing  bool   // there is no such value at the time that is looked at
	Differs  bool   // today it is another one
	Waits    []pendingValue
	Selected bool // its lineage stands in the margin
}

// A pendingValue is what an open request would make of a field.
type pendingValue struct {
	store.OpenRequest
	Text string // masked; "" if it would be removed
}

// classes are the groups of a record's page, in their order.
var classes = []customer.Class{customer.ContactData, customer.Identity, customer.Preference, customer.Transaction, customer.Behaviour}

// groups sorts the values of a record into classes. Fields that only an open request fills
// stand there too, so that what waits is never out of sight.
func (c *customerPage) groups() []fieldGroup {
	rows := map[customer.Class][]fieldRow{}
	for _, r := range c.rows() {
		f, _ := c.Catalog.Of(r.Key)
		rows[f.Class] = append(rows[f.Class], r)
	}
	var all []fieldGroup
	for _, class := range classes {
		if len(rows[class]) == 0 {
			continue
		}
		g := fieldGroup{Class: class, Rows: rows[class], Owners: c.owners(rows[class])}
		slices.SortStableFunc(g.Rows, func(a, b fieldRow) int { return c.rank(a.Key) - c.rank(b.Key) })
		all = append(all, g)
	}
	return all
}

// rank puts first what people look for first.
func (c *customerPage) rank(k customer.Key) int {
	order := []string{"legal", "name", "phone", "email", "postal", "messenger", "tax", "profile", "bank", "contract"}
	f, _ := c.Catalog.Of(k)
	if i := slices.Index(order, f.Group); i >= 0 {
		return i
	}
	return len(order)
}

func (c *customerPage) owners(rows []fieldRow) string {
	var words []string
	for _, r := range rows {
		f, _ := c.Catalog.Of(r.Key)
		if w := c.Word("owner", f.Owner); !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return c.List(words...)
}

func (c *customerPage) rows() []fieldRow {
	rows, held := []fieldRow{}, map[customer.Key]bool{}
	for _, h := range c.Customer.Values {
		held[h.Field] = true
		rows = append(rows, c.row(h))
	}
	if c.Travel.Away {
		for _, h := range c.Today.Values { // came later
			if !held[h.Field] {
				rows = append(rows, fieldRow{Key: h.Field, Missing: true, Differs: true})
			}
		}
		return rows
	}
	for k, waits := range c.Dossier.Waits {
		if !held[k] {
			rows = append(rows, fieldRow{Key: k, Missing: true, Waits: c.pending(k, waits)})
		}
	}
	slices.SortFunc(rows, func(a, b fieldRow) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return rows
}

func (c *customerPage) row(h store.Held) fieldRow {
	r := fieldRow{Key: h.Field, Held: h, Selected: c.Asked && h.Field == c.Field}
	if h.Value != nil {
		r.Text = c.Value(h.Field, *h.Value)
	}
	if c.Travel.Away {
		r.Differs = c.changedSince(h)
		return r
	}
	if raw, ok := c.Clear[h.Field]; ok {
		r.Text, r.Clear = c.Value(h.Field, plainText(raw)), true
	}
	r.Waits = c.pending(h.Field, c.Dossier.Waits[h.Field])
	return r
}

// changedSince reports whether a value of then is not the one of today. The version at which
// it changed tells that; two masked values may look alike.
func (c *customerPage) changedSince(h store.Held) bool {
	i := slices.IndexFunc(c.Today.Values, func(now store.Held) bool { return now.Field == h.Field })
	return i < 0 || c.Today.Values[i].Base != h.Base
}

func (c *customerPage) pending(k customer.Key, waits []store.OpenRequest) []pendingValue {
	var all []pendingValue
	for _, w := range waits {
		p := pendingValue{OpenRequest: w}
		for _, it := range w.Items {
			if it.Field == k && it.Now != nil {
				p.Text = c.Value(k, it.Now.Text)
			}
		}
		all = append(all, p)
	}
	return all
}

// plainText is a revealed value as the catalogue's type holds it.
func plainText(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// Overdue says for how long a value should have been confirmed.
func (c *customerPage) Overdue(r fieldRow) string {
	f, _ := c.Catalog.Of(r.Key)
	if r.Held.Freshness != store.Expired {
		return ""
	}
	return c.Span(c.Travel.Moment.Sub(r.Held.CheckedAt) - f.ValidFor())
}
