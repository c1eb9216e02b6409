package doctor

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/desk"
	"amend/fault"
	"amend/internal/store"
)

// DatabaseAway is what is found where the database of a running server doesn't answer.
const DatabaseAway = "database_away"

// What waits for a person, or is tried again, has a bound of its own at a glance: who is on
// call is not woken for one mailbox that is full, nor for what its owner was told today.
const (
	longOpen    = 24 * time.Hour // an exception of a system that no person paused; its owner was told when it opened
	manyUntaken = 10             // messages that no channel takes: by then it is the channel
)

// Glance looks at an installation that is open and at work: what readiness looks at, and of
// a quick look what costs no more than a few counts, so that it may be asked every minute.
// It answers what asks for something to be done, as it may leave the house. asked is false
// where the database didn't answer: then nothing is known of what is in it.
func Glance(ctx context.Context, c Config, s *store.Store, d *desk.Desk) (wrong []Finding, asked bool) {
	x := newExam(ctx, c)
	x.store, x.view, x.desk = s, s.View(ctx), d
	h, err := x.view.Health(s.Now())
	switch {
	case err == nil:
		x.glance(h)
	case store.Corrupt(err):
		x.room()
		x.unread("database", err)
	default:
		if c.Log != nil {
			c.Log.WarnContext(ctx, "database doesn't answer", "error", err)
		}
		x.room()
		x.add(Finding{Area: "database", Code: DatabaseAway, Level: Ill})
	}
	for _, f := range x.report.Wrong() {
		wrong = append(wrong, f.outside())
	}
	return wrong, err == nil
}

func (x *exam) glance(h store.Health) {
	if fault.CodeOf(x.store.Room(x.ctx)) == "disk_full" {
		x.add(Finding{Area: "disk", Code: "disk_full", Level: Ill})
	} else {
		x.room()
	}
	x.placed(h)
	x.queues(h)
	x.check(h.Untaken < manyUntaken, "untaken", "none", "untaken", "n", fmt.Sprint(h.Untaken))
	x.check(x.age(h.OldestUnpaused) < longOpen, "exceptions", "none", "exceptions", "n", fmt.Sprint(h.Exceptions))
	for _, part := range []struct {
		area string
		look func() error
	}{{"log_key", x.logKey}, {"quarantine", func() error { return x.stuck(h) }}, {"witness", x.listening}} {
		if err := part.look(); err != nil {
			x.unread(part.area, err)
		}
	}
}

// listening compares the newest head with what the witness remembers, and reads no entry.
func (x *exam) listening() error {
	if x.Witness == "" || x.dark {
		return nil
	}
	if err := x.remember(); err != nil {
		return err
	}
	if x.unseen != nil {
		return x.unseen
	}
	var err error
	if x.head.newest, x.head.signed, err = x.view.Head(); err != nil {
		return err
	}
	if x.head.newest > 0 {
		public, err := x.desk.LogKey(x.ctx)
		if err != nil {
			return err
		}
		key, err := note.NewVerifier(public)
		if err != nil {
			return err
		}
		if x.head.Checkpoint, _, err = audit.OpenCheckpoint([]byte(x.head.signed), key); err != nil {
			return err
		}
	}
	return x.compare()
}
