package lang

import (
	"strings"

	"amend/customer"
	"amend/policy"
)

// Otherwise says what a change would need if one condition had come out otherwise.
func (l Lang) Otherwise(c policy.Condition) string {
	less, more := l.Asks(c.Less), l.Asks(c.More)
	switch {
	case c.Failed:
		return l.Text("why.failed", nil)
	case less == "" && more == "":
		return l.Text("why.same", nil)
	case more == "":
		return l.Text("why.less", map[string]string{"less": less})
	case less == "":
		return l.Text("why.more", map[string]string{"more": more})
	}
	return l.Text("why.instead", map[string]string{"less": less, "more": more})
}

// Known says the facts that a condition read: "the type of value: phone number".
func (l Lang) Known(values []policy.Value, cat customer.Catalog) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = l.Text("why.fact", map[string]string{"fact": l.Word("fact_name", v.Fact), "value": l.FactWord(v.Fact, v.Is, cat)})
	}
	return strings.Join(words, l.comma())
}
