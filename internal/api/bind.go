package api

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"amend/fault"
	"amend/verify"
)

// Parameters are the fields of an operation's params struct: `path:"id"`, `query:"limit"`,
// `header:"If-Match"`, or `from:"network"` for where the request comes from, hashed; of a
// string, int or bool kind. An absent one is the zero value.

// bind fills the params struct that p points to.
func (v *visit) bind(p any) error {
	target := reflect.ValueOf(p).Elem()
	for f := range fieldsOf(target.Type()) {
		name, text := v.parameter(f)
		if text != "" && !set(target.FieldByIndex(f.Index), text) {
			return fault.New(fault.Malformed, "bad_parameter", "field", name)
		}
	}
	return nil
}

// parameter answers the name and the text of one parameter.
func (v *visit) parameter(f reflect.StructField) (name, text string) {
	if name = f.Tag.Get("path"); name != "" {
		return name, v.r.PathValue(name)
	}
	if name = f.Tag.Get("header"); name != "" {
		if text = v.r.Header.Get(name); !plainText(text) {
			text = ""
		}
		return name, text
	}
	if f.Tag.Get("from") == "network" {
		return "", v.door.reader.Source(v.ctx, v.by, verify.Network(v.door.address(v.r)))
	}
	name = f.Tag.Get("query")
	return name, v.query.Get(name)
}

// set writes text into a field of a plain kind and reports whether it fits.
func set(field reflect.Value, text string) bool {
	switch field.Kind() {
	case reflect.String:
		field.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return false
		}
		field.SetInt(int64(n))
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return false
		}
		field.SetBool(b)
	default:
		return false
	}
	return true
}

// queryNames lists the query parameters of a params struct.
func queryNames(params reflect.Type) []string {
	var names []string
	for f := range fieldsOf(params) {
		if name := f.Tag.Get("query"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// fieldsOf walks the fields of a params struct, embedded ones included.
func fieldsOf(params reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		if params == nil {
			return
		}
		for _, f := range reflect.VisibleFields(params) {
			if !f.Anonymous && !yield(f) {
				return
			}
		}
	}
}

// bearer is the credential of a request, "" if there is none.
func bearer(h http.Header) string {
	scheme, credential, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(credential)
}
