// Package server listens for HTTP: it bounds what a connection may cost, puts the same
// protection around every route, counts and logs what was asked without saying by whom,
// and says whether the process is alive and ready.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"amend/internal/store"
)

// Config is what a server is made of.
type Config struct {
	API     http.Handler // below /api/; nil: nothing
	Static  http.Handler // below /static/; nil: nothing
	Portal  http.Handler // the customer's site, everywhere else; nil: nothing
	Console http.Handler // the staff site, below /console/; nil: nothing
	Apart   bool         // the console is reached by ServeConsole alone, never where customers are

	Health func(context.Context) (store.Health, error) // how the queues and the log are doing
	Keys   func(context.Context) error                 // whether the keys open what they must
	Room   func(context.Context) error                 // whether the database finds room to write
	Now    func() time.Time
	Rand   io.Reader // request ids
	Log    *slog.Logger
	Sealed bool // customers reach us over TLS: browsers are told to insist on it
}

// The bounds on one connection. A slow sender holds a connection for so long and no
// longer; maxBody is for an imported table, and every other route bounds itself far below.
const (
	maxBody         = 4 << 30
	headerTimeout   = 5 * time.Second
	readTimeout     = 30 * time.Second
	writeTimeout    = 60 * time.Second
	idleTimeout     = 2 * time.Minute
	maxHeader       = 16 << 10
	shutdownTimeout = 15 * time.Second
)

// Server is the HTTP side of one process.
type Server struct {
	config  Config
	metrics *metrics
	handler http.Handler
	console http.Handler
}

// New makes a server; it does not listen yet.
func New(c Config) *Server {
	s := &Server{config: c, metrics: newMetrics(c.Health, c.Now, c.Log)}
	public := s.common()
	figures := public // for whoever watches the house: never where customers are, if there is another place
	if c.API != nil {
		public.Handle("/api/", c.API)
	}
	if c.Console != nil && !c.Apart {
		public.Handle("/console/", c.Console)
	}
	if c.Console != nil && c.Apart {
		house := s.common()
		figures = house
		house.Handle("/console/", c.Console)
		s.console = s.around(house, http.RedirectHandler("/console/", http.StatusSeeOther))
	}
	figures.Handle("GET /metrics", s.metrics.handler())
	s.handler = s.around(public, c.Portal)
	return s
}

// common is what every address of ours has.
func (s *Server) common() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", s.alive)
	mux.HandleFunc("GET /readyz", s.ready)
	if s.config.Static != nil {
		mux.Handle("GET /static/", s.config.Static)
	}
	return mux
}

// around puts the protection around every route; rest answers what has none.
func (s *Server) around(mux *http.ServeMux, rest http.Handler) http.Handler {
	if rest == nil {
		rest = http.HandlerFunc(s.nothing)
	}
	mux.Handle("/", rest)
	return s.observed(s.safe(s.protected(mux)))
}

// ServeHTTP serves one request, with everything that surrounds a route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Worked counts what the work loop did; it fits work.Config.Done.
func (s *Server) Worked(kind string, rows int, failed error) { s.metrics.worked(kind, rows, failed) }

// Serve answers requests on l until ctx ends, then lets those that are running finish.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return serve(ctx, l, s.handler) }

// ServeConsole is Serve for an address of the console's own.
func (s *Server) ServeConsole(ctx context.Context, l net.Listener) error {
	return serve(ctx, l, s.console)
}

func serve(ctx context.Context, l net.Listener, handler http.Handler) error {
	h := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo),
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- h.Shutdown(last)
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return <-stopped
}
