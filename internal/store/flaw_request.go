package store

import (
	"slices"
	"time"

	"amend/audit"
	"amend/change"
)

// skew bounds how far the clocks of two nodes may disagree without the order of entries,
// which goes by time, being held against a request.
const skew = 2 * time.Second

// parse reads the leaf, and reports whether it is one.
func (e *entryRow) parse() bool {
	parsed, err := audit.ParseLeaf(e.leaf)
	e.parsed = parsed
	return err == nil
}

// ofRequests compares every request with the entries that carry it.
func (x *recordExam) ofRequests(v View, s *subject) {
	acts, doubtful := map[change.ID][]*entryRow{}, map[change.ID]bool{}
	for i := range s.entries {
		e := &s.entries[i]
		if e.sealsRequest() {
			acts[e.change] = append(acts[e.change], e)
		}
		doubtful[e.change] = doubtful[e.change] || e.doubtful
	}
	for i := range s.requests {
		q := &s.requests[i]
		x.seen.Requests++
		if !doubtful[q.id] {
			x.request(v, s, q, acts[q.id])
		}
		delete(acts, q.id)
	}
	for id := range acts {
		x.flaw(RequestMissing, string(id))
	}
}

func (x *recordExam) request(v View, s *subject, q *requestRow, acts []*entryRow) {
	if len(acts) == 0 {
		x.flaw(RequestInserted, string(q.id))
		return
	}
	at := slices.IndexFunc(acts, func(e *entryRow) bool { return e.id == q.entry })
	newest := newestAct(acts)
	switch {
	case q.revision > int64(len(acts)):
		x.flaw(RequestEntryLost, string(q.id))
	case at < 0 || q.revision < int64(len(acts)):
		x.flaw(RequestEdited, string(q.id))
	case acts[at] != newest && !later(acts[at], newest):
		x.flaw(RequestPutBack, string(q.id))
	case q.state != acts[at].fact("state"):
		x.flaw(RequestEdited, string(q.id))
	case s.opened && acts[at].body != nil:
		x.opened(v, s, q, acts[at].body)
	}
}

// opened compares a request's row with what it says itself. Words that do not open are
// told where they stand: in the entry.
func (x *recordExam) opened(v View, s *subject, q *requestRow, body []byte) {
	r, err := openChange(s.key, q.id, q.revision, body)
	switch {
	case err != nil:
	case !q.says(r):
		x.flaw(RequestEdited, string(q.id))
	case !q.timed && !q.stuck && waits(r, v.store.now()):
		x.flaw(RequestIdle, string(q.id))
	}
}

// newestAct is the entry of the last act, by time.
func newestAct(acts []*entryRow) *entryRow {
	last := acts[0]
	for _, e := range acts[1:] {
		if at := e.parsed.At.Compare(last.parsed.At); at > 0 || at == 0 && e.id > last.id {
			last = e
		}
	}
	return last
}

// later reports whether a may have come after b although its time is the smaller one: two
// nodes' clocks disagree, and every act adds words to a request.
func later(a, b *entryRow) bool {
	return b.parsed.At.Sub(a.parsed.At) <= skew && len(a.body) > len(b.body)
}

// says reports whether the row's columns say what the sealed request says.
func (q *requestRow) says(r change.Request) bool {
	return q.open == r.Open() && q.kind == string(r.Kind) && q.submission == r.Submission && q.lane == int64(r.Lane) &&
		q.who == r.Filed.ID && q.version == r.Version
}

// waits reports whether time must do something to the request yet.
func waits(r change.Request, now time.Time) bool {
	_, dues := r.Next(now)
	return len(dues) > 0
}
