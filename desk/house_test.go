package desk_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A box is a channel that keeps what it is handed and answers what it is told to.
type box struct {
	mu     sync.Mutex
	sent   []notify.Outgoing
	answer notify.Answer
	fails  error
}

func (b *box) Send(_ context.Context, m notify.Outgoing) (notify.Answer, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, m)
	if b.answer.Outcome == "" {
		return notify.Answer{Outcome: notify.Taken, Ref: "ref-" + m.ID}, b.fails
	}
	return b.answer, b.fails
}

// of answers the messages of a kind.
func (b *box) of(kind notify.Kind) []notify.Outgoing {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(b.sent), func(m notify.Outgoing) bool { return m.Kind != kind })
}

// A far side is a downstream system that answers what it is told to.
type far struct {
	calls  []downstream.Envelope
	answer func(e downstream.Envelope) (downstream.Answer, error)
}

func (f *far) Deliver(_ context.Context, e downstream.Envelope) (downstream.Answer, error) {
	f.calls = append(f.calls, e)
	if f.answer == nil {
		return downstream.Answer{Outcome: downstream.OK}, nil
	}
	return f.answer(e)
}

// A house is a desk on a SQLite database, with a clock that moves when it is told to.
type house struct {
	t     *testing.T
	ctx   context.Context
	url   string // of its database
	clock *sandbox.Clock
	store *store.Store
	keys  *keys.Master
	books desk.House
	out   desk.Outside
	desk  *desk.Desk
	sms   *box
	mail  *box
	crm   *far
	staff map[string]access.Actor
}

// monday is where the clock of these tests starts: in the morning, by Shanghai.
var monday = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

const origin = "amend.example.com/log"

// open builds a house with its staff: ada, sam and ann file, bob, bea and ben approve.
func open(t *testing.T) *house {
	t.Helper()
	return found(t, storetest.SQLite(t))
}

// eachHouse is a test in a house on SQLite, and in one on PostgreSQL.
func eachHouse(t *testing.T, test func(t *testing.T, h *house)) {
	for name, empty := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { test(t, found(t, empty(t))) })
	}
}

func found(t *testing.T, url string) *house {
	t.Helper()
	m, err := keys.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h := openAt(t, url, m, sandbox.NewClock(monday))
	if err := h.desk.Open(h.ctx, origin); err != nil {
		t.Fatal(err)
	}
	for name, roles := range map[string][]access.Role{
		"ada": {access.Agent}, "sam": {access.Agent}, "ann": {access.Agent}, "bob": {access.Approver}, "bea": {access.Approver}, "ben": {access.Approver},
		"olga": {access.Owner}, "sue": {access.Steward}, "ivy": {access.Integrator}, "otto": {access.Operator},
	} {
		h.person(name, roles...)
	}
	return h
}

func openAt(t *testing.T, url string, m *keys.Master, c *sandbox.Clock) *house {
	t.Helper()
	book, err := notify.Templates()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := notify.DefaultRules()
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{URL: url, Clock: c.Now, Keys: m, Catalog: customer.Shipped()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &house{t: t, ctx: context.Background(), url: url, clock: c, store: s, keys: m, sms: &box{}, mail: &box{}, crm: &far{}, staff: map[string]access.Actor{}}
	h.books = desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(time.FixedZone("CST", 8*60*60)), Book: book, Rules: rules,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}
	h.out = desk.Outside{
		Channels: map[notify.Medium]notify.Channel{notify.SMS: h.sms, notify.Mail: h.mail},
		Connector: func(s downstream.System, _ []byte) (downstream.Connector, error) {
			if s.Connector != "far" {
				return nil, fault.New(fault.Invalid, "unknown_connector")
			}
			return h.crm, nil
		},
	}
	h.rebuild()
	return h
}

// rebuild makes the desk anew, with what the outside world is now.
func (h *house) rebuild() { h.desk = desk.New(h.store, h.keys, h.books, h.out) }

