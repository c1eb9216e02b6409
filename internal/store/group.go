package store

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"amend/fault"
)

// queueLength bounds the acts that wait for a writer; further verbs wait to get in.
const queueLength = 1024

// errPanic is the outcome of a verb that panicked. What it panicked with may hold a
// customer's value, so only the log gets the place, and nobody the value.
var errPanic = errors.New("a verb panicked")

// errClosed is the fault of whoever asks a Store after its Close.
var errClosed = fault.New(fault.Unavailable, "not_stored")

func (s *Store) startWriters() {
	writers, most := s.engine.shape()
	s.queue = make(chan *act, queueLength)
	for range writers {
		s.writers.Go(func() { s.writeGroups(most) })
	}
}

// submit queues a and waits for its outcome, whatever becomes of the caller.
func (s *Store) submit(a *act) error {
	if len(a.statements) == 0 {
		if a.wake {
			s.wake()
		}
		return nil
	}

	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return errClosed
	}
	if s.solo != nil {
		return s.submitAlone(a)
	}
	a.done = make(chan struct{})
	s.queue <- a
	<-a.done
	return a.err
}

// writeGroups stores what is waiting, up to most acts at a time, and never waits for
// more to come: alone, an act costs one flush; in company, a share of one.
func (s *Store) writeGroups(most int) {
	group := make([]*act, 0, most)
	for first := range s.queue {
		group = s.gather(append(group[:0], first), most)
		s.store(group)
		for _, a := range group {
			close(a.done)
		}
		clear(group)
	}
}

func (s *Store) gather(group []*act, most int) []*act {
	for len(group) < most {
		select {
		case a, ok := <-s.queue:
			if !ok {
				return group
			}
			group = append(group, a)
		default:
			return group
		}
	}
	return group
}

// store gives every act of the group its outcome and wakes who waits for one of them.
func (s *Store) store(group []*act) {
	var err error
	func() {
		defer s.caught(&err)
		s.engine.commit(group)
	}()

	wake := false
	for _, a := range group {
		if err != nil && a.err == nil {
			a.err = maybeStored(err)
		}
		wake = wake || a.wake && a.err == nil
		s.noteRoom(a)
		s.show(a)
	}
	if wake {
		s.wake()
	}
}

func (s *Store) wake() {
	s.bell.ring()
	s.engine.notify()
}

// caught turns a panic into err and logs where it was; deferred directly.
func (s *Store) caught(err *error) {
	v := recover()
	if v == nil {
		return
	}
	*err = errPanic
	if e, ok := v.(runtime.Error); ok { // the runtime's own words hold indexes and types
		*err = fmt.Errorf("%w: %w", errPanic, e)
	}
	s.log.Error("store.panic", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
}

// notStored is the outcome when the database refused a whole group for reasons of its own.
// One reason has a remedy that somebody must be told of: the disk is full.
func notStored(cause error) error {
	said := fault.New(fault.Unavailable, "not_stored")
	if isFull(cause) {
		said = fault.New(fault.Unavailable, "disk_full")
	}
	return fmt.Errorf("%w: %w", said, cause)
}

// maybeStored is the outcome when the answer to a commit was lost.
func maybeStored(cause error) error {
	return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "maybe_stored"), cause)
}
