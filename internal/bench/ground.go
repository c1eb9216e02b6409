package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"amend/access"
	"amend/customer"
	"amend/desk"
	"amend/downstream"
	"amend/intake"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A ground is a house with customers on record and three systems that follow them, as
// large and as busy as a run wants it, without doors and without a work loop.
type ground struct {
	url     string
	keys    *keys.Master
	store   *store.Store
	house   desk.House
	outside desk.Outside
	post    *post
	ahead   time.Duration // of the machine's clock; moved only while nobody acts
	desk    *desk.Desk
	people  []customer.ID
}

// operator answers for the first load.
func operator() access.Actor {
	return access.Actor{ID: "bench", Name: "bench", Sort: access.Staff, Roles: []access.Role{access.Operator, access.Integrator}}
}

// newGround founds a house at url.
func newGround(ctx context.Context, url string, tap func([]store.Statement)) (*ground, error) {
	master, err := keys.New(rand.Reader)
	if err != nil {
		return nil, err
	}
	return foundGround(ctx, url, master, tap)
}

// foundGround founds a house at url under a master key. Nobody and nothing is out of reach:
// a medium without a channel would open a task for a person with every message.
func foundGround(ctx context.Context, url string, master *keys.Master, tap func([]store.Statement)) (_ *ground, err error) {
	g := &ground{url: url, keys: master, post: newPost()}
	g.outside = desk.Outside{
		Connector: func(downstream.System, []byte) (downstream.Connector, error) { return nothing{}, nil },
		Channels:  map[notify.Medium]notify.Channel{notify.SMS: g.post, notify.Mail: g.post},
	}
	if g.house, err = shippedHouse(); err != nil {
		return nil, err
	}
	return g, g.open(ctx, tap)
}

// now is the machine's clock, as far ahead as a run wants it.
func (g *ground) now() time.Time { return time.Now().Add(g.ahead) }

// open opens the house, again after it was closed.
func (g *ground) open(ctx context.Context, tap func([]store.Statement)) (err error) {
	g.store, err = store.Open(ctx, store.Options{URL: g.url, Keys: g.keys, Catalog: g.house.Catalog, Clock: g.now, Tap: tap})
	if err != nil {
		return err
	}
	g.seat()
	return g.desk.Open(ctx, "bench.example.com/log")
}

// seat makes the desk, again where the outside is another.
func (g *ground) seat() { g.desk = desk.New(g.store, g.keys, g.house, g.outside) }

func (g *ground) close() error { return g.store.Close() }

func shippedHouse() (desk.House, error) {
	book, err := notify.Templates()
	if err != nil {
		return desk.House{}, err
	}
	rules, err := notify.DefaultRules()
	return desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(time.UTC), Book: book, Rules: rules,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}, err
}

// nothing is a system that takes everything at once and keeps none of it.
type nothing struct{}

func (nothing) Deliver(_ context.Context, e downstream.Envelope) (downstream.Answer, error) {
	return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq, Holds: true}, nil
}

// connect adds three systems that follow every person.
func (g *ground) connect(ctx context.Context) error {
	for _, id := range []downstream.SystemID{"crm", "erp", "mailing"} {
		s := downstream.System{
			ID: id, Name: string(id), Connector: "webhook", Settings: json.RawMessage(`{}`), Kinds: []customer.Kind{customer.Person},
			Fields: []downstream.Subscription{{Key: "legal_name"}, {Key: "phone"}, {Key: "email"}, {Key: "class:preference"}}, Owner: "bench",
		}
		if err := g.desk.AddSystem(ctx, operator(), s, []byte("a secret of the bench")); err != nil {
			return fmt.Errorf("connect %s: %w", id, err)
		}
	}
	return nil
}

// load brings n customers in, by the way that a company's own file takes.
func (g *ground) load(ctx context.Context, n int) error {
	run, err := g.desk.StartImport(ctx, operator(), desk.ImportStart{Name: "bench", Digest: "bench", HeldSince: time.Now().AddDate(-1, 0, 0)})
	if err != nil {
		return err
	}
	i := 0
	next := func() (desk.ImportRow, error) {
		if i == n {
			return desk.ImportRow{}, io.EOF
		}
		i++
		return desk.ImportRow{Line: i + 1, Kind: customer.Person, Values: person(i)}, nil
	}
	_, err = g.desk.ImportTable(ctx, operator(), run, next, func(store.ImportRun, []intake.Fault) error { return nil })
	return errors.Join(err, g.meet(ctx))
}

// meet learns the ids of everybody on record.
func (g *ground) meet(ctx context.Context) error {
	g.people = nil
	for after := customer.ID(""); ; {
		page, err := g.store.View(ctx).RecordIDs(customer.Person, after, 10_000)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			g.people = append(g.people, r.ID)
		}
		after = page[len(page)-1].ID
	}
}

// person is the i-th customer's row.
func person(i int) []intake.Proposed {
	text := func(k customer.Key, s string) intake.Proposed { return intake.Proposed{Key: k, Text: s} }
	return []intake.Proposed{
		text("legal_name", fmt.Sprintf("Ada Number%d", i)),
		text("phone", fmt.Sprintf("+86139%08d", i)),
		text("email", fmt.Sprintf("ada%d@example.com", i)),
		text("language", "en"),
		text("contact_time", "any"),
	}
}
