package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"amend/fault"
)

// A Problem is how a failure is told (RFC 9457). Code is stable; the sentences are in the
// caller's language. It repeats nothing that the caller sent.
type Problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Code   string  `json:"code"`
	Detail string  `json:"detail"` // what to do about it
	Field  string  `json:"field,omitempty"`
	ID     string  `json:"id,omitempty"` // of a failure of ours: quote it
	Errors []Fault `json:"errors,omitempty"`
}

// A Fault is one further thing that is wrong with the same input.
type Fault struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Field  string `json:"field,omitempty"`
}

// entropy makes correlation ids.
type entropy struct{}

func (entropy) id() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: it aborts the program
	return hex.EncodeToString(b[:])
}

// statusOf is the table of kinds and statuses, with the few codes that HTTP has a status of its own for.
func statusOf(f *fault.Error) int {
	switch f.Code {
	case "method_not_allowed":
		return http.StatusMethodNotAllowed
	case "media_type":
		return http.StatusUnsupportedMediaType
	case "version_moved":
		return http.StatusPreconditionFailed
	case "disk_full":
		return http.StatusInsufficientStorage
	}
	switch f.Kind {
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Limited:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// refuse answers a failure.
func (v *visit) refuse(err error) { v.write(v.problem(err)) }

// problem makes the answer of a failure. One that nobody has named is logged under an id,
// by what it is and never by what it says.
func (v *visit) problem(err error) reply {
	var f *fault.Error
	if !errors.As(err, &f) {
		f = nil
	}
	p := Problem{Type: "about:blank", Status: http.StatusInternalServerError, Code: "internal"}
	if f != nil {
		f = v.scrub(f)
		p.Status, p.Code, p.Field = statusOf(f), f.Code, f.Field
		p.Type = "/api/docs#" + kindWord(p.Status)
		for _, m := range f.More {
			m = v.scrub(m)
			_, detail := v.lang.Fault(m)
			p.Errors = append(p.Errors, Fault{Code: m.Code, Detail: detail, Field: m.Field})
		}
		v.ask(f)
		f.More = nil
	}
	p.Title, p.Detail = v.lang.Fault(f)
	if p.Status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		p.ID = v.door.entropy.id()
		v.door.log.Error("request failed", "id", p.ID, "operation", v.op.id, "code", p.Code, "sort", fmt.Sprintf("%T", cause(err)))
	}
	body, _ := encode(p) // plain texts always encode
	return reply{status: p.Status, media: "application/problem+json", body: body}
}

// cause is the innermost error.
func cause(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// kindWord names a status in the address of its explanation.
func kindWord(status int) string { return "status-" + strconv.Itoa(status) }

// ask sets the headers that say what a caller must bring, or when to come again.
func (v *visit) ask(f *fault.Error) {
	h := v.w.Header()
	switch f.Kind {
	case fault.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="amend"`)
	case fault.Unavailable:
		h.Set("Retry-After", "1")
	case fault.Limited:
		if until, err := time.Parse(time.RFC3339, f.Params["until"]); err == nil {
			h.Set("Retry-After", strconv.Itoa(max(1, int(until.Sub(v.door.clock()).Seconds())+1)))
		}
	}
	if f.Code == "repeat_running" {
		h.Set("Retry-After", "1")
	}
}

// scrub takes out of a fault what the caller sent: a field or a parameter that equals one
// of their texts is left out, unless it is a word of the catalogue or of the contract, an
// id, or a number as short as a limit.
func (v *visit) scrub(f *fault.Error) *fault.Error {
	c := *f
	c.Params = maps.Clone(f.Params)
	base, _, slotted := strings.Cut(c.Field, "/")
	if slotted && v.door.known[base] && v.sent[c.Field] {
		c.Field = base // the slot is the caller's own word
	}
	if !v.harmless(c.Field) {
		c.Field = ""
	}
	for name, value := range c.Params {
		if !v.harmless(value) {
			delete(c.Params, name)
		}
	}
	return &c
}

func (v *visit) harmless(text string) bool {
	if !v.sent[text] || v.door.known[text] || recordID.MatchString(text) {
		return true
	}
	_, err := strconv.Atoi(text)
	return err == nil && len(text) < 7
}

// caught turns a panic into a failure of this request and of no other.
func (v *visit) caught() {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	v.door.log.Error("panic", "operation", v.op.id, "sort", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
	v.refuse(errors.New("panic"))
}
