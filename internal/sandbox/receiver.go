package sandbox

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"amend/connector/webhook"
	"amend/downstream"
)

// Receiver is a downstream system that follows over signed webhooks, as a CRM would: it
// checks the signature, keeps the newest state of each record, and can be told to fail.
type Receiver struct {
	mu     sync.Mutex
	states map[string]State
	heard  map[string][]string // the types of the events taken, by record
	refuse map[string]bool     // records that are refused for good
	down   int                 // how many calls still fail
	calls  int
	secret string
	close  func() error

	URL string
}

// testType is the type of an event of nobody, by which people see that we are there.
const testType = "amend." + string(downstream.Test)

// State is what a receiver holds of one record.
type State struct {
	Record  string
	Seq     int64
	Version int64
	Event   string
	Holds   []string
	Fields  map[string]string
}

// OpenReceiver starts a receiver that checks signatures with a secret of 32 bytes.
func OpenReceiver(secret []byte) (*Receiver, error) {
	r := &Receiver{states: map[string]State{}, heard: map[string][]string{}, refuse: map[string]bool{}, secret: "whsec_" + base64.StdEncoding.EncodeToString(secret)}
	address, stop, err := serve(http.HandlerFunc(r.take))
	if err != nil {
		return nil, err
	}
	r.URL, r.close = "http://"+address+"/amend", stop
	return r, nil
}

// Secret is the signing secret, as the system is connected with it.
func (r *Receiver) Secret() []byte { return []byte(r.secret) }

// Close stops the receiver.
func (r *Receiver) Close() error { return r.close() }

// Fail lets the next n calls fail with 503.
func (r *Receiver) Fail(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = n
}

// Refuse lets the receiver refuse one record for good, as if it could not read it, or
// take it again.
func (r *Receiver) Refuse(record string, refuse bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse[record] = refuse
}

// Heard answers the types of the events taken about a record, oldest first.
func (r *Receiver) Heard(record string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard[record])
}

// Holding answers what the receiver holds of a record.
func (r *Receiver) Holding(record string) (State, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.states[record]
	return s, ok
}

// Calls is how often the receiver was called.
func (r *Receiver) Calls() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls
}

func (r *Receiver) take(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(io.LimitReader(req.Body, 1<<20))
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	switch {
	case !r.signed(req.Header, body):
		w.WriteHeader(http.StatusUnauthorized)
	case r.down > 0:
		r.down--
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		r.keep(w, body)
	}
}

// signed checks the Standard Webhooks signature of a delivery. The sandbox's clock may be
// a simulated one, so the timestamp is bound but its age is not judged.
func (r *Receiver) signed(h http.Header, body []byte) bool {
	secrets, err := webhook.ParseSecrets(r.secret)
	at, bad := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || bad != nil {
		return false
	}
	want := webhook.Sign(secrets, h.Get("webhook-id"), time.Unix(at, 0), body)
	return hmac.Equal([]byte(want), []byte(h.Get("webhook-signature")))
}

// keep takes the newest state; an older one changes nothing.
func (r *Receiver) keep(w http.ResponseWriter, body []byte) {
	var event struct {
		Type string
		Data struct {
			Record  string
			Seq     int64
			Version int64
			Holds   []struct{ Action string }
			Fields  map[string]json.RawMessage
		}
	}
	if json.NewDecoder(bytes.NewReader(body)).Decode(&event) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	in := event.Data
	if r.refuse[in.Record] {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	r.heard[in.Record] = append(r.heard[in.Record], event.Type)
	if event.Type == testType { // of nobody: nothing is kept of it
		return
	}
	if in.Seq > r.states[in.Record].Seq {
		s := State{Record: in.Record, Seq: in.Seq, Version: in.Version, Event: event.Type, Fields: map[string]string{}}
		for _, h := range in.Holds {
			s.Holds = append(s.Holds, h.Action)
		}
		for name, raw := range in.Fields {
			s.Fields[name] = text(raw)
		}
		r.states[in.Record] = s
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]int64{"acked_seq": r.states[in.Record].Seq})
}

func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}
