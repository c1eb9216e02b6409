// Package oncall tells people when something isn't well with a running server, and tells
// more of them the longer it lasts. Once a minute it looks at what readiness and the doctor
// look at. What two looks in a row saw stands, and what two in a row didn't see is over:
// what flickers is nobody's alarm.
//
// The first level is told at once, the next one half an hour later, and so on; the last is
// told again every four hours. Trouble that joins what stands is told to those who know of
// it already. When all is well, each who was told of trouble hears that once.
//
// The database may be the trouble, so nothing is kept in it but who tells: of several
// nodes, the one that holds a shard. While the shard can't be asked for, as on a full disk,
// every node tells by itself: better twice than never. What is known lives in memory: after
// a restart, trouble that still stands is told again, from the first level on.
package oncall

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"amend/internal/doctor"
	"amend/notify"
)

// The pace. A look that is late is a trouble of its own: a disk or a server that hangs
// answers nobody.
const (
	every      = time.Minute
	lookWait   = 20 * time.Second // for the answer to a look, or to a claim
	sendWait   = 40 * time.Second // for one channel; beyond what each bounds by itself
	patience   = 30 * time.Minute // from one level to the next
	repetition = 4 * time.Hour    // of the last level
)

// The shard of the work that the telling node holds, and for how long: two claims may fail
// before another node may tell.
const (
	shard = "on-call"
	lease = 3 * time.Minute
)

// Config says who is told of what, and how.
type Config struct {
	Roster   Roster
	Look     func(context.Context) (wrong []doctor.Finding, asked bool) // see doctor.Glance
	Claim    func(ctx context.Context, shard, holder string, lease time.Duration) (time.Time, bool, error)
	Channels map[notify.Medium]notify.Channel
	House    House
	Now      func() time.Time
	Timer    func(time.Duration) <-chan time.Time // nil: time.After
	Rand     io.Reader                            // names this node; nil: crypto/rand
	Log      *slog.Logger                         // nil: silence
}

// Watch looks and tells, for one node.
type Watch struct {
	Config
	holder string
	held   bool // the shard is ours
	looks  slow[seen]
	claims slow[claimed]

	troubles troubles
	people   []*person
	alarmed  bool      // somebody may have been told of what stands
	level    int       // how many levels were told of what stands
	toldAt   time.Time // when the last of them was, or was told again
	turn     int       // of the newest thing there was to tell
}

// New makes a watch; nothing happens before Run.
func New(c Config) *Watch {
	if c.Timer == nil {
		c.Timer = time.After
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	w := &Watch{Config: c}
	var name [8]byte
	_, _ = io.ReadFull(c.Rand, name[:]) // a source that fails leaves zeros: two such nodes share the shard
	w.holder = hex.EncodeToString(name[:])
	for i, level := range c.Roster {
		for _, to := range level {
			w.people = append(w.people, &person{Contact: to, place: len(w.people) + 1, level: i + 1})
		}
	}
	return w
}

// Run looks until ctx ends. With nobody on call it does nothing.
func (w *Watch) Run(ctx context.Context) {
	if len(w.people) == 0 {
		return
	}
	for ctx.Err() == nil {
		w.look(ctx)
		select {
		case <-ctx.Done():
		case <-w.Timer(every):
		}
	}
	if w.held { // so that the next node need not wait for the lease
		w.claims.ask(context.WithoutCancel(ctx), w, func(ctx context.Context) claimed { return w.claim(ctx, 0) })
	}
}

// A seen is what one look found.
type seen struct {
	wrong []doctor.Finding
	asked bool
}

// look is one look and what follows from it. A panic in it is its own end and nobody else's.
func (w *Watch) look(ctx context.Context) {
	defer w.contain(ctx)
	s, done := w.looks.ask(ctx, w, func(ctx context.Context) seen {
		wrong, asked := w.Look(ctx)
		return seen{wrong, asked}
	})
	if ctx.Err() != nil {
		return // what a stopped look didn't find is no news
	}
	switch done {
	case broken:
		return
	case hanging:
		s = seen{wrong: []doctor.Finding{{Area: "database", Code: doctor.DatabaseAway, Level: doctor.Ill}}}
	}
	now := w.Now()
	fresh := w.troubles.note(s, now)
	if len(w.troubles.standing) == 0 {
		w.clear(ctx)
	} else if w.mine(ctx, s.asked) {
		w.escalate(now)
		w.join(fresh)
		w.tell(ctx)
	}
}

// contain turns a panic into a line in the log: its words may hold anything.
func (w *Watch) contain(ctx context.Context) {
	if recover() != nil {
		w.Log.ErrorContext(ctx, "panic", "stack", string(debug.Stack()))
	}
}

// A claimed is the answer to a claim.
type claimed struct {
	ok  bool
	err error
}

func (w *Watch) claim(ctx context.Context, d time.Duration) claimed {
	_, ok, err := w.Claim(ctx, shard, w.holder, d)
	return claimed{ok, err}
}

// mine reports whether this node tells. It asks only while there is something to tell, so
// that a house that is well costs no flush to disk.
func (w *Watch) mine(ctx context.Context, asked bool) bool {
	w.held = false
	if !asked {
		return true
	}
	c, done := w.claims.ask(ctx, w, func(ctx context.Context) claimed { return w.claim(ctx, lease) })
	if done != answered || c.err != nil {
		w.Log.WarnContext(ctx, "on call: this node tells by itself", "code", code(c.err))
		return true
	}
	w.held = c.ok
	return c.ok
}
