package server

import (
	"context"
	"encoding/hex"
	"io"
	"net/http"
	"runtime/debug"
	"slices"
	"time"
)

// protected sets what every answer carries and bounds what a request may bring. A page
// that needs more than nothing sets a policy of its own.
func (s *Server) protected(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.config.Sealed {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		r.Body = &steadyBody{ReadCloser: http.MaxBytesReader(w, r.Body, maxBody), control: http.NewResponseController(w), now: s.config.Now}
		next.ServeHTTP(w, r)
	})
}

// safe answers a panic with a problem that says nothing of it. The log gets where it
// happened, never its words, which may hold a value.
func (s *Server) safe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause) // net/http's own way to drop a connection
			default:
				s.config.Log.ErrorContext(r.Context(), "panic", "request", RequestID(r.Context()), "stack", string(debug.Stack()))
				problem(w, r, http.StatusInternalServerError, nil)
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// requestKey is the context key of a request's id.
type requestKey struct{}

// RequestID answers the id of the request that ctx belongs to, "" if none. People quote it;
// it stands in every log line of the request and in nothing that is kept.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// observed names, counts and logs each request by its route: never by its path or query,
// which hold ids.
func (s *Server) observed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var raw [8]byte
		if _, err := io.ReadFull(s.config.Rand, raw[:]); err != nil {
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		id := hex.EncodeToString(raw[:])
		w.Header().Set("X-Request-Id", id)
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
		began := s.config.Now()
		seen := &seenWriter{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			took := s.config.Now().Sub(began)
			method, route := methodOf(r), routeOf(r)
			s.metrics.requested(method, route, seen.status, took)
			s.config.Log.InfoContext(r.Context(), "request", "request", id, "method", method, "route", route,
				"status", seen.status, "bytes", seen.bytes, "ms", took.Round(time.Millisecond).Milliseconds())
		}()
		next.ServeHTTP(seen, r)
	})
}

// routeOf is the pattern that a request matched.
func routeOf(r *http.Request) string {
	if r.Pattern == "" || r.Pattern == "/" {
		return "none"
	}
	return r.Pattern
}

// methodOf keeps a stranger's invented method out of logs and labels.
func methodOf(r *http.Request) string {
	known := []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}
	if slices.Contains(known, r.Method) {
		return r.Method
	}
	return "OTHER"
}

// A seenWriter remembers what was answered.
type seenWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
	wrote  bool
}

func (w *seenWriter) WriteHeader(status int) {
	if !w.wrote && status >= http.StatusOK {
		w.status, w.wrote = status, true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *seenWriter) Write(p []byte) (int, error) {
	w.wrote = true
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what is beneath.
func (w *seenWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
