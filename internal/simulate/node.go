package simulate

import (
	"context"
	"errors"
	"time"

	"amend/desk"
	"amend/downstream"
	"amend/internal/store"
	"amend/internal/work"
	"amend/notify"
)

// A node is one process of the product: its own connection to the database, its own desk
// and work loop, its own clock.
type node struct {
	w      *world
	number int
	skew   time.Duration
	ctx    context.Context
	stop   context.CancelFunc
	store  *store.Store
	desk   *desk.Desk
	loop   *work.Loop
	reader *store.Reader
	busy   bool
	dead   bool
}

// maxSkew is how far the clock of a node may be off, either way: machines that nobody
// looks after.
const maxSkew = 4 * time.Minute

// start opens the node, as after a restart: nothing in memory is left of before.
func (n *node) start() error {
	w := n.w
	n.dead, n.skew = false, w.chance.upTo(2*maxSkew)-maxSkew
	if w.chance.percent(50) {
		n.skew /= 100 // most clocks are good
	}
	n.ctx, n.stop = context.WithCancel(w.ctx)
	o := w.options(n.moment)
	o.Clock, o.Tap = n.now, func(act []store.Statement) { w.stored(n, act) }
	var err error
	if n.store, err = store.Open(w.ctx, o); err != nil {
		return err
	}
	n.desk = desk.New(n.store, w.keys, w.house, desk.Outside{
		Connector: func(s downstream.System, _ []byte) (downstream.Connector, error) { return n.connector(s) },
		Channels:  map[notify.Medium]notify.Channel{notify.SMS: counter{n}, notify.Mail: counter{n}},
	})
	n.loop = work.New(work.Config{Desk: n.desk, Rand: w.entropy, Log: w.log.logger()})
	n.reader = store.NewReader(n.store, w.house.Calendar)
	return nil
}

// now is the node's own clock. Now and then it is set right, by a small step either way.
func (n *node) now() time.Time { return n.w.tick().Add(n.skew) }

// end closes what a stopped machine leaves behind.
func (n *node) end() error {
	if n.stop != nil {
		n.stop()
	}
	if n.store == nil {
		return nil
	}
	return n.store.Close()
}

// stopped is what a machine that stops panics with: the work loop takes any panic for the
// row's own failure, so a dead node panics again at its next act.
type stopped struct{}

// errStopped is what a client hears of an act whose machine stopped: nothing.
var errStopped = errors.New("the machine stopped")

// moment is told where an act stands: there the machine may stop, or another node act.
func (n *node) moment(at store.Moment) {
	w := n.w
	switch {
	case n.dead:
		panic(stopped{})
	case w.calm:
	case w.chance.once(w.weather.stop):
		n.crash()
	case at == store.Decided && w.depth == 0 && w.chance.once(w.race):
		w.interrupt()
	}
}

// crash stops the machine in the middle of what it does.
func (n *node) crash() {
	n.w.out.Stops++
	n.w.trace("node %d stops", n.number)
	n.dead = true
	n.stop()
	panic(stopped{})
}

// interrupt lets another node do something whole while one has decided and not stored.
func (w *world) interrupt() {
	if w.idle() == nil {
		return
	}
	w.depth++
	defer func() { w.depth-- }()
	w.out.Races++
	w.step()
}

// on does something on a node. A node that stopped is started again, with nothing left in
// memory and another clock.
func (w *world) on(n *node, do func(context.Context) error) (err error) {
	if n.busy {
		panic("simulate: a node does one thing at a time")
	}
	n.busy = true
	defer func() {
		if v := recover(); v != nil {
			if _, ours := v.(stopped); !ours {
				panic(v)
			}
		}
		n.busy = false
		if n.dead {
			err = errStopped
			w.restart(n)
		}
	}()
	return do(n.ctx)
}

func (w *world) restart(n *node) {
	if err := errors.Join(n.end(), n.start()); err != nil {
		w.broken(Program, "node %d does not start again: %v", n.number, err)
	}
}

// work lets a node do one round of its loop.
func (w *world) work(n *node) int {
	did := 0
	err := w.on(n, func(ctx context.Context) (err error) {
		did, err = n.loop.Once(ctx)
		return err
	})
	w.fair("work", err)
	return did
}
