package intake

import (
	"embed"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"amend/customer"
)

//go:embed mappings/*.json
var mappings embed.FS

// Febrl is the mapping for tables made by the ANU Febrl generator of synthetic Australian
// persons, the sample data of the demo.
func Febrl() Mapping { return febrl() }

var febrl = sync.OnceValue(func() Mapping {
	m, err := ParseMapping(embedded("febrl.json"))
	if err != nil {
		panic("intake: febrl.json: " + err.Error()) // embedded: wrong only if the build is
	}
	return m
})

// vocabulary is what columns are called in the lists that people send.
type vocabulary struct {
	Given   []string                  `json:"given"`
	Surname []string                  `json:"surname"`
	Address map[string][]string       `json:"address"`         // in columns, with a country
	Written map[string][]string       `json:"written_address"` // as written in China, from the province down
	Keys    map[customer.Key][]string `json:"keys"`
}

var words = sync.OnceValue(func() vocabulary {
	var v vocabulary
	if err := json.Unmarshal(embedded("words.json"), &v); err != nil {
		panic("intake: words.json: " + err.Error())
	}
	return v
})

func embedded(name string) []byte {
	b, err := mappings.ReadFile("mappings/" + name)
	if err != nil {
		panic("intake: " + err.Error())
	}
	return b
}

// GuessMapping proposes a mapping for a header, for a person to look at: a table that is
// known by its header, or else column by column from the catalogue's names and labels and
// from what such columns are usually called, in Chinese and English. It never guesses the
// order of day and month. The second answer is the columns that nothing was found for.
func GuessMapping(header []string, cat customer.Catalog) (Mapping, []string) {
	if m := Febrl(); containsAll(header, m.Header) && m.Check(cat) == nil {
		return m, unused(header, m)
	}
	g := guess{cat: cat, columns: make(map[string]string, len(header))}
	for _, name := range slices.Backward(header) { // the first of two wins
		g.columns[plain(name)] = name
	}
	delete(g.columns, "")

	g.names()
	g.address()
	g.fields()
	m := Mapping{Kind: g.kind(), Header: slices.Clone(header)}
	for _, t := range g.targets {
		if g.carries(t.Key, m.Kind) {
			m.Values = append(m.Values, t)
		}
	}
	return m, unused(header, m)
}

func containsAll(header, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(name string) bool { return !slices.Contains(header, name) })
}

// unused lists the columns of header that m does not read.
func unused(header []string, m Mapping) []string {
	used := make(map[string]bool, len(header))
	for _, t := range m.Values {
		for _, name := range t.reads() {
			used[name] = true
		}
	}
	var left []string
	for _, name := range header {
		if name != "" && !used[name] {
			left = append(left, name)
		}
	}
	return left
}

// A guess gathers targets; a column that is taken is no longer in columns.
type guess struct {
	cat     customer.Catalog
	columns map[string]string // plain name → name as in the header
	targets []Target
}

// take answers the first column called by one of the names, and takes it.
func (g *guess) take(names ...string) (string, bool) {
	for _, n := range names {
		if column, ok := g.columns[plain(n)]; ok {
			delete(g.columns, plain(n))
			return column, true
		}
	}
	return "", false
}

// names joins a given name and a surname, in the order and the way that the script of the
// header asks for.
func (g *guess) names() {
	w := words()
	if _, ok := g.cat["legal_name"]; !ok {
		return
	}
	given, hasGiven := g.take(w.Given...)
	surname, hasSurname := g.take(w.Surname...)
	switch {
	case hasGiven && hasSurname && strings.ContainsFunc(given+surname, isHan):
		g.add("legal_name", Target{Source: Source{From: []string{surname, given}, Tight: true}})
	case hasGiven && hasSurname:
		g.add("legal_name", Target{Source: Source{From: []string{given, surname}}})
	case hasGiven:
		g.columns[plain(given)] = given
	case hasSurname:
		g.columns[plain(surname)] = surname
	}
}

// address gathers the columns of one postal address. Chinese columns are read as one text,
// from the province down; others need their country: without one, nobody knows the rules.
func (g *guess) address() {
	w := words()
	if _, ok := g.cat["address"]; !ok {
		return
	}
	if g.has(w.Written["line"]) {
		g.add("address", Target{Source: Source{From: g.takeAll(w.Written, "province", "city", "area", "line"), Tight: true}})
		return
	}
	if !g.has(w.Address["line"]) || !g.has(w.Address["country"]) {
		return
	}
	parts := map[string]Source{
		"country":  {From: g.takeAll(w.Address, "country")},
		"region":   {From: g.takeAll(w.Address, "city", "state"), Join: ", "},
		"line":     {From: g.takeAll(w.Address, "line", "line2")},
		"postcode": {From: g.takeAll(w.Address, "postcode")},
	}
	maps.DeleteFunc(parts, func(_ string, s Source) bool { return s.empty() })
	g.add("address", Target{Parts: parts})
}

// has reports whether a column called by one of the names is left.
func (g *guess) has(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return g.columns[plain(n)] != "" })
}

// takeAll takes one column for each of the members that has one.
func (g *guess) takeAll(vocabulary map[string][]string, members ...string) []string {
	var columns []string
	for _, m := range members {
		if column, ok := g.take(vocabulary[m]...); ok {
			columns = append(columns, column)
		}
	}
	return columns
}

// fields finds one column for each key that is left.
func (g *guess) fields() {
	w := words()
	names := make(map[customer.Key][]string, len(g.cat)+len(w.Keys))
	for name, f := range g.cat {
		names[customer.Key(name)] = []string{name, f.Label["zh"], f.Label["en"]}
	}
	for key, more := range w.Keys {
		names[key] = append(names[key], more...)
	}
	for _, key := range slices.Sorted(maps.Keys(names)) {
		f, ok := g.cat.Of(key)
		if !ok || f.Type == customer.Address {
			continue // address has gathered what there is
		}
		column, ok := g.take(names[key]...)
		if !ok {
			continue
		}
		t := Target{Source: Source{From: []string{column}}}
		switch f.Type {
		case customer.Date:
			t.Date = YearFirst
		case customer.List:
			t.Split = ";；、|"
		}
		g.add(key, t)
	}
}

func (g *guess) add(key customer.Key, t Target) {
	t.Key = key
	if !slices.ContainsFunc(g.targets, func(was Target) bool { return was.Key == key }) {
		g.targets = append(g.targets, t)
	}
}

// kind is the kind of record that carries most of what was found; a person in doubt.
func (g *guess) kind() customer.Kind {
	best, most := customer.Person, 0
	for _, k := range []customer.Kind{customer.Person, customer.Organization, customer.Account} {
		n := 0
		for _, t := range g.targets {
			if g.carries(t.Key, k) {
				n++
			}
		}
		if n > most {
			best, most = k, n
		}
	}
	return best
}

func (g *guess) carries(key customer.Key, k customer.Kind) bool {
	f, ok := g.cat.Of(key)
	return ok && slices.Contains(f.Kinds, k)
}

// plain is a column's name without what people vary: case, blanks and punctuation.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
