package webhook

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"amend/connector/connectortest"
	"amend/customer"
)

// receiver is a partner's system as its engineers would write it: it checks the
// signature, keeps seq, and ignores what is not newer.
type receiver struct {
	judge   *standardwebhooks.Webhook
	mu      sync.Mutex
	copies  map[customer.ID]connectortest.Copy
	trouble connectortest.Trouble
}

func (p *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || p.judge.VerifyIgnoringTimestamp(body, r.Header) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch p.trouble {
	case connectortest.Busy:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case connectortest.Refusing:
		w.WriteHeader(http.StatusUnprocessableEntity)
		_, _ = w.Write(body) // a receiver that quotes what it was sent
		return
	case connectortest.Away:
		panic(http.ErrAbortHandler) // hangs up without a word
	}
	p.take(w, body)
}

func (p *receiver) take(w http.ResponseWriter, body []byte) {
	var e struct {
		Type string
		Data struct {
			Record customer.ID
			Seq    int64
			Gone   bool
			Fields map[string]*string
		}
	}
	if err := json.Unmarshal(body, &e); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	if e.Type == "amend.test" { // of nobody: it was read, and that is all
		return
	}
	if e.Data.Seq > p.copies[e.Data.Record].Seq {
		c := connectortest.Copy{Seq: e.Data.Seq, Gone: e.Data.Gone, Fields: map[string]string{}}
		for name, v := range e.Data.Fields {
			if v != nil {
				c.Fields[name] = *v
			}
		}
		p.copies[e.Data.Record] = c
	}
	held := p.copies[e.Data.Record]
	_ = json.NewEncoder(w).Encode(map[string]any{"acked_seq": held.Seq, "fields": held.Fields})
}

func TestWebhookPassesTheSuite(t *testing.T) {
	connectortest.Run(t, func(t *testing.T) connectortest.World {
		judge, err := standardwebhooks.NewWebhook(newSecret)
		if err != nil {
			t.Fatal(err)
		}
		p := &receiver{judge: judge, copies: map[customer.ID]connectortest.Copy{}}
		srv := httptest.NewServer(p)
		t.Cleanup(srv.Close)
		return connectortest.World{
			Connector: connectTo(t, srv.URL, 0),
			Holds:     true,
			Held: func(id customer.ID) connectortest.Copy {
				p.mu.Lock()
				defer p.mu.Unlock()
				return p.copies[id]
			},
			Suffer: func(trouble connectortest.Trouble) {
				p.mu.Lock()
				defer p.mu.Unlock()
				p.trouble = trouble
			},
		}
	})
}
