package invent

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Twist is one way in which the same customer is written differently the second time.
type Twist string

// The twists. Each leaves a value that is well formed.
const (
	Typo        Twist = "typo"         // a slip in the name
	Homophone   Twist = "homophone"    // another character that sounds the same: 伟, 玮
	Pinyin      Twist = "pinyin"       // a Chinese name in Latin letters
	Swapped     Twist = "swapped"      // surname first where it comes last
	ShortName   Twist = "short_name"   // an initial, a nickname, a company without its form
	ShortStreet Twist = "short_street" // St for Street, 8-2-301 for 8号2幢301室
	Capitals    Twist = "capitals"     // the name in capitals
	OldPhone    Twist = "old_phone"    // another number
	OtherMail   Twist = "other_mail"   // another mail address
	Moved       Twist = "moved"        // another postal address
	Missing     Twist = "missing"      // a value that is left out
	DateSlip    Twist = "date_slip"    // day and month exchanged, or a day beside
	Form        Twist = "form"         // the same number or date written another way
)

// A twist changes some cells of a copy; done is false where it finds nothing to change.
type twist struct {
	kind Twist
	do   func(c *copying) (done bool)
}

// A copying is a customer who is being written down once more.
type copying struct {
	dice
	mix   Mix
	row   int
	cells []string
	was   []string // as the customer stands the first time
}

var anyTwists = []twist{
	{Typo, (*copying).typo}, {Homophone, (*copying).homophone}, {ShortStreet, (*copying).street}, {Capitals, (*copying).capitals},
	{OldPhone, (*copying).phone}, {OtherMail, (*copying).mail}, {Moved, (*copying).moved}, {Missing, (*copying).missing},
	{DateSlip, (*copying).dateSlip}, {Form, (*copying).form},
}

var personTwists = append([]twist{{Pinyin, (*copying).pinyin}, {Swapped, (*copying).swapped}, {ShortName, (*copying).given}}, anyTwists...)

var organizationTwists = append([]twist{{ShortName, (*copying).shortName}}, anyTwists...)

func (person) twists() []twist { return personTwists }

func (organization) twists() []twist { return organizationTwists }

// twist changes a copy in one to three ways and answers which.
func (m Mix) twist(cells []string, row int, all []twist) []Twist {
	c := copying{roll(m.Seed, row, streamTwist), m, row, cells, slices.Clone(cells)}
	wanted := 1 + [...]int{0, 0, 0, 1, 1, 2}[c.below(6)]
	did := make([]Twist, 0, wanted)
	used := uint64(0)
	for len(did) < wanted && used != 1<<len(all)-1 {
		i := c.below(len(all))
		if used&(1<<i) == 0 && all[i].do(&c) {
			did = append(did, all[i].kind)
		}
		used |= 1 << i
	}
	return did
}

func (c *copying) chinese() bool { return c.cells[atCountry] == "CN" }

// set puts a text into a cell, and reports whether it says anything new. Nothing that one
// twist did is undone by another.
func (c *copying) set(at int, text string) bool {
	left := c.cells[at] == "" && c.was[at] != ""
	if text == c.cells[at] || text == c.was[at] || text == "" || left {
		return false
	}
	c.cells[at] = text
	return true
}

// typo is a slip of the fingers behind the first letter of a name in Latin letters.
func (c *copying) typo() bool {
	rs := []rune(c.cells[atName])
	if len(rs) < 4 || utf8.RuneLen(rs[0]) > 2 {
		return false
	}
	i := 1 + c.below(len(rs)-2)
	switch c.below(3) {
	case 0:
		rs[i], rs[i+1] = rs[i+1], rs[i]
	case 1:
		rs = append(rs[:i], rs[i+1:]...)
	default:
		rs = append(rs[:i], rs[i-1:]...)
	}
	return c.set(atName, strings.TrimSpace(string(rs)))
}

// homophone takes another character for the last one that has a twin.
func (c *copying) homophone() bool {
	rs := []rune(c.cells[atName])
	for i := len(rs) - 1; i > 0; i-- {
		if alike := loaded().chinese.alike[rs[i]]; len(alike) > 1 {
			for rs[i] == []rune(c.cells[atName])[i] {
				rs[i] = alike[c.below(len(alike))]
			}
			return c.set(atName, string(rs))
		}
	}
	return false
}

// pinyin writes the reading for the name, in either order.
func (c *copying) pinyin() bool {
	surname, given, read := strings.Cut(c.cells[atOtherName], " ")
	if !c.chinese() || !read {
		return false
	}
	c.cells[atOtherName] = ""
	if c.below(2) == 0 {
		surname, given = given, surname
	}
	return c.set(atName, surname+" "+given)
}

