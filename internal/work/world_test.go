package work

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/intake"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A clock stands still until it is told to jump.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A receiver is a downstream system that counts what it is told, and panics where it is asked to.
type receiver struct {
	mu     sync.Mutex
	told   map[string]int // by idempotency key
	panics downstream.SystemID
	silent downstream.SystemID // answers nothing until its caller gives up
	called chan struct{}       // closed when the silent one is called
}

func (r *receiver) Deliver(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	if e.System == r.silent {
		close(r.called)
		<-ctx.Done()
		return downstream.Answer{}, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.System == r.panics {
		panic("a value that no log may hold: 13800138000")
	}
	r.told[e.ID]++
	return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq}, nil
}

// of counts the deliveries to one system.
func (r *receiver) of(id downstream.SystemID) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for key, times := range r.told {
		if len(key) > len(id) && key[:len(id)] == string(id) {
			n += times
		}
	}
	return n
}

// A world is one process's desk with what is around it.
type world struct {
	t     *testing.T
	clock *clock
	store *store.Store
	desk  *desk.Desk
	told  *receiver
	keys  *keys.Master
}

func newWorld(t *testing.T, open storetest.Opener) *world {
	t.Helper()
	master, err := keys.New(zeros{})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}, told: &receiver{told: map[string]int{}}, keys: master}
	w.open(open)
	w.must(w.desk.Open(t.Context(), "test/log"))
	return w
}

// zeros is the least random source there is: one test has one key.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// beside is a second process on the same database.
func (w *world) beside(open storetest.Opener) *world {
	other := *w
	other.open(open)
	return &other
}

func (w *world) open(open storetest.Opener) {
	w.t.Helper()
	book, err := notify.Templates()
	w.must(err)
	w.store = open(store.Options{Keys: w.keys, Catalog: customer.Shipped(), Clock: w.clock.now})
	w.desk = desk.New(w.store, w.keys, desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(time.UTC), Book: book,
		Words: notify.House{Brand: "Lan", Hotline: "95000", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}, desk.Outside{Connector: func(downstream.System, []byte) (downstream.Connector, error) { return w.told, nil }})
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person names somebody.
func (w *world) person(name string, role access.Role) access.Actor {
	w.t.Helper()
	a, _, err := w.desk.AddPerson(w.t.Context(), access.Actor{Name: name, Roles: []access.Role{role}}, "")
	w.must(err)
	return a
}

// system connects one that follows every person's phone.
func (w *world) system(id downstream.SystemID) {
	w.t.Helper()
	w.must(w.desk.AddSystem(w.t.Context(), access.Actor{ID: "i", Sort: access.Staff, Roles: []access.Role{access.Integrator}}, downstream.System{
		ID: id, Name: string(id), Connector: "webhook", Settings: json.RawMessage(`{}`), Kinds: []customer.Kind{customer.Person},
		Fields: []downstream.Subscription{{Key: "phone"}}, Owner: "sales", Region: "CN",
	}, nil))
}

// load migrates n people with a phone each and answers their ids.
func (w *world) load(n int) []store.RecordVersion {
	w.t.Helper()
	by := w.person("operator", access.Operator)
	run, err := w.desk.StartImport(w.t.Context(), by, desk.ImportStart{Name: "people.csv", Digest: "d"})
	w.must(err)
	rows := make([]desk.ImportRow, n)
	for i := range rows {
		rows[i] = desk.ImportRow{Line: i + 2, Kind: customer.Person, Values: []intake.Proposed{{Key: "phone", Text: fmt.Sprintf("1380013%04d", i)}}}
	}
	_, faults, err := w.desk.ImportRows(w.t.Context(), by, run, rows)
	w.must(err)
	if len(faults) > 0 {
		w.t.Fatal(faults)
	}
	list, err := w.store.View(w.t.Context()).RecordIDs(customer.Person, "", n)
	w.must(err)
	return list
}

// expiring files a request that waits for a proof until its time is over.
func (w *world) expiring(id customer.ID) change.ID {
	w.t.Helper()
	filed, err := w.desk.Propose(w.t.Context(), w.person("agent", access.Agent), desk.Proposal{
		Record: id, Channel: "hotline", Reason: "new number", Items: []desk.Proposed{{Key: "phone", Value: json.RawMessage(`"13900139999"`)}},
	})
	w.must(err)
	return filed.Changes[0].ID
}

// poison writes a request that cannot even be opened and is due before any other.
func (w *world) poison(record customer.ID, id string) {
	w.t.Helper()
	w.must(w.store.Write(w.t.Context(), "", func(tx *store.Tx) error {
		tx.Exec(`INSERT INTO change_request (id, submission, lane, kind, record_id, state, revision, open, filed_by, filed_at, entry, due_at)
			VALUES ($1, $1, 1, 'change', $2, 'verifying', 1, 1, 'x', $3, 'none', $3)`, id, record, tx.Now())
		return nil
	}))
}

func (w *world) loop() *Loop { return New(Config{Desk: w.desk}) }

// settle works until there is nothing to do.
func (w *world) settle(l *Loop) {
	w.t.Helper()
	for range 50 {
		did, err := l.Once(w.t.Context())
		w.must(err)
		if did == 0 {
			return
		}
	}
	w.t.Fatal("the work never ends")
}

// integrator is somebody who may ask a system to be told again.
func integrator() access.Actor {
	return access.Actor{ID: "i", Sort: access.Staff, Roles: []access.Role{access.Integrator}}
}

// epochs is the sum of what every taking of a shard adds to.
func epochs(w *world) int64 {
	w.t.Helper()
	var n int64
	w.must(w.store.Row(w.t.Context(), `SELECT COALESCE(SUM(epoch + until_at), 0) FROM lease`).Scan(&n))
	return n
}

func sqlite(t *testing.T) storetest.Opener {
	url := storetest.SQLite(t)
	return func(o store.Options) *store.Store {
		o.URL = url
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
}
