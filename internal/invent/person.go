package invent

// person is the sort of customer that People lists.
type person struct{}

// The columns of a person alone.
const (
	atGender = atOwn + iota
	atNationality
	atTime
	atInterests
	atEmployer
	atJob
)

var personColumns = []string{"gender", "nationality", "contact_time", "interests", "employer", "job_title"}

func (person) header() []string { return People{}.Header() }

// A day of birth or foundation. Nothing here knows which day it is: the last is in 2006.
type day struct{ year, month, day int }

// born draws the birth of an adult: few are very old, few very young.
func born(d *dice) day {
	b := day{year: 1936 + d.below(36) + d.below(36), month: 1 + d.below(12)}
	b.day = 1 + d.below(b.monthLength())
	return b
}

func (b day) monthLength() int {
	switch {
	case b.month == 2 && b.year%4 == 0: // 1900 and 2100 are never drawn
		return 29
	case b.month == 2:
		return 28
	case b.month == 4 || b.month == 6 || b.month == 9 || b.month == 11:
		return 30
	}
	return 31
}

// age is the place of a birth among the fashions of Chinese given names.
func (b day) age() int {
	switch {
	case b.year < 1970:
		return 0
	case b.year < 1995:
		return 1
	}
	return 2
}

func (l *line) date(b day) {
	l.fixed(uint64(b.year), 4)
	l.text = append(l.text, '-')
	l.fixed(uint64(b.month), 2)
	l.text = append(l.text, '-')
	l.fixed(uint64(b.day), 2)
	l.cell()
}

func (person) cells(m Mix, n, row int) []string {
	var text [512]byte
	var ends [atJob + 1]int
	l, d := line{text[:0], ends[:0]}, roll(m.Seed, n, streamWho)
	from := roll(m.Seed, row, streamWho)
	l.cell(id(&from, row))
	sex, birth := d.below(2), born(&d)
	if d.chance(m.Chinese) {
		chinesePerson(&l, &d, m, n, sex, birth)
	} else {
		westernPerson(&l, &d, m, n, sex, birth)
	}
	return l.cells()
}

func chinesePerson(l *line, d *dice, m Mix, n, sex int, birth day) {
	c := &loaded().chinese
	surname, given := c.surnames.draw(d), c.named(d, sex, birth.age())
	l.cell(surname.written, given.written)
	l.cell(surname.read, " ", given.read)
	l.sometimes(d, 90, func() { l.date(birth) })
	l.sometimes(d, 70, func() { c.residentID(l, m, n, sex, birth); l.cell() })
	l.sometimes(d, 97, func() { mobile(l, m, n); l.cell() })
	l.sometimes(d, 80, func() { l.chineseMail(d, m, n, surname, &given, c.staff.hosts) })
	c.address(l, d)
	l.cell("zh-Hans")
	l.cell([...]string{"wechat", "wechat", "sms", "phone", "email"}[d.below(5)])
	l.choices(d, sex, "CN", &c.staff)
}

func westernPerson(l *line, d *dice, m Mix, n, sex int, birth day) {
	w := &loaded().western
	c := w.countries.draw(d)
	given, surname := c.given[sex].draw(d), c.surnames.draw(d)
	l.text = append(append(l.text, given.written...), ' ')
	if d.below(10) < 3 {
		l.text = append(l.text, "ABCDEFGHJKLMNPRSTW"[d.below(18)], '.', ' ')
	}
	l.cell(surname.written)
	if given.read != given.written || surname.read != surname.written {
		l.cell(given.read, " ", surname.read)
	} else {
		l.cell()
	}
	l.sometimes(d, 85, func() { l.date(birth) })
	l.cell()
	l.sometimes(d, 75, func() { c.phone(l, scatter(n, m.Seed, c.lines)); l.cell() })
	l.sometimes(d, 92, func() { l.mail(d, n, given, surname, w.staff.hosts) })
	c.address(l, d)
	l.cell(c.language)
	l.cell([...]string{"email", "email", "phone", "sms", "letter"}[d.below(5)])
	l.choices(d, sex, c.code, &w.staff)
}

// sometimes writes a cell in so many of a hundred rows, and leaves it empty in the others.
func (l *line) sometimes(d *dice, hundredths int, write func()) {
	if d.below(100) < hundredths {
		write()
	} else {
		l.cell()
	}
}

// choices writes what a person has chosen: the cells from marketing_optout to the last.
func (l *line) choices(d *dice, sex int, nationality string, s *staff) {
	l.cell([...]string{"", "", "yes", "no", "no"}[d.below(5)])
	l.cell([...]string{"female", "male"}[sex])
	l.cell(nationality)
	l.cell([...]string{"", "any", "morning", "noon", "afternoon", "evening", "weekend"}[d.below(7)])
	first := d.below(len(s.interests))
	switch d.below(4) {
	case 0:
		l.cell()
	case 1:
		l.cell(s.interests[first])
	default:
		l.cell(s.interests[first], ";", s.interests[(first+1+d.below(len(s.interests)-1))%len(s.interests)])
	}
	l.cell(d.pick(s.employers))
	l.cell(d.pick(s.jobs))
}

// mail writes the address of customer n, who alone has it.
func (l *line) mail(d *dice, n int, given, surname *name, hosts []string) {
	switch d.below(3) {
	case 0:
		l.text = append(append(append(l.text, given.plain...), '.'), surname.plain...)
	case 1:
		l.text = append(append(append(l.text, given.plain[0]), '.'), surname.plain...)
	default:
		l.text = append(append(l.text, surname.plain...), given.plain...)
	}
	l.count(n + 1)
	l.cell("@", d.pick(hosts))
}

// chineseMail is mail, or a number as many a mailbox in China is called.
func (l *line) chineseMail(d *dice, m Mix, n int, surname, given *name, hosts []string) {
	const boxes = 900_000_000
	if d.below(3) > 0 {
		l.mail(d, n, given, surname, hosts)
		return
	}
	l.count(100_000_000 + int(scatter(n, m.Seed+1, boxes)))
	l.cell("@", d.pick(hosts))
}
