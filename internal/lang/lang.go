// Package lang says things in Chinese and English: the sentences of faults and the words
// of states, methods, roles and channels that pages, API and commands show.
package lang

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
	"sync"
)

// Lang is a language we speak. Both are equals: every key has a sentence in each.
type Lang string

// The languages.
const (
	ZH Lang = "zh"
	EN Lang = "en"
)

// Langs lists every language, in the order a switch shows them.
func Langs() []Lang { return []Lang{ZH, EN} }

// Tag is the BCP 47 tag of l, for the lang attribute and Content-Language.
func (l Lang) Tag() string {
	if l == ZH {
		return "zh-CN"
	}
	return "en"
}

// Parse reads the name of a language as configuration or a person's setting holds it:
// "zh", "zh-CN", "EN". It answers false for one we do not speak.
func Parse(tag string) (Lang, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	switch Lang(primary) {
	case ZH:
		return ZH, true
	case EN:
		return EN, true
	}
	return "", false
}

//go:embed zh/*.json en/*.json
var files embed.FS

// sentences are the files, one for each part of the house, read once. They are part of the
// program, so that one which does not parse is a defect that a test finds; here it leaves
// the keys to speak.
var sentences = sync.OnceValue(func() map[Lang]map[string]string {
	all := make(map[Lang]map[string]string)
	for _, l := range Langs() {
		m := make(map[string]string)
		parts, _ := fs.Glob(files, string(l)+"/*.json")
		for _, part := range parts {
			if data, err := files.ReadFile(part); err == nil {
				_ = json.Unmarshal(data, &m)
			}
		}
		all[l] = m
	}
	return all
})

// in answers the sentences of l, English for a language we do not speak.
func (l Lang) in() map[string]string {
	if m, ok := sentences()[l]; ok {
		return m
	}
	return sentences()[EN]
}

// Has reports whether key has a sentence.
func (l Lang) Has(key string) bool {
	_, ok := l.in()[key]
	return ok
}

// Text is the sentence of key, its {name}s replaced by params in one pass: what a
// parameter holds is never read again. An unknown key answers itself, so that a page
// with a hole shows which; a parameter that is missing or empty answers the key
// "missing.NAME", or three dots.
func (l Lang) Text(key string, params map[string]string) string {
	sentence, ok := l.in()[key]
	if !ok {
		return key
	}
	return expand(sentence, func(name string) string {
		if v := params[name]; v != "" {
			return v
		}
		if v, ok := l.in()["missing."+name]; ok {
			return v
		}
		return "…"
	})
}

// Word is the word for code in a family of words: Word("state", "draft"). An unknown
// code answers itself.
func (l Lang) Word(family, code string) string {
	if w, ok := l.in()[family+"."+code]; ok {
		return w
	}
	return code
}

func expand(sentence string, value func(name string) string) string {
	var b strings.Builder
	for {
		before, rest, opened := strings.Cut(sentence, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !opened || !closed {
			b.WriteString(sentence)
			return b.String()
		}
		b.WriteString(before)
		b.WriteString(value(name))
		sentence = after
	}
}
