package api

import (
	"encoding/json"
	"reflect"
	"strings"
	"unicode"
)

// The kinds of value that a member may be.
const (
	anything = ""
	isText   = "text"
	isWhole  = "number"
	isFlag   = "flag"
	isList   = "list"
	isObject = "object"
)

// A shape is what a body may hold: the members and kinds of value of a Go type, taken from
// it once. A json.RawMessage may hold anything.
type shape struct {
	kind     string
	members  map[string]*shape // of an object
	items    *shape            // of a list
	optional bool              // the body may be left out
}

// free is the shape of a value that is somebody else's to judge.
func free() *shape { return &shape{} }

func (s *shape) member(name string) (*shape, bool) {
	if s.kind != isObject {
		return free(), true
	}
	m, ok := s.members[name]
	if !ok {
		return free(), false
	}
	return m, true
}

func (s *shape) element() *shape {
	if s.items == nil {
		return free()
	}
	return s.items
}

// shapeOf reads a type. A body of which no member must be there may be left out.
func shapeOf(t reflect.Type) *shape {
	if t == reflect.TypeFor[json.RawMessage]() {
		return free()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return shapeOf(t.Elem())
	case reflect.String:
		return &shape{kind: isText}
	case reflect.Int, reflect.Int64:
		return &shape{kind: isWhole}
	case reflect.Bool:
		return &shape{kind: isFlag}
	case reflect.Slice:
		return &shape{kind: isList, items: shapeOf(t.Elem())}
	case reflect.Struct:
		s := &shape{kind: isObject, members: map[string]*shape{}, optional: true}
		for _, f := range reflect.VisibleFields(t) {
			if name := memberName(f); name != "" {
				s.members[name] = shapeOf(f.Type)
				s.optional = s.optional && strings.HasSuffix(f.Tag.Get("json"), ",omitempty")
			}
		}
		return s
	}
	panic("api: no shape for " + t.String()) // a body type of our own that this cannot check
}

// memberName is the name of a field in JSON, "" if it has none.
func memberName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if name == "-" || f.Anonymous {
		return ""
	}
	return name
}

// join is a path of members and positions: items/0/value.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

// printable refuses control characters, other than those of written text, in our own members.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
}
