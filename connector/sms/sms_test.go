package sms_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/connector/channeltest"
	"amend/connector/sms"
	"amend/fault"
	"amend/notify"
)

var clock = time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)

func now() time.Time { return clock }

// A gateway is a real HTTP server on loopback that does as it is told.
type gateway struct {
	mu      sync.Mutex
	mood    channeltest.Mood
	reply   func(w http.ResponseWriter)
	bodies  []map[string]any
	heads   []http.Header
	raw     []string
	arrived chan struct{}
	done    chan struct{}
	url     string
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var in map[string]any
	_ = json.Unmarshal(body, &in)
	g.mu.Lock()
	g.bodies, g.heads, g.raw = append(g.bodies, in), append(g.heads, r.Header), append(g.raw, string(body))
	mood, reply := g.mood, g.reply
	g.mu.Unlock()
	g.arrived <- struct{}{}
	switch {
	case reply != nil:
		reply(w)
	case mood == channeltest.Refuses:
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, `{"code":"bad_number"}`)
	case mood == channeltest.Busy:
		w.WriteHeader(http.StatusTooManyRequests)
	case mood == channeltest.Silent:
		<-g.done
	case mood == channeltest.Garbled:
		io.WriteString(w, `<html>`)
	default:
		io.WriteString(w, `{"ref":"g-1"}`)
	}
}

func open(t *testing.T, spoil func(*sms.Config)) (*gateway, *sms.Gateway) {
	t.Helper()
	g := &gateway{arrived: make(chan struct{}, 64), done: make(chan struct{})}
	srv := httptest.NewServer(g)
	t.Cleanup(func() { close(g.done); srv.Close() })
	g.url = srv.URL + "/send"
	c := sms.Config{URL: g.url, Token: "t0ken", Client: srv.Client(), Now: now}
	if spoil != nil {
		spoil(&c)
	}
	ch, err := sms.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g, ch
}

func (g *gateway) treat(m channeltest.Mood) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mood = m
}

func (g *gateway) seen() []channeltest.Seen {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []channeltest.Seen
	for _, b := range g.bodies {
		id, _ := b["id"].(string)
		to, _ := b["to"].(string)
		text, _ := b["text"].(string)
		out = append(out, channeltest.Seen{ID: id, To: to, Text: text})
	}
	return out
}

func message() notify.Outgoing {
	return notify.Outgoing{ID: "n1", Kind: notify.Code, Channel: notify.SMS, To: "+8613800008000", Lang: notify.ZH, Brand: "Lan",
		Text: "【Lan】验证码 482915", Template: "AMEND_CODE_ZH",
		Params: []notify.Param{{Name: "code", Value: "482915"}, {Name: "minutes", Value: "10"}}}
}

func TestShortMessagesKeepThePromisesOfAChannel(t *testing.T) {
	channeltest.Run(t, func(t *testing.T) channeltest.Far {
		g, ch := open(t, nil)
		return channeltest.Far{Channel: ch, Treat: g.treat, Seen: g.seen, Arrived: g.arrived, To: "+8613800008000", Medium: notify.SMS}
	})
}

func TestGatewayGetsTemplateParametersInOrderAndSign(t *testing.T) {
	g, ch := open(t, func(c *sms.Config) {
		c.Mapping = sms.DefaultMapping()
		c.Mapping.Templates = map[string]string{"AMEND_CODE_ZH": "SMS_154950909"}
	})
	a, err := ch.Send(t.Context(), message())
	if err != nil || a.Outcome != notify.Taken || a.Ref != "g-1" {
		t.Fatalf("got %+v, %v", a, err)
	}
	b := g.bodies[0]
	params, _ := b["params"].([]any)
	if b["template"] != "SMS_154950909" || b["sign"] != "Lan" || b["lang"] != "zh" || !slices.Equal(params, []any{"482915", "10"}) {
		t.Errorf("got %v", b)
	}
	h := g.heads[0]
	if h.Get("Authorization") != "Bearer t0ken" || h.Get("Webhook-Signature") != "" || h.Get("Idempotency-Key") != "" {
		t.Errorf("got %v", h)
	}
}

func TestSecretSignsTheVeryBytesSent(t *testing.T) {
	secret := []byte("0123456789abcdef0123456789abcdef")
	g, ch := open(t, func(c *sms.Config) { c.Token, c.Secret = "", secret })
	if _, err := ch.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	// The same rule signs both ways, so the receipt parser can judge: it gets past the
	// signature, and only then minds that this is no receipt.
	if _, err := sms.ParseReceipt([]byte(g.raw[0]), g.heads[0], secret, clock); fault.CodeOf(err) != "receipt_bad_row" {
		t.Errorf("got %v", err)
	}
	if _, err := sms.ParseReceipt([]byte(g.raw[0]+" "), g.heads[0], secret, clock); fault.CodeOf(err) != "receipt_unsigned" {
		t.Errorf("got %v", err)
	}
	if g.heads[0].Get("Authorization") != "" {
		t.Error("a bearer header without a token")
	}
}

