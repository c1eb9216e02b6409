// Package portal is the customer's site: find me, prove that it is me, change, check, follow,
// confirm or stop, and see what is held. One action per file, its template beside it; whatever
// an act is called here, a verb of desk does it.
package portal

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// Config is what a portal is made of.
type Config struct {
	Desk   *desk.Desk
	Reader *store.Reader
	House  desk.House // what the company decides: catalogue, policy, calendar, texts
	Door   page.Door
	Rand   io.Reader // keys of forms
	Log    *slog.Logger

	// Pause waits where an answer must not tell by its time what was found; nil waits by the
	// machine's clock.
	Pause func(context.Context, time.Duration)
}

// Site answers every page of the portal.
type Site struct {
	Config
	handler http.Handler
}

// New makes the portal.
func New(c Config) *Site {
	if c.Pause == nil {
		c.Pause = pause
	}
	s := &Site{Config: c}
	mux := http.NewServeMux()
	for _, r := range routes() {
		mux.HandleFunc(r.method+" "+r.path, func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, r) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, route{who: anybody, handle: nowhere}) })
	refused := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, route{who: anybody, handle: foreign}) })
	s.handler = page.SameSite(refused)(mux)
	return s
}

// ServeHTTP serves one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Who a route is for.
type who int

const (
	customers who = iota // whoever is signed in
	anybody
	holders // of a link that still holds
)

// A route is one page or one act.
type route struct {
	method string
	path   string
	who    who
	handle func(*visit) error
}

func get(path string, handle func(*visit) error) route { return route{"GET", path, customers, handle} }

func post(path string, handle func(*visit) error) route {
	return route{"POST", path, customers, handle}
}

// public is r for whoever is not signed in.
func public(r route) route {
	r.who = anybody
	return r
}

// linked is r for whoever holds a link.
func linked(r route) route {
	r.who = holders
	return r
}

func nowhere(*visit) error { return fault.New(fault.NotFound, "no_page") }

func foreign(*visit) error { return fault.New(fault.Denied, "foreign_form") }
