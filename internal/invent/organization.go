package invent

// organization is the sort of customer that Organizations lists.
type organization struct{}

// The columns of a company alone.
const (
	atRepresentative = atOwn + iota
	atIndustry
	atHeadcount
	atWebsite
)

var organizationColumns = []string{"legal_representative", "industry", "headcount", "website"}

func (organization) header() []string { return Organizations{}.Header() }

func (organization) cells(m Mix, n, row int) []string {
	var text [512]byte
	var ends [atWebsite + 1]int
	l, d := line{text[:0], ends[:0]}, roll(m.Seed, n, streamWho)
	from := roll(m.Seed, row, streamWho)
	l.cell(id(&from, row))
	founded := day{year: 1956 + d.below(26) + d.below(26), month: 1 + d.below(12)}
	founded.day = 1 + d.below(founded.monthLength())
	if d.chance(m.Chinese) {
		chineseFirm(&l, &d, m, n, founded)
	} else {
		westernFirm(&l, &d, m, n, founded)
	}
	return l.cells()
}

func chineseFirm(l *line, d *dice, m Mix, n int, founded day) {
	c := &loaded().chinese
	var at line
	a := c.address(&at, d)
	brand, other, trade := d.pick(c.firms.brands), d.pick(c.firms.brands), d.pick(c.firms.trades)
	l.cell(a.city, brand, other, trade, d.pick(c.firms.forms))
	l.cell(brand, other, trade)
	l.date(founded)
	l.sometimes(d, 90, func() { c.creditCode(l, m, n); l.cell() })
	mobile(l, m, n)
	l.cell()
	l.firmMail(d, n, c.staff.hosts)
	for _, cell := range at.cells() {
		l.cell(cell)
	}
	l.cell("zh-Hans")
	surname, sex := c.surnames.draw(d), d.below(2)
	l.firmChoices(d, n, trade, surname.written, c.named(d, sex, d.below(2)).written)
}

func westernFirm(l *line, d *dice, m Mix, n int, founded day) {
	w := &loaded().western
	c := w.countries.draw(d)
	brand, trade := d.pick(w.brands), d.pick(w.trades)
	surname := c.surnames.draw(d)
	if d.below(3) == 0 {
		brand = surname.written
	}
	l.cell(brand, " ", trade, " ", d.pick(c.forms))
	l.cell(brand, " ", trade)
	l.date(founded)
	l.cell()
	c.phone(l, scatter(n, m.Seed, c.lines))
	l.cell()
	l.firmMail(d, n, w.staff.hosts)
	c.address(l, d)
	l.cell(c.language)
	given := c.given[d.below(2)].draw(d)
	l.firmChoices(d, n, trade, given.written, " ", surname.written)
}

// firmMail writes the address of company n, under a name of its own or of a host.
func (l *line) firmMail(d *dice, n int, hosts []string) {
	l.text = append(l.text, [...]string{"info", "office", "sales", "contact"}[d.below(4)]...)
	if d.below(2) == 0 {
		l.text = append(l.text, "@firm"...)
		l.count(n + 1)
		l.cell(".example")
		return
	}
	l.count(n + 1)
	l.cell("@", d.pick(hosts))
}

// firmChoices writes the cells from contact_channel to the last.
func (l *line) firmChoices(d *dice, n int, trade string, representative ...string) {
	l.cell([...]string{"email", "email", "phone", "letter"}[d.below(4)])
	l.cell([...]string{"", "yes", "no"}[d.below(3)])
	l.cell(representative...)
	l.cell(trade)
	l.count(1 + d.below(30)*d.below(30))
	l.cell()
	l.text = append(l.text, "https://firm"...)
	l.count(n + 1)
	l.cell(".example/")
}

// creditCode writes a code of GB 32100-2015: a company (91) at a place that nobody has, the
// nine characters of its own of which the last is the check of GB 11714-1997, and the check
// of the whole.
func (c *chinese) creditCode(l *line, m Mix, n int) {
	const (
		alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // without I, O, S, V, Z
		bodies   = 100_000_000
	)
	at := len(l.text)
	l.text = append(l.text, "91"...)
	c.place(l, blend(m.Seed+uint64(n)))
	own := len(l.text)
	l.fixed(scatter(n, m.Seed, bodies), 8)
	sum := 0
	for i, weight := range [...]int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(l.text[own+i]-'0') * weight
	}
	l.text = append(l.text, "0X987654321"[sum%11])

	sum, weight := 0, 1
	for _, b := range l.text[at:] {
		value := int(b - '0')
		if b == 'X' {
			value = 29
		}
		sum, weight = sum+value*weight, weight*3%31
	}
	l.text = append(l.text, alphabet[(31-sum%31)%31])
}
