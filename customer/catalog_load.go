package customer

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"amend/fault"
)

//go:embed catalog.json
var shippedJSON []byte

var shipped = sync.OnceValue(func() Catalog {
	c, err := ParseCatalog(shippedJSON)
	if err != nil {
		panic("customer: shipped catalogue: " + err.Error())
	}
	return c
})

// Shipped is the catalogue that comes with the program: every class of field for persons,
// organizations and accounts. The caller owns the map; a company adds to it with Extend.
func Shipped() Catalog { return maps.Clone(shipped()) }

// ParseCatalog reads a catalogue file, {"fields": [Field, …]}. Nothing is published by
// accident: an unknown member, a field without purpose, owner, retention or a label in both
// languages, or a type less protected than it deserves refuses the whole file, with every
// flaw of every field in one fault.
func ParseCatalog(data []byte) (Catalog, error) {
	var file struct {
		Fields []Field `json:"fields"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fault.New(fault.Malformed, "catalog_syntax", "detail", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.New(fault.Malformed, "catalog_syntax", "detail", "text after the catalogue's end")
	}
	if repeats(json.NewDecoder(bytes.NewReader(data))) {
		return nil, fault.New(fault.Malformed, "catalog_syntax", "detail", "a member stands twice")
	}

	c := make(Catalog, len(file.Fields))
	var flaws []*fault.Error
	for _, f := range file.Fields {
		if _, taken := c[f.Name]; taken {
			flaws = append(flaws, flaw("catalog_duplicate", f.Name))
		}
		c[f.Name] = f
		flaws = append(flaws, f.flaws()...)
	}
	if err := fault.Join(flaws...); err != nil {
		return nil, err
	}
	return c, nil
}

// repeats reports whether any object of the next value has a member twice, in any case: a
// person who reads the file would take the first, the program the last.
func repeats(d *json.Decoder) bool {
	t, err := d.Token()
	open, nested := t.(json.Delim)
	if err != nil || !nested {
		return false
	}
	seen := make(map[string]bool)
	for d.More() {
		if open == '{' {
			key, _ := d.Token()
			name := strings.ToLower(fmt.Sprint(key))
			if seen[name] {
				return true
			}
			seen[name] = true
		}
		if repeats(d) {
			return true
		}
	}
	_, _ = d.Token() // its end
	return false
}

// Extend answers c with a company's own fields added. A field of the same name replaces the
// one in c, but only to ask for more: its type, class and group stay, and its tier may only
// rise, because plans and the floor are chosen by them.
func (c Catalog) Extend(more Catalog) (Catalog, error) {
	out := maps.Clone(c)
	var flaws []*fault.Error
	for _, name := range slices.Sorted(maps.Keys(more)) {
		f := more[name]
		flaws = append(flaws, f.flaws()...)
		if f.Name != name {
			flaws = append(flaws, flaw("catalog_name", name))
		}
		if was, redefined := c[name]; redefined {
			flaws = append(flaws, f.weakens(was)...)
		}
		out[name] = f
	}
	if err := fault.Join(flaws...); err != nil {
		return nil, err
	}
	return out, nil
}

// weakens answers what f may not change of the field was that it replaces.
func (f Field) weakens(was Field) []*fault.Error {
	var flaws []*fault.Error
	refuse := func(member string, wrong bool) {
		if wrong {
			flaws = append(flaws, flaw("catalog_redefined", f.Name, "member", member))
		}
	}
	refuse("type", f.Type != was.Type)
	refuse("class", f.Class != was.Class)
	refuse("group", f.Group != was.Group)
	refuse("tier", f.Tier.rank() < was.Tier.rank())
	return flaws
}

// flaws answers everything that keeps f from being published.
func (f Field) flaws() []*fault.Error {
	var flaws []*fault.Error
	refuse := func(wrong bool, code string, params ...any) {
		if wrong {
			flaws = append(flaws, flaw(code, f.Name, params...))
		}
	}
	refuse(!plainName(f.Name), "catalog_name")
	for _, m := range f.missing() {
		refuse(true, "catalog_missing", "member", m)
	}
	for _, m := range f.unknown() {
		refuse(true, "catalog_unknown", "member", m)
	}
	refuse(!f.choicesFit(), "catalog_choices")
	refuse(f.Retention != "" && ParsePeriod(f.Retention) == 0, "catalog_period", "member", "retention")
	refuse(f.Validity != "" && ParsePeriod(f.Validity) == 0, "catalog_period", "member", "validity")
	refuse(f.Tier.rank() < f.Type.leastTier().rank(), "catalog_tier", "least", f.Type.leastTier())
	refuse(f.Channel() && f.Class != ContactData, "catalog_class")
	refuse(f.Type == ResidentID && !slices.Equal(f.Tokens, []string{"exact"}) && len(f.Tokens) > 0, "catalog_tokens")
	return flaws
}

// missing lists the members that a published field must have and f has not.
func (f Field) missing() []string {
	members := []struct {
		name string
		has  bool
	}{
		{"kinds", len(f.Kinds) > 0},
		{"group", f.Group != ""},
		{"owner", f.Owner != ""},
		{"purpose", f.Purpose != ""},
		{"retention", f.Retention != ""},
		{"label.zh", f.Label["zh"] != ""},
		{"label.en", f.Label["en"] != ""},
	}
	var names []string
	for _, m := range members {
		if !m.has {
			names = append(names, m.name)
		}
	}
	return names
}

// unknown lists the members of f whose word means nothing here.
func (f Field) unknown() []string {
	var names []string
	check := func(member string, known bool) {
		if !known {
			names = append(names, member)
		}
	}
	check("kinds", knownSet(f.Kinds, Person, Organization, Account))
	check("type", slices.Contains(types(), f.Type))
	check("class", slices.Contains([]Class{Identity, ContactData, Transaction, Behaviour, Preference}, f.Class))
	check("tier", f.Tier.rank() >= 0)
	check("mask", slices.Contains(masks(), f.Mask))
	check("tokens", knownSet(f.Tokens, "exact", "tail", "bigram", "pinyin"))
	return names
}

// choicesFit reports whether f names its choices if, and only if, it is a choice.
func (f Field) choicesFit() bool {
	if f.Type != Choice {
		return len(f.Choices) == 0
	}
	return len(f.Choices) > 0 && !slices.Contains(f.Choices, "") && knownSet(f.Choices, f.Choices...)
}

// knownSet reports whether every word is known and none is said twice.
func knownSet[T comparable](words []T, known ...T) bool {
	for i, w := range words {
		if !slices.Contains(known, w) || slices.Contains(words[:i], w) {
			return false
		}
	}
	return true
}

// leastTier is the least protection that values of type t may have, whatever a company
// publishes: a phone number is never treated as a preference.
func (t Type) leastTier() Tier {
	switch t {
	case ResidentID, Passport, USCC, BankCard, CNAPS:
		return Top
	case Phone, Email, Messenger:
		return High
	case Address:
		return Normal
	}
	return Low
}

// rank orders the tiers, least sensitive first; -1 for a word that is none.
func (t Tier) rank() int { return slices.Index([]Tier{Low, Normal, High, Top}, t) }

func types() []Type {
	return []Type{Text, Name, Phone, Email, Address, Messenger, ResidentID, Passport, USCC,
		BankCard, CNAPS, Date, Number, Money, Flag, Choice, List, Reference}
}

func masks() []string {
	return []string{"none", "phone", "email", "name", "address", "tail4", "date", "all"}
}

// flaw is a fault of one catalogued field.
func flaw(code, field string, params ...any) *fault.Error {
	return fault.New(fault.Invalid, code, append([]any{"field", field}, params...)...)
}
