// Package quality is whether a value is well formed: one canonical content for every
// accepted spelling of it, and one fault, naming rule and remedy, for everything else.
//
// Checker.Normalise is the front door; the rules of each type are in the file of its
// name (phone.go, residentid.go …). A rule looks at form only: whether a number is
// answered, or a person exists, is proven elsewhere.
package quality

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"amend/customer"
	"amend/fault"
)

// A Checker checks values on one day.
type Checker struct {
	// Today bounds what cannot lie in the future, such as a birth date, in the company's
	// own time zone. The zero Today refuses every date, so a forgotten one is noticed.
	Today time.Time
}

// maxRaw bounds one value as it arrives, in bytes: four times the longest acceptable one.
const maxRaw = 64 << 10

// Normalise reads one proposed value as it came through a door, and answers its canonical
// content: equal values have equal contents, and normalising a content again changes
// nothing. null and blank text are the empty content: no value. A fault names the rule;
// the caller adds the field with On.
func (k Checker) Normalise(f customer.Field, raw json.RawMessage) (customer.Content, *fault.Error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || len(raw) > maxRaw || !json.Valid(raw):
		return "", fault.New(fault.Malformed, "value_syntax", "max", maxRaw)
	case string(raw) == "null":
		return "", nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return "", fault.New(fault.Malformed, "value_syntax", "max", maxRaw)
		}
		return k.NormaliseText(f, s)
	case accepts(f.Type, raw[0]):
		return k.settle(f, string(raw))
	}
	return "", fault.New(fault.Invalid, "value_kind", "want", f.Type)
}

// accepts reports whether a JSON value that starts with first, and is not a string, can be of type t.
func accepts(t customer.Type, first byte) bool {
	switch first {
	case '{':
		return t == customer.Address
	case '[':
		return t == customer.List
	case 't', 'f':
		return t == customer.Flag
	}
	return t == customer.Number && (first == '-' || first >= '0' && first <= '9')
}

// NormaliseText reads one proposed value from a form or a cell of a table. Structured
// types are read from their JSON, a list also from words with separators, and a Chinese
// address also from one line of text.
func (k Checker) NormaliseText(f customer.Field, s string) (customer.Content, *fault.Error) {
	if t := strings.TrimSpace(s); f.Type.Structured() && t != "" && accepts(f.Type, t[0]) {
		return k.settle(f, t) // each of its texts is cleaned by itself
	}
	s, err := clean(s)
	if err != nil || s == "" {
		return "", err
	}
	return k.settle(f, s)
}

// settle is read, with the empty content where there is a fault.
func (k Checker) settle(f customer.Field, s string) (customer.Content, *fault.Error) {
	c, err := k.read(f, s)
	if err != nil {
		return "", err
	}
	return customer.Content(c), nil
}

// read applies the rules of f's type to clean text.
func (k Checker) read(f customer.Field, s string) (string, *fault.Error) {
	switch f.Type {
	case customer.Name:
		return name(s)
	case customer.Phone:
		return phone(s)
	case customer.Email:
		return email(s)
	case customer.Address:
		return address(s)
	case customer.Messenger:
		return messenger(s)
	case customer.ResidentID:
		return k.residentID(s)
	case customer.Passport:
		return passport(s)
	case customer.USCC:
		return uscc(s)
	case customer.BankCard:
		return bankCard(s)
	case customer.CNAPS:
		return cnaps(s)
	case customer.Date:
		return k.date(f, s)
	case customer.Number:
		return number(s)
	case customer.Money:
		return money(s)
	case customer.Flag:
		return flag(s)
	case customer.Choice:
		return choice(f, s)
	case customer.List:
		return list(s)
	case customer.Reference:
		return reference(s)
	}
	return text(s, maxText)
}

// Render answers canonical content as the API shows it: structured types as their JSON,
// everything else as a string (amounts too, so that no reader rounds them), no value as null.
func Render(f customer.Field, c customer.Content) json.RawMessage {
	switch {
	case c == "":
		return json.RawMessage("null")
	case f.Type.Structured() && json.Valid([]byte(c)):
		return json.RawMessage(c)
	}
	return json.RawMessage(compact(string(c)))
}

// compact is v as JSON on one line, without the HTML escapes that would make it differ
// from what other programs write.
func compact(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("quality: " + err.Error()) // only strings and structs of strings come here
	}
	return string(bytes.TrimRight(b.Bytes(), "\n"))
}

// invalid is a fault of form.
func invalid(code string, params ...any) *fault.Error {
	return fault.New(fault.Invalid, code, params...)
}
