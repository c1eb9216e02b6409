// Package fault names the few kinds of failure that cross a room's wall, each as
// a code with parameters; the sentence a person reads is made from them by lang.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Kind says what sort of failure it is, so that a door can choose a status.
type Kind uint8

// The kinds, with the HTTP status that the API door gives each.
const (
	Internal        Kind = iota // 500: everything that is not a *fault.Error
	Malformed                   // 400: not well formed: syntax, unknown or duplicate member, depth, length
	Unauthenticated             // 401: nobody we know
	Denied                      // 403: somebody we know, who may not; the code says who may
	NotFound                    // 404: no such thing, or none that the caller may know of
	Conflict                    // 409: the thing has moved on: decided, stale, used
	Invalid                     // 422: well formed, not acceptable
	Limited                     // 429: too often; the parameter "until" says when again
	Unavailable                 // 503: nothing was written; try again
)

// Error is a failure as a code with parameters. Parameters are shown to people and
// written to logs, so they never carry a customer's value: ids, field names, limits only.
type Error struct {
	Kind   Kind
	Code   string            // stable, snake_case: scripts and translations rely on it
	Field  string            // the field at fault, or empty
	Params map[string]string // what the sentence needs: limits, ids, names of fields
	More   []*Error          // further faults of the same input, first one excluded
}

// New makes a fault. Params are key, value pairs; a "field" key also names the field.
func New(kind Kind, code string, params ...any) *Error {
	e := &Error{Kind: kind, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		key, val := fmt.Sprint(params[i]), fmt.Sprint(params[i+1])
		if key == "field" {
			e.Field = val
		}
		if e.Params == nil {
			e.Params = make(map[string]string, len(params)/2)
		}
		e.Params[key] = val
	}
	return e
}

// Error is the code and its parameters, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	if e.Field != "" {
		b.WriteString(" field=" + e.Field)
	}
	for _, m := range e.More {
		b.WriteString("; " + m.Error())
	}
	return b.String()
}

// Is reports whether target is a fault of the same code, so that errors.Is works on sentinels.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// On answers a copy of e that names field. It is how a check that knows a rule,
// but not where the value came from, is placed by its caller.
func (e *Error) On(field string) *Error {
	c := *e
	c.Field = field
	return &c
}

// Join folds several faults of one input into one, nil if there are none.
// The first decides kind and code; the rest travel in More.
func Join(errs ...*Error) error {
	var first *Error
	for _, e := range errs {
		switch {
		case e == nil:
		case first == nil:
			c := *e
			c.More = slices.Clone(e.More)
			first = &c
		default:
			first.More = append(first.More, e)
		}
	}
	if first == nil {
		return nil
	}
	return first
}

// KindOf answers the kind of err: Internal for anything that is not a fault.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf answers the stable code of err, or "" if it is not a fault.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
