package e2e

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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

// A branch is a house with 5,000 imported customers behind its real door, and the staff
// that stand at it, each with a token of their own.
type branch struct {
	*sandbox.World
	t      *testing.T
	door   *httptest.Server
	tokens map[string]string
}

// TestImportedCustomersGetTheirFirstContactAndThenChange brings the 5,000 synthetic
// persons of Febrl in through the door, and then serves a sample of them. None has a channel
// that could speak for them: who has no contact point at all is enrolled, and who has an
// inherited postal address recovers, because that is a contact point that can be written to.
// Their next change is told to the contact that they then have.
func TestImportedCustomersGetTheirFirstContactAndThenChange(t *testing.T) {
	for _, c := range []struct {
		name   string
		url    func(testing.TB) string
		sample int
	}{{"sqlite", storetest.SQLite, 25}, {"postgres", storetest.Postgres, 3}} {
		t.Run(c.name, func(t *testing.T) {
			b := openBranch(t, c.url(t))
			b.importFebrl()
			firsts := map[string]int{}
			customers := b.sample(c.sample)
			for i, id := range customers {
				b.Clock.Add(15 * time.Minute) // the door bounds what one person sends in an hour
				firsts[b.first(id, mailbox(i))]++
			}
			if firsts["enrolment"] != 2 || firsts["recovery"] != c.sample-2 {
				t.Fatalf("first contacts: %v", firsts)
			}
			b.Clock.Add(72 * time.Hour) // a recovery cools
			b.settle()
			for i, id := range customers {
				if grade := b.grades(id)["email"]; grade != "B" {
					t.Fatalf("the first contact of customer %d is grade %q", i, grade)
				}
				b.change(id, mailbox(i))
			}
			b.sound()
		})
	}
}

// sound demands what must hold of every record and request, imported or served.
func (b *branch) sound() {
	b.t.Helper()
	v := b.Store.View(b.t.Context())
	requests, err := every(v)
	b.must(err)
	b.must(errors.Join(folds(b.t.Context(), b.Store), causes(v), people(requests), entries(v, requests), replays(b.t.Context(), b.World)))
}

// unaddressed are the rows of the file whose address has no street.
var unaddressed = []string{"rec-1345-dup-0", "rec-1234-dup-0"}

func mailbox(i int) string { return fmt.Sprintf("customer%d@mail.example", i) }

func openBranch(t *testing.T, url string) *branch {
	t.Helper()
	b := &branch{t: t, tokens: map[string]string{}}
	var err error
	b.World, err = open(t.Context(), url, filepath.Join(t.TempDir(), "world"), opens(), "en")
	b.must(err)
	t.Cleanup(func() { b.must(b.Close()) })
	b.door = httptest.NewServer(api.New(api.Config{
		Desk: b.Desk, Reader: store.NewReader(b.Store, b.House.Calendar), Clock: b.Clock.Now, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(b.door.Close)
	for name, role := range map[string]access.Role{
		"ada": access.Agent, "sam": access.Agent, "ann": access.Agent,
		"bob": access.Approver, "bea": access.Approver, "ben": access.Approver, "otto": access.Operator,
	} {
		_, token, err := b.Desk.AddToken(t.Context(), access.Actor{Name: name, Roles: []access.Role{role}})
		b.must(err)
		b.tokens[name] = token
	}
	return b
}

func (b *branch) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *branch) settle() {
	b.t.Helper()
	_, err := b.Settle(b.t.Context())
	b.must(err)
}

// An outcome is the part of any answer that these stories look at.
type outcome struct {
	RecordID string `json:"record_id"`
	State    string `json:"state"`
	Hash     string `json:"content_hash"`
	Changes  []struct {
		ID   string `json:"id"`
		Plan struct {
			Recipe string `json:"recipe"`
		} `json:"plan"`
	} `json:"changes"`
	Items []struct {
		ID string `json:"id"`
	} `json:"items"`
	Values []struct {
		Field string `json:"field"`
		Grade string `json:"grade"`
	} `json:"values"`
	Version   int    `json:"version"`
	Rows      int    `json:"rows"`
	ErrorFile string `json:"error_file"`
}

// call sends one request as a member of staff or with a customer's link, and demands a status.
func (b *branch) call(status int, who, method, path, body string) outcome {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.door.URL+"/api/v1"+path, strings.NewReader(body))
	b.must(err)
	r.Header.Set("Authorization", "Bearer "+cmp.Or(b.tokens[who], who))
	r.Header.Set("Content-Type", "application/json")
	if strings.HasPrefix(path, "/imports") {
		r.Header.Set("Content-Type", "text/csv")
	}
	b.Clock.Add(2 * time.Millisecond) // ids of one millisecond have no order
	resp, err := b.door.Client().Do(r)
	b.must(err)
	defer resp.Body.Close()
	var raw json.RawMessage
	var out outcome
	b.must(json.NewDecoder(resp.Body).Decode(&raw))
	if resp.StatusCode != status {
		b.t.Fatalf("%s %s: %d, want %d: %s", method, path, resp.StatusCode, status, raw)
	}
	b.must(json.Unmarshal(raw, &out))
	return out
}

// importFebrl brings all 5,000 rows in: 35 birthdays that cannot be and 2 addresses without
// a street stay outside, with their lines in the error file, and their persons come in.
func (b *branch) importFebrl() {
	b.t.Helper()
	table, err := os.ReadFile("../testdata/febrl/dataset3.csv")
	b.must(err)
	in := b.call(200, "otto", "POST", "/imports?mode=migration&name=febrl", string(table))
	if in.Rows != 37 {
		b.t.Fatalf("%d rows with a fault, want 37", in.Rows)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(in.ErrorFile, "\ufeff"))).ReadAll()
	b.must(err)
	birthdays := 0
	for _, row := range rows[1:] {
		if strings.HasPrefix(row[12], "date_of_birth:") {
			birthdays++
		}
	}
	if birthdays != 35 {
		b.t.Fatalf("%d impossible birthdays, want 35", birthdays)
	}
	if n := len(b.everybody()); n != 5000 {
		b.t.Fatalf("%d persons on record, want 5000", n)
	}
	for _, row := range rows[1:] {
		lacks := "birthday"
		if !strings.HasPrefix(row[12], "date_of_birth:") {
			lacks = "address"
		}
		if g := b.grades(b.find(row[0])); g[lacks] != "" || g["legal_name"] != "D" {
			b.t.Fatalf("%s came in as %v", row[0], g)
		}
	}
}

