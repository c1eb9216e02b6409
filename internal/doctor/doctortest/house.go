// Package doctortest builds a house with customers, requests and a log in it, and knows
// every damage that can be done to one behind its back, with what a doctor must find.
package doctortest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // speaks to PostgreSQL for somebody who is not Amend
	_ "modernc.org/sqlite"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/internal/doctor"
	"amend/internal/keys"
	"amend/internal/sandbox"
	"amend/internal/store"
	"amend/internal/witness"
	"amend/notify"
)

// A House is a database with a life in it that nobody works on any more, and the hands of
// somebody who has the database and not the program.
type House struct {
	testing.TB
	URL     string
	Folder  string
	KeyFile string
	Witness string
	DB      *sql.DB
	Lite    bool      // SQLite
	Now     time.Time // by the clock of the house, some minutes after its last act
	Records []string  // of the customers whose interests changed twice; the first of them has an open request

	Wishes []string       // the requests that changed them, two for each
	Open   string         // a request that waits for a proof
	Older  map[string]Row // golden_record rows after the first of the two changes
	Before Tables         // everything as it was before the last change
	Early  []byte         // what the witness remembered then
	room   doctor.Room
}

// begins is where the clock of a house starts: a Monday morning in Shanghai.
var begins = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// wishers is how many customers change something.
const wishers = 4

// Open builds a house at url, with synthetic customers from two worlds.
func Open(t testing.TB, url string) *House {
	t.Helper()
	h := &House{TB: t, URL: url, Folder: t.TempDir(), Lite: strings.HasPrefix(url, "sqlite:"), Older: map[string]Row{}, room: doctor.Room{Free: 1 << 40, Total: 1 << 41}}
	h.KeyFile, h.Witness = filepath.Join(h.Folder, "amend.key"), filepath.Join(h.Folder, "safe", "head")
	master, err := keys.CreateFile(h.KeyFile, rand.Reader)
	h.Must(err)
	w := h.world(master, begins)
	h.connect()
	h.live(w)
	h.Now = w.Clock.Now().Add(2 * time.Minute)
	h.Must(w.Close())
	return h
}

// world opens the house's world at a time.
func (h *House) world(master *keys.Master, at time.Time) *sandbox.World {
	w, err := sandbox.Open(h.Context(), sandbox.Config{
		URL: h.URL, Folder: filepath.Join(h.Folder, "systems"), Keys: master, Start: at, Rand: rand.Reader,
		Zone: time.FixedZone("CST", 8*60*60), Lang: notify.EN, Base: "https://portal.example.com",
	})
	h.Must(err)
	return w
}

// Busy does something while the house is at work: customers change their wishes, the log
// grows and the witness listens. It answers how many changes were made meanwhile.
func (h *House) Busy(do func()) (changes int) {
	h.Helper()
	master, err := keys.OpenFile(h.KeyFile)
	h.Must(err)
	w := h.world(master, h.Now)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			default:
			}
			h.wish(w, customer.ID(h.Records[changes%len(h.Records)]), fmt.Sprintf("hobby %d", changes))
			if _, err := w.Desk.Sequence(context.WithoutCancel(h.Context())); err != nil {
				h.Error(err)
			}
			h.witnessed(w)
			changes++
		}
	}()
	do()
	close(stop)
	<-stopped
	h.Must(w.Close())
	return changes
}

// connect gives the hands their connection. They need no flush: nobody stops the machine.
func (h *House) connect() {
	driver, dsn := "pgx", h.URL
	if h.Lite {
		driver, dsn = "sqlite", "file:"+h.File()+"?_pragma=busy_timeout(5000)&_pragma=synchronous(0)"
	}
	var err error
	h.DB, err = sql.Open(driver, dsn)
	h.Must(err)
	h.DB.SetMaxOpenConns(1)
	if !h.Lite {
		h.Do(`SET synchronous_commit = off`)
	}
	h.Cleanup(func() { h.DB.Close() })
}

