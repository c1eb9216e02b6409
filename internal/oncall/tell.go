package oncall

import (
	"context"
	"fmt"
	"sync"
	"time"

	"amend/fault"
	"amend/notify"
)

// A person is one contact of the roster and what they know.
type person struct {
	Contact
	place int  // in the roster
	level int  // 1 is the first
	told  bool // of trouble, and not yet that it is over
	owed  bool // a message that no channel took yet
	turn  int  // of what they are owed
	doubt bool // nobody can tell whether it was taken
}

// owe gives a person something to hear.
func (w *Watch) owe(p *person) { p.owed, p.turn, p.doubt = true, w.turn, false }

// escalate begins with the first level, goes one further when the last one told has had its
// time, and repeats the last. A message that didn't get through gives nobody more time.
func (w *Watch) escalate(now time.Time) {
	if now.Before(w.toldAt) {
		w.toldAt = now // the clock went back
	}
	from, waited := 1, now.Sub(w.toldAt)
	switch {
	case w.level == 0 || w.level < len(w.Roster) && waited >= patience:
		w.level++
	case w.level == len(w.Roster) && waited >= repetition:
		from = w.level
	default:
		return
	}
	w.toldAt = now
	w.turn++
	for _, p := range w.people {
		if from <= p.level && p.level <= w.level {
			w.owe(p)
		}
	}
}

// join tells those who know of trouble already that there is more.
func (w *Watch) join(fresh bool) {
	if !fresh {
		return
	}
	w.turn++
	for _, p := range w.people {
		if p.told || p.owed {
			w.owe(p)
		}
	}
}

// tell sends what is owed about trouble.
func (w *Watch) tell(ctx context.Context) {
	w.alarmed = true
	w.send(ctx, w.House.trouble(w.troubles.list()), func(p *person, taken bool) { p.told, p.owed = true, !taken })
}

// clear tells those who heard of trouble that it is over. Who didn't hear of it needn't.
func (w *Watch) clear(ctx context.Context) {
	w.level = 0
	if w.alarmed {
		w.alarmed = false
		w.turn++
		for _, p := range w.people {
			if p.owed = false; p.told {
				w.owe(p)
			}
		}
	}
	w.send(ctx, w.House.well(), func(p *person, taken bool) { p.told, p.owed = !taken, !taken })
}

// send hands everybody who is owed something their message, all at once: a channel that
// hangs keeps nobody waiting. heard is told who heard it, surely or perhaps.
func (w *Watch) send(ctx context.Context, m message, heard func(p *person, taken bool)) {
	var sending sync.WaitGroup
	for _, p := range w.people {
		if p.owed {
			sending.Go(func() {
				switch w.hand(ctx, p, m) {
				case notify.Taken:
					heard(p, true)
				case notify.Unknown:
					heard(p, p.doubt)
					p.doubt = true
				}
			})
		}
	}
	sending.Wait()
}

// hand makes one attempt. A fate that nobody knows is tried once more under the same id,
// and then taken for granted: a gateway that is slow to answer must not send all night.
func (w *Watch) hand(ctx context.Context, p *person, m message) notify.Outcome {
	within, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	out := w.House.outgoing(m, p.Contact)
	out.ID = fmt.Sprintf("oncall-%s-%d-%d", w.holder, p.place, p.turn)
	answer, err := w.attempt(within, out)
	if err != nil {
		answer = notify.Answer{Outcome: notify.Retry, Code: code(err)}
	}
	if answer.Outcome != notify.Taken {
		w.Log.WarnContext(ctx, "on call: not told", "medium", p.Medium, "level", p.level, "outcome", answer.Outcome, "why", answer.Why, "code", answer.Code)
	}
	return answer.Outcome
}

// attempt is Send. A channel that panics may have sent it.
func (w *Watch) attempt(ctx context.Context, out notify.Outgoing) (a notify.Answer, err error) {
	a = notify.Answer{Outcome: notify.Unknown, Code: "panic"}
	defer w.contain(ctx)
	return w.Channels[out.Channel].Send(ctx, out)
}

// code is what a log may say of an error.
func code(err error) string {
	if c := fault.CodeOf(err); c != "" {
		return c
	}
	return "internal"
}