// everybody answers all persons on record.
func (b *branch) everybody() []store.RecordVersion {
	b.t.Helper()
	all, err := b.Store.View(b.t.Context()).RecordIDs("person", "", 6000)
	b.must(err)
	return all
}

// sample answers n customers: the two that came in without an address, and others spread
// over the whole file.
func (b *branch) sample(n int) []string {
	b.t.Helper()
	var ids []string
	for _, key := range unaddressed {
		ids = append(ids, b.find(key))
	}
	all := b.everybody()
	for i := range n - len(ids) {
		ids = append(ids, string(all[i*len(all)/n].ID))
	}
	return ids
}

// find answers the one customer that the sender's own key names.
func (b *branch) find(key string) string {
	b.t.Helper()
	found := b.call(200, "ada", "POST", "/customers/search", `{"key":"`+key+`","limit":2}`).Items
	if len(found) != 1 {
		b.t.Fatalf("%d customers are called %s", len(found), key)
	}
	return found[0].ID
}

// grades answers what each value on a record is worth.
func (b *branch) grades(id string) map[string]string {
	b.t.Helper()
	grades := map[string]string{}
	for _, v := range b.call(200, "ada", "GET", "/customers/"+id, "").Values {
		grades[v.Field] = v.Grade
	}
	return grades
}

// file files one value as ada, and answers the request and its recipe.
func (b *branch) file(record, field, value string) (id, recipe string) {
	b.t.Helper()
	filed := b.call(201, "ada", "POST", "/changes",
		`{"record_id":"`+record+`","channel":"shop","reason":"the customer asked","items":[{"field":"`+field+`","value":"`+value+`"}]}`)
	return filed.Changes[0].ID, filed.Changes[0].Plan.Recipe
}

// first gives a customer the first contact, and answers by which recipe: the address
// answers, others see originals, and people agree. The agent who filed can do none of it.
func (b *branch) first(record, to string) (recipe string) {
	b.t.Helper()
	id, recipe := b.file(record, "email", to)
	b.call(201, "ada", "POST", "/changes/"+id+"/challenges", `{"method":"mail_code","to":"email","new":true}`)
	b.settle()
	token, proof := b.letter(to)
	b.call(403, "ada", "POST", "/changes/"+id+"/proofs", proof)
	b.call(200, token, "POST", "/changes/"+id+"/proofs", proof)
	b.call(403, "ada", "POST", "/changes/"+id+"/attest", sightOf("passport"))
	b.call(200, "sam", "POST", "/changes/"+id+"/attest", sightOf("passport"))
	if recipe == "enrolment" {
		b.agree(id, "applied", "bob", "bea")
		return recipe
	}
	b.call(200, "ann", "POST", "/changes/"+id+"/attest", sightOf("driving licence"))
	b.agree(id, "cooling", "bob", "bea", "ben")
	return recipe
}

func sightOf(document string) string {
	return `{"kind":"sighted","outcome":"passed","document":"` + document + `","compared":"name and photo"}`
}

// change changes what the customer is called, which staff file and people review.
func (b *branch) change(record, to string) {
	b.t.Helper()
	before := b.call(200, "ada", "GET", "/customers/"+record, "").Version
	told := len(b.Mailbox.To(to))
	id, _ := b.file(record, "preferred_name", "Mate")
	b.agree(id, "applied", "bob", "bea")
	after := b.call(200, "ada", "GET", "/customers/"+record, "")
	if after.Version != before+1 || len(b.Mailbox.To(to)) == told {
		b.t.Fatalf("version %d after %d, %d messages after %d", after.Version, before, len(b.Mailbox.To(to)), told)
	}
}

// agree lets people approve what they see, and demands where that leaves the request.
func (b *branch) agree(id, state string, people ...string) {
	b.t.Helper()
	for _, who := range people {
		hash := b.call(200, who, "GET", "/changes/"+id, "").Hash
		b.call(200, who, "POST", "/changes/"+id+"/approve", `{"content_hash":"`+hash+`","comment":"compared"}`)
	}
	b.settle()
	if got := b.call(200, "ada", "GET", "/changes/"+id, "").State; got != state {
		b.t.Fatalf("the request is %s, want %s", got, state)
	}
}

var codeLink = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})/([0-9a-v]{20})/([0-9]{6})`)

// letter answers the newest link with a code that was mailed to an address: whoever reads
// it there holds the token and can send the proof.
func (b *branch) letter(to string) (token, proof string) {
	b.t.Helper()
	messages := b.Mailbox.To(to)
	for i := len(messages) - 1; i >= 0; i-- {
		if m := codeLink.FindStringSubmatch(messages[i].Text); m != nil {
			return m[1], `{"challenge":"` + m[2] + `","code":"` + m[3] + `"}`
		}
	}
	b.t.Fatal("no code was mailed")
	return "", ""
}
