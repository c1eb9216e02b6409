package page

import (
	"strconv"

	"github.com/a-h/templ"
)

// A Field is one entry of a form as it is asked for. Its label says what is wanted, its hint
// in which form; neither is repeated in the other.
type Field struct {
	Name         string
	ID           string // "" takes "f-" and the name
	Label        string
	Hint         string
	Value        string // what stands there until the reader types; a form that comes back keeps its own
	Optional     bool   // said in words; everything else is required
	Disabled     bool   // the hint says why
	Autocomplete string // a token of HTML's autofill, such as "tel-national"
	Prefix       string // stands in front: "+86"
	Suffix       string // stands behind: "%"
	Rows         int    // of a text area
	Mono         bool   // of a text area: what is typed is code
	Max          int    // characters; 0 is what a form allows
	From, Until  string // of a date, "2006-01-02"
	Lang         string // of what is typed, where it differs from the page
	RegionOf     string // of a region: the name of the entry that it lies in
	Regions      string // of a region: where its options are fetched
}

// An Option is one choice of a list.
type Option struct {
	Value string
	Text  string
	Group string // options of one group stand together
	Off   bool
}

// A Choice is one of a few ways, each with a line on what it is good for.
type Choice struct {
	Value string
	Icon  string
	Text  string
	Note  string
	Off   bool // its note says why
}

func (x Field) id() string {
	if x.ID != "" {
		return x.ID
	}
	return "f-" + x.Name
}

func (x Field) hintID() string  { return x.id() + "-h" }
func (x Field) errorID() string { return x.id() + "-e" }

// described lists what explains the field: its hint, and what is wrong with it.
func (x Field) described(f Form) string {
	switch wrong := f.Error(x.Name) != ""; {
	case wrong && x.Hint != "":
		return x.hintID() + " " + x.errorID()
	case wrong:
		return x.errorID()
	case x.Hint != "":
		return x.hintID()
	}
	return ""
}

// shown is what stands in the field: what was typed, as it was typed.
func (x Field) shown(f Form) string {
	if f.Values.Has(x.Name) {
		return f.Values.Get(x.Name)
	}
	return x.Value
}

// chosen reports whether a value is ticked or selected.
func (x Field) chosen(f Form, value string) bool {
	if f.Values.Has(x.Name) {
		return f.Has(x.Name, value)
	}
	return x.Value == value
}

// ticked reports whether a lone box is ticked. A box that is not ticked sends nothing, so
// that a form which came back says so by its silence.
func (x Field) ticked(f Form) bool {
	if len(f.Values) > 0 {
		return f.Values.Get(x.Name) != ""
	}
	return x.Value != ""
}

func (x Field) rows() string {
	if x.Rows > 0 {
		return strconv.Itoa(x.Rows)
	}
	return "4"
}

// anchor is where the summary of faults leads: the field of this name.
func anchor(name string) string { return "#f-" + name }

// groups keeps options that name the same group together, in the order of the list.
func groups(options []Option) [][]Option {
	var all [][]Option
	for _, o := range options {
		if n := len(all); n > 0 && all[n-1][0].Group == o.Group {
			all[n-1] = append(all[n-1], o)
			continue
		}
		all = append(all, []Option{o})
	}
	return all
}

// attributes are what every plain control carries.
func (x Field) attributes(f Form) templ.OrderedAttributes {
	return append(x.bare(f), templ.KeyValue[string, any]{Key: "value", Value: x.shown(f)})
}

// bare is what a control carries that does not show what was typed: a password, a file.
func (x Field) bare(f Form) templ.OrderedAttributes {
	all := templ.OrderedAttributes{{Key: "id", Value: x.id()}, {Key: "name", Value: x.Name}}
	add := func(key, value string) {
		if value != "" {
			all = append(all, templ.KeyValue[string, any]{Key: key, Value: value})
		}
	}
	add("autocomplete", x.Autocomplete)
	add("lang", x.Lang)
	add("aria-describedby", x.described(f))
	if f.Error(x.Name) != "" {
		add("aria-invalid", "true")
	}
	if x.Disabled {
		all = append(all, templ.KeyValue[string, any]{Key: "disabled", Value: true})
	}
	return all
}
