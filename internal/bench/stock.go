package bench

import (
	"context"
	"crypto/rand"
	"errors"

	"amend/internal/keys"
	"amend/internal/store"
)

// A stock is a house with its customers on record and nothing else, brought in once for all
// jobs of a run: each works on a copy.
type stock struct {
	place  place
	ground *ground // closed
}

// copied answers a house of o.Customers at a place.
func (s *stock) copied(ctx context.Context, o Options, at place, tap func([]store.Statement)) (*ground, error) {
	if s.ground == nil {
		if err := s.fill(ctx, o); err != nil {
			return nil, err
		}
	}
	url, err := at.twin(ctx, s.ground.url, "ours")
	if err != nil {
		return nil, err
	}
	g, err := foundGround(ctx, url, s.ground.keys, tap)
	if err != nil {
		return nil, err
	}
	return g, g.meet(ctx)
}

func (s *stock) fill(ctx context.Context, o Options) (err error) {
	if s.place, err = openPlace(o.URL); err != nil {
		return err
	}
	url, err := s.place.fresh(ctx, "stock")
	if err != nil {
		return err
	}
	master, err := keys.New(rand.Reader)
	if err != nil {
		return err
	}
	g, err := foundGround(ctx, url, master, nil)
	if err != nil {
		return err
	}
	o.say("导入 %d 位客户", "bringing in %d customers", o.Customers)
	if err := errors.Join(g.load(ctx, o.Customers), g.close()); err != nil {
		return err
	}
	g.people = nil // each copy meets them anew, so that nobody's memory is counted twice
	s.ground = g
	return nil
}

func (s *stock) clear(ctx context.Context) error {
	if s.place == nil {
		return nil
	}
	return s.place.clear(ctx)
}
