package policy

import (
	"slices"
	"strconv"
	"strings"

	"amend/change"
	"amend/customer"
	"amend/fault"
)

// Ordinary is the facts of an unremarkable change of key: a signed-in standard customer at
// the portal, who has two proven channels, the better one proven 400 days ago.
func Ordinary(cat customer.Catalog, kind change.Kind, key customer.Key) Facts {
	field := cat[key.Field()]
	f := FactsOf(field).at(key)
	if len(field.Kinds) > 0 {
		f.RecordKind = field.Kinds[0]
	}
	f.Kind, f.Channel, f.FiledBy, f.Source = kind, "portal", "customer", "customer"
	f.Assurance, f.Grade, f.CustomerClass = customer.GradeB, customer.GradeB, "standard"
	f.Authority, f.ChannelAgeDays, f.Factors = Proven, 400, 2
	if f.opens() {
		f.Adds, f.Grade = true, ""
	}
	if kind == change.Enrol {
		f.Authority, f.ChannelAgeDays, f.Factors = None, 0, 0
	}
	return f
}

// ReadFacts reads the line of a case: the kind of request, the key, and what is not
// ordinary about it, by the names of the vocabulary:
//
//	update phone/work filed_by=staff customer_class=high removes
func ReadFacts(cat customer.Catalog, line string) (Facts, error) {
	words := strings.Fields(line)
	if len(words) < 2 || !slices.Contains(factNamed()["kind"].Values, words[0]) {
		return Facts{}, fault.New(fault.Invalid, "facts_bad_line", "line", shorten(line))
	}
	key, err := customer.ParseKey(words[1])
	if err != nil {
		return Facts{}, fault.New(fault.Invalid, "facts_bad_line", "line", shorten(line))
	}
	f := Ordinary(cat, change.Kind(words[0]), key)
	own := false // the line describes a field that is not in the catalogue
	for _, w := range words[2:] {
		name, value, said := strings.Cut(w, "=")
		if !said {
			value = "true"
		}
		if err := f.Set(name, value); err != nil {
			return Facts{}, err
		}
		own = own || name == "tier"
	}
	if _, known := cat.Of(key); !known && !own {
		return Facts{}, fault.New(fault.Invalid, "facts_unknown_field", "field", key.Field())
	}
	if f.Adds {
		f.Grade = ""
	}
	return f, nil
}

// Set gives the fact called name a value, as the vocabulary writes it.
func (f *Facts) Set(name, value string) error {
	v, known := factNamed()[name]
	if !known || v.set == nil {
		return fault.New(fault.Invalid, "facts_unknown", "name", shorten(name))
	}
	fits, values := v.Values == nil || value == "" || slices.Contains(v.Values, value), strings.Join(v.Values, ", ")
	switch v.Type {
	case "bool":
		fits, values = value == "true" || value == "false", "true, false"
	case "int":
		_, err := strconv.Atoi(value)
		fits, values = err == nil, "0, 1, 2 …"
	}
	if !fits {
		return fault.New(fault.Invalid, "facts_bad_value", "name", name, "value", shorten(value), "values", values)
	}
	v.set(f, value)
	return nil
}

// Value is the fact called name as a word, "" if there is none.
func (f Facts) Value(name string) string {
	v, known := factNamed()[name]
	if !known {
		return ""
	}
	return v.word(f)
}

// Line writes f as ReadFacts reads it: only what is not ordinary.
func (f Facts) Line(cat customer.Catalog) string {
	key := customer.KeyOf(f.Field, f.Slot)
	usual := Ordinary(cat, f.Kind, key)
	words := []string{string(f.Kind), string(key)}
	if f.Adds {
		usual.Grade = ""
	}
	if _, known := cat.Of(key); !known {
		usual.Tier = "?" // a field of which nothing is known is described, if only by its tier
	}
	for _, v := range vocabulary() {
		is := v.word(f)
		if v.set == nil || is == v.word(usual) {
			continue
		}
		if is == "true" && v.Type == "bool" {
			words = append(words, v.Name)
		} else {
			words = append(words, v.Name+"="+is)
		}
	}
	return strings.Join(words, " ")
}
