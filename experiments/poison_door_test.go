package experiments

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/access"
	"amend/internal/api"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
)

// hugeLine is the length of a line that no row of a table has, in bytes.
const hugeLine = 50 << 20

// A poisonDoor is the API of a house, whose handler of receipts panics.
type poisonDoor struct {
	*wildHouse
	door     http.Handler
	log      bytes.Buffer
	operator string // tokens
	agent    string
	steward  string
}

// poisonedDoor sends good requests and poisonous ones in turn, and answers how many of each.
func poisonedDoor(t *testing.T, url string, turns int) (bad, good int) {
	t.Helper()
	d := newPoisonDoor(t, url)
	d.table()
	bodies := poisonBodies()
	var calm, after []time.Duration
	for range turns {
		calm = append(calm, d.good()...)
		for _, b := range bodies {
			d.poison(b)
		}
		after = append(after, d.good()...)
	}
	slices.Sort(calm)
	slices.Sort(after)
	// Poison leaves nothing behind that makes others slow. The bound is wide: two halves of one run differ by chance.
	if a, b := calm[len(calm)/2], after[len(after)/2]; b > 5*a {
		t.Errorf("a request takes %v, after poison %v", a, b)
	}
	if said := d.log.String(); strings.Contains(said, "138001") || !strings.Contains(said, "panic") {
		t.Error("the log does not say where it was, or says a value")
	}
	return turns*len(bodies) + 3, len(calm) + len(after)
}

func newPoisonDoor(t *testing.T, url string) *poisonDoor {
	t.Helper()
	clock := &wildClock{at: time.Date(2036, 3, 3, 10, 0, 0, 0, time.UTC)}
	d := &poisonDoor{wildHouse: openWild(t, url, wildKeys(t), clock, time.UTC)}
	d.door = api.New(api.Config{
		Desk: d.desk, Reader: store.NewReader(d.store, org.China(time.UTC)), Clock: clock.Now, Log: slog.New(slog.NewTextHandler(&d.log, nil)),
		Receipts: func(body []byte, _ http.Header, _ time.Time) ([]notify.Receipt, error) { panic(string(body)) },
	})
	for role, token := range map[access.Role]*string{access.Operator: &d.operator, access.Agent: &d.agent, access.Steward: &d.steward} {
		_, secret, err := d.desk.AddToken(t.Context(), access.Actor{Name: string(role), Roles: []access.Role{role}})
		d.must(err)
		*token = secret
	}
	return d
}

// call sends one request through the door.
func (d *poisonDoor) call(token, method, path, media string, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/api/v1"+path, body)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	d.door.ServeHTTP(w, r)
	return w
}

// table brings in a table between whose good rows stand a line of 50 MiB, text that is not
// UTF-8, and a row of three cells: they are said, and the others come in. Its encoding is named:
// that of a file with such a line cannot be told, and guessing would be worse.
func (d *poisonDoor) table() {
	d.t.Helper()
	bad := []string{"Wang Fang," + strings.Repeat("9", hugeLine), "Wang \xff\xfe Fang,13800100008", "Wang Fang,13800100009,a third cell"}
	var table bytes.Buffer
	table.WriteString("name,phone\n")
	for i := range 20 {
		fmt.Fprintf(&table, "Wang Fang,1380010%04d\n", i+100)
		if i%6 == 5 {
			table.WriteString(bad[i/6] + "\n")
		}
	}
	w := d.call(d.operator, http.MethodPost, "/imports?mode=migration&encoding=utf-8&name=people.csv", "text/csv", &table)
	var said struct{ Rows int }
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil || w.Code >= 300 || said.Rows != len(bad) {
		d.t.Fatalf("import: %d %s, %d rows with a fault, want %d: %v", w.Code, w.Body, said.Rows, len(bad), err)
	}
	if n := d.number(`SELECT COUNT(*) FROM golden_record`); n != 20 {
		d.t.Fatalf("%d customers came in, want 20", n)
	}
}

// A poisonBody is a request that no handler should see.
type poisonBody struct {
	name, path, body string
	status           int
}

// poisonBodies are malformed, huge, deep, not UTF-8, ambiguous, or crash their handler.
func poisonBodies() []poisonBody {
	return []poisonBody{
		{"malformed", "/changes", `{"record_id":"x","items":[`, 400},
		{"huge", "/changes", `{"reason":"` + strings.Repeat("a", hugeLine) + `"}`, 400},
		{"deep", "/changes", strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000), 400},
		{"not UTF-8", "/changes", "{\"reason\":\"\xff\xfe\"}", 400},
		{"a member twice", "/changes", `{"reason":"a","reason":"b"}`, 400},
		{"a NUL", "/changes", "{\"reason\":\"\x00\"}", 400},
		{"a number out of bounds", "/changes", `{"reason":1e999999}`, 400},
		{"a handler that panics", "/receipts/sms", `{"to":"13800100000"}`, 500},
	}
}

// poison sends one such request, as often as a stubborn client does.
func (d *poisonDoor) poison(b poisonBody) {
	d.t.Helper()
	for range 2 {
		if w := d.call(d.agent, http.MethodPost, b.path, "application/json", strings.NewReader(b.body)); w.Code != b.status {
			d.t.Errorf("%s: %d %s, want %d", b.name, w.Code, w.Body, b.status)
		}
	}
}

// good sends good requests and answers how long each took.
func (d *poisonDoor) good() (took []time.Duration) {
	d.t.Helper()
	for range 25 {
		began := time.Now()
		if w := d.call(d.steward, http.MethodGet, "/customers?limit=20", "", http.NoBody); w.Code != http.StatusOK {
			d.t.Errorf("a neighbour: %d %s", w.Code, w.Body)
		}
		took = append(took, time.Since(began))
	}
	return took
}
