package intake

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"amend/fault"
)

// A Binding is a mapping whose columns were found in one table's header, so that a row
// costs no look-up by name. It serves that table alone, from its first row on.
type Binding struct {
	targets []boundTarget
	long    memory
}

type boundTarget struct {
	Target
	source boundSource
	parts  map[string]boundSource
	column string // all columns it reads, as people see them
}

type boundSource struct {
	Source
	cells []int
}

// Bind finds the mapping's columns in header. It fails if one is missing: importing without
// it would look like every customer had lost that value.
func (m Mapping) Bind(header []string) (Binding, error) {
	b := Binding{long: make(memory, len(header))}
	var wrong []*fault.Error
	find := func(s Source) boundSource {
		bound := boundSource{Source: s}
		for _, name := range s.From {
			i := slices.Index(header, name)
			if i < 0 || name == "" {
				wrong = append(wrong, fault.New(fault.Invalid, "column_missing", "column", name))
				continue
			}
			bound.cells = append(bound.cells, i)
		}
		return bound
	}
	for _, t := range m.Values {
		bound := boundTarget{Target: t, source: find(t.Source), column: strings.Join(t.reads(), ", ")}
		for name, s := range t.Parts {
			if bound.parts == nil {
				bound.parts = make(map[string]boundSource, len(t.Parts))
			}
			bound.parts[name] = find(s)
		}
		b.targets = append(b.targets, bound)
	}
	return b, fault.Join(wrong...)
}

// reads names every column that t reads, in the order of the document and, within an
// address, of its members' names.
func (t Target) reads() []string {
	names := slices.Clone(t.From)
	for _, m := range slices.Sorted(maps.Keys(t.Parts)) {
		names = append(names, t.Parts[m].From...)
	}
	return names
}

// Apply answers the values that a row proposes, and what is wrong with its cells. A cell
// that can't be right proposes nothing; the customer still comes in with the rest. An
// empty cell proposes nothing and is no fault: imports never remove a value.
func (b Binding) Apply(row Row) ([]Proposed, []Fault) {
	out := make([]Proposed, 0, len(b.targets))
	var faults []Fault
	for _, t := range b.targets {
		p, wrong := t.apply(row, b.long)
		switch {
		case wrong != nil:
			faults = append(faults, Fault{Line: row.Line, Column: t.column, Err: wrong.On(string(t.Key))})
		case p.Text != "" || p.JSON != nil:
			out = append(out, p)
		}
	}
	return out, faults
}

func (t boundTarget) apply(row Row, long memory) (Proposed, *fault.Error) {
	p := Proposed{Key: t.Key, Column: t.column}
	if len(t.parts) > 0 {
		raw, wrong := t.address(row, long)
		p.JSON = raw
		return p, wrong
	}
	text, wrong := t.source.text(row, long)
	if wrong == nil && t.Date != "" && text != "" {
		text, wrong = readDate(t.Date, text)
	}
	if t.Split != "" {
		p.JSON = t.list(text)
		return p, wrong
	}
	p.Text = text
	return p, wrong
}

// list answers a JSON list of the texts in a cell, or nil if there are none.
func (t boundTarget) list(text string) json.RawMessage {
	var texts []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(t.Split, r) }) {
		if s = trim(s); s != "" {
			texts = append(texts, s)
		}
	}
	if texts == nil {
		return nil
	}
	return compact(texts)
}

// compact writes v as JSON without escaping what only HTML must escape.
func compact(v any) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil // texts and maps of texts always encode
	}
	return bytes.TrimSpace(b.Bytes())
}

// address answers compact JSON with the members that hold something. Constants alone, such
// as the country, are no address.
func (t boundTarget) address(row Row, long memory) (json.RawMessage, *fault.Error) {
	members := make(map[string]string, len(t.parts))
	said := false
	for name, s := range t.parts {
		text, wrong := s.text(row, long)
		if wrong != nil {
			return nil, wrong
		}
		if text != "" {
			members[name] = text
			said = said || len(s.cells) > 0
		}
	}
	if !said {
		return nil, nil
	}
	return compact(members), nil
}

// text joins what the cells hold, or answers the constant.
func (s boundSource) text(row Row, long memory) (string, *fault.Error) {
	if len(s.From) == 0 {
		return s.Constant, nil
	}
	parts := make([]string, 0, len(s.cells))
	for _, i := range s.cells {
		if i >= len(row.Cells) {
			continue
		}
		text := trim(row.Cells[i])
		if wrong := damage(text); wrong != nil {
			return "", wrong
		}
		if long.rounded(i, text) {
			return "", fault.New(fault.Invalid, "number_rounded")
		}
		if text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, s.between()), nil
}

// between is what stands between the parts of s.
func (s Source) between() string {
	switch {
	case s.Tight:
		return ""
	case s.Join == "":
		return " "
	}
	return s.Join
}
