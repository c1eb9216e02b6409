package experiments

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// A raceHouse is one database with the real program in front of it, in one or several
// processes, and a crowd of clients that keep their connections.
type raceHouse struct {
	*run
	url    string
	data   string // folder of the key that every process shares
	master *keys.Master
	nodes  []*served
	client *http.Client
	tokens map[string]string
	crew   map[string]access.Actor
}

// openRace makes the key of a database. Nothing runs yet.
func openRace(r *run, url string) *raceHouse {
	r.Helper()
	h := &raceHouse{run: r, url: url, data: r.TempDir(), tokens: map[string]string{}, crew: map[string]access.Actor{}}
	var err error
	h.master, err = keys.CreateFile(filepath.Join(h.data, "amend.key"), rand.Reader)
	r.must(err)
	r.Setenv("AMEND_DATABASE_URL", url)
	h.client = &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxConnsPerHost: raceConns, MaxIdleConnsPerHost: raceConns}}
	r.Cleanup(h.client.CloseIdleConnections)
	return h
}

// raceConns bounds the connections that a crowd holds to one process.
const raceConns = 64

// enter opens the database as a process of its own would, on the machine's clock. What is
// sent meanwhile is caught.
func (h *raceHouse) enter() *lifeline {
	h.Helper()
	clock := sandbox.NewClock(time.Now())
	clock.Follow(time.Now)
	return h.enterAt(clock)
}

// enterAt is enter on a clock of the experiment's own.
func (h *raceHouse) enterAt(clock *sandbox.Clock) *lifeline {
	h.Helper()
	l, err := openLifeline(h.Context(), store.Options{URL: h.url, Keys: h.master}, clock)
	h.must(err)
	h.must(l.desk.Open(h.Context(), "amend.example.com/log"))
	return l
}

// inside works on the database while none of the processes has to.
func (h *raceHouse) inside(do func(l *lifeline)) {
	h.Helper()
	l := h.enter()
	defer func() { h.must(l.store.Close()) }()
	do(l)
}

// hire names a member of staff, or a client, and keeps their token.
func (h *raceHouse) hire(l *lifeline, name string, roles ...access.Role) access.Actor {
	h.Helper()
	who, token, err := l.desk.AddToken(h.Context(), access.Actor{Name: name, Roles: roles})
	h.must(err)
	h.tokens[name], h.crew[name] = token, who
	return who
}

// people brings n customers on record by a migration, each with a phone of their own.
func (h *raceHouse) people(l *lifeline, n int) []customer.ID {
	h.Helper()
	by := h.hire(l, "operator", access.Operator)
	run, err := l.desk.StartImport(h.Context(), by, desk.ImportStart{Name: "people.csv", Digest: "people", HeldSince: time.Now().AddDate(-2, 0, 0)})
	h.must(err)
	rows := make([]desk.ImportRow, n)
	for i := range rows {
		rows[i] = desk.ImportRow{Line: i + 2, Kind: customer.Person, Values: []intake.Proposed{{Key: "phone", Text: racePhone(i)}}}
	}
	run, faults, err := l.desk.ImportRows(h.Context(), by, run, rows)
	h.must(err)
	if len(faults) > 0 {
		h.Fatal(faults[0].Err)
	}
	h.must(l.desk.FinishImport(h.Context(), by, run))
	page, err := l.store.View(h.Context()).RecordIDs(customer.Person, "", n)
	h.must(err)
	ids := make([]customer.ID, n)
	for i, row := range page {
		ids[i] = row.ID
	}
	return ids
}

func racePhone(i int) string { return fmt.Sprintf("138%08d", i) }

// serve starts n processes on the database.
func (h *raceHouse) serve(n int) {
	h.Helper()
	for range n {
		s := &served{t: h.T, program: binary(h.T), data: h.data}
		s.at.Store("")
		h.Cleanup(s.kill)
		s.start()
		h.nodes = append(h.nodes, s)
	}
}

// close ends every process in good order.
func (h *raceHouse) close() {
	h.Helper()
	for _, s := range h.nodes {
		s.stop()
	}
	h.nodes = nil
}

// A raceAnswer is what one call was told.
type raceAnswer struct {
	status int
	body   []byte
}

// code is the code of a refusal, "" for anything else.
func (a raceAnswer) code() string {
	var problem struct{ Code string }
	_ = json.Unmarshal(a.body, &problem) // an answer that is no problem has no code
	return problem.Code
}

// call asks one of the processes. It may be used by many goroutines at once.
func (h *raceHouse) call(node int, token, method, path, body string, header ...string) (raceAnswer, error) {
	header = append(header, "Authorization", "Bearer "+h.tokens[token])
	status, text, err := h.nodes[node%len(h.nodes)].ask(h.Context(), h.client, method, "/api/v1"+path, body, header...)
	return raceAnswer{status, text}, err
}

// proven answers a challenge as the customer does, by the link and the code of its message.
func (h *raceHouse) proven(l *lifeline, id change.ID, sent desk.Sent) {
	h.Helper()
	for did := 1; did > 0; {
		var err error
		did, err = l.desk.Tell(h.Context(), 100)
		h.must(err)
	}
	token, code := l.out.code(sent.Challenge)
	if token == "" {
		h.Fatalf("no code went out for request %s", id)
	}
	link, record, err := l.store.View(h.Context()).Link(keys.LinkHash(token), l.store.Now())
	h.must(err)
	by := access.Actor{ID: string(record), Sort: access.Customer, Via: "link", Link: link}
	h.must(l.desk.Prove(h.Context(), by, id, sent.Challenge, code))
}

// holds fails the experiment for everything that does not hold in the database.
func (h *raceHouse) holds(l *lifeline) {
	h.Helper()
	for _, problem := range whole(h.T, l.store, h.master, l.desk) {
		h.Error(problem)
	}
}

// wakes does what is due, as the work loop would, so that what was decided applies.
func (h *raceHouse) wakes(l *lifeline, id change.ID) change.Request {
	h.Helper()
	h.must(l.desk.Due(h.Context(), id))
	r, err := l.store.View(h.Context()).Change(id)
	h.must(err)
	return r
}

// eachRace runs a part of an experiment on both databases: through one process on SQLite,
// which has a single writer, and through three on PostgreSQL. What a part counts is added up.
func eachRace(r *run, part func(r *run, url string, nodes int)) {
	for _, on := range []struct {
		name  string
		open  func(testing.TB) string
		nodes int
	}{{"sqlite", storetest.SQLite, 1}, {"postgres", storetest.Postgres, 3}} {
		r.Run(on.name, func(t *testing.T) { part(&run{T: t}, on.open(t), on.nodes) })
	}
}
