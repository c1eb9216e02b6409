package portal_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/lang"
	"amend/internal/page"
	"amend/internal/portal"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// A world is the portal with a house behind it.
type world struct {
	*sandbox.World
	t      *testing.T
	site   http.Handler
	paused []time.Duration
	log    *bytes.Buffer
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, log: &bytes.Buffer{}}
	var err error
	w.World, err = sandbox.Open(t.Context(), sandbox.Config{
		URL: storetest.SQLite(t), Folder: t.TempDir(), Start: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC), Rand: rand.Reader, Zone: time.UTC, Lang: "en", Base: "https://portal.example.com",
	})
	w.ok(err)
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	by, _, err := w.Desk.AddToken(t.Context(), access.Actor{Name: "Ivy", Roles: []access.Role{access.Integrator}})
	w.ok(err)
	w.ok(w.Connect(t.Context(), by))
	door := page.Door{
		House: w.House.Words, Zone: time.UTC, Now: w.Clock.Now, Lang: lang.EN,
		Address:   func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.7") },
		RequestID: func(context.Context) string { return "E-1" },
	}
	w.site = portal.New(portal.Config{
		Desk: w.Desk, Reader: store.NewReader(w.Store, w.House.Calendar), House: w.House, Door: door, Rand: rand.Reader,
		Log: slog.New(slog.NewTextHandler(w.log, nil)), Pause: func(_ context.Context, d time.Duration) { w.paused = append(w.paused, d) },
	})
	return w
}

func (w *world) ok(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) settle() {
	w.t.Helper()
	_, err := w.Settle(context.Background())
	w.ok(err)
}

// wait lets time go by until another code may be sent to the same place.
func (w *world) wait() { w.Clock.Add(61 * time.Second) }

// Values that must never be seen whole.
const (
	phone   = "+8613800138000"
	mail    = "fang.canary@example.com"
	name    = "王小芳"
	paper   = "E12345678"
	address = `{"country":"CN","region":"310115","line":"张江路 88 弄 3 号楼 1202 室"}`
)

// canaries are the parts of these values that no page may hold.
func canaries() []string {
	return []string{"13800138000", "138 0013 8000", "fang.canary", name, paper, "张江路", "1202"}
}

