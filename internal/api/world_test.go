package api_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/internal/api"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

// A world is the door with a house behind it.
type world struct {
	*sandbox.World
	t      testing.TB
	door   http.Handler
	log    *bytes.Buffer
	tokens map[access.Role]string
}

// eachWorld runs a test on both databases.
func eachWorld(t *testing.T, test func(w *world)) {
	t.Run("sqlite", func(t *testing.T) { test(openWorld(t, storetest.SQLite(t))) })
	t.Run("postgres", func(t *testing.T) { test(openWorld(t, storetest.Postgres(t))) })
}

// newWorld is a world for what does not depend on the database.
func newWorld(t testing.TB) *world { return openWorld(t, storetest.SQLite(t)) }

func openWorld(t testing.TB, url string) *world {
	t.Helper()
	w := &world{t: t, log: &bytes.Buffer{}, tokens: map[access.Role]string{}}
	var err error
	w.World, err = sandbox.Open(t.Context(), sandbox.Config{
		URL: url, Folder: t.TempDir(), Start: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC), Rand: rand.Reader, Zone: time.UTC, Lang: "en", Base: "https://portal.example.com",
	})
	w.must(err)
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.door = api.New(api.Config{
		Desk: w.Desk, Reader: store.NewReader(w.Store, w.House.Calendar), Clock: w.Clock.Now,
		Log: slog.New(slog.NewJSONHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	for _, role := range access.Roles() {
		_, token, err := w.Desk.AddToken(t.Context(), access.Actor{Name: "The " + string(role), Roles: []access.Role{role}, Department: "sales"})
		w.must(err)
		w.tokens[role] = token
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person adds one more member of staff and answers their token.
func (w *world) person(name string, role access.Role) string {
	_, token, err := w.Desk.AddToken(w.t.Context(), access.Actor{Name: name, Roles: []access.Role{role}})
	w.must(err)
	return token
}

func (w *world) settle() {
	w.t.Helper()
	_, err := w.Settle(context.Background())
	w.must(err)
}

// An answer is what the door said.
type answer struct {
	t      testing.TB
	what   string
	Status int
	Header http.Header
	Raw    []byte
}

// A change of a request before it is sent.
type with func(*http.Request)

func header(name, value string) with { return func(r *http.Request) { r.Header.Set(name, value) } }

// call sends one request. body is JSON text, or "" for none.
func (w *world) call(token, method, path, body string, changes ...with) answer {
	w.t.Helper()
	w.Clock.Add(2 * time.Millisecond) // ids of one millisecond have no order
	r := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, c := range changes {
		c(r)
	}
	rec := httptest.NewRecorder()
	w.door.ServeHTTP(rec, r)
	return answer{w.t, method + " " + path, rec.Code, rec.Header(), rec.Body.Bytes()}
}

func (w *world) get(role access.Role, path string, changes ...with) answer {
	w.t.Helper()
	return w.call(w.tokens[role], "GET", path, "", changes...)
}

func (w *world) post(role access.Role, path, body string, changes ...with) answer {
	w.t.Helper()
	return w.call(w.tokens[role], "POST", path, body, changes...)
}

// is demands a status.
func (a answer) is(status int) answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Fatalf("%s: %d, want %d: %s", a.what, a.Status, status, a.Raw)
	}
	return a
}

// fails demands a problem of a status and a code, in its own media type and in words.
func (a answer) fails(status int, code string) answer {
	a.t.Helper()
	a.is(status)
	if got := a.text("code"); got != code {
		a.t.Fatalf("%s: code %q, want %q: %s", a.what, got, code, a.Raw)
	}
	if a.Header.Get("Content-Type") != "application/problem+json" || a.text("title") == "" || a.text("detail") == "" {
		a.t.Fatalf("%s: not a problem document: %s", a.what, a.Raw)
	}
	return a
}

// at answers what stands at a path of members and positions.
func (a answer) at(path ...any) any {
	a.t.Helper()
	var v any
	if err := json.Unmarshal(a.Raw, &v); err != nil {
		a.t.Fatalf("%s: %v: %s", a.what, err, a.Raw)
	}
	for _, step := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[step.(string)]
		case []any:
			if step.(int) >= len(at) {
				return nil
			}
			v = at[step.(int)]
		default:
			return nil
		}
	}
	return v
}

