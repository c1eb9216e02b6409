// Package webhook carries envelopes to any system that takes an HTTPS POST: CloudEvents
// 1.0 in structured JSON, signed as Standard Webhooks describe, with the same webhook-id
// on every try so that the receiver can drop what it has seen.
package webhook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"amend/downstream"
	"amend/fault"
	"amend/internal/dial"
)

// maxReply bounds what is read of a receiver's reply, in bytes.
const maxReply = 64 << 10

// Config is what a webhook needs.
type Config struct {
	Settings json.RawMessage // Settings as JSON
	Secret   string          // whsec_… secrets, newest first, split by white space; see ParseSecrets
	Guard    *dial.Guard     // every connection is judged by it
	Now      func() time.Time
}

// Settings are the parts of the configuration that are no secret.
type Settings struct {
	URL    string `json:"url"`
	Source string `json:"source,omitempty"` // CloudEvents source, a URI reference; "/amend" if empty
}

// Connector posts to one receiver. It is safe for concurrent use.
type Connector struct {
	url     string
	source  string
	secrets []Secret
	client  *http.Client
	now     func() time.Time
}

// New reads the settings and the secrets. Nothing is called yet.
func New(c Config) (*Connector, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(c.Settings))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return nil, fault.New(fault.Malformed, "bad_settings", "connector", "webhook")
	}
	u, err := dial.ParseURL(s.URL)
	if err != nil {
		return nil, err
	}
	secrets, err := ParseSecrets(c.Secret)
	if err != nil {
		return nil, err
	}
	if s.Source == "" {
		s.Source = "/amend"
	}
	return &Connector{url: u.String(), source: s.Source, secrets: secrets, client: c.Guard.Client(), now: c.Now}, nil
}

// Close lets go of idle connections.
func (c *Connector) Close() error {
	c.client.CloseIdleConnections()
	return nil
}

// Deliver posts e once. Redirects are not followed: where a receiver has moved is for a person to enter.
func (c *Connector) Deliver(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	body, err := encode(e, c.source)
	if err != nil {
		return downstream.Answer{Outcome: downstream.Permanent, Code: "not_encodable"}, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return downstream.Answer{Outcome: downstream.Permanent, Code: "bad_url"}, nil
	}
	at := c.now()
	req.Header.Set("Content-Type", "application/cloudevents+json; charset=utf-8")
	req.Header.Set("User-Agent", "Amend")
	req.Header.Set("webhook-id", e.ID)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	req.Header.Set("webhook-signature", Sign(c.secrets, e.ID, at, body))

	resp, err := c.client.Do(req)
	if err != nil {
		return silence(ctx, err)
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil && ctx.Err() != nil {
		return downstream.Answer{}, ctx.Err()
	}
	if err != nil || len(reply) > maxReply {
		reply = nil // the status says enough; an endless or broken reply adds nothing
	}
	return c.answer(e, resp, reply), nil
}

// Test posts e, which says by its type that it is nobody's, as Deliver would: what a receiver
// that keeps to the contract answers to that is the whole of it.
func (c *Connector) Test(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	return c.Deliver(ctx, e)
}

// Show is the body that e is posted as.
func (c *Connector) Show(e downstream.Envelope) ([]byte, error) { return encode(e, c.source) }

// silence is the answer to a call that got no reply. Whatever the reason, it is about the
// system: an address that the guard refuses is named, the rest means that nobody is there.
func silence(ctx context.Context, err error) (downstream.Answer, error) {
	if ctx.Err() != nil {
		return downstream.Answer{}, ctx.Err()
	}
	code := fault.CodeOf(err)
	var slow interface{ Timeout() bool }
	switch {
	case code != "":
	case errors.As(err, &slow) && slow.Timeout():
		code = "timeout"
	default:
		code = "unreachable"
	}
	return downstream.Answer{Outcome: downstream.Retry, Code: code, Down: true}, nil
}

// answer classes a reply by its status, and by what the receiver says it holds.
func (c *Connector) answer(e downstream.Envelope, resp *http.Response, reply []byte) downstream.Answer {
	a := downstream.Answer{Code: "http_" + strconv.Itoa(resp.StatusCode), Holds: true}
	a.Seq, a.ReadBack = readReply(reply, e.Fields)
	switch status := resp.StatusCode; {
	case status >= 200 && status < 300:
		a.Outcome = downstream.OK
	case status == http.StatusConflict || status == http.StatusPreconditionFailed:
		a.Outcome = downstream.Conflict
		if a.Seq >= e.Seq { // it refused because it holds this already, or something newer
			a.Outcome = downstream.Same
		}
	case status == http.StatusUnauthorized:
		a.Outcome = downstream.Reauth
	case status == http.StatusGone:
		a.Outcome, a.Disable = downstream.Permanent, true
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly:
		a.Outcome = downstream.Retry
	case status == http.StatusTooManyRequests, status >= 502 && status <= 504:
		a.Outcome, a.Down, a.After = downstream.Retry, true, retryAfter(resp.Header.Get("Retry-After"), c.now())
	case status >= 500:
		a.Outcome = downstream.Retry
	default: // 1xx, 3xx, 4xx
		a.Outcome = downstream.Permanent
	}
	return a
}

// retryAfter reads seconds or an HTTP date (RFC 9110, 10.2.3); 0 for anything else.
func retryAfter(h string, now time.Time) time.Duration {
	if n, err := strconv.ParseUint(strings.TrimSpace(h), 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(h); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
