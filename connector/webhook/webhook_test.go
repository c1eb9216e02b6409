package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"amend/downstream"
	"amend/fault"
	"amend/internal/dial"
)

var noon = time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)

// connect makes a connector to a receiver on this machine.
func connect(t *testing.T, receiver http.HandlerFunc, timeout time.Duration) *Connector {
	t.Helper()
	srv := httptest.NewServer(receiver)
	t.Cleanup(srv.Close)
	return connectTo(t, srv.URL+"/hook", timeout)
}

func connectTo(t *testing.T, url string, timeout time.Duration) *Connector {
	t.Helper()
	guard, err := dial.New(dial.Config{Allow: []string{"127.0.0.1"}, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	settings, err := json.Marshal(Settings{URL: url, Source: "https://amend.example"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Config{Settings: settings, Secret: newSecret, Guard: guard, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func envelope() downstream.Envelope {
	return downstream.Envelope{
		ID: "crm:r1:7", Event: downstream.CustomerChanged, System: "crm", Record: "r1", Kind: "person",
		Version: 4, Seq: 7, Changed: []string{"email"}, ContactAge: 3, At: noon,
		Holds: []downstream.Block{{Action: "payout", Reason: "cooling", Until: noon.Add(time.Hour)}, {Action: "credit", Reason: "disputed"}},
		Fields: []downstream.Member{
			{Name: "address", Content: `{"city":"上海"}`, Structured: true}, {Name: "email", Content: "ada@new.example"}, {Name: "phone"},
		},
	}
}

func deliver(t *testing.T, c *Connector) downstream.Answer {
	t.Helper()
	a, err := c.Deliver(t.Context(), envelope())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestReceiverGetsASignedCloudEvent(t *testing.T) {
	var header http.Header
	var body []byte
	c := connect(t, func(w http.ResponseWriter, r *http.Request) {
		header = r.Header
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
	}, 0)
	if a := deliver(t, c); a.Outcome != downstream.OK || !a.Holds || a.Code != "http_202" || a.ReadBack != nil {
		t.Errorf("got %+v", a)
	}
	judge, err := standardwebhooks.NewWebhook(newSecret)
	if err != nil {
		t.Fatal(err)
	}
	if err := judge.VerifyIgnoringTimestamp(body, header); err != nil {
		t.Errorf("signature: %v", err)
	}
	if header.Get("webhook-id") != "crm:r1:7" || header.Get("webhook-timestamp") != "1778068800" {
		t.Errorf("header %v", header)
	}
	if ct := header.Get("Content-Type"); !strings.HasPrefix(ct, "application/cloudevents+json") {
		t.Errorf("content type %q", ct)
	}
	want := `{"specversion":"1.0","id":"crm:r1:7","source":"https://amend.example","type":"amend.customer.changed",` +
		`"subject":"r1","time":"2026-05-06T12:00:00Z","datacontenttype":"application/json","data":{"system":"crm","record":"r1",` +
		`"kind":"person","version":4,"seq":7,"gone":false,"holds":[{"action":"payout","reason":"cooling","until":"2026-05-06T13:00:00Z"},` +
		`{"action":"credit","reason":"disputed"}],"changed":["email"],` +
		`"fields":{"address":{"city":"上海"},"email":"ada@new.example","phone":null},"contact_age_days":3}}`
	if diff := cmp.Diff(want, string(body)); diff != "" {
		t.Error(diff)
	}
}

func TestGoneRecordIsToldWithoutValues(t *testing.T) {
	body, err := encode(downstream.Envelope{Gone: true, MergedInto: "r2", ContactAge: -1, At: noon}, "/amend")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"gone":true`, `"merged_into":"r2"`, `"holds":[]`, `"changed":[]`, `"fields":{}`} {
		if !strings.Contains(string(body), part) {
			t.Errorf("no %s in %s", part, body)
		}
	}
	if strings.Contains(string(body), "contact_age") {
		t.Error("a record without contacts has no contact age")
	}
}

func TestStatusDecidesTheClassOfAnAnswer(t *testing.T) {
	type A = downstream.Answer
	tests := map[string]struct {
		status     int
		retryAfter string
		reply      string
		want       A
	}{
		"ok":                  {200, "", "", A{Outcome: downstream.OK, Code: "http_200"}},
		"no content":          {204, "", "", A{Outcome: downstream.OK, Code: "http_204"}},
		"moved":               {302, "", "", A{Outcome: downstream.Permanent, Code: "http_302"}},
		"bad request":         {400, "", "", A{Outcome: downstream.Permanent, Code: "http_400"}},
		"bad credential":      {401, "", "", A{Outcome: downstream.Reauth, Code: "http_401"}},
		"request timeout":     {408, "", "", A{Outcome: downstream.Retry, Code: "http_408"}},
		"conflict":            {409, "", "", A{Outcome: downstream.Conflict, Code: "http_409"}},
		"behind":              {409, "", `{"acked_seq":6}`, A{Outcome: downstream.Conflict, Code: "http_409", Seq: 6}},
		"held already":        {409, "", `{"acked_seq":7}`, A{Outcome: downstream.Same, Code: "http_409", Seq: 7}},
		"holds something new": {412, "", `{"acked_seq":9}`, A{Outcome: downstream.Same, Code: "http_412", Seq: 9}},
		"gone":                {410, "", "", A{Outcome: downstream.Permanent, Code: "http_410", Disable: true}},
		"too many":            {429, "120", "", A{Outcome: downstream.Retry, Code: "http_429", Down: true, After: 2 * time.Minute}},
		"unavailable until":   {503, "Wed, 06 May 2026 12:05:00 GMT", "", A{Outcome: downstream.Retry, Code: "http_503", Down: true, After: 5 * time.Minute}},
		"date long past":      {503, "Wed, 06 May 2020 12:05:00 GMT", "", A{Outcome: downstream.Retry, Code: "http_503", Down: true}},
		"senseless wish":      {503, "-1", "", A{Outcome: downstream.Retry, Code: "http_503", Down: true}},
		"server error":        {500, "", "", A{Outcome: downstream.Retry, Code: "http_500"}},
		"gateway":             {502, "", "", A{Outcome: downstream.Retry, Code: "http_502", Down: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := connect(t, func(w http.ResponseWriter, _ *http.Request) {
				if tt.retryAfter != "" {
					w.Header().Set("Retry-After", tt.retryAfter)
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.reply)
			}, 0)
			tt.want.Holds = true
			if diff := cmp.Diff(tt.want, deliver(t, c)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReceiverMayReadBackWhatItHolds(t *testing.T) {
	c := connect(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"acked_seq":7,"fields":{"email":"ada@new.example","phone":null,"address":{"city":"上海"},"never_sent":"x"}}`)
	}, 0)
	a := deliver(t, c)
	if a.Seq != 7 || len(a.ReadBack) != 3 || len(downstream.Drift(envelope().Fields, a.ReadBack)) != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestEndlessReplyIsNotRead(t *testing.T) {
	c := connect(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"acked_seq":7}`)
		for chunk := make([]byte, 32<<10); ; {
			if _, err := w.Write(chunk); err != nil {
				return // the caller has hung up, as it should
			}
		}
	}, 0)
	if a := deliver(t, c); a.Outcome != downstream.OK || a.Seq != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestSilentReceiverIsATimeoutAboutTheSystem(t *testing.T) {
	c := connect(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}, 30*time.Millisecond)
	if a := deliver(t, c); a.Outcome != downstream.Retry || !a.Down || a.Code != "timeout" {
		t.Errorf("got %+v", a)
	}
}

func TestCallerWhoGivesUpGetsTheirOwnError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := connect(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}, 0)
	if _, err := c.Deliver(ctx, envelope()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAddressThatTheGuardRefusesIsNamed(t *testing.T) {
	for url, code := range map[string]string{"https://10.1.2.3/": "address_blocked", "http://1.1.1.1/": "tls_required", "http://169.254.169.254/": "address_blocked"} {
		if a := deliver(t, connectTo(t, url, 0)); a.Code != code || a.Outcome != downstream.Retry || !a.Down {
			t.Errorf("%s: got %+v", url, a)
		}
	}
}

func TestBrokenStructuredContentIsPermanent(t *testing.T) {
	e := envelope()
	e.Fields[0].Content = "{broken"
	a, err := connectTo(t, "http://127.0.0.1:9999", 0).Deliver(t.Context(), e)
	if err != nil || a.Outcome != downstream.Permanent || a.Code != "not_encodable" {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestUnusableSettingsAreRefused(t *testing.T) {
	guard, err := dial.New(dial.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for settings, code := range map[string]string{
		``:                              "bad_settings",
		`{"url":"https://a.b","x":1}`:   "bad_settings",
		`{}`:                            "scheme_blocked",
		`{"url":"https://a:b@c.d"}`:     "url_with_user",
		`{"url":"https://crm.example"}`: "",
	} {
		_, err := New(Config{Settings: json.RawMessage(settings), Secret: newSecret, Guard: guard, Now: time.Now})
		if fault.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %q", settings, err, code)
		}
	}
	if _, err := New(Config{Settings: json.RawMessage(`{"url":"https://a.b"}`), Guard: guard}); fault.CodeOf(err) != "bad_signing_secret" {
		t.Errorf("without a secret: %v", err)
	}
}

func FuzzReplyOfAReceiver(f *testing.F) {
	f.Add([]byte(`{"acked_seq":7,"fields":{"email":"a"}}`))
	f.Add([]byte(`{"acked_seq":-1}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, reply []byte) {
		seq, read := readReply(reply, envelope().Fields)
		if seq < 0 || len(read) > len(envelope().Fields) {
			t.Errorf("seq %d, %d members", seq, len(read))
		}
	})
}
