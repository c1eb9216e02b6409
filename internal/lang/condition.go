package lang

import (
	"slices"
	"strings"
	"unicode"

	"amend/customer"
	"amend/policy"
)

// Condition says a rule's condition as a sentence without its "when": the same in both
// languages, from the words of the vocabulary. Fields have the names that cat gives them.
func (l Lang) Condition(p policy.Phrase, cat customer.Catalog) string {
	switch p.Op {
	case policy.All, policy.Any:
		parts := make([]string, len(p.Parts))
		for i, part := range p.Parts {
			parts[i] = l.Condition(part, cat)
			if len(part.Parts) > 0 {
				parts[i] = l.brackets(parts[i])
			}
		}
		return strings.Join(parts, l.Text("when."+string(p.Op), nil))
	case policy.Choice:
		return l.Text("when.choice", map[string]string{
			"if": l.Condition(p.Parts[0], cat), "a": l.Condition(p.Parts[1], cat), "b": l.Condition(p.Parts[2], cat),
		})
	}
	return l.single(p, cat)
}

// single says one condition. "Not less" is "at least": four ops have a contrary of their own.
func (l Lang) single(p policy.Phrase, cat customer.Catalog) string {
	key := "when." + string(p.Op)
	switch contrary, ordered := contraries[p.Op]; {
	case ordered && p.Not:
		p.Op, p.Not = contrary, false
		key = "when." + string(contrary)
	case p.Op == policy.OneOf:
		key = "when.is"
	case p.Op == policy.Holds:
		key += "." + p.Fact
	}
	if p.Not {
		key += ".not"
	}
	return l.Text(key, map[string]string{
		"fact": l.Word("fact_name", p.Fact), "value": l.values(p, cat), "text": p.Text,
	})
}

var contraries = map[policy.Op]policy.Op{
	policy.Less: policy.AtLeast, policy.AtLeast: policy.Less, policy.More: policy.AtMost, policy.AtMost: policy.More,
}

// values lists what a fact is compared with. Texts that a value is searched for stay as they are.
func (l Lang) values(p policy.Phrase, cat customer.Catalog) string {
	words := slices.Clone(p.Values)
	if p.Op == policy.Is || p.Op == policy.OneOf {
		for i, v := range p.Values {
			words[i] = l.FactWord(p.Fact, v, cat)
		}
	}
	return l.either(words)
}

func (l Lang) brackets(text string) string {
	if l == ZH {
		return "（" + text + "）"
	}
	return "(" + text + ")"
}

// comma parts the words of a list.
func (l Lang) comma() string {
	if l == ZH {
		return "、"
	}
	return ", "
}

// FactWord is the word for the value of a fact, as it stands in the middle of a sentence.
func (l Lang) FactWord(fact, value string, cat customer.Catalog) string {
	if value == "" {
		return l.Text("when.nothing", nil)
	}
	if f, known := cat[value]; known && fact == "field" {
		return inside(f.Label[string(l)])
	}
	if family, shared := factFamilies[fact]; shared {
		return inside(l.Word(family, value))
	}
	for _, key := range []string{"fact_word." + fact + "." + value, "fact_word." + value} {
		if l.Has(key) {
			return l.Text(key, nil)
		}
	}
	return value
}

// factFamilies are the families of words that facts share with the rest of the program.
var factFamilies = map[string]string{
	"type": "value_type", "group": "group", "class": "class", "tier": "tier", "channel": "channel",
}

// inside is a word that begins with a capital as it stands inside a sentence: "Website" is
// "website", but "WeChat" and "API" stay.
func inside(word string) string {
	first, _, _ := strings.Cut(word, " ")
	rest := []rune(first)
	if len(rest) < 2 || slices.ContainsFunc(rest[1:], unicode.IsUpper) {
		return word
	}
	return string(unicode.ToLower(rest[0])) + word[len(string(rest[0])):]
}