func (h *house) person(name string, roles ...access.Role) access.Actor {
	h.t.Helper()
	a, _, err := h.desk.AddPerson(h.ctx, access.Actor{Name: name, Roles: roles}, name+"@house.example.com")
	if err != nil {
		h.t.Fatal(err)
	}
	h.staff[name] = a
	return a
}

func (h *house) view() store.View { return h.store.View(h.ctx) }

// refused wants err to be a fault of a code.
func (h *house) refused(err error, code string) {
	h.t.Helper()
	if fault.CodeOf(err) != code {
		h.t.Errorf("got %v, want %s", err, code)
	}
}

func (h *house) ok(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// customer brings a person on record whose contacts were proven 100 days ago.
func (h *house) customer(values map[customer.Key]customer.Content) customer.ID {
	h.t.Helper()
	var id customer.ID
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		rec, err := tx.Reserve(customer.Person)
		if err != nil {
			return err
		}
		id = rec.ID
		past := tx.Now().Add(-100 * 24 * time.Hour)
		var effects []customer.Effect
		for k, c := range values {
			v := customer.Value{Content: c, Grade: customer.GradeB, Source: "customer", Since: past, CheckedAt: past, Salt: []byte("0123456789abcdef")}
			if f, _ := h.books.Catalog.Of(k); f.Contact() {
				v.HeldSince, v.ProvenSince = past, past
			}
			effects = append(effects, customer.Effect{Key: k, Value: &v})
		}
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "apply", "system", string(id)
		if e.Effects, _, err = tx.Alter(id, effects, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	}))
	return id
}

// fang is the customer of these tests.
func (h *house) fang() customer.ID {
	h.t.Helper()
	return h.customer(map[customer.Key]customer.Content{"legal_name": "王小芳", "phone": "+8613800138000", "email": "fang@example.com", "passport": "E12345678"})
}

// self is a customer signed in to the app.
func self(id customer.ID) access.Actor {
	return access.Actor{ID: string(id), Sort: access.Customer, Via: "app"}
}

func quote(s string) json.RawMessage {
	raw, _ := json.Marshal(s)
	return raw
}

// proposal is one on a record, of keys and texts in turn; "" removes.
func proposal(id customer.ID, pairs ...string) desk.Proposal {
	p := desk.Proposal{Record: id, Channel: "hotline", Reason: "lost handset"}
	for i := 0; i+1 < len(pairs); i += 2 {
		raw := quote(pairs[i+1])
		if pairs[i+1] == "" {
			raw = json.RawMessage("null")
		}
		p.Items = append(p.Items, desk.Proposed{Key: customer.Key(pairs[i]), Value: raw})
	}
	return p
}

// file files one lane and answers its request.
func (h *house) file(by access.Actor, p desk.Proposal) change.Request {
	h.t.Helper()
	filed, err := h.desk.Propose(h.ctx, by, p)
	if err != nil {
		h.t.Fatalf("propose: %v", err)
	}
	return h.request(filed.Changes[0].ID)
}

func (h *house) request(id change.ID) change.Request {
	h.t.Helper()
	r, err := h.view().Change(id)
	h.ok(err)
	return r
}

// state is where a request stands.
func (h *house) state(id change.ID) change.State {
	h.t.Helper()
	s, _ := h.request(id).Next(h.clock.Now())
	return s
}

func (h *house) tell() {
	h.t.Helper()
	_, err := h.desk.Tell(h.ctx, 100)
	h.ok(err)
}

// rows counts every row of every table, so that a test can say that nothing was written.
func (h *house) rows() string {
	h.t.Helper()
	rows, err := h.store.Rows(h.ctx, `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`)
	h.ok(err)
	counts := ""
	for rows.Next() {
		var table string
		h.ok(rows.Scan(&table))
		counts += fmt.Sprintf("%s %d\n", table, h.count(`SELECT COUNT(*) FROM "`+table+`"`))
	}
	return counts
}

func (h *house) count(q string, args ...any) (n int64) {
	h.t.Helper()
	h.ok(h.store.Row(h.ctx, q, args...).Scan(&n))
	return n
}
