package invent

import (
	"strings"

	"amend/quality"
)

// chinese is what customers from China are put together from.
type chinese struct {
	surnames  bag[name]
	given     [2][3]given // by sex, female first, and age
	alike     map[rune][]rune
	provinces bag[province]
	roads     []string
	staff     staff
	firms     firms
}

// given is names of one sex and age: one character, or two of which each has its habits.
type given struct{ single, first, second []name }

// A province has its areas by their codes, and its postcodes their first digits in common.
type province struct {
	code     string
	postcode string
	areas    []area
}

// An area has a code of GB/T 2260; city is the name that companies there put in front of theirs.
type area struct{ code, city string }

// staff is what people do all day.
type staff struct{ employers, jobs, interests, hosts []string }

// firms is what names of companies are made of.
type firms struct{ brands, trades, forms []string }

func readChinese(parts map[string][]string) chinese {
	c := chinese{alike: map[rune][]rune{}, roads: words(parts["roads"])}
	c.staff = staff{words(parts["employers"]), words(parts["jobs"]), words(parts["interests"]), words(parts["hosts"])}
	c.firms = firms{words(parts["brands"]), words(parts["trades"]), words(parts["forms"])}

	readings := map[string]string{}
	for _, line := range parts["readings"] {
		reading, same, _ := strings.Cut(line, " ")
		for _, r := range same {
			readings[string(r)] = reading
			c.alike[r] = []rune(same)
		}
	}
	c.surnames = readSurnames(parts["surnames"])
	for _, line := range parts["given"] {
		f := strings.Fields(line)
		of := func(i int) []name {
			var list []name
			for _, r := range characters(f[i]) {
				list = append(list, readName(r, readings[r]))
			}
			return list
		}
		c.given[sexOf(f[0][:1])][number(f[0][1:])-1] = given{of(1), of(2), of(3)}
	}
	c.provinces = readProvinces(parts["provinces"])
	return c
}

func readSurnames(lines []string) bag[name] {
	var names []name
	var weights []int
	for _, line := range lines {
		f := strings.Fields(line)
		names, weights = append(names, readName(f[0], f[1])), append(weights, number(f[2]))
	}
	return fill(names, func(i int) int { return weights[i] })
}

func readProvinces(lines []string) bag[province] {
	var list []province
	var weights []int
	for _, line := range lines {
		f := strings.Fields(line)
		list, weights = append(list, province{f[0], f[2], areasOf(f[0])}), append(weights, number(f[1]))
	}
	return fill(list, func(i int) int { return weights[i] })
}

// areasOf lists the areas of a province. A city that exists only in the tables lends its
// companies the name of the province.
func areasOf(code string) []area {
	path, _ := quality.RegionPath(code)
	short := strings.TrimSuffix(strings.TrimSuffix(path[0].Name, "市"), "省")
	var list []area
	for _, city := range quality.Children(code) {
		name, named := strings.CutSuffix(city.Name, "市")
		if !named {
			name = short
		}
		for _, a := range quality.Children(city.Code) {
			list = append(list, area{a.Code, name})
		}
	}
	return list
}

// sexOf is the place of a sex in tables: 0 for f, 1 for m.
func sexOf(letter string) int {
	if letter == "m" {
		return 1
	}
	return 0
}

// named draws a given name: a person of the middle age has one character as often as two.
func (c *chinese) named(d *dice, sex, age int) name {
	g := &c.given[sex][age]
	if d.below(100) < [3]int{25, 45, 12}[age] {
		return g.single[d.below(len(g.single))]
	}
	first, second := &g.first[d.below(len(g.first))], &g.second[d.below(len(g.second))]
	return name{first.written + second.written, first.read + second.plain, first.plain + second.plain}
}

// address writes country, city, region, street and postcode. The region is a code, so the
// city's cell stays empty.
func (c *chinese) address(l *line, d *dice) *area {
	p := c.provinces.draw(d)
	a := &p.areas[d.below(len(p.areas))]
	l.cell("CN")
	l.cell()
	l.cell(a.code)
	l.text = append(l.text, d.pick(c.roads)...)
	l.count(1 + d.below(300))
	l.text = append(l.text, "号"...)
	if d.below(3) > 0 {
		l.count(1 + d.below(20))
		l.text = append(l.text, "幢"...)
		l.count(100*(1+d.below(18)) + 1 + d.below(4))
		l.text = append(l.text, "室"...)
	}
	l.cell()
	if d.below(2) == 0 {
		l.text = append(l.text, p.postcode...)
		l.fixed(uint64(d.below(10000)), 4)
	}
	l.cell()
	return a
}

// Of the prefixes of mobile numbers that no operator had in 2022, two are for numbers in
// use and the third for numbers that somebody had once.
const (
	mobiles    = 200_000_000
	oldMobiles = 100_000_000
)

// mobile writes the number of customer n, who alone has it.
func mobile(l *line, m Mix, n int) {
	k := scatter(n, m.Seed, mobiles)
	if k < mobiles/2 {
		l.text = append(l.text, "154"...)
	} else {
		l.text = append(l.text, "161"...)
	}
	l.fixed(k%(mobiles/2), 8)
}

// oldMobile is a number that the customer of one row had once.
func oldMobile(m Mix, row int) string {
	var l line
	l.text = append(l.text, "164"...)
	l.fixed(scatter(row, m.Seed, oldMobiles), 8)
	return string(l.text)
}

// places is how many places we invent in each province: a city 99 of GB/T 2260, which no
// province has, and its areas 01 to 99.
const places = 99

// place writes the six digits of place k.
func (c *chinese) place(l *line, k uint64) {
	p := &c.provinces.items[k/places%uint64(len(c.provinces.items))]
	l.text = append(append(l.text, p.code...), "99"...)
	l.fixed(1+k%places, 2)
}

// residentID writes a number of GB 11643: place, birth, a sequence that is odd for men, and
// the check character of ISO 7064 MOD 11-2. It is unique among 1.5 million customers.
func (c *chinese) residentID(l *line, m Mix, n, sex int, born day) {
	const sequences = 499
	at := len(l.text)
	k := scatter(n, m.Seed, uint64(len(c.provinces.items))*places*sequences)
	c.place(l, k/sequences)
	l.fixed(uint64(born.year*10000+born.month*100+born.day), 8)
	l.fixed(k%sequences*2+uint64(2-sex), 3)
	p := 0
	for _, digit := range l.text[at:] {
		p = (p + int(digit-'0')) * 2 % 11
	}
	l.text = append(l.text, "0123456789X"[(12-p)%11])
}
