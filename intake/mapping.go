package intake

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"

	"amend/customer"
	"amend/fault"
)

// A Mapping says which columns of a table make which values of a record. It is a readable
// JSON document that is kept with an import run, so that anybody can see later how a value
// came about.
type Mapping struct {
	Name   string        `json:"name"`
	Kind   customer.Kind `json:"kind"`   // what every row is about
	Header []string      `json:"header"` // the header it was made for; columns it doesn't use are ignored
	Values []Target      `json:"values"`
}

// A Target is one value of the record. Either it comes from a Source, or, for an address
// that the table holds in several columns, from Parts.
type Target struct {
	Key customer.Key `json:"key"`
	Source
	Date  DateOrder         `json:"date,omitempty"`  // for dates: the order of year, month and day
	Split string            `json:"split,omitempty"` // for lists: the characters that separate its texts
	Parts map[string]Source `json:"parts,omitempty"` // for addresses: country, region, line, postcode, recipient
}

// A Source is where a text comes from: columns, joined where they hold something, or a
// constant that every row gets.
type Source struct {
	From     []string `json:"from,omitempty"`
	Join     string   `json:"join,omitempty"`  // between the parts; a space if empty
	Tight    bool     `json:"tight,omitempty"` // nothing between the parts, as in 张 + 三
	Constant string   `json:"constant,omitempty"`
}

// A DateOrder is how the dates of a column are written. Only the year has four digits, so
// day and month can't be told apart by looking: a mapping says which comes first.
type DateOrder string

// The orders of dates.
const (
	YearFirst  DateOrder = "ymd" // 19560409, 1956-04-09, 1956/4/9, 1956年4月9日
	DayFirst   DateOrder = "dmy" // 09.04.1956
	MonthFirst DateOrder = "mdy" // 4/9/1956
)

// maxMapping bounds a mapping document, in bytes.
const maxMapping = 256 << 10

// ParseMapping reads a mapping document.
func ParseMapping(doc []byte) (Mapping, error) {
	var m Mapping
	if err := parseDocument(doc, &m); err != nil {
		return Mapping{}, err
	}
	return m, nil
}

// parseDocument reads a document about a mapping. An unknown member is refused: a misspelt
// "from" would otherwise import nothing without a word.
func parseDocument(doc []byte, into any) error {
	if len(doc) > maxMapping {
		return fault.New(fault.Malformed, "mapping_too_long", "limit", maxMapping)
	}
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fault.New(fault.Malformed, "mapping_syntax")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Malformed, "mapping_syntax")
	}
	return nil
}

// Check reports everything in m that does not fit the catalogue: a key that isn't
// published for the mapping's kind of record or stands twice, a date without its order, a
// target without a source.
func (m Mapping) Check(cat customer.Catalog) error {
	var wrong []*fault.Error
	if len(m.Values) == 0 {
		wrong = append(wrong, fault.New(fault.Invalid, "mapping_empty"))
	}
	seen := make(map[customer.Key]bool, len(m.Values))
	for i, t := range m.Values {
		if code := m.checkTarget(t, cat); code != "" {
			wrong = append(wrong, fault.New(fault.Invalid, code, "value", strconv.Itoa(i+1)))
		} else if seen[t.Key] {
			wrong = append(wrong, fault.New(fault.Invalid, "mapping_key_twice", "key", t.Key))
		}
		seen[t.Key] = true
	}
	return fault.Join(wrong...)
}

// checkTarget answers the code of what is wrong with t, or "".
func (m Mapping) checkTarget(t Target, cat customer.Catalog) string {
	if _, err := customer.ParseKey(string(t.Key)); err != nil {
		return "mapping_key_unknown"
	}
	f, ok := cat.Of(t.Key)
	switch {
	case !ok || !slices.Contains(f.Kinds, m.Kind):
		return "mapping_key_unknown"
	case len(t.Parts) > 0 && f.Type != customer.Address:
		return "mapping_address"
	case (len(t.Parts) > 0) != t.Source.empty():
		return "mapping_source"
	case (f.Type == customer.Date) != (t.Date != ""):
		return "mapping_date"
	case !slices.Contains([]DateOrder{"", YearFirst, DayFirst, MonthFirst}, t.Date):
		return "mapping_date"
	case (f.Type == customer.List) != (t.Split != ""):
		return "mapping_list"
	}
	for member, s := range t.Parts {
		switch {
		case !slices.Contains([]string{"country", "region", "line", "postcode", "recipient"}, member):
			return "mapping_address"
		case s.empty():
			return "mapping_source"
		}
	}
	return ""
}

func (s Source) empty() bool { return len(s.From) == 0 && s.Constant == "" }
