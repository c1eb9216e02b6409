package notify

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"amend/customer"
)

// A form is how a parameter of a staff message is stored: as a code, a name of a field or a
// time, never in words. One notice is for many people, and each reads it in their own language.
type form struct {
	several bool // words with a space between them
	is      func(word string) bool
	say     func(r reading, word string) string // nil: a name, a number or an address, the same in every language
}

// formOf answers the form of a parameter. One that has none here holds nothing, so that no
// message says what nobody can word.
func formOf(name string) form {
	switch name {
	case "name", "by", "system": // as people wrote it
		return form{is: func(string) bool { return true }}
	case "ref", "record", "link":
		return form{is: unspaced}
	case "fields":
		return form{several: true, is: isKey, say: reading.field}
	case "role":
		return form{several: true, is: anyOf(roles()), say: reading.role}
	case "level":
		return form{is: anyOf(roles()), say: reading.role}
	case "task":
		return form{is: anyOf(tasks()), say: reading.task}
	case "reason":
		return form{is: anyOf(stops()), say: reading.stop}
	case "time":
		return form{is: isTime, say: reading.time}
	}
	return form{is: func(string) bool { return false }}
}

func (f form) words(stored string) []string {
	if f.several {
		return strings.Fields(stored)
	}
	return []string{stored}
}

// holds reports whether a parameter is stored in its form.
func (f form) holds(stored string) bool {
	return !slices.ContainsFunc(f.words(stored), func(w string) bool { return !f.is(w) })
}

// A reading is one reader at one notice, with what their house calls its fields and where
// its clocks hang.
type reading struct {
	book   *Book
	lang   Lang
	when   Moment
	fields customer.Catalog
	zone   *time.Location
}

func (r reading) word(f form, stored string) string {
	words := f.words(stored)
	for i, w := range words {
		words[i] = f.say(r, w)
	}
	return strings.Join(words, r.book.in(r.lang).Phrases["comma"])
}

func (r reading) field(key string) string {
	f, _ := r.fields.Of(customer.Key(key))
	if label := f.Label[string(r.lang)]; label != "" {
		return label
	}
	return key
}

func (r reading) role(code string) string { return r.book.in(r.lang).Roles[code] }
func (r reading) task(code string) string { return r.book.Task(r.lang, code) }
func (r reading) stop(code string) string { return r.book.in(r.lang).Stops[code] }

func (r reading) time(stamp string) string {
	at, _ := time.Parse(time.RFC3339, stamp)
	return r.book.Time(r.lang, r.when, at.In(r.zone))
}

// Worded answers p as its reader is told it: what a staff message stores as codes and times
// is worded in the language of p, for a mail and a page alike. What is not stored in its
// form stays as it is: notices of older versions were worded when they were filed. Messages
// to customers always are.
func (b *Book) Worded(p Part, fields customer.Catalog, zone *time.Location) Part {
	s, _ := p.Kind.spec()
	if !s.staff {
		return p
	}
	r := reading{b, p.Lang, s.when, fields, zone}
	p.Params = maps.Clone(p.Params)
	for name, stored := range p.Params {
		if f := formOf(name); f.say != nil && f.holds(stored) {
			p.Params[name] = r.word(f, stored)
		}
	}
	return p
}

// Stamp is how a time is stored in a staff message.
func Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func isTime(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil
}

func isKey(s string) bool {
	_, err := customer.ParseKey(s)
	return err == nil
}

func anyOf(codes []string) func(string) bool {
	return func(s string) bool { return slices.Contains(codes, s) }
}

func unspaced(s string) bool { return !strings.ContainsFunc(s, unicode.IsSpace) }