func (c *copying) swapped() bool {
	i := strings.LastIndexByte(c.cells[atName], ' ')
	if i < 0 {
		return false
	}
	between := [...]string{" ", ", "}[c.below(2)]
	return c.set(atName, c.cells[atName][i+1:]+between+c.cells[atName][:i])
}

// given shortens a western given name to what friends say, or to its initial.
func (c *copying) given() bool {
	first, rest, several := strings.Cut(c.cells[atName], " ")
	if c.chinese() || !several {
		return false
	}
	if among := loaded().western.nicknames[first]; among != "" && c.below(2) == 0 {
		return c.set(atName, among+" "+rest)
	}
	initial, _ := utf8.DecodeRuneInString(first)
	return c.set(atName, string(initial)+". "+rest)
}

// street shortens the words that streets end in.
func (c *copying) street() bool {
	return c.set(atStreet, loaded().western.shorten(c.cells[atStreet], c.chinese()))
}

var shortHouse = strings.NewReplacer("号", "-", "幢", "-", "室", "")

// shorten replaces the long words of streets, those of one way of writing.
func (w *western) shorten(street string, han bool) string {
	if han {
		return shortHouse.Replace(strings.TrimSuffix(street, "号"))
	}
	for i := 0; i < len(w.short); i += 2 {
		street = strings.Replace(street, w.short[i], w.short[i+1], 1)
	}
	return street
}

// shortName is what everybody calls a company.
func (c *copying) shortName() bool { return c.set(atName, c.cells[atOtherName]) }

func (c *copying) capitals() bool { return c.set(atName, strings.ToUpper(c.cells[atName])) }

func (c *copying) phone() bool {
	if c.chinese() {
		return c.set(atPhone, oldMobile(c.mix, c.row))
	}
	var l line
	loaded().western.country(c.cells[atCountry]).phone(&l, c.next())
	return c.set(atPhone, string(l.text))
}

// mail is an address of another form than any first one, so that it is nobody else's.
func (c *copying) mail() bool {
	hosts := loaded().western.staff.hosts
	return c.set(atEmail, "box_"+strconv.Itoa(c.row+1)+"@"+c.pick(hosts))
}

// moved is another address in the same country.
func (c *copying) moved() bool {
	var l line
	if c.chinese() {
		loaded().chinese.address(&l, &c.dice)
	} else {
		loaded().western.country(c.cells[atCountry]).address(&l, &c.dice)
	}
	copy(c.cells[atCountry:], l.cells())
	return true
}

// missing empties one cell that holds something, but not the last contact.
func (c *copying) missing() bool {
	at := [...]int{atDate, atNumber, atPhone, atEmail}[c.below(4)]
	contact := at == atPhone && c.cells[atEmail] == "" || at == atEmail && c.cells[atPhone] == ""
	if c.cells[at] == "" || c.cells[at] != c.was[at] || contact {
		return false
	}
	c.cells[at] = ""
	return true
}

// dateSlip exchanges day and month where that is a day, and else takes the day before or after.
func (c *copying) dateSlip() bool {
	date := c.cells[atDate]
	if !plainDate(date) {
		return false
	}
	year, month, day := date[:5], date[5:7], date[8:]
	if month != day && day <= "12" {
		return c.set(atDate, year+day+"-"+month)
	}
	n := number(day)
	if n > 1 {
		n -= 2
	}
	var l line
	l.fixed(uint64(n+1), 2)
	return c.set(atDate, year+month+"-"+string(l.text))
}

// plainDate reports whether a date is still written as 2006-01-02.
func plainDate(date string) bool { return len(date) == len("2006-01-02") && date[4] == '-' }

// form writes the same phone number or date as other systems do.
func (c *copying) form() bool {
	phone, date := c.cells[atPhone], c.cells[atDate]
	switch {
	case c.below(2) == 0 && plainDate(date):
		return c.set(atDate, [...]string{strings.ReplaceAll(date, "-", "/"), strings.ReplaceAll(date, "-", "")}[c.below(2)])
	case len(phone) == 11 && phone[0] == '1':
		return c.set(atPhone, [...]string{"+86 ", "0086-", ""}[c.below(3)]+phone[:3]+" "+phone[3:7]+" "+phone[7:])
	case len(phone) > 8 && phone[0] == '+':
		return c.set(atPhone, "00"+phone[1:len(phone)-4]+"-"+phone[len(phone)-4:])
	}
	return false
}
