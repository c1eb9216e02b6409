package experiments

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
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
	"amend/internal/work"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A wildClock is a clock that can be put anywhere, also back.
type wildClock struct {
	mu sync.Mutex
	at time.Time
}

// Now reads the clock; it goes on by a millisecond with each reading.
func (c *wildClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(time.Millisecond)
	return c.at
}

// jump puts the clock on or back.
func (c *wildClock) jump(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A wildHouse is a house whose clock jumps and whose outside world may
// panic. Several stand on one database, as several nodes do.
type wildHouse struct {
	t      testing.TB
	clock  *wildClock
	keys   *keys.Master
	store  *store.Store
	desk   *desk.Desk
	loop   *work.Loop
	out    *wildOutside
	record customer.ID
}

// wildOutside is the outside world: it keeps what it is told, and panics or refuses where
// it is asked to.
type wildOutside struct {
	mu     sync.Mutex
	sent   []notify.Outgoing
	calls  map[string]int      // how often something was tried, by recipient or record
	poison map[string]wildFate // what becomes of it instead, by recipient or record
}

// A wildFate is what becomes of a row instead of an answer.
type wildFate string

const (
	wildPanics  wildFate = "panics"
	wildRefused wildFate = "refused" // for good
)

// Send is a channel.
func (o *wildOutside) Send(_ context.Context, m notify.Outgoing) (notify.Answer, error) {
	if o.call(m.To) == wildRefused {
		return notify.Answer{Outcome: notify.Permanent, Why: notify.BadAddress}, nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, m)
	return notify.Answer{Outcome: notify.Taken, Ref: "ref-" + m.ID}, nil
}

// Deliver is a connector.
func (o *wildOutside) Deliver(_ context.Context, e downstream.Envelope) (downstream.Answer, error) {
	if o.call(string(e.Record)) == wildRefused {
		return downstream.Answer{Outcome: downstream.Permanent, Code: "http_422"}, nil
	}
	return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq}, nil
}

// call counts a call and says what becomes of it; a panic carries words that no log may hold.
func (o *wildOutside) call(whom string) wildFate {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls[whom]++
	is := o.poison[whom]
	if is == wildPanics {
		panic("over " + whom)
	}
	return is
}

// openWild opens a node on url. The first one of a database hires the staff and connects a system.
func openWild(t testing.TB, url string, master *keys.Master, clock *wildClock, zone *time.Location) *wildHouse {
	t.Helper()
	h := &wildHouse{t: t, clock: clock, keys: master, out: &wildOutside{calls: map[string]int{}, poison: map[string]wildFate{}}}
	book, err := notify.Templates()
	h.must(err)
	h.store, err = store.Open(t.Context(), store.Options{URL: url, Keys: master, Catalog: customer.Shipped(), Clock: clock.Now})
	h.must(err)
	t.Cleanup(func() { h.must(h.store.Close()) })
	h.desk = desk.New(h.store, master, desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(zone), Book: book,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}, desk.Outside{
		Channels:  map[notify.Medium]notify.Channel{notify.SMS: h.out, notify.Mail: h.out},
		Connector: func(downstream.System, []byte) (downstream.Connector, error) { return h.out, nil },
	})
	h.must(h.desk.Open(t.Context(), "amend.example.com/log"))
	h.loop = work.New(work.Config{Desk: h.desk})
	return h
}

