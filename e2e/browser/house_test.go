package browser

import (
	"context"
	"crypto/rand"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/internal/api"
	"amend/internal/console"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/internal/portal"
	"amend/internal/sandbox"
	"amend/internal/server"
	"amend/internal/store"
	"amend/verify"
)

// A house is the program as it is served, with the sandbox's world around it. Its clock
// moves when a test says so, and what falls due happens when a test lets it.
type house struct {
	*sandbox.World
	t      testing.TB
	base   string // where it is served
	file   string // of its database
	reader *store.Reader
	people map[string]*person
	known  map[lang.Lang][]*somebody // customers, by the language that they speak
	turn   *sync.Mutex               // settling is done by one test at a time
	door   *sync.Mutex               // so is coming in

	followable map[access.Purpose]string    // links of the house's messages, by what they are for
	kept       map[string]map[string]string // sessions that go on; nil where everybody comes anew
}

// A person is somebody of staff, with what they sign in by.
type person struct {
	id       string
	name     string
	password string
	app      []byte // secret of their authenticator app
}

// zone is where the company works.
func zone() *time.Location { return time.FixedZone("UTC+8", 8*60*60) }

// openHouse opens a house of its own for a test, where nothing has happened yet but that
// staff and customers are there and three systems follow.
func openHouse(t testing.TB) *house { return openOn(t, foundation) }

// openOn opens a house on a copy of a ground, and serves it.
func openOn(t testing.TB, laid func() (*ground, error)) *house {
	t.Helper()
	g, err := laid()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "house")
	h := &house{
		t: t, base: "http://" + listener.Addr().String(), file: filepath.Join(folder, "amend.db"),
		people: g.people, known: g.customers(), turn: &sync.Mutex{}, door: &sync.Mutex{}, followable: maps.Clone(g.followable),
	}
	h.must(os.CopyFS(folder, os.DirFS(g.folder)))
	h.World, err = sandbox.Open(t.Context(), sandbox.Config{
		URL: "sqlite://" + h.file, Folder: filepath.Join(folder, "systems"), Keys: g.keys, Start: g.ends, Rand: rand.Reader, Zone: zone(), Lang: "zh", Base: h.base,
	})
	h.must(err)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	h.reader = store.NewReader(h.Store, h.House.Calendar)
	if !g.connected {
		h.must(h.Connect(t.Context(), h.actor("ivy")))
	}
	h.settle()
	h.serve(listener)
	return h
}

// serve answers on l until the test ends, as amend serve does.
func (h *house) serve(l net.Listener) {
	customers, staff := h.pages()
	s := server.New(server.Config{
		API:    api.New(api.Config{Desk: h.Desk, Reader: h.reader, Lang: lang.ZH, Log: quiet(h.t), Clock: h.Clock.Now, Address: h.address()}),
		Static: page.Static(), Portal: customers, Console: staff, Now: time.Now, Rand: rand.Reader, Log: quiet(h.t),
		Health: func(ctx context.Context) (store.Health, error) { return h.Store.View(ctx).Health(h.Clock.Now()) },
		Keys:   h.Desk.CheckKeys, Room: h.Store.Room,
	})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			h.t.Error(err)
		}
	})
}

// pages are the two sites, with the clock of this house.
func (h *house) pages() (customers, staff http.Handler) {
	door := page.Door{House: h.House.Words, Zone: zone(), Now: h.Clock.Now, Lang: lang.ZH, Address: h.address(), RequestID: server.RequestID}
	customers = portal.New(portal.Config{
		Desk: h.Desk, Reader: h.reader, House: h.House, Door: door, Rand: rand.Reader, Log: quiet(h.t),
		Pause: func(context.Context, time.Duration) {}, // what time tells a stranger is measured elsewhere
	})
	staff = console.New(console.Config{Desk: h.Desk, Reader: h.reader, House: h.House, Door: door, Rand: rand.Reader, Log: quiet(h.t), Badge: "test"})
	return customers, staff
}

// address believes what a tab says of where it is: each tab comes from a network of its own,
// as customers do, so that the limits for each network hold nobody else off.
func (h *house) address() func(*http.Request) netip.Addr {
	return server.Address([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// in is the house for a part of a test, which fails where something goes wrong there.
func (h *house) in(t testing.TB) *house {
	own := *h
	own.t = t
	return &own
}

// settle does everything that is due now: requests, deliveries, messages, the log.
func (h *house) settle() {
	h.t.Helper()
	h.turn.Lock()
	defer h.turn.Unlock()
	_, err := h.Settle(context.Background())
	h.must(err)
}

// passes lets time go by, and what falls due meanwhile happens on its day.
func (h *house) passes(d time.Duration) {
	h.t.Helper()
	for ; d > 0; d -= 24 * time.Hour {
		h.Clock.Add(min(d, 24*time.Hour))
		h.settle()
	}
}

// code is what somebody's authenticator app shows. A code is good once, so that the clock
// moves to the next one first.
func (h *house) code(name string) string {
	h.t.Helper()
	h.Clock.Add(31 * time.Second)
	return verify.TOTPCode(h.people[name].app, h.Clock.Now())
}
