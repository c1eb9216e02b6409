package dial

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

// Client makes an HTTP client whose every connection the guard judges. It follows no
// redirect, uses no proxy from the environment and inflates no compressed reply. The
// caller still bounds how much of a reply it reads.
func (g *Guard) Client() *http.Client {
	return &http.Client{
		Timeout:       g.timeout,
		Transport:     &transport{sealed: g.transport(g.DialSealed), plain: g.transport(g.DialPlain)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (g *Guard) transport(dial func(context.Context, string, string) (net.Conn, error)) *http.Transport {
	return &http.Transport{
		DialContext:            dial,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: g.roots},
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		TLSHandshakeTimeout:    g.timeout,
		ResponseHeaderTimeout:  g.timeout,
		IdleConnTimeout:        g.timeout,
		MaxIdleConnsPerHost:    8,
		MaxConnsPerHost:        32,
		MaxResponseHeaderBytes: 16 << 10,
	}
}

// transport keeps the two sorts of connection apart: what is dialled for plain HTTP is
// judged more strictly, and never serves a sealed request.
type transport struct{ sealed, plain *http.Transport }

// RoundTrip refuses addresses that are not well formed before anything is resolved.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := checkURL(r.URL); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // a RoundTripper owns the body even when it refuses
		}
		return nil, err
	}
	if r.URL.Scheme == "https" {
		return t.sealed.RoundTrip(r)
	}
	return t.plain.RoundTrip(r)
}

// CloseIdleConnections serves http.Client.CloseIdleConnections.
func (t *transport) CloseIdleConnections() {
	t.sealed.CloseIdleConnections()
	t.plain.CloseIdleConnections()
}