// wildKeys is a master key.
func wildKeys(t testing.TB) *keys.Master {
	t.Helper()
	master, err := keys.New(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return master
}

// must ends the test if its own machinery fails.
func (h *wildHouse) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// found connects a system and brings n customers in; the first is the house's own.
func (h *wildHouse) found(n int) []customer.ID {
	h.t.Helper()
	ctx := h.t.Context()
	_, _, err := h.desk.AddToken(ctx, access.Actor{Name: "ivy", Roles: []access.Role{access.Integrator}})
	h.must(err)
	op, _, err := h.desk.AddToken(ctx, access.Actor{Name: "olga", Roles: []access.Role{access.Operator}})
	h.must(err)
	h.must(h.desk.AddSystem(ctx, access.Actor{ID: "ivy", Sort: access.Staff, Roles: []access.Role{access.Integrator}}, downstream.System{
		ID: "crm", Name: "CRM", Connector: "webhook", Settings: json.RawMessage(`{}`), Kinds: []customer.Kind{customer.Person},
		Fields: []downstream.Subscription{{Key: "phone"}, {Key: "interests"}}, Owner: "sales",
	}, []byte("shared secret")))
	run, err := h.desk.StartImport(ctx, op, desk.ImportStart{Name: "people.csv", Digest: "d"})
	h.must(err)
	rows := make([]desk.ImportRow, n)
	for i := range rows {
		rows[i] = desk.ImportRow{Line: i + 2, Kind: customer.Person, Values: []intake.Proposed{{Key: "phone", Text: wildPhone(i)}}}
	}
	_, faults, err := h.desk.ImportRows(ctx, op, run, rows)
	h.must(err)
	if len(faults) > 0 {
		h.t.Fatal(faults)
	}
	page, err := h.store.View(ctx).RecordIDs(customer.Person, "", n)
	h.must(err)
	var ids []customer.ID
	for _, r := range page {
		ids = append(ids, r.ID)
	}
	h.record = ids[0]
	return ids
}

// wildPhone is the number of the customer of line i.
func wildPhone(i int) string { return fmt.Sprintf("+86138%08d", i) }

// customer is the house's own customer, signed in to an app.
func (h *wildHouse) customer() access.Actor {
	return access.Actor{ID: string(h.record), Sort: access.Customer, Via: "app"}
}

// wish is a change of one field of the house's own customer.
func (h *wildHouse) wish(key customer.Key, value string) desk.Proposal {
	h.t.Helper()
	var content any = value
	if key == "interests" {
		content = []string{value}
	}
	raw, err := json.Marshal(content)
	h.must(err)
	return desk.Proposal{Record: h.record, Channel: "app", Reason: "a wish", Items: []desk.Proposed{{Key: key, Value: raw}}}
}

// file files it, by the customer themselves.
func (h *wildHouse) file(key customer.Key, value string) (change.ID, error) {
	h.t.Helper()
	filed, err := h.desk.Propose(h.t.Context(), h.customer(), h.wish(key, value))
	if err != nil {
		return "", err
	}
	return filed.Changes[0].ID, nil
}

// wildCode asks for a code to the phone that a request proposes.
func wildCode() desk.Ask { return desk.Ask{Method: change.SMSCode, To: "phone", New: true} }

// challenged asks for such a code and answers the challenge and the six digits.
func (h *wildHouse) challenged(id change.ID) (challenge, code string, err error) {
	h.t.Helper()
	sent, err := h.desk.Challenge(h.t.Context(), h.customer(), id, wildCode())
	if err == nil {
		h.settle()
		code = h.out.code("")
	}
	return sent.Challenge, code, err
}

// wildDigits is a code as a message carries it.
var wildDigits = regexp.MustCompile(`\b\d{6}\b`)

// code answers the newest code that was sent to somebody, or to anybody; "" if none was.
func (o *wildOutside) code(to string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range slices.Backward(o.sent) {
		if found := wildDigits.FindString(m.Text); found != "" && (to == "" || m.To == to) {
			return found
		}
	}
	return ""
}

// wildRounds bounds the rounds of a loop that has to come to rest.
const wildRounds = 200

// settle lets the work loop do what is due, until nothing is.
func (h *wildHouse) settle() {
	h.t.Helper()
	for range wildRounds {
		did, err := h.loop.Once(h.t.Context())
		h.must(err)
		if did == 0 {
			return
		}
	}
	h.t.Fatal("the work never ends")
}

// number answers one number of the database.
func (h *wildHouse) number(q string, args ...any) (n int64) {
	h.t.Helper()
	h.must(h.store.Row(h.t.Context(), q, args...).Scan(&n))
	return n
}
