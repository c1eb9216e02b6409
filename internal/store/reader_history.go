package store

import (
	"context"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/downstream"
)

// An Act is one entry about a record: what was done, never a value.
type Act struct {
	Entry  string       `json:"id"`
	Pos    *int64       `json:"pos,omitempty"` // its place in the log; none while it waits for the sequencer
	At     time.Time    `json:"at"`
	Verb   string       `json:"verb"`
	By     string       `json:"by,omitempty"` // id of the actor; a customer sees only the sort
	Sort   access.Sort  `json:"sort"`
	Change change.ID    `json:"change,omitempty"`
	State  change.State `json:"state,omitempty"` // of the request, after the act
}

// History pages through the acts on a record, newest first: those of its requests, and
// those that belong to none.
func (r *Reader) History(ctx context.Context, by access.Actor, id customer.ID, s Slice) (Page[Act], error) {
	v := r.store.View(ctx)
	if _, err := r.record(v, by, id); err != nil {
		return Page[Act]{}, err
	}
	const q = `SELECT e.id, p.pos, e.leaf FROM (
			SELECT id, leaf FROM entry WHERE change_id = '' AND record_id = $1 AND (id < $2 OR $2 = '')
			UNION ALL SELECT e.id, e.leaf FROM change_request c JOIN entry e ON e.change_id = c.id AND e.change_id <> ''
				WHERE c.record_id = $1 AND (e.id < $2 OR $2 = '')
			ORDER BY id DESC LIMIT $3) AS e
		LEFT JOIN entry_place p ON p.entry_id = e.id ORDER BY e.id DESC`
	acts, err := list(v, "history", func(row Row) (Act, error) { return scanAct(by, row) }, q, id, s.Cursor, s.size()+1)
	return pageOf(acts, s.size(), func(a Act) string { return a.Entry }), err
}

func scanAct(by access.Actor, row Row) (Act, error) {
	var a Act
	var leaf []byte
	if err := row.Scan(&a.Entry, &a.Pos, &leaf); err != nil {
		return a, err
	}
	e, err := audit.ParseLeaf(leaf)
	if err != nil {
		return a, err
	}
	a.At, a.Verb, a.By, a.Sort, a.Change = e.At, e.Verb, e.Actor, access.Sort(e.Sort), change.ID(e.Change)
	if by.IsCustomer() {
		a.By = ""
	}
	for _, f := range e.Facts {
		if f.Name == "state" {
			a.State = change.State(f.Value)
		}
	}
	return a, nil
}

// A Following is how one system follows one record.
type Following struct {
	System    downstream.SystemID `json:"system"`
	Record    customer.ID         `json:"record"`
	Name      string              `json:"name"`
	Must      bool                `json:"must"`
	Wanted    int64               `json:"wanted_version"`
	Acked     int64               `json:"acked_version"`
	InSync    bool                `json:"in_sync"`
	Confirmed bool                `json:"confirmed"` // what it holds was read back and agrees
	State     downstream.Standing `json:"state"`
	Why       downstream.Why      `json:"why,omitempty"`
	Code      string              `json:"code,omitempty"`
	Holds     downstream.Carriage `json:"holds,omitempty"` // of the holds in force: carried, or not_carried
	Attempts  int                 `json:"attempts"`
	AckedAt   time.Time           `json:"acked_at,omitzero"`
	DueAt     time.Time           `json:"due_at,omitzero"`
}

func followingOf(s SystemRow, d downstream.Delivery) Following {
	f := Following{
		System: d.System, Record: d.Record, Name: s.Name, Must: s.Must, Wanted: d.WantedVersion, Acked: d.AckedVersion,
		InSync: d.AckedSeq >= d.WantedSeq, State: d.State, Why: d.Why, Code: d.LastCode, Holds: d.Holds, Attempts: d.Attempts, AckedAt: d.AckedAt, DueAt: d.DueAt,
	}
	f.Confirmed = f.InSync && d.ConfirmedSeq == d.AckedSeq
	if f.Why == "" && !f.InSync {
		f.Why = downstream.Waiting
		if s.Paused {
			f.Why = downstream.Held
		}
	}
	return f
}

// Following answers what every system has been told of a record: who received it.
func (r *Reader) Following(ctx context.Context, by access.Actor, id customer.ID) ([]Following, error) {
	v := r.store.View(ctx)
	if _, err := r.record(v, by, id); err != nil {
		return nil, err
	}
	deliveries, err := v.Deliveries(id)
	if err != nil {
		return nil, err
	}
	out := make([]Following, 0, len(deliveries))
	for _, d := range deliveries {
		s, err := v.System(d.System)
		if err != nil {
			return nil, err
		}
		f := followingOf(s, d)
		if by.IsCustomer() {
			f.Code = ""
		}
		out = append(out, f)
	}
	return out, nil
}
