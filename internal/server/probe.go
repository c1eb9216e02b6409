package server

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"amend/fault"
	"amend/internal/lang"
)

// probeTimeout bounds how long the database may take to say that it is there.
const probeTimeout = 2 * time.Second

// alive says that the process answers.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready says whether this process should be sent work, and which part stands in the way.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), probeTimeout)
	defer cancel()
	parts := s.parts(ctx)
	status := http.StatusOK
	for _, state := range parts {
		if state != "ok" {
			status = http.StatusServiceUnavailable
		}
	}
	answer(w, status, parts)
}

func (s *Server) parts(ctx context.Context) map[string]string {
	parts := map[string]string{"database": "ok", "log": "ok", "keys": "ok"}
	h, err := s.config.Health(ctx)
	switch {
	case err != nil:
		s.config.Log.WarnContext(ctx, "not ready", "part", "database", "error", err)
		parts["database"], parts["log"] = "unavailable", "unknown"
	case h.LogLate(s.config.Now()):
		parts["log"] = "late"
	}
	if err := s.config.Room(ctx); err != nil {
		s.config.Log.WarnContext(ctx, "not ready", "part", "database", "error", err)
		parts["database"] = "full"
	}
	if err := s.config.Keys(ctx); err != nil {
		s.config.Log.WarnContext(ctx, "not ready", "part", "keys", "error", err)
		parts["keys"] = "unavailable"
	}
	return parts
}

// nothing is what is at an address where there is nothing.
func (s *Server) nothing(w http.ResponseWriter, r *http.Request) {
	problem(w, r, http.StatusNotFound, fault.New(fault.NotFound, "no_page"))
}

// problem answers a failure as RFC 9457 says, in the reader's language.
func problem(w http.ResponseWriter, r *http.Request, status int, f *fault.Error) {
	l := lang.Of(r.Header.Get("Accept-Language"))
	title, detail := l.Fault(f)
	code := "internal"
	if f != nil {
		code = f.Code
	}
	w.Header().Set("Content-Language", l.Tag())
	w.Header().Set("Content-Type", "application/problem+json")
	write(w, status, map[string]any{"type": "about:blank", "title": title, "detail": detail, "status": status, "code": code, "request": RequestID(r.Context())})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	write(w, status, body)
}

// write sends body. Who has hung up is not told.
func write(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
