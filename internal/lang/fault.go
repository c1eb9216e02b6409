package lang

import (
	"strings"

	"amend/fault"
)

// Fault says e to a person: title is the sort of failure, the same for every code of a
// kind, as RFC 9457 asks; detail is the sentence of the code with its remedy, followed by
// those of the other faults of the same input. A code without a sentence is shown as a
// code to quote; nil speaks of a failure that nobody has named.
func (l Lang) Fault(e *fault.Error) (title, detail string) {
	if e == nil {
		return l.Text("kind.internal", nil), l.Text("fault.internal", nil)
	}
	details := []string{l.sentence(e)}
	for _, more := range e.More {
		if more != nil {
			details = append(details, l.sentence(more))
		}
	}
	return l.Text("kind."+kindName(e.Kind), nil), strings.Join(details, l.between())
}

func (l Lang) sentence(e *fault.Error) string {
	if !l.Has("fault." + e.Code) {
		return l.Text("fault.unknown", map[string]string{"code": e.Code})
	}
	params := make(map[string]string, len(e.Params)+1)
	for name, value := range e.Params {
		params[name] = l.worded(name, value)
	}
	if params["field"] == "" {
		params["field"] = e.Field
	}
	return l.Text("fault."+e.Code, params)
}

// worded turns the codes that a parameter lists into the reader's words. What is no code,
// such as a person's name, stays.
func (l Lang) worded(name, value string) string {
	family, ok := map[string]string{
		"who": "role", "role": "role", "roles": "role", "method": "method", "outcome": "outcome", "remedy": "remedy", "action": "hold",
		"want": "value_type",
	}[name]
	if !ok || value == "" {
		return value
	}
	codes := strings.Split(value, ",")
	for i, code := range codes {
		codes[i] = l.Word(family, strings.TrimSpace(code))
	}
	if l == ZH {
		return strings.Join(codes, "、")
	}
	return strings.Join(codes, ", ")
}

// between parts two sentences that end without a full stop.
func (l Lang) between() string {
	if l == ZH {
		return "；"
	}
	return ". "
}

// kindName is the stable word of k in keys and in problem types.
func kindName(k fault.Kind) string {
	switch k {
	case fault.Malformed:
		return "malformed"
	case fault.Unauthenticated:
		return "unauthenticated"
	case fault.Denied:
		return "denied"
	case fault.NotFound:
		return "not_found"
	case fault.Conflict:
		return "conflict"
	case fault.Invalid:
		return "invalid"
	case fault.Limited:
		return "limited"
	case fault.Unavailable:
		return "unavailable"
	}
	return "internal"
}
