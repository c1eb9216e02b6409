package experiments

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/desk"
	"amend/intake"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// backupClients is how many file changes at once.
const backupClients = 8

// A backupAck is a change that the program said it has stored.
type backupAck struct {
	record customer.ID
	change change.ID
}

// A backupCrowd is a database with customers, and clients who change them without a pause.
type backupCrowd struct {
	*run
	url    string
	master *keys.Master
	store  *store.Store
	desk   *desk.Desk
	people []customer.ID
	turn   int // of the clients' values

	mu      sync.Mutex
	journal []backupAck
	more    chan struct{} // closed, and made anew, by ring
}

func openBackupCrowd(r *run, url string, people int) *backupCrowd {
	c := &backupCrowd{run: r, url: url, more: make(chan struct{})}
	var err error
	c.master, err = keys.New(rand.Reader)
	r.must(err)
	c.store, c.desk = c.open(url)
	r.Cleanup(func() { r.must(c.store.Close()) })
	r.must(c.desk.Open(r.Context(), "amend.example.com/log"))
	c.load(people)
	return c
}

// open opens a database as the program would, with nobody outside.
func (c *backupCrowd) open(url string) (*store.Store, *desk.Desk) {
	c.Helper()
	book, err := notify.Templates()
	c.must(err)
	rules, err := notify.DefaultRules()
	c.must(err)
	s, err := store.Open(c.Context(), store.Options{URL: url, Keys: c.master, Catalog: customer.Shipped()})
	c.must(err)
	return s, desk.New(s, c.master, desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(time.FixedZone("CST", 8*60*60)), Book: book, Rules: rules,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}, desk.Outside{})
}

// load brings the customers on record.
func (c *backupCrowd) load(n int) {
	by, _, err := c.desk.AddToken(c.Context(), access.Actor{Name: "operator", Roles: []access.Role{access.Operator}})
	c.must(err)
	started, err := c.desk.StartImport(c.Context(), by, desk.ImportStart{Name: "people.csv", Digest: "people", HeldSince: time.Now().AddDate(-1, 0, 0)})
	c.must(err)
	rows := make([]desk.ImportRow, n)
	for i := range rows {
		rows[i] = desk.ImportRow{Line: i + 2, Kind: customer.Person, Values: []intake.Proposed{{Key: "phone", Text: fmt.Sprintf("138%08d", i)}}}
	}
	loaded, faults, err := c.desk.ImportRows(c.Context(), by, started, rows)
	c.must(err)
	if len(faults) > 0 {
		c.Fatal(faults[0].Err)
	}
	c.must(c.desk.FinishImport(c.Context(), by, loaded))
	page, err := c.store.View(c.Context()).RecordIDs(customer.Person, "", n)
	c.must(err)
	for _, row := range page {
		c.people = append(c.people, row.ID)
	}
}

// work lets the clients and the log's sequencer loose. stop waits for the last of them.
func (c *backupCrowd) work() (stop func()) {
	ctx, cancel := context.WithCancel(c.Context())
	var running sync.WaitGroup
	c.turn++
	for client := range backupClients {
		running.Go(func() { c.file(ctx, client) })
	}
	running.Go(func() { c.sequence(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// file changes one customer after the other; no two clients share one.
func (c *backupCrowd) file(ctx context.Context, client int) {
	for n := 0; ctx.Err() == nil; n++ {
		id := c.people[(client+n*backupClients)%(len(c.people)/backupClients*backupClients)]
		by := access.Actor{ID: string(id), Sort: access.Customer, Via: "app"}
		value := json.RawMessage(fmt.Sprintf(`["chess %d-%d"]`, c.turn, n))
		filed, err := c.desk.Propose(ctx, by, desk.Proposal{
			Record: id, Channel: "portal", Reason: "as the customer likes it", Items: []desk.Proposed{{Key: "interests", Value: value}},
		})
		switch {
		case err == nil:
			c.acknowledge(backupAck{id, filed.Changes[0].ID})
		case !errors.Is(err, context.Canceled):
			c.Errorf("a change was refused: %v", err)
			c.ring()
			return
		}
	}
}

// sequence gives entries their places without a pause, as the work loop does.
func (c *backupCrowd) sequence(ctx context.Context) {
	for ctx.Err() == nil {
		woken := c.store.Woken()
		did, err := c.desk.Sequence(ctx)
		if err != nil && !errors.Is(err, context.Canceled) {
			c.Errorf("sequence: %v", err)
			return
		}
		if did == 0 {
			select {
			case <-woken:
			case <-ctx.Done():
			}
		}
	}
}

func (c *backupCrowd) acknowledge(a backupAck) {
	c.mu.Lock()
	c.journal = append(c.journal, a)
	c.mu.Unlock()
	c.ring()
}

// ring wakes whoever waits: for another change, or for one that will not come.
func (c *backupCrowd) ring() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.more)
	c.more = make(chan struct{})
}

// acked is every change that was acknowledged so far.
func (c *backupCrowd) acked() []backupAck {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clip(c.journal)
}

// await waits until n changes were acknowledged.
func (c *backupCrowd) await(n int) {
	for {
		c.mu.Lock()
		enough, more := len(c.journal) >= n, c.more
		c.mu.Unlock()
		if enough || c.Failed() {
			return
		}
		<-more
	}
}

// kind is which database it is, for the page.
func (c *backupCrowd) kind() string {
	kind, _, _ := strings.Cut(c.url, ":")
	return kind
}

func (c *backupCrowd) logKey() string {
	key, err := c.desk.LogKey(c.Context())
	c.must(err)
	return key
}
