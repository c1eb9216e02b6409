package store

import (
	"context"
	"strconv"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// A ChangeLine is one request in a list: public facts only, so that nothing is opened for it.
type ChangeLine struct {
	ID         change.ID    `json:"id"`
	Ref        string       `json:"ref"`
	Submission string       `json:"submission"`
	Lane       int          `json:"lane"`
	Kind       change.Kind  `json:"kind"`
	Record     customer.ID  `json:"record_id"`
	State      change.State `json:"state"`
	WaitsFor   string       `json:"waits_for,omitempty"` // the role whose decision it waits for
	FiledBy    string       `json:"filed_by,omitempty"`  // id; a customer does not see it
	FiledAt    time.Time    `json:"filed_at"`
}

// A Filter narrows a list of requests; its zero value narrows nothing.
type Filter struct {
	State  change.State
	Record customer.ID
	Mine   bool // filed by who reads
}

// Changes pages through requests, newest first. A customer's credential lists only its own.
func (r *Reader) Changes(ctx context.Context, by access.Actor, f Filter, s Slice) (Page[ChangeLine], error) {
	if err := may(by, access.ReadChanges); err != nil {
		return Page[ChangeLine]{}, err
	}
	filer, submission, only := "", "", ""
	if f.Mine {
		filer = by.ID
	}
	if by.IsCustomer() && by.Via == "link" {
		submission, only = by.Link.Submission, by.Link.Change
	} else if by.IsCustomer() {
		if f.Record == "" {
			f.Record = customer.ID(by.ID)
		}
		if err := r.ownsRecord(ctx, by, f.Record); err != nil {
			return Page[ChangeLine]{}, err
		}
	}
	const q = `SELECT id, submission, lane, kind, record_id, state, COALESCE(level, ''), filed_by, filed_at FROM change_request
		WHERE (state = $1 OR $1 = '') AND (record_id = $2 OR $2 = '') AND (filed_by = $3 OR $3 = '') AND (submission = $4 OR $4 = '')
			AND (id = $5 OR $5 = '') AND (id < $6 OR $6 = '') ORDER BY id DESC LIMIT $7`
	lines, err := list(r.store.View(ctx), "requests", changeLine(by), q, string(f.State), string(f.Record), filer, submission, only, s.Cursor, s.size()+1)
	return pageOf(lines, s.size(), func(l ChangeLine) string { return string(l.ID) }), err
}

// ownsRecord refuses a customer's list of requests about a record that is not theirs. A
// record that does not exist yet is theirs if it is the one they sign in as.
func (r *Reader) ownsRecord(ctx context.Context, by access.Actor, id customer.ID) error {
	if string(id) == by.ID {
		return nil
	}
	_, err := r.record(r.store.View(ctx), by, id)
	return err
}

// changeLine scans one line as by may see it.
func changeLine(by access.Actor) func(Row) (ChangeLine, error) {
	return func(row Row) (l ChangeLine, err error) {
		err = row.Scan(&l.ID, &l.Submission, &l.Lane, &l.Kind, &l.Record, &l.State, &l.WaitsFor, &l.FiledBy, &l.FiledAt)
		l.Ref = change.Request{Submission: l.Submission, Lane: l.Lane}.Ref()
		if by.IsCustomer() {
			l.FiledBy, l.WaitsFor = "", ""
		}
		return l, err
	}
}

// A Standing is where a request stands after an act on it.
type Standing struct {
	ID          change.ID    `json:"id"`
	Ref         string       `json:"ref,omitempty"`
	State       change.State `json:"state,omitempty"`
	ContentHash string       `json:"content_hash,omitempty"` // what an approval is bound to; staff only
}

// Standing answers where a request stands. Whoever may do one act on it, and not read it,
// hears only its id: a link sent to a proposed contact may have reached a stranger.
func (r *Reader) Standing(ctx context.Context, by access.Actor, id change.ID) (Standing, error) {
	if by.May(access.ReadChanges) != nil {
		return Standing{ID: id}, nil
	}
	req, err := r.opened(r.store.View(ctx), by, id)
	if err != nil {
		return Standing{}, err
	}
	state, _ := req.Next(r.store.Now())
	s := Standing{ID: id, Ref: req.Ref(), State: state}
	if !by.IsCustomer() {
		s.ContentHash = req.Hash()
	}
	return s, nil
}

// Filed answers what the requests that somebody filed became, for their filer.
func (r *Reader) Filed(ctx context.Context, by access.Actor, requests []change.Request) ([]FiledChange, error) {
	v := r.store.View(ctx)
	systems, err := v.systems()
	if err != nil {
		return nil, err
	}
	out := make([]FiledChange, 0, len(requests))
	for _, req := range requests {
		if req.Filed.ID != by.ID {
			return nil, noChange(req.ID)
		}
		now := r.store.Now()
		state, _ := req.Next(now)
		out = append(out, FiledChange{
			ID: req.ID, Ref: req.Ref(), Submission: req.Submission, Record: req.Record, State: state,
			Plan: planOf(by, req, now), Impact: r.impact(by, systems, req),
		})
	}
	return out, nil
}

// FiledAt answers the requests that an actor filed at one moment: how a caller whose
// answer was lost finds what became of it. Ids begin with their time, so the key finds them.
func (r *Reader) FiledAt(ctx context.Context, by access.Actor, at time.Time) ([]change.Request, error) {
	var first, after [20]byte
	millis := uint64(at.UnixMilli()) & (1<<48 - 1)
	putBase32(first[:10], millis<<2)
	putBase32(after[:10], (millis+1)<<2)
	const q = `SELECT id FROM change_request WHERE id >= $1 AND id < $2 AND filed_by = $3 AND filed_at = $4 ORDER BY id`
	v := r.store.View(ctx)
	ids, err := scanIDs[change.ID](v, q, string(first[:10]), string(after[:10]), by.ID, at)
	if err == nil && len(ids) == 0 {
		err = fault.New(fault.Conflict, "repeat_answer_lost", "time", strconv.FormatInt(at.UnixMilli(), 10))
	}
	requests := make([]change.Request, len(ids))
	for i, id := range ids {
		if err == nil {
			requests[i], err = v.Change(id)
		}
	}
	return requests, err
}