func (a answer) text(path ...any) string {
	a.t.Helper()
	s, _ := a.at(path...).(string)
	return s
}

func (a answer) length(path ...any) int {
	a.t.Helper()
	list, _ := a.at(path...).([]any)
	return len(list)
}

// customerBody files a new person with a name and a phone.
func customerBody(name, phone string) string {
	return `{"kind":"person","channel":"shop","reason":"new customer","items":[{"field":"legal_name","value":"` + name + `"},{"field":"phone","value":"` + phone + `"},{"field":"remark","value":"likes tea"}]}`
}

var linkPattern = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})(?:/([0-9a-v]{20})/([0-9]{6}))?`)

// link answers the newest link with a code that was sent to a number or address.
func (w *world) link(to string) (token, challenge, code string) {
	w.t.Helper()
	messages := w.Mailbox.To(to)
	for i := len(messages) - 1; i >= 0; i-- {
		for _, m := range linkPattern.FindAllStringSubmatch(messages[i].Text, -1) {
			if m[2] != "" {
				return m[1], m[2], m[3]
			}
		}
	}
	w.t.Fatalf("no link with a code was sent to %s", to)
	return "", "", ""
}

// plainLink answers the link behind a word of the newest message that has one there.
func (w *world) plainLink(to, word string) string {
	w.t.Helper()
	messages := w.Mailbox.To(to)
	for i := len(messages) - 1; i >= 0; i-- {
		_, behind, found := strings.Cut(messages[i].Text, word)
		if m := linkPattern.FindStringSubmatch(behind); found && m != nil {
			return m[1]
		}
	}
	w.t.Fatalf("no link was sent to %s in a message with %q", to, word)
	return ""
}

// approve says yes as long as somebody has to, each time as another person.
func (w *world) approve(id string) {
	w.t.Helper()
	for i := 0; ; i++ {
		c := w.get(access.Approver, "/changes/"+id).is(200)
		if c.text("state") != "reviewing" {
			return
		}
		token := w.person("Approver "+id+string(rune('a'+i)), access.Approver)
		w.call(token, "POST", "/changes/"+id+"/approve", `{"content_hash":"`+c.text("content_hash")+`","comment":"fine"}`).is(200)
	}
}

// customer brings one person on record through the door, and answers record and request.
func (w *world) customer(name, phone string) (record, request string) {
	w.t.Helper()
	filed := w.post(access.Agent, "/customers", customerBody(name, phone)).is(201)
	record, request = filed.text("record_id"), filed.text("changes", 0, "id")
	w.post(access.Agent, "/changes/"+request+"/challenges", `{"method":"sms_code","to":"phone","new":true}`).is(201)
	w.settle()
	token, challenge, code := w.link("+86" + phone)
	w.call(token, "POST", "/changes/"+request+"/proofs", `{"challenge":"`+challenge+`","code":"`+code+`"}`).is(200)
	w.post(access.Steward, "/changes/"+request+"/attest", `{"kind":"sighted","outcome":"passed","document":"ID card","compared":"name and photo"}`).is(200)
	w.approve(request)
	w.settle()
	if state := w.get(access.Agent, "/changes/"+request).is(200).text("state"); state != "applied" {
		w.t.Fatalf("a new customer is %s", state)
	}
	return record, request
}

// purpose is one of the listed reasons for a reveal.
const purpose = "service_call"

// connect connects the sandbox's three systems.
func (w *world) connect() {
	w.t.Helper()
	by, _, err := w.Desk.AddToken(w.t.Context(), access.Actor{Name: "Ivy", Roles: []access.Role{access.Integrator}})
	w.must(err)
	w.must(w.Connect(w.t.Context(), by))
}

// alter runs one statement behind the product's back.
func (w *world) alter(q string) {
	w.t.Helper()
	w.must(w.Store.Write(w.t.Context(), "", func(tx *store.Tx) error {
		tx.Exec(q)
		return nil
	}))
}
