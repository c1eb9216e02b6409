// Package invent is customers who do not exist: as many as are wanted, of one seed, with
// names, numbers and addresses as real lists have them, and with the duplicates and errors
// of real lists, of which it is known where they are.
//
// Row i is worked out from the seed and i alone: nothing is kept between two rows, so a
// million can be streamed in little memory, made side by side, or looked up one by one, and
// a shorter list is the beginning of every longer one.
//
// No invented customer can be reached or be taken for somebody. Mail addresses are under
// names that RFC 2606 and RFC 6761 reserve; telephone numbers are from ranges that
// regulators keep free for fiction or, in China, which has none, from prefixes that no
// operator had in 2022; identity numbers and credit codes have right check characters and
// a place that was never given out.
package invent

import "strconv"

// A Mix is what a list is made of.
type Mix struct {
	Seed       uint64
	Chinese    float64 // share of customers from China, 0 to 1; the others are western
	Duplicates float64 // share of rows that repeat the customer of an earlier row, 0 to 1
	Errors     float64 // share of rows with one value that cannot be right, 0 to 1
}

// Usual is a mix as found in a list of a few years: half Chinese, one row in twenty a
// duplicate, one in a hundred damaged.
func Usual(seed uint64) Mix { return Mix{Seed: seed, Chinese: 0.5, Duplicates: 0.05, Errors: 0.01} }

// People is a list of invented persons.
type People Mix

// Organizations is a list of invented companies.
type Organizations Mix

// A Row is one row of a list, and the truth about it.
type Row struct {
	Cells []string // in the order of the header
	Truth
}

// Truth is what is known about a row, because it was planted.
type Truth struct {
	Of     int        // the row, from 0, where the same customer stood first; the row itself if it is the first
	Twists []Twist    // how a duplicate differs from that row, beside its external id
	Column string     // the column of the damaged value, "" if none is
	Damage DamageKind // what is wrong with it
}

// Header names the columns of a list of persons as intake.GuessMapping knows them.
func (People) Header() []string {
	return append(shared("legal_name", "name_spelling", "birthday", "resident_id"), personColumns...)
}

// Header names the columns of a list of companies as intake.GuessMapping knows them.
func (Organizations) Header() []string {
	return append(shared("org_name", "short_name", "founded", "uscc"), organizationColumns...)
}

// Row answers row i, counted from 0.
func (p People) Row(i int) Row { return Mix(p).row(i, person{}) }

// Row answers row i, counted from 0.
func (o Organizations) Row(i int) Row { return Mix(o).row(i, organization{}) }

// The columns that both lists have come first, at the same places.
const (
	atID = iota
	atName
	atOtherName
	atDate
	atNumber
	atPhone
	atEmail
	atCountry
	atCity
	atRegion
	atStreet
	atPostcode
	atLanguage
	atChannel
	atOptout
	atOwn // the first that only one list has
)

func shared(name, otherName, date, number string) []string {
	return []string{
		"external_id", name, otherName, date, number, "phone", "email", "country", "city", "region", "street", "postcode",
		"language", "contact_channel", "marketing_optout",
	}
}

// A sort of customer writes its cells, and knows what can befall them.
type sort interface {
	header() []string
	cells(m Mix, n, row int) []string // customer n, in the words of row
	twists() []twist
	damages() []damage
}

// The streams of chance of one row. Two questions that must not hang together have two.
const (
	streamWho = iota + 1
	streamDuplicate
	streamTwist
	streamError
	streamDamage
)

// row is the customer, then what happened to the copy, then the accident.
func (m Mix) row(i int, s sort) Row {
	r := Row{Truth: Truth{Of: m.origin(i)}}
	r.Cells = s.cells(m, r.Of, i)
	if r.Of != i {
		r.Twists = m.twist(r.Cells, i, s.twists())
	}
	if d := roll(m.Seed, i, streamError); d.chance(m.Errors) {
		at, kind := m.damage(r.Cells, i, s.damages())
		r.Column, r.Damage = s.header()[at], kind
	}
	return r
}

// origin is the row where the customer of row i stands first. A duplicate repeats any
// earlier row, and so a customer who stands there twice is the likelier to come a third time.
func (m Mix) origin(i int) int {
	for i > 0 {
		d := roll(m.Seed, i, streamDuplicate)
		if !d.chance(m.Duplicates) {
			break
		}
		i = d.below(i)
	}
	return i
}

// systems are where the rows of a list were gathered from; their ids differ even for one customer.
var systems = [...]string{"crm-", "shop-", "desk-"}

// id is how the source system of a row knows its customer: unique in the list.
func id(d *dice, row int) string { return systems[d.below(len(systems))] + strconv.Itoa(row+1) }
