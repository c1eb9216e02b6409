// Package console is the staff site: what waits for whom, what a decision does, what is on
// record of a customer, and how the house stands. One action per file, its template beside
// it; whatever an act is called here, a verb of desk does it.
package console

import (
	"io"
	"log/slog"
	"net/http"

	"amend/desk"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// Base is the path below which the console stands.
const Base = "/console"

// Config is what a console is made of.
type Config struct {
	Desk   *desk.Desk
	Reader *store.Reader
	House  desk.House // what the company decides: catalogue, policy, calendar, texts
	Door   page.Door
	Rand   io.Reader // keys of forms
	Log    *slog.Logger
	Badge  string // of the environment, as a key of "page.badge."; "" for none
}

// Site answers every page of the console.
type Site struct {
	Config
	handler http.Handler
}

// New makes the console.
func New(c Config) *Site {
	s := &Site{Config: c}
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.HandleFunc(r.method+" "+Base+r.path, func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, r) })
	}
	mux.HandleFunc(Base+"/", func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, route{open: true, handle: nowhere}) })
	refused := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { s.serve(w, q, route{open: true, handle: foreign}) })
	s.handler = page.SameSite(refused)(mux)
	return s
}

// ServeHTTP serves one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// A route is one page or one act.
type route struct {
	method string
	path   string
	open   bool // for whoever is not signed in, too
	handle func(*visit) error
	long   []string // entries of its form that may be long
}

func get(path string, handle func(*visit) error) route {
	return route{method: "GET", path: path, handle: handle}
}

func post(path string, handle func(*visit) error) route {
	return route{method: "POST", path: path, handle: handle}
}

// public is r for whoever is not signed in.
func public(r route) route {
	r.open = true
	return r
}

// long is r with entries in its form that may be long.
func long(r route, names ...string) route {
	r.long = names
	return r
}

func nowhere(*visit) error { return fault.New(fault.NotFound, "no_page") }

func foreign(*visit) error { return fault.New(fault.Denied, "foreign_form") }
