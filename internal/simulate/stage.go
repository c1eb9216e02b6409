package simulate

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/notify"
	"amend/org"
	"amend/policy"
)

// A Stage is what every world shares and none changes: the catalogue, the compiled policy,
// the texts and the calendar. It is safe for concurrent use.
type Stage struct{ house desk.House }

// NewStage builds the stage from what the product ships.
func NewStage() (*Stage, error) {
	book, err := notify.Templates()
	if err != nil {
		return nil, err
	}
	rules, err := notify.DefaultRules()
	if err != nil {
		return nil, err
	}
	return &Stage{desk.House{
		Catalog: customer.Shipped(), Policy: policy.Shipped(), Calendar: org.China(time.FixedZone("CST", 8*60*60)), Book: book, Rules: rules,
		Words: notify.House{Brand: "Amend", Hotline: "400-000-2288", Domain: "portal.example.com"}, BaseURL: "https://portal.example.com", Lang: notify.EN,
	}}, nil
}

// begins is where the clock of every world starts: a Monday morning in Shanghai.
var begins = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// maxNodes bounds the nodes that share a database.
const maxNodes = 3

// open builds the world of a seed, with nobody in it yet.
func (s *Stage) open(ctx context.Context, c Config, planted Fault) (*world, error) {
	w := &world{
		ctx: context.WithoutCancel(ctx), asks: ctx, config: c, stage: s, chance: newChance(c.Seed), entropy: newEntropy(c.Seed), fault: planted, house: s.house,
		url: "sqlite::memory:" + rand.Text(), now: begins, ledger: newLedger(), post: newPost(), far: map[string]*far{}, asked: map[string][]asked{}, kinds: map[customer.ID]customer.Kind{},
		heard: map[string]bool{}, wrapped: map[string][]byte{}, joined: map[string]int{},
	}
	if planted.house != nil {
		planted.house(&w.house)
	}
	var err error
	if w.keys, err = keys.New(w.entropy); err != nil {
		return nil, err
	}
	if w.anchor, err = store.Open(w.ctx, w.options(func(store.Moment) {})); err != nil {
		return nil, err
	}
	w.weather = w.forecast()
	for i := range 1 + w.chance.IntN(maxNodes) {
		n := &node{w: w, number: i}
		if err := n.start(); err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.nodes = append(w.nodes, n)
	}
	return w, nil
}
