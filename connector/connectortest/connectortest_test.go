package connectortest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"amend/customer"
	"amend/downstream"
)

// sink is a downstream system in memory: faultless, unless spoil says otherwise.
type sink struct {
	held    map[customer.ID]Copy
	trouble Trouble
	spoil   string
}

func (s *sink) world() World {
	s.held, s.trouble = map[customer.ID]Copy{}, Healthy
	return World{
		Connector: s, Holds: true,
		Held:   func(id customer.ID) Copy { return s.held[id] },
		Suffer: func(t Trouble) { s.trouble = t },
	}
}

func (s *sink) Deliver(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	if ctx.Err() != nil && s.spoil != "deaf to its caller" {
		return downstream.Answer{}, ctx.Err()
	}
	if a, troubled := s.troubled(e); troubled {
		return a, nil
	}
	if e.Seq <= s.held[e.Record].Seq && s.spoil != "no version guard" {
		return downstream.Answer{Outcome: downstream.Same, Holds: true, Seq: s.held[e.Record].Seq}, nil
	}
	fields := map[string]string{}
	for _, m := range e.Fields {
		if m.Content != "" {
			fields[m.Name] = string(m.Content)
		}
	}
	for name, content := range s.held[e.Record].Fields {
		if _, set := fields[name]; !set && s.spoil == "keeps what was removed" {
			fields[name] = content
		}
	}
	s.held[e.Record] = Copy{Seq: e.Seq, Gone: e.Gone, Fields: fields}
	read := e.Fields
	if s.spoil == "reads back nonsense" {
		read = []downstream.Member{{Name: "email", Content: "x"}}
	}
	return downstream.Answer{Outcome: downstream.OK, Holds: s.spoil != "silent about holds", Seq: e.Seq, ReadBack: read}, nil
}

func (s *sink) troubled(e downstream.Envelope) (downstream.Answer, bool) {
	code := string(s.trouble)
	if s.spoil == "talkative" && len(e.Fields) > 0 {
		code += string(e.Fields[0].Content)
	}
	switch s.trouble {
	case Busy:
		return downstream.Answer{Outcome: downstream.Retry, Code: code}, true
	case Refusing:
		if s.spoil == "never gives up" {
			return downstream.Answer{Outcome: downstream.Retry, Code: code}, true
		}
		return downstream.Answer{Outcome: downstream.Permanent, Code: code}, true
	case Away:
		return downstream.Answer{Outcome: downstream.Retry, Code: code, Down: s.spoil != "blames the record"}, true
	}
	return downstream.Answer{}, false
}

func (s *sink) Test(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	if a, troubled := s.troubled(e); troubled && s.spoil != "praises itself" {
		return a, nil
	}
	was, there := s.held[e.Record]
	a, err := s.Deliver(ctx, e)
	switch {
	case s.spoil == "keeps its tests":
	case there:
		s.held[e.Record] = was
	default:
		delete(s.held, e.Record)
	}
	a.Outcome = downstream.OK
	return a, err
}

func (s *sink) Show(e downstream.Envelope) ([]byte, error) {
	if s.spoil == "shows nothing" {
		return []byte("{}"), nil
	}
	return json.Marshal(e)
}

func TestFaultlessConnectorPasses(t *testing.T) {
	Run(t, func(*testing.T) World { return new(sink).world() })
}

func TestEveryFlawOfAConnectorIsFound(t *testing.T) {
	for _, flaw := range []string{
		"no version guard", "keeps what was removed", "reads back nonsense", "silent about holds",
		"talkative", "never gives up", "blames the record", "deaf to its caller",
		"keeps its tests", "praises itself", "shows nothing",
	} {
		t.Run(flaw, func(t *testing.T) {
			for _, c := range checks() {
				if c.run(t.Context(), (&sink{spoil: flaw}).world()) != nil {
					return
				}
			}
			t.Error("no check found it")
		})
	}
}

func TestLeakIsFoundInAWrappedError(t *testing.T) {
	if leaks(downstream.Answer{}, errors.Join(errors.New("row: "+marker))) == nil {
		t.Error("not found in an error")
	}
	if leaks(downstream.Answer{Code: "http_500"}, errors.New("timeout")) != nil {
		t.Error("found where there is none")
	}
}
