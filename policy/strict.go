package policy

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"unicode/utf8"

	"amend/fault"
)

const (
	maxDocument = 256 << 10 // bytes; the shipped document has about a twentieth of it
	maxDepth    = 12        // levels of nesting; the deepest member of a document has 8
)

// decode reads a document strictly: one JSON value, members known and written exactly
// so, none twice. Signer, editor and engine thus see one and the same policy.
func decode(doc []byte) (document, error) {
	var d document
	if len(doc) > maxDocument {
		return d, fault.New(fault.Malformed, "policy_too_long", "max", maxDocument)
	}
	if !utf8.Valid(doc) {
		return d, notJSON(0)
	}
	if err := checkMembers(doc); err != nil {
		return d, err
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		if f, ok := err.(*fault.Error); ok {
			return d, f
		}
		if member, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return d, fault.New(fault.Malformed, "policy_unknown_member", "member", shorten(strings.Trim(member, `"`)))
		}
		return d, notJSON(dec.InputOffset())
	}
	return d, nil
}

func notJSON(at int64) *fault.Error {
	return fault.New(fault.Malformed, "policy_not_json", "at", at)
}

// checkMembers walks the tokens: encoding/json lets the last of two equal members win
// and matches names whatever their case, so both are refused here.
func checkMembers(doc []byte) error {
	dec := json.NewDecoder(bytes.NewReader(doc))
	if err := walk(dec, 0); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return notJSON(dec.InputOffset())
	}
	return nil
}

func walk(dec *json.Decoder, depth int) error {
	t, err := dec.Token()
	if err != nil || depth > maxDepth {
		return notJSON(dec.InputOffset())
	}
	open, ok := t.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for dec.More() {
		if open == '{' {
			if err := member(dec, seen); err != nil {
				return err
			}
		}
		if err := walk(dec, depth+1); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return notJSON(dec.InputOffset())
	}
	return nil
}

func member(dec *json.Decoder, seen map[string]bool) error {
	t, err := dec.Token()
	name, ok := t.(string)
	if err != nil || !ok {
		return notJSON(dec.InputOffset())
	}
	if seen[name] {
		return fault.New(fault.Malformed, "policy_duplicate_member", "member", shorten(name))
	}
	if !plainName(name) {
		return fault.New(fault.Malformed, "policy_unknown_member", "member", shorten(name))
	}
	seen[name] = true
	return nil
}

// plainName reports whether s is lower-case letters, digits and _, at most 40 bytes.
func plainName(s string) bool {
	return s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
