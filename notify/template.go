package notify

import (
	"bytes"
	"embed"
	"encoding/json"
	"slices"

	"amend/fault"
)

//go:embed templates/zh.json templates/en.json
var shipped embed.FS

// A Template is what one kind says in one language. It is data: {name} is replaced by
// a parameter, and nothing else in it, or in a parameter, is ever interpreted.
type Template struct {
	SMS      string   `json:"sms"`            // a whole short message, signed as the country asks
	Register string   `json:"register"`       // the code under which an SMS gateway knows the text
	Params   []string `json:"params"`         // the registered text's parameters, in its order
	Subject  string   `json:"subject"`        // of a mail; also the title of a letter or a call script
	Mail     string   `json:"mail"`           // the body, framed by the language's Frame
	Line     string   `json:"line,omitempty"` // the sentence that stands for it in a joined short message
}

// A language is one file of templates with the small words they need.
type language struct {
	Customer  string            `json:"customer"` // frame of a customer's mail: {body} and what every mail carries
	Staff     string            `json:"staff"`    // frame of a staff mail
	Phrases   map[string]string `json:"phrases"`
	Places    map[string]string `json:"places"`   // channel → how a sentence names it
	Reasons   map[string]string `json:"reasons"`  // code of a rejection → the customer's words for it
	Remedies  map[string]string `json:"remedies"` // what the customer can do about it
	Tasks     map[string]string `json:"tasks"`    // what a person is asked to do
	Roles     map[string]string `json:"roles"`    // what a role of staff is called within a sentence
	Stops     map[string]string `json:"stops"`    // why a system needs a person
	Steps     map[string]string `json:"steps"`    // what happened on the way, as a receipt says it
	Receipt   map[string]string `json:"receipt"`  // what a receipt says as a whole
	Moments   map[string]string `json:"moments"`  // style → layout of package time
	Templates map[Kind]Template `json:"templates"`
}

// A Book is the templates of every language, checked.
type Book struct{ langs map[Lang]language }

// Templates reads the shipped book.
func Templates() (*Book, error) {
	files := make(map[Lang][]byte)
	for _, l := range Langs() {
		data, err := shipped.ReadFile("templates/" + string(l) + ".json")
		if err != nil {
			return nil, err
		}
		files[l] = data
	}
	return ParseBook(files)
}

// ParseBook reads one JSON file per language, as shipped or as a company rewrote it.
// It refuses a missing kind, an unknown member, and a template that does not say
// exactly what its kind promises: a book that parses can write every message.
func ParseBook(files map[Lang][]byte) (*Book, error) {
	b := &Book{langs: make(map[Lang]language)}
	for _, l := range Langs() {
		var in language
		dec := json.NewDecoder(bytes.NewReader(files[l]))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&in); err != nil {
			return nil, fault.New(fault.Malformed, "template_file_bad", "lang", l)
		}
		if err := in.check(l); err != nil {
			return nil, err
		}
		b.langs[l] = in
	}
	return b, nil
}

func (in language) check(l Lang) error {
	for _, s := range specs() {
		t, ok := in.Templates[s.kind]
		if !ok {
			return fault.New(fault.Invalid, "template_missing", "kind", s.kind, "lang", l)
		}
		if name := t.defect(s); name != "" {
			return fault.New(fault.Invalid, "template_broken", "kind", s.kind, "lang", l, "name", name)
		}
	}
	if missing := in.wordless(); missing != "" {
		return fault.New(fault.Invalid, "template_broken", "kind", "words", "lang", l, "name", missing)
	}
	if !says(in.Customer, "body", "report", "brand", "hotline") || !says(in.Staff, "body") {
		return fault.New(fault.Invalid, "template_broken", "kind", "frame", "lang", l, "name", "body")
	}
	return nil
}

// defect answers the name of the placeholder or member by which t breaks the promise of
// its kind, "" if it keeps it.
func (t Template) defect(s spec) string {
	said := placeholders(t.SMS + t.Subject + t.Mail + t.Line)
	for _, name := range said {
		if !slices.Contains(s.params, name) && !house(name) && (name != "report" || s.staff) {
			return name
		}
	}
	for _, name := range s.params {
		vital := name == "code" || name == "link"
		if !slices.Contains(said, name) || vital && !(says(t.SMS, name) && says(t.Mail, name)) {
			return name
		}
	}
	switch alone := s.secret || s.security || s.kind.made(); {
	case t.SMS == "":
		return "sms"
	case t.Register == "":
		return "register"
	case t.Subject == "":
		return "subject"
	case t.Mail == "":
		return "mail"
	case (t.Line == "") != alone:
		return "line"
	}
	return t.misregistered()
}

// misregistered answers a parameter that the short message and the registered list do
// not share. A brand that only signs the message is the gateway's own parameter.
func (t Template) misregistered() string {
	inText := placeholders(t.SMS)
	for _, name := range t.Params {
		if !slices.Contains(inText, name) {
			return name
		}
	}
	for _, name := range inText {
		if name != "brand" && !slices.Contains(t.Params, name) {
			return name
		}
	}
	return ""
}

// house reports whether name is a parameter that the House gives to every message.
func house(name string) bool { return name == "brand" || name == "hotline" || name == "domain" }

func says(text string, names ...string) bool {
	said := placeholders(text)
	for _, n := range names {
		if !slices.Contains(said, n) {
			return false
		}
	}
	return true
}

// Of answers the template of k in l, for an editor to show.
func (b *Book) Of(k Kind, l Lang) (Template, bool) {
	t, ok := b.in(l).Templates[k]
	return t, ok
}

// in answers the language l, English for one we do not have.
func (b *Book) in(l Lang) language {
	if in, ok := b.langs[l]; ok {
		return in
	}
	return b.langs[EN]
}
