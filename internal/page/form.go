package page

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"amend/fault"
)

// The bounds of a form. A page's own fields are bounded again by what they mean.
const (
	maxForm  = 64 << 10  // bytes of a body
	maxEntry = 8 << 10   // bytes of one entry
	maxLong  = 256 << 10 // bytes of a body with a long entry: a policy document
)

// A Form is what a reader typed, and what is wrong with it: it is shown again as it was
// typed, so that nothing is lost.
type Form struct {
	Values url.Values
	Wrong  []Wrong
}

// A Wrong is one thing to correct: the name of its entry ("" for the form as a whole) and
// the sentence with the remedy.
type Wrong struct {
	Name string
	Text string
}

// ReadForm reads the body of a POST. It refuses what is too long and what is no text. An entry
// that is named as long may fill the body.
func ReadForm(w http.ResponseWriter, r *http.Request, long ...string) (Form, error) {
	most := int64(maxForm)
	if len(long) > 0 {
		most = maxLong
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		return Form{}, fault.New(fault.Malformed, "body_too_long", "max", most)
	}
	for name, values := range r.PostForm {
		for i, v := range values {
			if len(v) > maxEntry && !slices.Contains(long, name) || !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return Form{}, fault.New(fault.Malformed, "bad_parameter", "field", name)
			}
			values[i] = strings.ReplaceAll(v, "\r\n", "\n")
		}
	}
	return Form{Values: r.PostForm}, nil
}

// Get answers an entry without the blanks around it.
func (f Form) Get(name string) string { return strings.TrimSpace(f.Values.Get(name)) }

// Has reports whether an entry of this name and value was sent: a ticked box, a chosen key.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Error is the sentence that belongs to an entry, "" if it is in order.
func (f Form) Error(name string) string {
	for _, w := range f.Wrong {
		if w.Name == name {
			return w.Text
		}
	}
	return ""
}

// Refused answers f with what err says is wrong with it: each fault at its own entry. It
// answers false for an error that correcting the form does not help.
func (f Form) Refused(p *Page, err error) (Form, bool) {
	var first *fault.Error
	if !errors.As(err, &first) || (first.Kind != fault.Invalid && first.Kind != fault.Malformed && first.Kind != fault.Limited) {
		return f, false
	}
	for _, e := range append([]*fault.Error{first}, first.More...) {
		alone := *e
		alone.More = nil
		_, text := p.Lang.Fault(&alone)
		f.Wrong = append(f.Wrong, Wrong{Name: nameOf(&alone), Text: text})
	}
	return f, true
}

// nameOf is the entry that a fault speaks of.
func nameOf(e *fault.Error) string {
	if e.Field != "" {
		return e.Field
	}
	return e.Params["field"]
}
