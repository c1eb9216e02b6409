package console_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/console"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/verify"
)

// A world is the console with a house behind it, on SQLite.
type world struct {
	*sandbox.World
	t      testing.TB
	reader *store.Reader
	site   *console.Site
	log    *bytes.Buffer
	staff  map[string]access.Actor
}

// monday is where the clock of these tests starts: ten in the morning, by the house's clocks.
var monday = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// cst is where the house is.
var cst = time.FixedZone("CST", 8*60*60)

// newWorld opens a house with its people: ada, sam and ann file, bob, bea and ben approve.
func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, log: &bytes.Buffer{}, staff: map[string]access.Actor{}}
	var err error
	w.World, err = sandbox.Open(t.Context(), sandbox.Config{
		URL: storetest.SQLite(t), Folder: t.TempDir(), Start: monday, Rand: rand.Reader, Zone: cst, Lang: "en", Base: "https://portal.example.com",
	})
	w.ok(err)
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.reader = store.NewReader(w.Store, w.House.Calendar)
	w.site = console.New(console.Config{
		Desk: w.Desk, Reader: w.reader, House: w.House, Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(w.log, nil)),
		Door: page.Door{
			House: w.House.Words, Zone: cst, Now: w.Clock.Now, Lang: lang.EN,
			Address:   func(*http.Request) netip.Addr { return netip.MustParseAddr("203.0.113.7") },
			RequestID: func(context.Context) string { return "E-TEST" },
		},
	})
	for name, roles := range map[string][]access.Role{
		"ada": {access.Agent}, "sam": {access.Agent}, "ann": {access.Agent}, "bob": {access.Approver}, "bea": {access.Approver}, "ben": {access.Approver},
		"olga": {access.Owner}, "sue": {access.Steward}, "ivy": {access.Integrator}, "otto": {access.Operator}, "audrey": {access.Auditor},
		"pia": {access.Privacy}, "seth": {access.Security},
	} {
		a, _, err := w.Desk.AddPerson(t.Context(), access.Actor{Name: name, Roles: roles}, name+"@house.example.com")
		w.ok(err)
		w.staff[name] = a
	}
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// settle does everything that is due now.
func (w *world) settle() {
	w.t.Helper()
	_, err := w.Settle(w.t.Context())
	w.ok(err)
}

// later moves the clock and does what falls due on the way.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.Clock.Add(d)
	w.settle()
}

// A browser is one person at the console.
type browser struct {
	*world
	cookies map[string]string
}

// nobody is a browser in which nobody is signed in.
func (w *world) nobody() *browser { return &browser{w, map[string]string{"amend-lang": "en"}} }

// in signs a person in, by a one-time link.
func (w *world) in(name string) *browser {
	w.t.Helper()
	link, err := w.Desk.AddLink(w.t.Context(), name)
	w.ok(err)
	token := link[strings.LastIndex(link, "/")+1:]
	_, secret, err := w.Desk.Invitation(w.t.Context(), token)
	w.ok(err)
	opened, err := w.Desk.Welcome(w.t.Context(), desk.Welcome{Link: token, Password: "four quiet words " + name + "'s", Code: verify.TOTPCode(secret, w.Clock.Now())})
	w.ok(err)
	b := w.nobody()
	b.cookies["amend-staff"] = w.reader.Stamp(opened.Token)
	return b
}

// speaks sets the language of the browser.
func (b *browser) speaks(l lang.Lang) *browser {
	b.cookies["amend-lang"] = string(l)
	return b
}

// An answer is what the console said.
type answer struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Body   string
}

// get asks for a page below the console.
func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.send(httptest.NewRequest("GET", at(path), nil))
}

// post sends a form of names and values in turn.
func (b *browser) post(path string, pairs ...string) answer {
	b.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", at(path), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func at(path string) string {
	if strings.HasPrefix(path, console.Base) {
		return path
	}
	return console.Base + path
}

func (b *browser) send(r *http.Request) answer {
	b.t.Helper()
	b.Clock.Add(2 * time.Millisecond) // ids of one millisecond have no order
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	b.site.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return answer{b.t, r.Method + " " + r.URL.String(), rec.Code, rec.Header(), rec.Body.String()}
}

// follow goes where a form led.
func (b *browser) follow(a answer) answer {
	b.t.Helper()
	a.is(http.StatusSeeOther)
	return b.get(a.Header.Get("Location"))
}

// is demands a status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: %d, want %d: %s", a.what, a.Status, status, a.text())
	}
	return a
}

// says demands words on the page, as a reader sees them.
func (a answer) says(words ...string) answer {
	a.t.Helper()
	text := a.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			a.t.Fatalf("%s doesn't say %q:\n%s", a.what, w, text)
		}
	}
	return a
}

