package console

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"

	"amend/customer"
	"amend/internal/page"
	"amend/quality"
)

// A lexicon says fields and their values in the reader's words.
type lexicon struct {
	*page.Page
	Catalog customer.Catalog
}

func (v *visit) lexicon() lexicon { return lexicon{v.page, v.House.Catalog} }

// Label is the name of a field; a slot stands behind it.
func (w lexicon) Label(k customer.Key) string {
	f, known := w.Catalog.Of(k)
	if !known {
		return string(k)
	}
	label := w.Page.Label(f.Label, f.Name)
	if k.Slot() == "" {
		return label
	}
	return label + " · " + k.Slot()
}

// Labels are the names of fields as a list.
func (w lexicon) Labels(keys []customer.Key) string {
	words := make([]string, len(keys))
	for i, k := range keys {
		words[i] = w.Label(k)
	}
	return w.List(words...)
}

// Value is a value as people read it: an address on one line, a list as a list, a code as
// its word. It is shown as far as it came: masked where the reader made it so.
func (w lexicon) Value(k customer.Key, text string) string {
	f, _ := w.Catalog.Of(k)
	switch f.Type {
	case customer.Address:
		if p, ok := quality.ReadPostal(customer.Content(text)); ok {
			return p.String()
		}
	case customer.List:
		var items []string
		if json.Unmarshal([]byte(text), &items) == nil {
			return w.List(items...)
		}
	case customer.Flag:
		if text == "true" || text == "false" {
			return w.T("console.value." + text)
		}
	case customer.Phone:
		return dialled(text)
	case customer.Choice:
		return w.Word("choice."+f.Name, text)
	}
	return text
}

// dialled is a whole mobile number of China in the groups in which people say it.
func dialled(text string) string {
	n := strings.TrimPrefix(strings.Join(strings.Fields(text), ""), "+86")
	if len(n) != 11 || n[0] != '1' || strings.Trim(n, "0123456789") != "" {
		return text
	}
	return n[:3] + " " + n[3:7] + " " + n[7:]
}

// Script is the language that a value is written in, for screen readers and fonts.
func (w lexicon) Script(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
		return "zh"
	}
	return w.Lang.Tag()
}

// briefly is the first of what proved a value, and how many more there are.
func (w lexicon) briefly(methods []string) string {
	word := w.Word("method", methods[0])
	if more := len(methods) - 1; more > 0 {
		word += " +" + strconv.Itoa(more)
	}
	return word
}

// few names the first fields of many.
func (w lexicon) few(keys []customer.Key) string {
	const shown = 3
	if len(keys) <= shown {
		return w.Labels(keys)
	}
	return w.T("console.past.few", "fields", w.Labels(keys[:shown]), "n", strconv.Itoa(len(keys)))
}

// who is the name of somebody by id, else what sort of actor it was.
func who(p *page.Page, people map[string]string, id, sort string) string {
	if name := people[id]; name != "" {
		return name
	}
	return p.Word("sort", sort)
}

// Source is whose word a value is: the customer's, ours, or a named supplier's.
func (w lexicon) Source(source string) string {
	sort, name, named := strings.Cut(source, ":")
	if named {
		return w.T("console.source."+sort, "name", name)
	}
	if key := "console.source." + source; w.Lang.Has(key) {
		return w.T(key)
	}
	return source
}

// Methods are the words for what proved a value.
func (w lexicon) Methods(methods []string) string {
	words := make([]string, len(methods))
	for i, m := range methods {
		words[i] = w.Word("method", m)
	}
	return w.List(words...)
}
