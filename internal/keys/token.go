package keys

import (
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"

	"amend/customer"
)

// The kinds of search token that the catalogue grants (customer.Field.Tokens).
const (
	exact  = "exact"  // the whole value
	tail   = "tail"   // its last four and last six digits
	bigram = "bigram" // pairs of characters, and the words of other scripts
	spelt  = "pinyin" // a Chinese name as typed in the Latin alphabet: spelled out, and initials
)

// lowBits is what tokens of a kind with few values keep. Many values then share a token,
// so that a stolen table gives a name's pairs away less readily; a search opens what it
// finds and checks again.
const lowBits = 24

// Token is one search token: 64 bits of HMAC-SHA-256 over kind and value, of which bigram,
// pinyin and tail keep 24. Equal tokens are a hint, never a proof: open and compare.
func (m *Master) Token(kind, normalised string) int64 {
	sum := m.in.tokens.sum(kind, normalised)
	token := binary.BigEndian.Uint64(sum[:])
	switch kind {
	case tail, bigram, spelt:
		token >>= 64 - lowBits
	}
	return int64(token)
}

// Tokens answers the tokens that f grants for content c, each once, in order; none for the
// empty content. A resident id is found whole or not at all, whatever the catalogue grants.
func (m *Master) Tokens(f customer.Field, c customer.Content) []int64 {
	parts := partsOf(f, c)
	tokens := make([]int64, len(parts))
	for i, p := range parts {
		tokens[i] = m.token(p)
	}
	slices.Sort(tokens)
	return slices.Compact(tokens)
}

// Exact is the token of a whole value, as Tokens gives it where exact is granted: it finds
// who else holds a contact.
func (m *Master) Exact(f customer.Field, c customer.Content) int64 {
	return m.token(part{exact, f.Type, exactText(f.Type, string(c))})
}

// A part is one searchable piece of a value before it is hashed. The type of an exact part
// is inside the HMAC: one number used as a card and as a membership gives two tokens.
type part struct {
	kind string
	of   customer.Type // for exact
	text string
}

func (m *Master) token(p part) int64 {
	if p.kind == exact {
		return m.Token(exact+":"+string(p.of), p.text)
	}
	return m.Token(p.kind, p.text)
}

// partsOf lists what f grants to find c by.
func partsOf(f customer.Field, c customer.Content) []part {
	var out []part
	add := func(kind string, texts ...string) {
		for _, t := range texts {
			out = append(out, part{kind: kind, text: t})
		}
	}
	for _, text := range textsOf(f.Type, c) {
		if t := exactText(f.Type, text); t != "" && granted(f, exact) {
			out = append(out, part{exact, f.Type, t})
		}
		if granted(f, tail) {
			add(tail, tails(plain(text))...)
		}
		if !granted(f, bigram) && !granted(f, spelt) {
			continue
		}
		runs, words := pieces(text)
		if granted(f, bigram) {
			add(bigram, pairs(runs, words)...)
		}
		if granted(f, spelt) {
			add(spelt, spellings(strings.Join(runs, ""))...)
		}
	}
	return out
}

func granted(f customer.Field, kind string) bool {
	return slices.Contains(f.Tokens, kind) && (kind == exact || f.Type != customer.ResidentID)
}

// exactText is a value as it is looked up whole.
func exactText(t customer.Type, text string) string {
	switch t {
	case customer.Phone:
		return digits(text)
	case customer.Messenger:
		if _, id, ok := strings.Cut(text, ":"); ok {
			text = id
		}
		return tight(text)
	case customer.Text, customer.Name, customer.ResidentID, customer.Passport, customer.USCC, customer.BankCard, customer.CNAPS, customer.Address, customer.List:
		return plain(text)
	}
	return tight(text)
}

// tails are the last four and the last six characters: what a clerk is told of a phone or a
// card. A shorter value has none, for it would be the whole of it.
func tails(s string) []string {
	var out []string
	for _, n := range []int{4, 6} {
		if len(s) > n {
			out = append(out, s[len(s)-n:])
		}
	}
	return out
}

// textsOf answers the texts of a value: itself, each of a list, the line of an address.
func textsOf(t customer.Type, c customer.Content) []string {
	if !t.Structured() || c == "" {
		return []string{string(c)}
	}
	if t == customer.List {
		var list []string
		if json.Unmarshal([]byte(c), &list) != nil {
			return nil
		}
		return list
	}
	var address struct {
		Line string `json:"line"` // region and postcode would find half a city
	}
	if json.Unmarshal([]byte(c), &address) != nil {
		return nil
	}
	return []string{address.Line}
}
