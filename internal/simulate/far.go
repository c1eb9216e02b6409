package simulate

import (
	"context"
	"time"

	"amend/downstream"
)

// A far is one downstream system: what it holds of each record, and what went wrong there.
type far struct {
	w      *world
	system downstream.System
	holds  map[string]downstream.Envelope // by record: the newest state that it took
	keys   map[string]int64               // by idempotency key: the sequence number that it carried
	away   time.Time                      // nobody answers until then
	steady bool                           // it reads back what it took
}

// A line is a node's connection to a system.
type line struct {
	n   *node
	far *far
}

func (n *node) connector(s downstream.System) (downstream.Connector, error) {
	w := n.w
	if w.fault.connector != nil {
		if err := w.fault.connector(w, s); err != nil {
			return nil, err
		}
	}
	f := w.far[string(s.ID)]
	if f == nil { // it is being connected
		f = &far{w: w, system: s, holds: map[string]downstream.Envelope{}, keys: map[string]int64{}, steady: w.chance.percent(50)}
		w.far[string(s.ID)] = f
	}
	return line{n, f}, nil
}

// Deliver takes an envelope as the connector's contract says, and answers as the weather is.
func (l line) Deliver(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	w := l.n.w
	if l.n.dead {
		panic(stopped{})
	}
	if ctx.Err() != nil {
		return downstream.Answer{}, ctx.Err()
	}
	l.far.stable(e)
	if w.fault.deliver != nil {
		if a, planted := w.fault.deliver(l.far, e); planted {
			return a, nil
		}
	}
	switch {
	case w.calm:
	case w.now.Before(l.far.away):
		return downstream.Answer{Outcome: downstream.Retry, Code: "unreachable", Down: true}, nil
	case w.chance.percent(w.weather.lost):
		return l.far.rough(ctx, e)
	}
	return l.far.take(e), nil
}

// stable: one idempotency key stands for one sequence number of one record (invariant 7).
func (f *far) stable(e downstream.Envelope) {
	if was, known := f.keys[e.ID]; known && was != e.Seq || e.ID != downstream.EnvelopeID(e.System, e.Record, e.Seq) || e.System != f.system.ID {
		f.w.broken(7, "%s: key %s carries sequence %d", f.system.ID, e.ID, e.Seq)
	}
	f.keys[e.ID] = e.Seq
}

// take lets the newest state win: a late envelope changes nothing.
func (f *far) take(e downstream.Envelope) downstream.Answer {
	have, known := f.holds[string(e.Record)]
	if known && e.Seq < have.Seq {
		return downstream.Answer{Outcome: downstream.Same, Code: "stale", Seq: have.Seq}
	}
	f.holds[string(e.Record)] = e
	a := downstream.Answer{Outcome: downstream.OK, Seq: e.Seq, Holds: true}
	if f.steady {
		a.ReadBack = e.Fields
	}
	return a
}

// rough is every way in which a system goes wrong.
func (f *far) rough(ctx context.Context, e downstream.Envelope) (downstream.Answer, error) {
	w := f.w
	switch w.chance.IntN(9) {
	case 0:
		return downstream.Answer{Outcome: downstream.Retry, Code: "http_503", After: w.chance.upTo(time.Hour)}, nil
	case 1: // done, and the answer was lost
		f.take(e)
		return downstream.Answer{Outcome: downstream.Retry, Code: "timeout"}, nil
	case 2: // done twice
		f.take(e)
		return f.take(e), nil
	case 3:
		return downstream.Answer{Outcome: downstream.Permanent, Code: "http_422"}, nil
	case 4:
		return downstream.Answer{Outcome: downstream.Conflict, Code: "http_409"}, nil
	case 5:
		return downstream.Answer{Outcome: downstream.Reauth, Code: "http_401"}, nil
	case 6: // away, for minutes or for longer than anybody waits
		f.away = w.now.Add(pick(w.chance, []time.Duration{10 * time.Minute, 5 * time.Hour, 5 * 24 * time.Hour}))
		return downstream.Answer{Outcome: downstream.Retry, Code: "unreachable", Down: true}, nil
	case 7: // somebody changed it there
		if len(e.Fields) > 0 {
			f.take(e)
			other := append([]downstream.Member(nil), e.Fields...)
			other[0].Content = wordMark
			return downstream.Answer{Outcome: downstream.OK, Seq: e.Seq, ReadBack: other}, nil
		}
	}
	if w.chance.percent(50) {
		f.take(e)
	}
	return downstream.Answer{}, context.DeadlineExceeded // given up by us: nothing is known
}
