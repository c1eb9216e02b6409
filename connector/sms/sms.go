// Package sms carries short messages to one HTTP gateway: a JSON request a message, an
// answer read as the gateway's own codes say, and signed delivery receipts.
package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"amend/fault"
	"amend/notify"
)

// Config is one gateway and our account there. Token or Secret, or both, sign us in.
type Config struct {
	URL     string           // https, or http on loopback
	Token   string           // bearer token
	Secret  []byte           // HMAC-SHA256 key over id.timestamp.body, as Standard Webhooks signs
	Mapping Mapping          // how the gateway answers; the zero Mapping is DefaultMapping
	Client  *http.Client     // one that refuses inner addresses; its redirects are not followed
	Now     func() time.Time // for the signature's timestamp
	Timeout time.Duration    // of one attempt; 0: 20 s
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 10

const defaultTimeout = 20 * time.Second

// Gateway is a notify.Channel for short messages.
type Gateway struct {
	url     string
	token   string
	secret  []byte
	mapping Mapping
	client  *http.Client
	now     func() time.Time
	wait    time.Duration
}

// New checks c and makes a Gateway; it does not connect.
func New(c Config) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname()))) {
		return nil, fault.New(fault.Invalid, "sms_url_bad")
	}
	if c.Client == nil || c.Now == nil || (c.Token == "" && len(c.Secret) == 0) || strings.ContainsAny(c.Token, "\r\n ") {
		return nil, fault.New(fault.Invalid, "sms_account_missing")
	}
	if c.Mapping.empty() {
		c.Mapping = DefaultMapping()
	}
	own := *c.Client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	g := &Gateway{url: c.URL, token: c.Token, secret: c.Secret, mapping: c.Mapping, client: &own, now: c.Now, wait: c.Timeout}
	if g.wait <= 0 {
		g.wait = defaultTimeout
	}
	return g, nil
}

func loopback(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// request is what the gateway reads. Values and names go in the registered order.
type request struct {
	ID       string   `json:"id"`
	To       string   `json:"to"`
	Template string   `json:"template"`
	Names    []string `json:"names"`
	Params   []string `json:"params"`
	Text     string   `json:"text"`
	Sign     string   `json:"sign"`
	Lang     string   `json:"lang"`
}

// Send makes one attempt. See notify.Channel. A gateway has no idempotency that could be
// relied on, so nothing here ever repeats a request: no Idempotency-Key header, at which
// net/http would repeat it, and no kept connection, which could die unnoticed between two
// messages and leave a fate unknown for no reason.
func (g *Gateway) Send(ctx context.Context, m notify.Outgoing) (notify.Answer, error) {
	if err := ctx.Err(); err != nil {
		return notify.Answer{}, fmt.Errorf("send short message: %w", err)
	}
	if !e164(m.To) {
		return notify.Answer{Outcome: notify.Permanent, Why: notify.BadAddress, Code: "number"}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.wait)
	defer cancel()
	var left atomic.Bool
	trace := &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }}
	req, err := g.request(httptrace.WithClientTrace(ctx, trace), m)
	if err != nil {
		return notify.Answer{}, err
	}
	res, err := g.client.Do(req)
	switch {
	case err != nil && left.Load():
		return notify.Answer{Outcome: notify.Unknown, Code: "no_answer"}, nil
	case err != nil: // the cause names the URL; the request never left whole
		return notify.Answer{Outcome: notify.Retry, Code: "unreached"}, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return notify.Answer{Outcome: notify.Unknown, Code: "no_answer"}, nil
	}
	return g.mapping.answer(m.ID, res, body), nil
}

func (g *Gateway) request(ctx context.Context, m notify.Outgoing) (*http.Request, error) {
	in := request{ID: m.ID, To: m.To, Template: m.Template, Text: m.Text, Sign: m.Brand, Lang: string(m.Lang)}
	if own, ok := g.mapping.Templates[m.Template]; ok {
		in.Template = own
	}
	for _, p := range m.Params {
		in.Names = append(in.Names, p.Name)
		in.Params = append(in.Params, p.Value)
	}
	body, err := json.Marshal(in)
	if err != nil || !plainID(m.ID) {
		return nil, fault.New(fault.Internal, "message_id_bad")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return nil, fault.New(fault.Internal, "sms_url_bad")
	}
	req.Close = true
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	if g.token != "" {
		req.Header.Set("Authorization", "Bearer "+g.token)
	}
	if len(g.secret) > 0 {
		at := strconv.FormatInt(g.now().Unix(), 10)
		req.Header.Set("Webhook-Id", m.ID)
		req.Header.Set("Webhook-Timestamp", at)
		req.Header.Set("Webhook-Signature", signature(g.secret, m.ID, at, body))
	}
	return req, nil
}

// signature is "v1," and the base64 HMAC-SHA256 of id.timestamp.body (Standard Webhooks).
func signature(secret []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id + "." + at + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// e164 reports whether to is one number of ITU-T E.164: +, 7 to 15 digits, no leading zero.
func e164(to string) bool {
	if len(to) < 8 || len(to) > 16 || to[0] != '+' || to[1] == '0' {
		return false
	}
	return strings.Trim(to[1:], "0123456789") == ""
}

func plainID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}
