package console

import (
	"net/url"
	"slices"

	"amend/customer"
	"amend/internal/page"
	"amend/internal/store"
	"amend/privacy"
)

// frame is the console around the page. While values are in clear, a browser without a
// script loads it again without them after the same half minute.
func (c customerPage) frame() page.ConsoleFrame {
	f := c.Frame
	if len(c.Clear) > 0 {
		f.Doc.Head = page.Refresh(hideAfter)
	}
	return f
}

// intake is where a change of some fields is filed.
func (c customerPage) intake(keys ...customer.Key) string {
	u := url.URL{Path: Base + "/intake/" + string(c.Today.ID)}
	q := url.Values{}
	for _, k := range keys {
		q.Add("field", string(k))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// hold is a downstream action that is held, and until when.
func (c customerPage) hold(h store.Blocked) string {
	word := c.Word("hold", h.Action)
	if h.Until.IsZero() {
		return word
	}
	return c.T("console.customer.hold_until", "hold", word, "time", c.Moment(h.Until))
}

// consent is what the customer said about marketing, "" if nothing is on record.
func (c customerPage) consent() string {
	for _, h := range c.Customer.Values {
		if h.Field == "marketing_optout" && h.Value != nil {
			return c.T("console.customer.marketing." + *h.Value)
		}
	}
	return ""
}

// differing counts the fields that are another value today.
func (c customerPage) differing() int {
	n := 0
	for _, g := range c.Groups {
		for _, r := range g.Rows {
			if r.Differs {
				n++
			}
		}
	}
	return n
}

// purpose is why values were revealed, in the words in which it was chosen.
func (c customerPage) purpose() string { return c.purposeWord(c.Purpose) }

func (c customerPage) purposeWord(purpose string) string {
	for _, r := range privacy.Purposes() {
		if string(r.Purpose) == purpose {
			return c.Page.Label(map[string]string{"zh": r.Zh, "en": r.En}, purpose)
		}
	}
	return purpose
}

// looked says how often values were seen unmasked lately, and who was last. For what is told
// to whoever may read the read log.
func (c customerPage) looked() string {
	if len(c.Dossier.Reveals) == 0 {
		return c.T("console.looks.none")
	}
	last := c.Dossier.Reveals[0]
	n, name := c.number(len(c.Dossier.Reveals)), who(c.Page, c.Dossier.People, last.By, "staff")
	if last.Purpose != "" {
		return c.T("console.looks.why", "n", n, "who", name, "time", c.Moment(last.At), "purpose", c.purposeWord(last.Purpose))
	}
	return c.T("console.looks.some", "n", n, "who", name, "time", c.Moment(last.At))
}

// kin are the records that this one refers to, and those that refer to it.
func (c customerPage) kin() []page.Fact {
	var facts []page.Fact
	for _, r := range c.Today.Relations {
		other, note := r.To, c.Label(r.Field)
		if r.To == c.Today.ID {
			other, note = r.From, c.T("console.kin.of", "field", note)
		}
		name := c.Dossier.Kin[other].Name.Text
		if name == "" {
			name = string(other)
		}
		facts = append(facts, page.Fact{Face: name, Text: name, Href: Base + "/customers/" + string(other), Note: note})
	}
	return facts
}

// keysOf are the fields that items touch, in order.
func keysOf(items []store.Item) []customer.Key {
	keys := make([]customer.Key, len(items))
	for i, it := range items {
		keys[i] = it.Field
	}
	slices.Sort(keys)
	return keys
}

// icon is how the line is drawn.
func (l pastLine) icon() string {
	switch {
	case l.Icon != "":
		return l.Icon
	case l.Is == page.Done:
		return "check"
	case l.Is == page.Odd:
		return "alert"
	case l.Is == page.Bad:
		return "x"
	}
	return "dot"
}
