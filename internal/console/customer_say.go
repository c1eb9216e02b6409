package console

import (
	"slices"
	"strconv"

	"amend/customer"
)

// sentences say a record as one would to a colleague on the phone: who it is, how they are
// reached and how good that is, what is open. Every value stays masked.
func (c customerPage) sentences() []string {
	said := []string{c.T("console.say.who", "name", c.Title, "kind", c.Word("record", string(c.Today.Kind)), "n", strconv.FormatInt(c.Customer.Version, 10), "date", c.Date(c.Travel.First))}
	for _, g := range c.Groups {
		if g.Class != customer.ContactData && g.Class != customer.Identity {
			continue
		}
		for _, r := range g.Rows {
			if !r.Missing {
				said = append(said, c.sentence(r))
			}
		}
	}
	said = append(said, c.openSentence())
	for _, h := range c.Customer.Holds {
		said = append(said, c.T("console.say.hold", "hold", c.hold(h)))
	}
	if s := c.consent(); s != "" {
		said = append(said, s)
	}
	return said
}

// sentence says one value: what it is, since when, and whether it should be asked for.
func (c customerPage) sentence(r fieldRow) string {
	return c.T("console.say.field."+string(r.Held.Freshness), "field", c.Label(r.Key), "value", r.Text,
		"channel", c.Word("channel", r.Held.Channel), "date", c.Date(r.Held.Since), "checked", c.Date(r.Held.CheckedAt), "grade", string(r.Held.Grade))
}

func (c customerPage) openSentence() string {
	if len(c.Dossier.Open) == 0 {
		return c.T("console.say.quiet")
	}
	var keys []customer.Key
	for _, r := range c.Dossier.Open {
		keys = append(keys, keysOf(r.Items)...)
	}
	slices.Sort(keys)
	return c.T("console.say.open", "n", c.number(len(c.Dossier.Open)), "fields", c.Labels(slices.Compact(keys)))
}