// person brings a customer on record whose contacts were proven 100 days ago.
func (w *world) person(values map[customer.Key]customer.Content) customer.ID {
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
			v := customer.Value{Content: c, Grade: customer.GradeB, Source: "customer", Since: past, CheckedAt: past, Salt: []byte("0123456789abcdef")}
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

// unproven makes a contact one that nobody ever answered at.
func (w *world) unproven(id customer.ID, k customer.Key) {
	w.t.Helper()
	w.ok(w.Store.Write(w.t.Context(), string(id), func(tx *store.Tx) error {
		rec, err := tx.Record(id)
		if err != nil {
			return err
		}
		v := rec.Values[k]
		v.ProvenSince, v.Grade = time.Time{}, customer.GradeD
		var e store.Entry
		e.ID, e.At, e.Verb, e.Actor, e.Record = tx.NewID(), tx.Now(), "apply", "system", string(id)
		if e.Effects, _, err = tx.Alter(id, []customer.Effect{{Key: k, Value: &v, Keep: true}}, e.ID); err != nil {
			return err
		}
		return tx.Append(e)
	}))
}

func (w *world) fang() customer.ID {
	w.t.Helper()
	return w.person(map[customer.Key]customer.Content{"legal_name": name, "phone": phone, "email": mail, "passport": paper, "address": address})
}

// rows counts every row of every table.
func (w *world) rows() string {
	w.t.Helper()
	rows, err := w.Store.Rows(w.t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1`)
	w.ok(err)
	counts := ""
	for rows.Next() {
		var table string
		w.ok(rows.Scan(&table))
		var n int64
		w.ok(w.Store.Row(w.t.Context(), `SELECT COUNT(*) FROM "`+table+`"`).Scan(&n))
		counts += fmt.Sprintf("%s %d\n", table, n)
	}
	return counts
}

var sixDigits = regexp.MustCompile(`\b[0-9]{6}\b`)

// code is the newest code that arrived at an address.
func (w *world) code(to string) string {
	w.t.Helper()
	w.settle()
	messages := w.Mailbox.To(to)
	for _, m := range slices.Backward(messages) {
		if code := sixDigits.FindString(m.Text); code != "" {
			return code
		}
	}
	w.t.Fatalf("no code arrived at %s", to)
	return ""
}

var linkPattern = regexp.MustCompile(`https://portal\.example\.com(/(?:l|enter)/[A-Za-z0-9_/-]+)`)

// link is the newest link behind a word of a message to an address.
func (w *world) link(to, word string) string {
	w.t.Helper()
	w.settle()
	for _, m := range slices.Backward(w.Mailbox.To(to)) {
		_, behind, found := strings.Cut(m.Text, word)
		if at := linkPattern.FindStringSubmatch(behind); found && at != nil {
			return at[1]
		}
	}
	w.t.Fatalf("no link behind %q arrived at %s: %+v", word, to, w.Mailbox.To(to))
	return ""
}

// approve says yes as long as somebody has to, each time as another person.
func (w *world) approve(id change.ID) {
	w.t.Helper()
	for i := 0; ; i++ {
		r, err := w.Store.View(w.t.Context()).Change(id)
		w.ok(err)
		if state, _ := r.Next(w.Clock.Now()); state != change.Reviewing {
			return
		}
		w.ok(w.Desk.Approve(w.t.Context(), w.staff(fmt.Sprintf("Approver %s %d", id, i), access.Approver), id, r.Hash(), ""))
	}
}

func (w *world) staff(name string, roles ...access.Role) access.Actor {
	w.t.Helper()
	by, _, err := w.Desk.AddToken(w.t.Context(), access.Actor{Name: name, Roles: roles, Department: "sales"})
	w.ok(err)
	return by
}

// A browser is one without scripts: it follows links and sends the forms that it was shown.
type browser struct {
	*world
	cookies map[string]string
	lang    string
	htmx    bool // it asks by itself
	Status  int
	Path    string
	Header  http.Header
	Body    string
	doc     *html.Node
	seen    string // every page so far
}

func (w *world) browser(lang string) *browser {
	return &browser{world: w, cookies: map[string]string{}, lang: lang}
}

func (b *browser) send(method, path string, form url.Values, site string) {
	b.t.Helper()
	b.Clock.Add(2 * time.Millisecond)
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", b.lang)
	r.Header.Set("Sec-Fetch-Site", site)
	if b.htmx {
		r.Header.Set("HX-Request", "true")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	rec := httptest.NewRecorder()
	b.site.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	b.Status, b.Path, b.Header, b.Body = rec.Code, r.URL.RequestURI(), rec.Header(), rec.Body.String()
	b.seen += b.Body
	if rec.Code == http.StatusSeeOther {
		b.send(http.MethodGet, rec.Header().Get("Location"), nil, site)
		return
	}
	var err error
	b.doc, err = html.Parse(strings.NewReader(b.Body))
	b.ok(err)
}

// get opens a page.
func (b *browser) get(path string) *browser {
	b.t.Helper()
	b.send(http.MethodGet, path, nil, "same-origin")
	return b
}

// is demands a status.
func (b *browser) is(status int) *browser {
	b.t.Helper()
	if b.Status != status {
		b.t.Fatalf("%s: %d, want %d\n%s\n%s", b.Path, b.Status, status, b.text(), b.log)
	}
	return b
}

// says demands words on the page.
func (b *browser) says(words ...string) *browser {
	b.t.Helper()
	squeezed := strings.NewReplacer(" ", "") // marked pieces of a value are words of their own
	for _, w := range words {
		if !strings.Contains(squeezed.Replace(b.text()), squeezed.Replace(w)) {
			b.t.Fatalf("%s doesn't say %q:\n%s", b.Path, w, b.text())
		}
	}
	return b
}

// press sends the form of an action with its hidden entries and what is typed.
func (b *browser) press(action string, typed ...string) *browser {
	b.t.Helper()
	form := b.find("form", "action", action)
	if form == nil && (action == b.Path || action == strings.SplitN(b.Path, "?", 2)[0]) {
		form = b.find("form", "action", "")
	}
	button := b.find("button", "formaction", action)
	if form == nil && button == nil {
		b.t.Fatalf("%s has no form to %s:\n%s", b.Path, action, b.Body)
	}
	values := url.Values{}
	if form != nil {
		hidden(form, values)
	}
	for i := 0; i+1 < len(typed); i += 2 {
		values.Set(typed[i], typed[i+1])
	}
	b.send(http.MethodPost, action, values, "same-origin")
	return b
}

func hidden(n *html.Node, into url.Values) {
	for c := range n.Descendants() {
		if c.Data == "input" && attribute(c, "type") == "hidden" {
			into.Add(attribute(c, "name"), attribute(c, "value"))
		}
		if c.Data == "input" && attribute(c, "type") == "radio" && slices.ContainsFunc(c.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
			into.Add(attribute(c, "name"), attribute(c, "value"))
		}
	}
}

// find answers the first element that has an attribute.
func (b *browser) find(element, name, value string) *html.Node {
	for n := range b.doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == element && attribute(n, name) == value {
			return n
		}
	}
	return nil
}

// link is the first address on the page that begins like this.
func (b *browser) href(prefix string) string {
	b.t.Helper()
	for n := range b.doc.Descendants() {
		if n.Data == "a" && strings.HasPrefix(attribute(n, "href"), prefix) {
			return attribute(n, "href")
		}
	}
	b.t.Fatalf("%s has no link to %s:\n%s", b.Path, prefix, b.Body)
	return ""
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is what a reader sees of the page.
func (b *browser) text() string {
	var words []string
	for n := range b.doc.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" {
			if s := strings.TrimSpace(n.Data); s != "" {
				words = append(words, s)
			}
		}
	}
	return strings.Join(words, " ")
}

// signIn finds the customer and opens their record.
func (b *browser) signIn() *browser {
	b.t.Helper()
	b.get("/").is(200).press("/find", "by", "phone", "key", "138 0013 8000").is(200)
	return b.press("/prove", "code", b.code(phone)).is(200)
}

// reviewed gives the proofs of a request of legal identity, so that a person must decide.
func (w *world) reviewed(id customer.ID, request change.ID) {
	w.t.Helper()
	w.wait()
	by := access.Actor{ID: string(id), Sort: access.Customer, Via: "portal"}
	sent, err := w.Desk.Challenge(w.t.Context(), by, request, desk.Ask{Method: change.SMSCode, To: "phone"})
	w.ok(err)
	w.ok(w.Desk.Prove(w.t.Context(), by, request, sent.Challenge, w.code(phone)))
	for _, name := range []string{"Sue", "Sam"} {
		w.ok(w.Desk.Attest(w.t.Context(), w.staff(name+" "+string(request), access.Steward), request, desk.Attestation{Kind: change.Sighted, Passed: true, Document: "passport", Compared: "name and photo"}))
	}
}
