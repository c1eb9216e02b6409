package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/console"
	"amend/internal/page"
	"amend/internal/portal"
	"amend/internal/store"
	"amend/verify"
)

// waitingPages is how many requests wait in the inbox while pages are measured.
const waitingPages = 50

// Pages measures how long the server takes for a whole page: read, opened, checked, masked
// and written out, without a network. The inbox has fifty requests.
func Pages(ctx context.Context, o Options) (lines []Line, err error) {
	r, err := found(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close(ctx)) }()
	s, err := openSites(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, p := range s.pages() {
		for _, clients := range readers() {
			line, err := r.shown(clients, p)
			if err != nil {
				return nil, err
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}

// A shownPage is one page of one of the sites, for somebody who is signed in there.
type shownPage struct {
	name string
	site http.Handler
	path func(i int) string
	as   *http.Cookie
}

// pagesEach is how many pages stand for one act in the length of a round.
const pagesEach = 4

func (r *race) shown(clients int, p shownPage) (Line, error) {
	n := max(r.o.changes(clients)/pagesEach, 1)
	var ours []sample
	for range r.o.Rounds {
		round, err := crowd(clients, n, func(_, i int) error { return p.look(i) })
		if err != nil {
			return Line{}, err
		}
		ours = append(ours, round)
	}
	return alone("page", fmt.Sprintf("%s, %d clients", p.name, clients), "pages/s", ours).judged(most("p99", 5)), nil
}

// look asks for a page; anything but the page is an error.
func (p shownPage) look(i int) error {
	q, err := http.NewRequest(http.MethodGet, p.path(i), nil)
	if err != nil {
		return err
	}
	q.RemoteAddr = "127.0.0.1:1000"
	q.Header.Set("Accept-Language", "zh-CN")
	q.AddCookie(p.as)
	w := &reader{header: http.Header{}}
	p.site.ServeHTTP(w, q)
	if w.status != http.StatusOK || w.bytes == 0 {
		return fmt.Errorf("show %s: answered %d", p.name, w.status)
	}
	return nil
}

// A reader takes an answer and keeps only how it began.
type reader struct {
	header http.Header
	status int
	bytes  int
}

func (w *reader) Header() http.Header { return w.header }

func (w *reader) WriteHeader(status int) { w.status = status }

func (w *reader) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	w.bytes += len(p)
	return len(p), nil
}

// Sites are both sites over one house, with somebody signed in at each.
type sites struct {
	portal, console http.Handler
	staff, customer *http.Cookie
	people          []customer.ID
	waiting         []change.ID
}

func openSites(ctx context.Context, r *race) (*sites, error) {
	g := r.ground
	door := page.Door{
		House: g.house.Words, Zone: time.UTC, Now: g.store.Now, Lang: "en",
		Address:   func(*http.Request) netip.Addr { return netip.IPv6Loopback() },
		RequestID: func(context.Context) string { return "" },
	}
	read, quiet := store.NewReader(g.store, g.house.Calendar), slog.New(slog.DiscardHandler)
	s := &sites{
		portal:  portal.New(portal.Config{Desk: g.desk, Reader: read, House: g.house, Door: door, Rand: rand.Reader, Log: quiet}),
		console: console.New(console.Config{Desk: g.desk, Reader: read, House: g.house, Door: door, Rand: rand.Reader, Log: quiet}),
		people:  r.picks(1000),
	}
	if err := s.file(ctx, g); err != nil {
		return nil, err
	}
	staff, err := welcomed(ctx, g, "reviewer")
	if err != nil {
		return nil, err
	}
	self, err := admitted(ctx, g, s.people[0])
	if err != nil {
		return nil, err
	}
	s.staff = &http.Cookie{Name: "amend-staff", Value: read.Stamp(staff.Token)}
	s.customer = &http.Cookie{Name: "amend-customer", Value: read.Stamp(self.Token)}
	return s, nil
}

// file lets an agent file what waits for a decision.
func (s *sites) file(ctx context.Context, g *ground) error {
	agent, _, err := g.desk.AddPerson(ctx, access.Actor{Name: "agent of pages", Roles: []access.Role{access.Agent}}, "")
	if err != nil {
		return err
	}
	for _, id := range s.people[:min(len(s.people), waitingPages)] {
		filed, err := g.desk.Propose(ctx, agent, desk.Proposal{
			Record: id, Channel: "hotline", Reason: "asked on the phone",
			Items: []desk.Proposed{{Key: "preferred_name", Value: json.RawMessage(`"Friend"`)}},
		})
		if err != nil {
			return err
		}
		s.waiting = append(s.waiting, filed.Changes[0].ID)
	}
	return nil
}

// welcomed is a reviewer who set a password and an app.
func welcomed(ctx context.Context, g *ground, name string) (desk.Opened, error) {
	roles := []access.Role{access.Approver, access.Owner}
	if _, _, err := g.desk.AddPerson(ctx, access.Actor{Name: name, Roles: roles}, ""); err != nil {
		return desk.Opened{}, err
	}
	link, err := g.desk.AddLink(ctx, name)
	if err != nil {
		return desk.Opened{}, err
	}
	token := link[strings.LastIndex(link, "/")+1:]
	_, secret, err := g.desk.Invitation(ctx, token)
	if err != nil {
		return desk.Opened{}, err
	}
	return g.desk.Welcome(ctx, desk.Welcome{Link: token, Password: "seven calm otters knit", Code: verify.TOTPCode(secret, g.store.Now())})
}

// admitted is a customer in the portal.
func admitted(ctx context.Context, g *ground, id customer.ID) (desk.Opened, error) {
	app := access.Actor{ID: "app", Sort: access.Client, Roles: []access.Role{access.App}}
	address, _, err := g.desk.Admit(ctx, app, id)
	if err != nil {
		return desk.Opened{}, err
	}
	return g.desk.Choose(ctx, address[strings.LastIndex(address, "/")+1:], id, "bench")
}

func (s *sites) pages() []shownPage {
	fixed := func(path string) func(int) string { return func(int) string { return path } }
	return []shownPage{
		{"inbox of fifty", s.console, fixed(console.Base + "/inbox"), s.staff},
		{"one request", s.console, func(i int) string { return console.Base + "/changes/" + string(s.waiting[i%len(s.waiting)]) }, s.staff},
		{"one customer", s.console, func(i int) string {
			return console.Base + "/customers/" + url.PathEscape(string(s.people[i%len(s.people)]))
		}, s.staff},
		{"my details", s.portal, fixed("/me"), s.customer},
	}
}