func TestStatusDecidesWhereNoCodeDoes(t *testing.T) {
	for status, want := range map[int]notify.Outcome{200: notify.Taken, 202: notify.Taken, 204: notify.Taken, 301: notify.Retry, 307: notify.Retry,
		400: notify.Permanent, 401: notify.Retry, 402: notify.Retry, 403: notify.Retry, 404: notify.Retry, 408: notify.Unknown, 409: notify.Unknown,
		413: notify.Permanent, 422: notify.Permanent, 429: notify.Retry, 500: notify.Unknown, 502: notify.Unknown, 503: notify.Retry, 504: notify.Unknown} {
		g, ch := open(t, nil)
		g.reply = func(w http.ResponseWriter) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}
		a, err := ch.Send(t.Context(), message())
		if err != nil || a.Outcome != want {
			t.Errorf("%d: got %+v, %v, want %s", status, a, err, want)
		}
		if ours := status == 401 || status == 402 || status == 403 || status == 404 || status/100 == 3; ours != (a.Why == notify.BadAccount) {
			t.Errorf("%d: got %+v", status, a)
		}
		if len(g.seen()) != 1 {
			t.Errorf("%d: sent %d times", status, len(g.seen()))
		}
	}
}

func TestGatewaysOwnCodesDecideFirst(t *testing.T) {
	m, err := sms.ParseMapping([]byte(`{"code":"Response.Code","ref":"Response.BizId","answers":[
		{"code":"OK","outcome":"accepted"},
		{"code":"isv.BUSINESS_LIMIT_CONTROL","outcome":"retry","after":"1h"},
		{"code":"isv.MOBILE_NUMBER_ILLEGAL","outcome":"permanent","why":"bad_address"},
		{"code":"isv.AMOUNT_NOT_ENOUGH","outcome":"retry","why":"bad_account"},
		{"status":500,"outcome":"retry"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		status int
		body   string
		want   notify.Answer
	}{
		{200, `{"Response":{"Code":"OK","BizId":9002}}`, notify.Answer{Outcome: notify.Taken, Code: "200 OK", Ref: "9002"}},
		{200, `{"Response":{"Code":"OK"}}`, notify.Answer{Outcome: notify.Taken, Code: "200 OK", Ref: "n1"}},
		{200, `{"Response":{"Code":"isv.BUSINESS_LIMIT_CONTROL"}}`, notify.Answer{Outcome: notify.Retry, After: time.Hour, Code: "200 isv.BUSINESS_LIMIT_CONTROL"}},
		{200, `{"Response":{"Code":"isv.MOBILE_NUMBER_ILLEGAL"}}`, notify.Answer{Outcome: notify.Permanent, Why: notify.BadAddress, Code: "200 isv.MOBILE_NUMBER_ILLEGAL"}},
		{200, `{"Response":{"Code":"isv.AMOUNT_NOT_ENOUGH"}}`, notify.Answer{Outcome: notify.Retry, Why: notify.BadAccount, After: 15 * time.Minute, Code: "200 isv.AMOUNT_NOT_ENOUGH"}},
		{200, `{"Response":{"Code":"isv.NEVER_HEARD_OF"}}`, notify.Answer{Outcome: notify.Unknown, Code: "200 isv.NEVER_HEARD_OF"}},
		{200, `{"Response":{"Code":"13800008000"}}`, notify.Answer{Outcome: notify.Unknown, Code: "200"}},
		{200, `{"Response":{"Code":"no such: +86138"}}`, notify.Answer{Outcome: notify.Unknown, Code: "200"}},
		{500, ``, notify.Answer{Outcome: notify.Retry, Code: "500"}},
		{200, `[1]`, notify.Answer{Outcome: notify.Unknown, Code: "200"}},
		{200, `{"Response":`, notify.Answer{Outcome: notify.Unknown, Code: "200"}},
		{200, `null`, notify.Answer{Outcome: notify.Unknown, Code: "200"}},
	} {
		g, ch := open(t, func(cfg *sms.Config) { cfg.Mapping = m })
		g.reply = func(w http.ResponseWriter) {
			w.WriteHeader(c.status)
			io.WriteString(w, c.body)
		}
		if a, err := ch.Send(t.Context(), message()); err != nil || a != c.want {
			t.Errorf("%d %s:\n got %+v, %v\nwant %+v", c.status, c.body, a, err, c.want)
		}
	}
}

func TestRetryAfterIsBelievedUpToADay(t *testing.T) {
	for header, want := range map[string]time.Duration{"30": 30 * time.Second, "": 0, "-1": 0, "soon": 0, "99999999999": 0, "9999999": 24 * time.Hour} {
		g, ch := open(t, nil)
		g.reply = func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		}
		a, err := ch.Send(t.Context(), message())
		if header == "99999999999" {
			want = 24 * time.Hour
		}
		if err != nil || a.After != want {
			t.Errorf("%q: got %v, want %v", header, a.After, want)
		}
	}
}

func TestUnreachableGatewayIsTriedAgain(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	srv.Close()
	_, ch := open(t, func(c *sms.Config) { c.URL = url })
	if a, err := ch.Send(t.Context(), message()); err != nil || a.Outcome != notify.Retry || a.Code != "unreached" {
		t.Fatalf("got %+v, %v", a, err)
	}
}

// The attempt's own time limit ends the wait here; how long it took is not asked.
func TestSilentGatewayTimesOutAsUnknown(t *testing.T) {
	g, ch := open(t, func(c *sms.Config) { c.Timeout = 200 * time.Millisecond })
	g.treat(channeltest.Silent)
	if a, err := ch.Send(t.Context(), message()); err != nil || a.Outcome != notify.Unknown || len(g.seen()) != 1 {
		t.Fatalf("got %+v, %v", a, err)
	}
}

func TestAnswerThatBreaksOffLeavesTheFateUnknown(t *testing.T) {
	g, ch := open(t, nil)
	g.reply = func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, `{"ref":"g-1"}`)
	}
	if a, err := ch.Send(t.Context(), message()); err != nil || a.Outcome != notify.Unknown {
		t.Fatalf("got %+v, %v", a, err)
	}
}

func TestAccountThatCouldLeakIsRefused(t *testing.T) {
	good := sms.Config{URL: "https://sms.example/send", Token: "t", Client: http.DefaultClient, Now: now}
	for code, spoils := range map[string][]func(*sms.Config){
		"sms_url_bad": {
			func(c *sms.Config) { c.URL = "http://sms.example/send" },
			func(c *sms.Config) { c.URL = "https://user:pass@sms.example" },
			func(c *sms.Config) { c.URL = "ftp://sms.example" },
			func(c *sms.Config) { c.URL = "://" },
		},
		"sms_account_missing": {
			func(c *sms.Config) { c.Token = "" },
			func(c *sms.Config) { c.Token = "a\r\nX: 1" },
			func(c *sms.Config) { c.Client = nil },
			func(c *sms.Config) { c.Now = nil },
		},
	} {
		for i, spoil := range spoils {
			c := good
			spoil(&c)
			if _, err := sms.New(c); fault.CodeOf(err) != code {
				t.Errorf("%s %d: got %v", code, i, err)
			}
		}
	}
	if _, err := sms.New(good); err != nil {
		t.Error(err)
	}
}

func TestMessageWithoutAPlainIDIsNotSent(t *testing.T) {
	g, ch := open(t, nil)
	for _, id := range []string{"", "a.b", "a b", strings.Repeat("a", 65)} {
		m := message()
		m.ID = id
		if _, err := ch.Send(t.Context(), m); fault.CodeOf(err) != "message_id_bad" || len(g.seen()) != 0 {
			t.Errorf("%q: got %v", id, err)
		}
	}
}

func TestMappingThatCouldNotBeFollowedIsRefused(t *testing.T) {
	for in, code := range map[string]string{
		`{`:                                    "sms_mapping_bad",
		`{"color":"x"}`:                        "sms_mapping_bad",
		`{"answers":[{"outcome":"accepted"}]}`: "sms_meaning_bad",
		`{"answers":[{"code":"x","outcome":"perhaps"}]}`:                     "sms_meaning_bad",
		`{"answers":[{"code":"x","outcome":"retry","after":"soon"}]}`:        "sms_meaning_bad",
		`{"answers":[{"code":"x","outcome":"retry","after":"48h"}]}`:         "sms_meaning_bad",
		`{"answers":[{"code":"x","outcome":"accepted","after":"1s"}]}`:       "sms_meaning_bad",
		`{"answers":[{"code":"x","outcome":"permanent","why":"a feeling"}]}`: "sms_meaning_bad",
	} {
		if _, err := sms.ParseMapping([]byte(in)); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %s", in, err, code)
		}
	}
}
