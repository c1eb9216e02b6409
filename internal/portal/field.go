package portal

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
	"amend/quality"
)

// A group is fields that people look for together.
type group string

// The groups, in the order in which they are shown. What is in use is only looked at: it is
// what systems and staff noted, and no fact that a customer states.
const (
	contactGroup  group = "contact"
	addressGroup  group = "address"
	identityGroup group = "identity"
	moneyGroup    group = "money"
	choiceGroup   group = "choice"
	useGroup      group = "use"
)

func groupOrder() []group {
	return []group{contactGroup, addressGroup, identityGroup, choiceGroup, moneyGroup, useGroup}
}

func groupOf(f customer.Field) group {
	switch {
	case f.Contact() && f.Type == customer.Address:
		return addressGroup
	case f.Contact():
		return contactGroup
	case slices.Contains([]string{"bank", "tax", "contract"}, f.Group):
		return moneyGroup
	case f.Class == customer.Preference:
		return choiceGroup
	case f.Class == customer.Identity:
		return identityGroup
	}
	return useGroup
}

// order is where people look for a field within its group: what matters most stands first,
// and what is not listed keeps its place behind.
func order(k customer.Key) int {
	first := []string{"phone", "email", "messenger", "legal_name", "org_name", "preferred_name", "name_spelling", "title", "gender", "birthday", "language"}
	if i := slices.Index(first, k.Field()); i >= 0 {
		return i
	}
	return len(first)
}

// editable reports whether a customer may ask for another value themself: neither of what
// others noted, nor of what was agreed, nor of what names another record.
func editable(f customer.Field) bool {
	return groupOf(f) != useGroup && f.Group != "contract" && f.Type != customer.Reference && f.Purpose != "link_records"
}

// label is what a value is called: its field, and which of several it is.
func (v *visit) label(k customer.Key) string {
	f, known := v.House.Catalog.Of(k)
	if !known {
		return string(k)
	}
	name := v.page.Label(f.Label, f.Name)
	slot := k.Slot()
	if _, err := strconv.Atoi(slot); err == nil {
		return v.page.T("portal.slot_number", "field", name, "slot", slot)
	}
	if slot != "" {
		return v.page.T("portal.slot", "field", name, "slot", slot)
	}
	return name
}

// fields are the labels of keys, as a list.
func (v *visit) fields(keys []customer.Key) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = v.label(k)
	}
	return v.page.List(names...)
}

// shown is a masked value as people write it. What the catalogue holds as a code or as JSON
// is put into words.
func (v *visit) shown(k customer.Key, text string) string {
	f, _ := v.House.Catalog.Of(k)
	switch f.Type {
	case customer.Phone:
		return spaced(text)
	case customer.Address:
		if p, ok := quality.ReadPostal(customer.Content(text)); ok {
			return p.String()
		}
	case customer.List:
		var items []string
		if json.Unmarshal([]byte(text), &items) == nil {
			return v.page.List(items...)
		}
	case customer.Flag:
		return v.page.Word("portal.flag", text)
	case customer.Choice:
		return v.page.Word("portal.choice."+f.Name, text)
	case customer.Reference:
		if text != "" {
			return v.page.T("portal.value.reference")
		}
	}
	return text
}

// spaced sets the hidden middle of a number apart: 138 **** 8000.
func spaced(text string) string {
	return strings.TrimSpace(strings.Replace(text, "****", " **** ", 1))
}

// langOf is the language of a value, where it is certainly not that of the page.
func (v *visit) langOf(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "zh-CN"
	}
	return ""
}

// diff is an item of a request, as what was and what is wanted.
func (v *visit) diff(it store.Item) page.DiffRow {
	row := page.DiffRow{Field: v.label(it.Field), Kind: page.Changed}
	was, now := "", ""
	if it.Was != nil {
		was = v.shown(it.Field, it.Was.Text)
	}
	if it.Now != nil {
		now = v.shown(it.Field, it.Now.Text)
	}
	row.Was, row.Now = page.Differ(was, now)
	switch {
	case was == "":
		row.Kind, row.Now = page.Added, page.Unmarked(now)
	case now == "":
		row.Kind, row.Was = page.Removed, page.Unmarked(was)
	}
	return row
}

func (v *visit) diffs(items []store.Item) []page.DiffRow {
	rows := make([]page.DiffRow, len(items))
	for i, it := range items {
		rows[i] = v.diff(it)
	}
	return rows
}

// slot is a key for one more value of a field: the first number that is free.
func slot(f customer.Field, taken func(customer.Key) bool) customer.Key {
	if !taken(customer.Key(f.Name)) {
		return customer.Key(f.Name)
	}
	for n := 2; ; n++ {
		if k := customer.KeyOf(f.Name, strconv.Itoa(n)); !taken(k) {
			return k
		}
	}
}
