// Package api is the REST door: /api/v1, its OpenAPI document and a page that explains it.
//
// A request passes visit.go (who is it, what does it say), strict.go (is the body what it
// seems), once.go (was it asked before), then one operation, which reads or calls one
// verb of the desk; problem.go says failures. The operations stand in the file of their
// noun and are listed in operations.go; openapi.go describes them from their Go types.
// No answer and no log line repeats what a caller sent, except where the contract says so.
package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"amend/desk"
	"amend/internal/lang"
	"amend/internal/store"
	"amend/notify"
)

// Config says what the door stands before.
type Config struct {
	Desk   *desk.Desk
	Reader *store.Reader
	Lang   lang.Lang        // of a caller who asks for none; English if empty
	Log    *slog.Logger     // nil: silence
	Clock  func() time.Time // nil: the machine's
	// Address answers the caller's network address; nil takes the connection's. Behind a
	// proxy the server knows which header to trust; this door trusts none.
	Address func(*http.Request) netip.Addr
	// Receipts reads and checks a signed callback of the SMS gateway; nil where there is none.
	Receipts func(body []byte, h http.Header, now time.Time) ([]notify.Receipt, error)
}

// base is where version 1 begins.
const base = "/api/v1"

// door is the handler with what it needs.
type door struct {
	desk     *desk.Desk
	reader   *store.Reader
	lang     lang.Lang
	log      *slog.Logger
	clock    func() time.Time
	address  func(*http.Request) netip.Addr
	receipts func([]byte, http.Header, time.Time) ([]notify.Receipt, error)

	known   map[string]bool // words that an answer may repeat: names of fields and members
	limits  *limiter
	running running
	entropy entropy
}

// New answers the handler, to be mounted at /api/.
func New(c Config) http.Handler {
	d := &door{
		desk: c.Desk, reader: c.Reader, lang: c.Lang, log: c.Log, clock: c.Clock,
		address: c.Address, receipts: c.Receipts, limits: newLimiter(),
	}
	if d.lang == "" {
		d.lang = lang.EN
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	if d.clock == nil {
		d.clock = time.Now
	}
	if d.address == nil {
		d.address = peer
	}
	ops := d.operations()
	d.known = d.vocabulary(ops)
	return d.mux(ops)
}

// mux routes every path to its operations. A path that is known under another method
// answers 405 with the methods that it has.
func (d *door) mux(ops []operation) http.Handler {
	mux := http.NewServeMux()
	paths := map[string]map[string]operation{}
	for _, op := range ops {
		if paths[op.path] == nil {
			paths[op.path] = map[string]operation{}
		}
		paths[op.path][op.method] = op
	}
	for path, methods := range paths {
		mux.HandleFunc(base+path, func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, methods) })
	}
	doc := document(ops)
	mux.Handle("GET /api/openapi.json", fixed("application/openapi+json", must(doc.MarshalJSON())))
	mux.Handle("GET /api/openapi.yaml", fixed("application/openapi+yaml", must(doc.YAML())))
	mux.Handle("GET /api/docs", d.docs(doc))
	mux.Handle("GET /api/docs.css", fixed("text/css; charset=utf-8", docsStyle))
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { d.serve(w, r, nil) })
	return mux
}

// must is for what is made of the program itself: wrong only if the build is.
func must(b []byte, err error) []byte {
	if err != nil {
		panic("api: " + err.Error())
	}
	return b
}

// fixed serves bytes that never change while the program runs.
func fixed(mediaType string, body []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(body)
	})
}

// peer is the address at the other end of the connection.
func peer(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		a, _ := netip.ParseAddr(strings.Trim(r.RemoteAddr, "[]"))
		return a
	}
	return at.Addr().Unmap()
}
