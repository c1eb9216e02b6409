package invent

import (
	"slices"
	"strings"
)

// western is what customers from elsewhere are put together from.
type western struct {
	countries bag[country]
	nicknames map[string]string
	short     []string // word, its abbreviation, and so on
	staff     staff
	brands    []string
	trades    []string
}

type country struct {
	code     string
	language string
	given    [2]bag[name] // female first
	surnames bag[name]
	streets  []string
	house    houseNumber
	cities   []city
	phones   []block
	lines    uint64 // how many numbers all blocks have
	forms    []string
}

// houseNumber is where the number of a house stands.
type houseNumber bool

const (
	houseFirst houseNumber = false // 12 High Street
	houseLast  houseNumber = true  // Hauptstraße 12
)

type city struct{ name, state, postcode string }

// A block is telephone numbers with the same beginning; from is how many the blocks before it have.
type block struct {
	prefix string
	digits int
	from   uint64
}

func readWestern(parts map[string][]string) western {
	w := western{nicknames: map[string]string{}, brands: words(parts["brands"]), trades: words(parts["trades"])}
	w.staff = staff{words(parts["employers"]), words(parts["jobs"]), words(parts["interests"]), words(parts["hosts"])}
	w.staff.employers, w.staff.jobs = parts["employers"], parts["jobs"]
	for _, line := range parts["nicknames"] {
		name, among, _ := strings.Cut(line, " ")
		w.nicknames[name] = among
	}
	for _, line := range parts["short"] {
		long, short, _ := strings.Cut(line, "|")
		w.short = append(w.short, long, short)
	}

	var list []country
	var weights []int
	for _, line := range parts["countries"] {
		f := strings.Fields(line)
		list, weights = append(list, readCountry(parts, f[0], f[2], f[3])), append(weights, number(f[1]))
	}
	w.countries = fill(list, func(i int) int { return weights[i] })
	return w
}

// readCountry gathers the lines of a country, and of the set of names that it shares with others.
func readCountry(parts map[string][]string, code, language, set string) country {
	c := country{code: code, language: language, house: set == "de"}
	for _, line := range parts["given"] {
		if f := strings.Fields(line); f[0] == set {
			c.given[sexOf(f[1])] = ranked(f[2:])
		}
	}
	var names []name
	var weights []int
	for _, line := range parts["surnames"] {
		if f := strings.Fields(line); f[0] == set {
			names, weights = append(names, plainName(f[1])), append(weights, number(f[2]))
		}
	}
	c.surnames = fill(names, func(i int) int { return weights[i] })
	for _, line := range parts["cities"] {
		if f := strings.Split(line, "|"); f[0] == code {
			c.cities = append(c.cities, city{f[1], f[2], f[3]})
		}
	}
	c.streets = listed(parts["streets"], set)
	if c.forms = listed(parts["forms"], code); c.forms == nil {
		c.forms = listed(parts["forms"], set)
	}
	c.readPhones(parts["phones"])
	return c
}

// country answers one of them by its code.
func (w *western) country(code string) *country {
	i := slices.IndexFunc(w.countries.items, func(c country) bool { return c.code == code })
	return &w.countries.items[i]
}

// ranked is given names from the commonest down, the first about five times as common as the last.
func ranked(texts []string) bag[name] {
	var names []name
	for _, t := range texts {
		names = append(names, plainName(t))
	}
	return fill(names, func(i int) int { return len(names)*5/4 - i })
}

// listed answers the rest of the line that begins with key.
func listed(lines []string, key string) []string {
	for _, line := range lines {
		if f := strings.Split(line, "|"); f[0] == key {
			return f[1:]
		}
	}
	return nil
}

func (c *country) readPhones(lines []string) {
	for _, line := range lines {
		f := strings.Fields(line)
		if f[0] != c.code {
			continue
		}
		for _, pattern := range f[1:] {
			prefix := strings.TrimRight(pattern, "#")
			b := block{prefix: prefix, digits: len(pattern) - len(prefix), from: c.lines}
			c.phones = append(c.phones, b)
			c.lines += power(b.digits)
		}
	}
}

func power(digits int) uint64 {
	n := uint64(1)
	for range digits {
		n *= 10
	}
	return n
}

// phone writes number k of a country's reserved ones. There are fewer of them than
// customers in a long list: strangers may share one, as people of one household do.
func (c *country) phone(l *line, k uint64) {
	k %= c.lines
	i, exact := slices.BinarySearchFunc(c.phones, k, func(b block, k uint64) int { return int(b.from) - int(k) })
	if !exact {
		i--
	}
	b := &c.phones[i]
	l.text = append(l.text, b.prefix...)
	l.fixed(k-b.from, b.digits)
}

// address writes country, city, region, street and postcode.
func (c *country) address(l *line, d *dice) {
	town := &c.cities[d.below(len(c.cities))]
	l.cell(c.code)
	l.cell(town.name)
	l.cell(town.state)
	street, house := d.pick(c.streets), 1+d.below(180)
	if c.house == houseLast {
		l.text = append(append(l.text, street...), ' ')
		l.count(house)
	} else {
		l.count(house)
		l.text = append(append(l.text, ' '), street...)
	}
	l.cell()
	for i := range len(town.postcode) {
		switch town.postcode[i] {
		case '#':
			l.text = append(l.text, byte('0'+d.below(10)))
		case '@':
			l.text = append(l.text, "ABDEFGHJLNPQRSTUWXYZ"[d.below(20)])
		default:
			l.text = append(l.text, town.postcode[i])
		}
	}
	l.cell()
}