// Must ends the test if its own machinery fails.
func (h *House) Must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// live fills the house: staff, three systems, customers, wishes that apply at once and a
// request that waits.
func (h *House) live(w *sandbox.World) {
	ctx := h.Context()
	staff := map[access.Role]access.Actor{}
	for name, role := range map[string]access.Role{"otto": access.Operator, "ada": access.Agent, "ivy": access.Integrator} {
		a, _, err := w.Desk.AddPerson(ctx, access.Actor{Name: name, Roles: []access.Role{role}}, "")
		h.Must(err)
		staff[role] = a
	}
	h.Must(w.Connect(ctx, staff[access.Integrator]))
	w.Clock.Add(time.Hour)
	_, err := w.LoadSample(ctx, staff[access.Operator], begins.AddDate(-2, 0, 0))
	h.Must(err)
	h.settle(w)

	list, err := w.Store.View(ctx).RecordIDs(customer.Person, "", wishers)
	h.Must(err)
	for _, r := range list {
		h.Records = append(h.Records, string(r.ID))
		h.wish(w, r.ID, "cycling")
		h.Older[string(r.ID)] = h.Row("golden_record", "id", string(r.ID))
	}
	w.Clock.Add(time.Minute)
	for i, r := range list {
		if i == len(list)-1 {
			h.settle(w)
			h.Before = h.Everything()
			h.Early, err = os.ReadFile(h.Witness)
			h.Must(err)
		}
		h.wish(w, r.ID, "chess")
	}
	filed, err := w.Desk.Propose(ctx, staff[access.Agent], desk.Proposal{
		Record: list[0].ID, Channel: "hotline", Reason: "new number", Items: []desk.Proposed{{Key: "phone", Value: json.RawMessage(`"13900139999"`)}},
	})
	h.Must(err)
	h.Open = string(filed.Changes[0].ID)
	w.Clock.Add(time.Minute)
	_, err = w.Desk.Challenge(ctx, staff[access.Agent], filed.Changes[0].ID, desk.Ask{Method: change.SMSCode, To: "phone", New: true})
	h.Must(err)
	h.settle(w)
}

// wish is a customer who is signed in and changes what needs no proof.
func (h *House) wish(w *sandbox.World, id customer.ID, what string) {
	filed, err := w.Desk.Propose(h.Context(), access.Actor{ID: string(id), Sort: access.Customer, Via: "app"}, desk.Proposal{
		Record: id, Channel: "app", Reason: "a wish", Items: []desk.Proposed{{Key: "interests", Value: json.RawMessage(fmt.Sprintf("[%q]", what))}},
	})
	h.Must(err)
	h.Wishes = append(h.Wishes, string(filed.Changes[0].ID))
}

// settle does what is due, and shows the log to the witness.
func (h *House) settle(w *sandbox.World) {
	_, err := w.Settle(h.Context())
	h.Must(err)
	h.witnessed(w)
}

// witnessed shows the newest head to the witness and keeps its signature.
func (h *House) witnessed(w *sandbox.World) {
	ctx := h.Context()
	safe, err := witness.Open(witness.Config{Path: h.Witness, Name: "office-safe", Rand: rand.Reader, Log: w.Desk.LogKey})
	h.Must(err)
	view := w.Store.View(ctx)
	size, signed, err := view.Head()
	h.Must(err)
	cosigned, err := safe.Cosign(ctx, []byte(signed), func(old int64) (audit.Proof, error) { return audit.Consistency(old, size, view.LogRows) })
	h.Must(err)
	h.Must(w.Store.Write(ctx, "", func(tx *store.Tx) error {
		tx.Cosign(size, string(cosigned))
		return nil
	}))
}

// Config is how the house is looked at.
func (h *House) Config(deep bool) doctor.Config {
	return doctor.Config{
		Database: h.URL, KeyFile: h.KeyFile, Witness: h.Witness, Catalog: customer.Shipped(), Mail: true, SMS: true, Deep: deep,
		Clock: func() time.Time { return h.Now }, Room: func(string) (doctor.Room, error) { return h.room, nil },
	}
}

// Examine looks at the house.
func (h *House) Examine(deep bool) doctor.Report {
	return doctor.Examine(context.WithoutCancel(h.Context()), h.Config(deep))
}

// File is where a SQLite database stands.
func (h *House) File() string { return strings.TrimPrefix(h.URL, "sqlite://") }

// KeepFile answers what puts a file back as it is now.
func (h *House) KeepFile(path string) func() {
	text, err := os.ReadFile(path)
	h.Must(err)
	info, err := os.Stat(path)
	h.Must(err)
	return func() {
		h.Must(os.WriteFile(path, text, info.Mode().Perm()))
		h.Must(os.Chmod(path, info.Mode().Perm()))
	}
}
