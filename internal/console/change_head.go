package console

import (
	"slices"
	"strconv"
	"time"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
)

// heading is what the request is about: its fields, or the record that it opens.
func (c changePage) heading() string {
	if c.Req.Kind == change.Create {
		return c.T("console.change.title.create", "kind", c.Word("record", string(c.Req.RecordKind)))
	}
	return c.T("console.change.title."+string(c.Req.Kind), "fields", c.listed(2))
}

// listed are the fields of the request, the first n by name.
func (c changePage) listed(n int) string {
	return listedFields(c.lexicon, c.Req.Items, n)
}

func listedFields(w lexicon, items []store.Item, n int) string {
	var words []string
	for _, it := range items[:min(n, len(items))] {
		words = append(words, w.Label(it.Field))
	}
	if rest := len(items) - n; rest > 0 {
		return w.T("console.change.and_more", "fields", w.List(words...), "n", strconv.Itoa(rest))
	}
	return w.List(words...)
}

// Customer is whose request it is: masked, or the word for nobody's name.
func (c changePage) Customer() string { return named(c.lexicon, c.Req.Name.Text) }

func named(w lexicon, name string) string {
	if name == "" {
		return w.T("console.change.nameless")
	}
	return name
}

// CustomerHref is the record's page, "" for one that does not exist yet.
func (c changePage) CustomerHref() string {
	if c.Req.Kind == change.Create && c.Req.AppliedAt.IsZero() || c.Me.May(access.ReadCustomers) != nil {
		return ""
	}
	return Base + "/customers/" + string(c.Req.Record)
}

// Sentence says in plain words who asked for what, where and when. It follows the customer's name.
func (c changePage) Sentence() string {
	how := "customer"
	if c.Req.Filed.Sort != access.Customer {
		how = "staff"
	}
	if c.Req.Kind == change.Create {
		how += "_create"
	}
	return c.T("console.change.said."+how, "who", c.filer(), "place", c.House.Book.Place(notify.Lang(c.Lang), c.Req.Channel),
		"time", c.Moment(c.Req.FiledAt), "changes", c.changes())
}

// filer is who filed it.
func (c changePage) filer() string { return c.person(c.Req.Filed) }

// person is what somebody is called in a sentence. A customer has no name there.
func (c changePage) person(p store.Person) string {
	if p.Name == "" || p.Sort == access.Customer {
		return c.Word("sort", string(p.Sort))
	}
	return p.Name
}

// changes are the items of the request in words: the first with its values, where they are
// short, the others by name.
func (c changePage) changes() string {
	var words []string
	for i, it := range c.Req.Items {
		word := c.Label(it.Field)
		if i == 0 {
			word = c.changed(it)
		}
		words = append(words, word)
	}
	return c.List(words...)
}

// changed says one item with its values.
func (c changePage) changed(it store.Item) string { return changedField(c.lexicon, it) }

func changedField(w lexicon, it store.Item) string {
	f, _ := w.Catalog.Of(it.Field)
	field := w.Label(it.Field)
	switch {
	case it.Now == nil:
		return w.T("console.change.item.removed", "field", field)
	case f.Type.Structured():
		return field
	case it.Was == nil:
		return w.T("console.change.item.added", "field", field, "now", w.Value(it.Field, it.Now.Text))
	}
	return w.T("console.change.item.changed", "field", field, "was", w.Value(it.Field, it.Was.Text), "now", w.Value(it.Field, it.Now.Text))
}

// Proven says which proofs are in, in one or two short sentences.
func (c changePage) Proven() []string {
	var said []string
	for _, p := range c.Req.Proofs {
		said = append(said, c.proof(p))
	}
	return slices.Compact(said)
}

func (c changePage) proof(p store.Proof) string {
	switch {
	case p.New:
		return c.T("console.change.proof.new", "field", c.Label(p.Contact))
	case p.Method == change.Callback:
		return c.T("console.change.proof.callback", "who", c.person(p.By))
	case p.Method.ThroughContact():
		return c.T("console.change.proof.old", "field", c.Label(p.Contact))
	}
	return c.T("console.change.proof.seen", "who", c.person(p.By))
}

// Waits reports whether a clock runs, or stands still for the customer.
func (c changePage) Waits() bool { return c.Req.Paused || !c.Req.Due.IsZero() }

// SLA is how much of the promised time is gone.
func (c changePage) SLA() page.SLA {
	return slaOf(c.Page, c.Calendar, c.Req.Since, c.Req.Due, c.Req.Paused)
}

// The working time that is left when a clock turns to a warning, and to an alarm.
const (
	slaNear  = 2 * time.Hour
	slaShort = time.Hour
)

// slaOf words a promised time: what is left of it in working time, as a weekend does not count,
// or its date where that is more than a working day away.
func slaOf(p *page.Page, calendar org.Calendar, since, due time.Time, paused bool) page.SLA {
	if paused {
		return page.SLA{Paused: true, Text: p.T("console.sla.paused")}
	}
	left := calendar.Between(p.Now, due)
	if left <= 0 {
		return page.SLA{Tone: page.Risk, Share: 1, Text: p.T("console.sla.over", "time", p.Span(p.Now.Sub(due)))}
	}
	s := page.SLA{Text: p.T("console.sla.left", "time", p.Span(left))}
	if left > calendar.Day() {
		s.Text = p.T("console.sla.by", "time", p.Date(due))
	}
	if all := calendar.Between(since, due); all > 0 {
		s.Share = min(1, max(0, 1-float64(left)/float64(all)))
	}
	switch {
	case left < slaShort:
		s.Tone = page.Risk
	case left < slaNear:
		s.Tone = page.Warn
	}
	return s
}

// Important reports whether the customer's class asks for more care than usual.
func (c changePage) Important() bool { return important(c.Req.Class) }

func important(class string) bool { return class != "" && class != "standard" }

// heldBy is where a value on record comes from: "Website · 2021-06-02 · SMS code".
func (c changePage) heldBy(h store.Held) string {
	words := []string{c.Word("channel", h.Channel), c.Date(h.Since)}
	if h.Channel == "" {
		words[0] = c.Source(h.Source)
	}
	if len(h.Proofs) > 0 {
		words = append(words, c.Methods(h.Proofs))
	}
	return joined(words)
}

// joined parts words of different sorts with a dot.
func joined(words []string) string {
	s := ""
	for _, w := range words {
		if w == "" {
			continue
		}
		if s != "" {
			s += " · "
		}
		s += w
	}
	return s
}
