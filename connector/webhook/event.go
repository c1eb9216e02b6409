package webhook

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"amend/customer"
	"amend/downstream"
)

// event is a CloudEvents 1.0 event in structured JSON.
type event struct {
	SpecVersion     string    `json:"specversion"`
	ID              string    `json:"id"`
	Source          string    `json:"source"`
	Type            string    `json:"type"`
	Subject         string    `json:"subject"`
	Time            time.Time `json:"time"`
	DataContentType string    `json:"datacontenttype"`
	Data            data      `json:"data"`
}

// data is the desired state of the record. A receiver that keeps seq, and ignores what is
// not greater, can take deliveries in any order and as often as they come.
type data struct {
	System     downstream.SystemID `json:"system"`
	Record     customer.ID         `json:"record"`
	Kind       customer.Kind       `json:"kind"`
	Version    int64               `json:"version"`
	Seq        int64               `json:"seq"`
	Gone       bool                `json:"gone"`
	MergedInto customer.ID         `json:"merged_into,omitempty"`
	Holds      []block             `json:"holds"`
	Changed    []string            `json:"changed"`
	Fields     members             `json:"fields"`
	ContactAge *int                `json:"contact_age_days,omitempty"`
}

type block struct {
	Action string    `json:"action"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"`
}

// encode is the body of e. Lists are never null, so that a receiver needs no special case.
func encode(e downstream.Envelope, source string) ([]byte, error) {
	d := data{
		System: e.System, Record: e.Record, Kind: e.Kind, Version: e.Version, Seq: e.Seq,
		Gone: e.Gone, MergedInto: e.MergedInto, Holds: []block{}, Changed: append([]string{}, e.Changed...), Fields: e.Fields,
	}
	for _, b := range e.Holds {
		d.Holds = append(d.Holds, block{Action: b.Action, Reason: b.Reason, Until: b.Until})
	}
	if e.ContactAge >= 0 {
		d.ContactAge = &e.ContactAge
	}
	return json.Marshal(event{
		SpecVersion: "1.0", ID: e.ID, Source: source, Type: "amend." + string(e.Event), Subject: string(e.Record),
		Time: e.At.UTC(), DataContentType: "application/json", Data: d,
	})
}

// members is a JSON object in the order given.
type members []downstream.Member

// MarshalJSON writes text as a string, structured content as it is, and no value as null.
func (ms members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range ms {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		value, err := json.Marshal(valueOf(m))
		if err != nil {
			return nil, err
		}
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func valueOf(m downstream.Member) any {
	switch {
	case m.Content == "":
		return nil
	case m.Structured:
		return json.RawMessage(m.Content)
	}
	return string(m.Content)
}

// readReply is what a receiver says it holds: {"acked_seq":7,"fields":{"email":"…"}}, both
// optional. Only members that were sent are read; anything else is not ours to know.
func readReply(reply []byte, sent []downstream.Member) (int64, []downstream.Member) {
	var r struct {
		AckedSeq int64                      `json:"acked_seq"`
		Fields   map[string]json.RawMessage `json:"fields"`
	}
	if json.Unmarshal(reply, &r) != nil || r.AckedSeq < 0 {
		return 0, nil
	}
	var read []downstream.Member
	for _, m := range sent {
		if raw, ok := r.Fields[m.Name]; ok {
			m.Content = contentOf(raw)
			read = append(read, m)
		}
	}
	return r.AckedSeq, read
}

// contentOf is the canonical content of a JSON value: the text of a string, nothing for
// null, and the JSON itself for all others.
func contentOf(raw json.RawMessage) customer.Content {
	var s *string
	if json.Unmarshal(raw, &s) == nil {
		if s == nil {
			return ""
		}
		return customer.Content(*s)
	}
	return customer.Content(strings.TrimSpace(string(raw)))
}
