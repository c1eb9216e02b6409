package quality

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"amend/fault"
)

// members reads a flat JSON object of strings. Unlike encoding/json it refuses a member
// that is not known or stands there twice: two readers would take different ones.
func members(s string, known ...string) (map[string]string, *fault.Error) {
	d := json.NewDecoder(strings.NewReader(s))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fault.New(fault.Malformed, "address_form")
	}
	m := make(map[string]string, len(known))
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fault.New(fault.Malformed, "address_form")
		}
		name, _ := key.(string)
		if _, twice := m[name]; twice {
			return nil, fault.New(fault.Malformed, "address_member_twice")
		}
		if !slices.Contains(known, name) {
			return nil, fault.New(fault.Malformed, "address_member", "known", strings.Join(known, ", "))
		}
		val, err := d.Token()
		if err != nil {
			return nil, fault.New(fault.Malformed, "address_form")
		}
		text, isText := val.(string)
		if !isText && val != nil {
			return nil, fault.New(fault.Malformed, "address_member_text", "member", name)
		}
		m[name] = text
	}
	if _, err := d.Token(); err != nil {
		return nil, fault.New(fault.Malformed, "address_form")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.New(fault.Malformed, "address_form")
	}
	return m, nil
}
