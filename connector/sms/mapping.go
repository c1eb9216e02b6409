package sms

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"amend/fault"
	"amend/notify"
)

// A Mapping says how one gateway answers. It is readable data, beside the account.
type Mapping struct {
	Code      string            `json:"code"`                // member that holds the gateway's code, "" if only the status speaks; "a.b" goes inside
	Ref       string            `json:"ref"`                 // member that holds the reference a receipt will quote
	Templates map[string]string `json:"templates,omitempty"` // our registered code → the company's own
	Answers   []Meaning         `json:"answers"`             // the first that fits decides; else the status does
}

// A Meaning is what one answer of the gateway means. Status 0 and Code "" fit any.
type Meaning struct {
	Status  int            `json:"status,omitempty"`
	Code    string         `json:"code,omitempty"`
	Outcome notify.Outcome `json:"outcome"`
	Why     notify.Why     `json:"why,omitempty"`
	After   string         `json:"after,omitempty"` // of a retry: "30s", "1h"
}

const (
	ourFault = 15 * time.Minute // how long a retry waits when a person must first mend our account
	maxWait  = 24 * time.Hour   // longer than this no gateway is believed
	maxCode  = 64               // characters kept of a gateway's code
)

// DefaultMapping is the contract for a gateway built to fit us: {"ref": …} on success,
// {"code": "bad_number" | "opted_out" | "bad_template"} with a 4xx otherwise.
func DefaultMapping() Mapping {
	return Mapping{Code: "code", Ref: "ref", Answers: []Meaning{
		{Code: "bad_number", Outcome: notify.Permanent, Why: notify.BadAddress},
		{Code: "opted_out", Outcome: notify.Permanent, Why: notify.OptedOut},
		{Code: "bad_template", Outcome: notify.Permanent, Why: notify.BadContent},
	}}
}

// ParseMapping reads a mapping and refuses one that could not be followed.
func ParseMapping(data []byte) (Mapping, error) {
	var m Mapping
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&m); err != nil {
		return Mapping{}, fault.New(fault.Malformed, "sms_mapping_bad")
	}
	for i, a := range m.Answers {
		if !a.valid() {
			return Mapping{}, fault.New(fault.Invalid, "sms_meaning_bad", "line", i+1)
		}
	}
	return m, nil
}

func (a Meaning) valid() bool {
	if a.After != "" {
		if d, err := time.ParseDuration(a.After); err != nil || d <= 0 || d > maxWait || a.Outcome != notify.Retry {
			return false
		}
	}
	why := slices.Contains([]notify.Why{"", notify.BadAddress, notify.OptedOut, notify.BadContent, notify.BadAccount}, a.Why)
	known := slices.Contains([]notify.Outcome{notify.Taken, notify.Retry, notify.Permanent, notify.Unknown}, a.Outcome)
	return why && known && (a.Status != 0 || a.Code != "")
}

func (m Mapping) empty() bool {
	return m.Code == "" && m.Ref == "" && m.Answers == nil && m.Templates == nil
}

// answer reads what the gateway said to the message id.
func (m Mapping) answer(id string, res *http.Response, body []byte) notify.Answer {
	said, readable := members(body)
	code := text(said, m.Code)
	a := notify.Answer{Code: strings.TrimSpace(strconv.Itoa(res.StatusCode) + " " + word(code)), Ref: text(said, m.Ref)}
	if a.Ref == "" {
		a.Ref = id // a gateway without references quotes our id
	}
	for _, means := range m.Answers {
		if (means.Status == 0 || means.Status == res.StatusCode) && (means.Code == "" || means.Code == code) {
			a.Outcome, a.Why = means.Outcome, means.Why
			a.After, _ = time.ParseDuration(means.After)
			return timed(a, res)
		}
	}
	a.Outcome, a.Why = byStatus(res.StatusCode)
	if a.Outcome == notify.Taken && (!readable || code != "") {
		a.Outcome = notify.Unknown // 2xx around nonsense, or around a code that nobody explained
	}
	return timed(a, res)
}

// byStatus is what a status means by itself (RFC 9110). Where a server, or a proxy before
// it, may have done the work and failed afterwards, the fate is unknown.
func byStatus(status int) (notify.Outcome, notify.Why) {
	switch {
	case status >= 200 && status < 300:
		return notify.Taken, ""
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return notify.Retry, ""
	case status == http.StatusUnauthorized, status == http.StatusPaymentRequired, status == http.StatusForbidden,
		status == http.StatusNotFound, status >= 300 && status < 400:
		return notify.Retry, notify.BadAccount
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status >= 500:
		return notify.Unknown, ""
	case status >= 400:
		return notify.Permanent, notify.BadContent
	}
	return notify.Unknown, ""
}

// timed sets how long a retry waits, and drops what the outcome gives no meaning to.
func timed(a notify.Answer, res *http.Response) notify.Answer {
	if a.Outcome != notify.Taken {
		a.Ref = ""
	}
	if a.Outcome != notify.Retry {
		a.After = 0
		return a
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds > 0 && a.After == 0 {
		a.After = min(time.Duration(min(seconds, 1<<20))*time.Second, maxWait)
	}
	if a.Why == notify.BadAccount {
		a.After = max(a.After, ourFault)
	}
	return a
}

// members reads an answer's JSON object; an empty body is an object without members.
func members(body []byte) (map[string]any, bool) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, true
	}
	var said map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	err := dec.Decode(&said)
	return said, err == nil && said != nil
}

// text answers the member at path, "" if it is none or no scalar.
func text(said map[string]any, path string) string {
	name, rest, deeper := strings.Cut(path, ".")
	if deeper {
		inner, _ := said[name].(map[string]any)
		return text(inner, rest)
	}
	switch v := said[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// word is code if an operator may read it. A gateway that repeats the number or the code
// we sent would leak them, so only a short word with at most five digits passes.
func word(code string) string {
	digits := 0
	for _, c := range []byte(code) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '_' && c != '-':
			return ""
		}
	}
	if digits > 5 || len(code) > maxCode {
		return ""
	}
	return code
}