// hides demands that words stand nowhere in the answer, whatever their place.
func (a answer) hides(words ...string) answer {
	a.t.Helper()
	for _, w := range words {
		if strings.Contains(a.Body, w) {
			a.t.Fatalf("%s shows %q", a.what, w)
		}
	}
	return a
}

var (
	marks  = regexp.MustCompile(`</?(del|ins)>`) // of what differs inside a value
	tags   = regexp.MustCompile(`(?s)<(script|style|svg)[^>]*>.*?</(script|style|svg)>|<[^>]*>`)
	blanks = regexp.MustCompile(`\s+`)
)

// text is the page without its marks.
func (a answer) text() string {
	return strings.TrimSpace(blanks.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(marks.ReplaceAllString(a.Body, ""), " ")), " "))
}

var hashes = regexp.MustCompile(`name="content_hash" value="([0-9a-f]+)"`)

// hash is the content that the page shows: what its decisions are bound to.
func (a answer) hash() string {
	a.t.Helper()
	m := hashes.FindStringSubmatch(a.Body)
	if m == nil {
		a.t.Fatalf("%s offers no decision:\n%s", a.what, a.text())
	}
	return m[1]
}

// customer brings a person on record whose contacts were proven 100 days ago.
func (w *world) customer(values map[customer.Key]customer.Content) customer.ID {
	w.t.Helper()
	var id customer.ID
	w.ok(w.Store.Write(w.t.Context(), "", func(tx *store.Tx) error {
		rec, err := tx.Reserve(customer.Person)
		if err != nil {
			return err
		}
		id = rec.ID
		past := tx.Now().Add(-100 * 24 * time.Hour)
		var effects []customer.Effect
		for k, c := range values {
			v := customer.Value{Content: c, Grade: customer.GradeB, Source: "customer", Channel: "portal", Since: past, CheckedAt: past, Salt: []byte("0123456789abcdef")}
			if f, _ := w.House.Catalog.Of(k); f.Contact() {
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
func (w *world) fang() customer.ID {
	w.t.Helper()
	return w.customer(map[customer.Key]customer.Content{"legal_name": "王小芳", "phone": "+8613800138000", "email": "fang@example.com"})
}

// file files one lane by a member of staff, of keys and texts in turn; "" removes.
func (w *world) file(by string, id customer.ID, pairs ...string) change.ID {
	w.t.Helper()
	w.Clock.Add(2 * time.Millisecond)
	p := desk.Proposal{Record: id, Channel: "hotline", Reason: "lost handset"}
	for i := 0; i+1 < len(pairs); i += 2 {
		raw, err := json.Marshal(pairs[i+1])
		w.ok(err)
		if pairs[i+1] == "" {
			raw = json.RawMessage("null")
		}
		p.Items = append(p.Items, desk.Proposed{Key: customer.Key(pairs[i]), Value: raw})
	}
	filed, err := w.Desk.Propose(w.t.Context(), w.staff[by], p)
	w.ok(err)
	return filed.Changes[0].ID
}

// bank files a change of high risk, and brings it before the approvers: a call by sam, an
// original seen by sue.
func (w *world) bank(id customer.ID) change.ID {
	w.t.Helper()
	r := w.file("ada", id, "bank_account_no", "6222021234567890128")
	w.Clock.Add(2 * time.Millisecond)
	_, err := w.Desk.Challenge(w.t.Context(), w.staff["ada"], r, desk.Ask{Method: change.Callback, To: "phone"})
	w.ok(err)
	w.Clock.Add(2 * time.Millisecond)
	w.ok(w.Desk.Attest(w.t.Context(), w.staff["sam"], r, desk.Attestation{Kind: change.Callback, Passed: true, Compared: "agreed on the phone"}))
	w.Clock.Add(2 * time.Millisecond)
	w.ok(w.Desk.Attest(w.t.Context(), w.staff["sue"], r, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "bank card", Compared: "name fits"}))
	if s := w.state(r); s != change.Reviewing {
		w.t.Fatalf("the change of a bank account is %s", s)
	}
	return r
}

// state is where a request stands.
func (w *world) state(id change.ID) change.State {
	w.t.Helper()
	s, err := w.reader.Standing(w.t.Context(), w.staff["sue"], id)
	w.ok(err)
	return s.State
}

// entries counts what the log holds of a verb.
func (w *world) entries(verb string) int64 {
	w.t.Helper()
	var n int64
	w.ok(w.Store.View(w.t.Context()).Row(`SELECT COUNT(*) FROM entry WHERE verb = $1`, verb).Scan(&n))
	return n
}
