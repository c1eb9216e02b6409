// Package page is what the customer's portal and the staff console share: the look, the
// components, forms and their faults, the language and the theme of a reader, and the
// static files. It knows no verb and reads no record.
package page

import (
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"amend/internal/lang"
	"amend/notify"
)

// Theme is how light a reader wants pages to be.
type Theme string

// The themes. Auto follows the reader's device.
const (
	Auto  Theme = ""
	Light Theme = "light"
	Dark  Theme = "dark"
)

// A Page is what every template knows of the answer that it is part of: who reads it and
// what surrounds it. Structs of pages embed it.
type Page struct {
	Lang  lang.Lang
	Theme Theme
	House notify.House   // brand, hotline and domain, as messages name them
	Zone  *time.Location // in which times are shown
	Now   time.Time
	Path  string // of this page, with its query where that is no secret: where a language switch returns to
	Title string // of the document, which is the h1 too
	Said  string // what the act before this page did, as a key of "said."; "" for nothing
	Roomy bool   // the portal: dates are written out
}

// T is the sentence of key in the reader's language, its {name}s replaced by the pairs.
func (p *Page) T(key string, pairs ...string) string {
	if len(pairs) == 0 {
		return p.Lang.Text(key, nil)
	}
	params := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	return p.Lang.Text(key, params)
}

// Word is the word for a code of a family: Word("state", "draft").
func (p *Page) Word(family, code string) string { return p.Lang.Word(family, code) }

// Label is a label that is given in both languages, such as a field's.
func (p *Page) Label(words map[string]string, otherwise string) string {
	if s := words[string(p.Lang)]; s != "" {
		return s
	}
	return otherwise
}

// List joins words as the language writes a list.
func (p *Page) List(words ...string) string {
	between, s := p.T("page.between"), ""
	for i, w := range words {
		if i > 0 {
			s += between
		}
		s += w
	}
	return s
}

// layouts are how dates and times are written (ux.md, Copy rules).
func (p *Page) layout(part string) string {
	if p.Roomy {
		return p.T("page.layout." + part + ".roomy")
	}
	return p.T("page.layout." + part)
}

// Date is a day: "2026-11-21", in the portal "2026年11月21日"; in English "21 Nov 2026".
func (p *Page) Date(t time.Time) string { return p.in(t, "date") }

// Time is a moment: its day and its time of day.
func (p *Page) Time(t time.Time) string { return p.in(t, "time") }

// Clock is the time of day alone: "14:05".
func (p *Page) Clock(t time.Time) string { return p.in(t, "clock") }

// Moment is the time of day for a moment of today, and day and time for any other.
func (p *Page) Moment(t time.Time) string {
	y1, m1, d1 := t.In(p.Zone).Date()
	if y2, m2, d2 := p.Now.In(p.Zone).Date(); y1 == y2 && m1 == m2 && d1 == d2 {
		return p.T("page.today_at", "time", p.Clock(t))
	}
	return p.Time(t)
}

func (p *Page) in(t time.Time, part string) string {
	if t.IsZero() {
		return p.T("page.never")
	}
	return t.In(p.Zone).Format(p.layout(part))
}

// Stamp is a moment as the datetime attribute of <time> has it.
func (p *Page) Stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Span is a length of time in its largest one or two units: "1 小时 12 分", "3 d".
func (p *Page) Span(d time.Duration) string {
	d = d.Abs()
	n := func(n time.Duration) string { return strconv.FormatInt(int64(n), 10) }
	switch {
	case d < time.Minute:
		return p.T("page.span.seconds", "n", n(d/time.Second))
	case d < time.Hour:
		return p.T("page.span.minutes", "n", n(d/time.Minute))
	case d < 24*time.Hour && d%time.Hour < time.Minute:
		return p.T("page.span.hours", "n", n(d/time.Hour))
	case d < 24*time.Hour:
		return p.T("page.span.hours_minutes", "n", n(d/time.Hour), "m", n(d%time.Hour/time.Minute))
	}
	return p.T("page.span.days", "n", n(d/(24*time.Hour)))
}

// Capital begins a sentence or a label.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}
