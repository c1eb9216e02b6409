package simulate

import (
	"context"
	"time"

	"amend/change"
)

// maxSteps bounds a run that files nothing, for each request wanted.
const maxSteps = 40

// walk steps the world until enough requests were filed and most of them have gone on.
func (w *world) walk() {
	for i := 0; len(w.ledger.requests) < w.config.Requests && i < maxSteps*w.config.Requests && w.asks.Err() == nil; i++ {
		w.step()
	}
	for range w.config.Requests / 8 {
		w.step()
	}
}

// step is one thing that somebody or something does.
func (w *world) step() {
	if w.idle() == nil {
		return
	}
	w.plant()
	w.chance.one([]turn{
		{64, w.file},
		{36, w.goOn},
		{9, func() { w.work(w.idle()) }},
		{6, w.mischief},
		{8, w.giveLate},
		{4, w.houseWork},
		{8, w.wait},
	})
	w.pass(w.chance.upTo(20 * time.Second))
}

// wait lets time go by: mostly minutes, sometimes weeks. Now and then a clock is set, a
// machine is restarted, or a provider says what became of a message.
func (w *world) wait() {
	w.chance.one([]turn{
		{50, func() { w.pass(w.chance.upTo(5 * time.Minute)) }},
		{25, func() { w.pass(w.chance.upTo(4 * time.Hour)) }},
		{8, func() { w.pass(w.chance.upTo(3 * 24 * time.Hour)) }},
		{2, func() { w.pass(w.chance.upTo(40 * 24 * time.Hour)) }},
		{8, w.setClock},
		{4, w.reboot},
		{12, w.receipt},
		{4, w.keepHead},
	})
}

// setClock puts a node's clock right, or wrong: a jump either way.
func (w *world) setClock() {
	if n := w.idle(); n != nil && !w.calm {
		n.skew = w.chance.upTo(2*maxSkew) - maxSkew
		w.trace("the clock of node %d is off by %s", n.number, n.skew)
	}
}

// reboot stops a machine that is in the middle of nothing.
func (w *world) reboot() {
	n := w.idle()
	if n == nil || w.weather.stop == 0 {
		return
	}
	w.trace("node %d is restarted", n.number)
	if w.chance.percent(50) {
		_ = w.on(n, func(ctx context.Context) error { n.loop.Release(ctx); return nil })
	}
	w.restart(n)
}

// longest is how many acts in a row somebody does about one request before they turn away.
const longest = 12

// goOn does what is next for a request that is open, mostly one of the newest: one act, or
// as many as it takes while somebody cares.
func (w *world) goOn() {
	r, ok := w.someRequest()
	for i := 0; ok && i < longest; i++ {
		if !w.goOnWith(r) || w.depth > 0 || w.chance.once(careless(r)) || w.idle() == nil {
			return
		}
		w.pass(w.chance.upTo(10 * time.Second))
		r, ok = w.request(r.ID)
	}
}

// careless is how soon people turn away: from a thief at once, from what must be proven late.
func careless(r change.Request) int {
	switch {
	case r.Channel == thiefChannel:
		return 2
	case len(r.Plan.Gates) > 0 && (r.Open() || r.Frozen()):
		return 10
	}
	return 2
}

// goOnWith does one act about a request, and reports whether it has not ended.
func (w *world) goOnWith(r change.Request) bool {
	switch state, _ := r.Next(w.now); state {
	case change.Verifying:
		w.prove(r)
	case change.Reviewing:
		w.review(r)
	case change.NeedsInfo:
		w.answer(r)
	case change.Cooling, change.Scheduled:
		w.linger(r)
	case change.Applied:
		w.hearResult(r)
	case change.Disputed:
		w.decide(r)
	default:
		w.ledger.over(string(r.ID))
		return false
	}
	return true
}

// newest is how many of the open requests most of the walk is about.
const newest = 10

// someRequest reads one of the open requests.
func (w *world) someRequest() (change.Request, bool) {
	open := w.ledger.open
	if len(open) == 0 {
		return change.Request{}, false
	}
	i := w.chance.IntN(len(open))
	if w.chance.percent(70) {
		i = max(0, len(open)-1-w.chance.IntN(newest))
	}
	r, err := w.view().Change(change.ID(open[i]))
	if err != nil {
		w.ledger.over(open[i]) // forgotten with its key
		return r, false
	}
	return r, true
}

// over takes a request that is at its end out of the open ones.
func (l *ledger) over(id string) {
	for i, o := range l.open {
		if o == id {
			l.open = append(l.open[:i], l.open[i+1:]...)
			return
		}
	}
}
