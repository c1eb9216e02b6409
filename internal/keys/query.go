package keys

import (
	"slices"
	"strings"
	"unicode/utf8"

	"amend/customer"
)

// A Meaning is what a typed search key may be.
type Meaning string

// The meanings. Identifier and Mail are exact keys; the others are narrow at best.
const (
	IsIdentifier Meaning = "identifier"
	IsMail       Meaning = "mail"
	IsTail       Meaning = "tail"
	IsName       Meaning = "name"
	IsPinyin     Meaning = "pinyin"
)

// Way is one way to understand a search key: a record may be meant if it has every one of
// Tokens. Since tokens collide, Holds has the last word on the opened value. A Way carries
// what was typed and prints as "redacted".
type Way struct {
	redacted
	Meaning Meaning
	Tokens  []int64 // all of them; in order, each once
	typed   *typed  // behind a pointer, as every secret here
}

// typed is what was typed, taken apart.
type typed struct {
	parts []part // what Tokens were made from
	text  string // what must stand in the value as it is: a name's run, a tail's digits
}

// Exact reports whether the way is an exact key.
func (w Way) Exact() bool { return w.Meaning == IsIdentifier || w.Meaning == IsMail }

const (
	maxQuery = 128 // characters of a search key; a longer one means nothing
	maxAnded = 8   // tokens asked of one record; Holds checks the rest of a long name
)

// Query answers what a typed key may mean, exact keys first; nothing for a key that is
// empty, too long or too vague. The answers are alternatives.
func (m *Master) Query(text string) []Way {
	if utf8.RuneCountInString(text) > maxQuery || plain(text) == "" {
		return nil
	}
	if strings.Contains(tight(text), "@") {
		return m.ways(mailWays(text))
	}
	return m.ways(slices.Concat(phoneWays(text), numberWays(text), tailWays(text), nameWays(text), pinyinWays(text)))
}

func (m *Master) ways(ways []Way) []Way {
	for i := range ways {
		w := &ways[i]
		for _, p := range w.typed.parts[:min(len(w.typed.parts), maxAnded)] {
			w.Tokens = append(w.Tokens, m.token(p))
		}
		slices.Sort(w.Tokens)
		w.Tokens = slices.Compact(w.Tokens)
	}
	return ways
}

// Holds reports whether the value c of field f is what the way means: the check after opening.
func (w Way) Holds(f customer.Field, c customer.Content) bool {
	has := partsOf(f, c)
	for _, p := range w.typed.parts {
		if !slices.Contains(has, p) {
			return false
		}
	}
	if w.Meaning != IsTail && w.Meaning != IsName {
		return true
	}
	return slices.ContainsFunc(textsOf(f.Type, c), func(t string) bool {
		if w.Meaning == IsTail {
			return strings.HasSuffix(plain(t), w.typed.text)
		}
		runs, _ := pieces(t)
		return strings.Contains(strings.Join(runs, " "), w.typed.text)
	})
}

func exactWay(meaning Meaning, t customer.Type, text string) Way {
	return Way{Meaning: meaning, typed: &typed{parts: []part{{exact, t, exactText(t, text)}}}}
}

func mailWays(text string) []Way {
	return []Way{exactWay(IsMail, customer.Email, text)}
}

// home is the calling code that a number without one is taken to have. A number of another
// country is still found by its last digits.
const home = "86"

// phoneWays understands 13800138000, 010-6552 9988, +86 …, 0086 …
func phoneWays(text string) []Way {
	number := digits(text)
	if len(number) < 7 || len(number) != len(plain(text)) {
		return nil
	}
	whole := []string{number}
	switch {
	case strings.HasPrefix(number, "00"):
		whole = []string{number[2:]}
	case strings.HasPrefix(number, "0"):
		whole = []string{home + number[1:]}
	case !strings.HasPrefix(fold(text), "+"):
		whole = append(whole, home+number)
	}
	var out []Way
	for _, n := range whole {
		out = append(out, exactWay(IsIdentifier, customer.Phone, n))
	}
	return out
}

// numberWays takes the key for an id of its own: of a person, a company, a card, a bank's
// branch, a membership, a messenger.
func numberWays(text string) []Way {
	types := []customer.Type{customer.Text, customer.Messenger}
	key := plain(text)
	n, figures := len(key), len(digits(key))
	if figures > 0 && (n == 15 || n == 18) {
		types = append(types, customer.ResidentID, customer.USCC)
	}
	if figures == n && n >= 12 && n <= 19 {
		types = append(types, customer.BankCard, customer.CNAPS)
	}
	if figures > 0 && n >= 5 && n <= 12 {
		types = append(types, customer.Passport)
	}
	var out []Way
	for _, t := range types {
		if exactText(t, text) != "" {
			out = append(out, exactWay(IsIdentifier, t, text))
		}
	}
	return out
}

// tailWays takes four characters or more with a digit among them for the end of a number.
func tailWays(text string) []Way {
	key := plain(text)
	if len(key) < 4 || len(digits(key)) == 0 || strings.ContainsFunc(key, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return nil
	}
	n := 4
	if len(key) >= 6 {
		n = 6
	}
	return []Way{{Meaning: IsTail, typed: &typed{parts: []part{{kind: tail, text: key[len(key)-n:]}}, text: key}}}
}

// nameWays asks for every pair of a run and every word. A name is also asked for whole,
// which a field that grants nothing else can answer.
func nameWays(text string) []Way {
	runs, words := pieces(text)
	if len(runs) == 0 && len(words) == 0 {
		return nil
	}
	name := &typed{text: strings.Join(runs, " ")}
	for _, pair := range pairs(runs, words) {
		name.parts = append(name.parts, part{kind: bigram, text: pair})
	}
	return []Way{exactWay(IsName, customer.Name, text), {Meaning: IsName, typed: name}}
}

// pinyinWays takes letters for a spelled name or its initials, and where there are several
// words also with the last one first, as a passport or a foreign form writes it.
func pinyinWays(text string) []Way {
	runs, words := pieces(text)
	whole := strings.Join(words, "")
	if len(runs) > 0 || len(whole) < 2 || !latin(whole) {
		return nil
	}
	spelled := []string{whole}
	if last := len(words) - 1; last > 0 {
		spelled = append(spelled, words[last]+strings.Join(words[:last], ""))
	}
	var out []Way
	for _, s := range spelled {
		out = append(out, Way{Meaning: IsPinyin, typed: &typed{parts: []part{{kind: spelt, text: loose(s)}}}})
	}
	return out
}

func latin(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' })
}
