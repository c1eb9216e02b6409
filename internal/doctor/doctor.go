// Package doctor looks at everything that must be well with one installation, and says of
// whatever is not what it is, which rows it is about, and what to do: findings as data,
// with words for people in both languages. It changes nothing, except by Mend.
//
// A quick look is bounded: seconds at a million customers. A deep one reads every row.
package doctor

import (
	"context"
	"log/slog"
	"time"

	"amend/customer"
	"amend/desk"
	"amend/fault"
	"amend/internal/keys"
	"amend/internal/store"
	"amend/internal/witness"
)

// Config says what to look at.
type Config struct {
	Database string // its URL
	KeyFile  string
	Witness  string           // path of its file; "" where there is none
	Catalog  customer.Catalog // the fields in force
	Mail     bool             // there is a way to send mail
	SMS      bool
	OnCall   bool // somebody is told when something isn't well
	Deep     bool
	Clock    func() time.Time // nil: the machine's
	Log      *slog.Logger     // nil: silence
	Room     func(path string) (Room, error)
}

// lateWork is how long work may wait before a running server must have done it.
const lateWork = 5 * time.Minute

// An exam is one examination.
type exam struct {
	Config
	ctx    context.Context
	keys   *keys.Master
	store  *store.Store
	view   store.View
	desk   *desk.Desk
	report Report

	head     seen            // the newest head of the log that holds
	saw      witness.Seen    // what the witness remembered before the log was read
	unseen   error           // or why that is not known
	dark     bool            // nothing can be said about the log
	flawed   bool            // something is wrong with the log, so that the witness proves nothing
	distrust map[string]bool // entries that are not what they were
}

// Examine looks at an installation from the outside in: what it stands on, its key, its
// database, and what is inside. It never fails: what cannot be looked at is a finding.
func Examine(ctx context.Context, c Config) Report {
	x := newExam(ctx, c)
	if x.enter() {
		x.inside()
		if err := x.store.Close(); err != nil {
			x.unread("database", err)
		}
	}
	return x.report
}

func newExam(ctx context.Context, c Config) *exam {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Room == nil {
		c.Room = MeasureRoom
	}
	return &exam{Config: c, ctx: ctx, report: Report{Deep: c.Deep, At: c.Clock().UTC().Truncate(time.Second)}}
}

// enter looks at what is around the database, and opens it if it may: never one of another
// key, and never one that opening would change.
func (x *exam) enter() bool {
	x.room()
	print, err := desk.KeyOf(x.ctx, x.Database)
	switch {
	case err != nil:
		x.unread("database", err)
		return false
	case print == "":
		x.fault(Note, "database", fault.New(fault.NotFound, "no_data"))
		return false
	}
	if x.keys, err = keys.OpenFile(x.KeyFile); err == nil {
		err = x.keys.Check(print)
	}
	if err != nil {
		x.unread("key", err)
		return false
	}
	x.well("key", "key_well", "print", print)
	return x.open()
}

func (x *exam) open() bool {
	pending, err := store.Pending(x.ctx, x.Database)
	if err != nil {
		x.unread("database", err)
		return false
	}
	if len(pending) > 0 {
		x.add(Finding{Area: "database", Code: "schema_older", Level: Ill, N: int64(len(pending)), Rows: pending})
		return false
	}
	x.store, err = store.Open(x.ctx, store.Options{URL: x.Database, Keys: x.keys, Catalog: x.Catalog, Clock: x.Clock, Log: x.Log})
	if err != nil {
		x.unread("database", err)
		return false
	}
	x.view = x.store.View(x.ctx)
	x.desk = desk.New(x.store, x.keys, desk.House{Catalog: x.Catalog}, desk.Outside{})
	return true
}

// inside looks at an open database. A part that cannot be read keeps no other from being
// looked at; a file that is damaged does, because what is read from it may be anything.
func (x *exam) inside() {
	defer x.channels()
	if err := x.pages(); err != nil {
		x.unread("database", err)
		return
	}
	if x.report.Worst() == Damaged {
		return
	}
	for _, part := range []struct {
		area string
		look func() error
	}{
		{"schema", x.schema}, {"settings", x.settings}, {"clock", x.clock},
		{"log_key", x.logKey}, {"log", x.log}, {"witness", x.witness}, {"work", x.work}, {"leases", x.leases}, {"records", x.records},
	} {
		if err := part.look(); err != nil {
			x.unread(part.area, err)
		}
	}
}

// unread is a part that could not be looked at, and why.
func (x *exam) unread(area string, err error) {
	if store.Corrupt(err) {
		x.add(Finding{Area: area, Code: "corrupt", Level: Damaged})
		return
	}
	if f, ok := asFault(err); ok {
		x.fault(levelOf(f), area, f)
		return
	}
	x.add(Finding{Area: area, Code: "unread", Level: Ill, Params: map[string]string{"why": err.Error()}})
}

// levelOf tells a refusal that speaks of altered data from one that speaks of a setting.
func levelOf(f *fault.Error) Level {
	switch f.Code {
	case "witness_rewound", "log_rewritten", "record_altered", "key_unknown", "schema_edited":
		return Damaged
	}
	return Ill
}
