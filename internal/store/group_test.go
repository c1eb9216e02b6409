package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"amend/fault"
)

// heldEngine is an engine whose commits wait to be let go, so that a test can decide
// what arrives meanwhile.
type heldEngine struct {
	engine
	arrived chan []*act
	release chan func(group []*act)
}

func (e *heldEngine) shape() (writers, group int) { return 1, 5 }
func (e *heldEngine) reading(context.Context) (source, func(), error) {
	return e, func() {}, nil
}
func (e *heldEngine) notify()      {}
func (e *heldEngine) close() error { return nil }

func (e *heldEngine) commit(group []*act) {
	e.arrived <- slices.Clone(group)
	(<-e.release)(group)
}

func fine([]*act) {}

func heldStore(t *testing.T) (*Store, *heldEngine) {
	e := &heldEngine{arrived: make(chan []*act), release: make(chan func([]*act))}
	s := &Store{engine: e, bell: newBell(), log: slog.New(slog.DiscardHandler)}
	s.startWriters()
	t.Cleanup(func() { s.Close() })
	return s, e
}

// enqueue puts acts behind the group that is being stored, in this order.
func enqueue(s *Store, names ...string) []*act {
	acts := make([]*act, len(names))
	for i, name := range names {
		acts[i] = &act{statements: []statement{{query: name}}, done: make(chan struct{})}
		s.queue <- acts[i]
	}
	return acts
}

func names(group []*act) (names []string) {
	for _, a := range group {
		names = append(names, a.statements[0].query)
	}
	return names
}

func TestWriterTakesWhatWaitsInItsOrderAndNoMoreThanAGroup(t *testing.T) {
	s, e := heldStore(t)
	acts := enqueue(s, "first")
	var groups []string
	groups = append(groups, fmt.Sprint(names(<-e.arrived)))
	acts = append(acts, enqueue(s, "a", "b", "c", "d", "e", "f", "g")...)
	for range 2 {
		e.release <- fine
		groups = append(groups, fmt.Sprint(names(<-e.arrived)))
	}
	e.release <- fine
	if want := []string{"[first]", "[a b c d e]", "[f g]"}; !slices.Equal(groups, want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
	for _, a := range acts {
		if <-a.done; a.err != nil {
			t.Error(a.err)
		}
	}
}

func TestCallerWhoGivesUpWhileItIsStoredLearnsTheOutcome(t *testing.T) {
	for _, want := range []error{nil, errors.New("refused")} {
		s, e := heldStore(t)
		s.clock = time.Now
		ctx, cancel := context.WithCancel(t.Context())
		outcome := make(chan error)
		go func() {
			outcome <- s.Write(ctx, "a", func(tx *Tx) error { tx.Exec("x"); return nil })
		}()
		<-e.arrived
		cancel()
		e.release <- func(group []*act) { group[0].err = want }
		if err := <-outcome; err != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}

func TestPanicInTheEngineIsToldToTheWholeGroupAndTheWriterGoesOn(t *testing.T) {
	s, e := heldStore(t)
	acts := enqueue(s, "a")
	<-e.arrived
	acts = append(acts, enqueue(s, "b", "c")...)
	e.release <- fine
	<-e.arrived
	e.release <- func([]*act) { panic("a value") }
	for i, a := range acts {
		if <-a.done; (fault.CodeOf(a.err) == "maybe_stored") != (i > 0) {
			t.Errorf("%d: %v", i, a.err)
		}
	}
	again := enqueue(s, "again")
	<-e.arrived
	e.release <- fine
	if <-again[0].done; again[0].err != nil {
		t.Error(again[0].err)
	}
}

func TestVerbsOfOneKeyTakeTurns(t *testing.T) {
	var keys stripes
	unlock, err := keys.lock(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := keys.lock(gone, "b"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v: whoever has gone needs no lock", err)
	}
	for range 2 { // the empty key is everybody's
		if _, err := keys.lock(t.Context(), ""); err != nil {
			t.Error(err)
		}
	}
	second := make(chan func())
	go func() {
		unlock, _ := keys.lock(t.Context(), "a")
		second <- unlock
	}()
	select {
	case <-second:
		t.Error("two held one key")
	default:
	}
	unlock()
	(<-second)()
}
