package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"amend/access"
	"amend/approve"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/org"
	"amend/policy"
	"amend/privacy"
)

// A Box is one part of a person's inbox.
type Box string

// The boxes.
const (
	ForMe       Box = "mine"  // waits for a decision that the reader may make
	ByMe        Box = "filed" // the reader filed it, and it is not over
	ForTeam     Box = "team"  // waits for somebody of the house
	Later       Box = "later" // the reader put it off
	DecidedByMe Box = "done"  // the reader decided it
)

// Boxes lists every box, in the order tabs show them.
func Boxes() []Box { return []Box{ForMe, ByMe, ForTeam, Later, DecidedByMe} }

// An InboxLine is one request in an inbox: enough to choose the next one, every value masked.
type InboxLine struct {
	ChangeLine
	Name     privacy.Masked
	Class    string // of the customer: standard, vip …
	Channel  string
	Items    []Item
	Risk     policy.Risk
	Concerns []policy.Concern
	Level    string // that it waits for
	Have     int    // approvals of that level
	Need     int
	Since    time.Time // it has waited since then
	Due      time.Time // whoever decides should have by then; zero: nobody here is waited for
	Paused   bool      // waits for the customer
	Assigned string    // name of the person who is asked for the decision
	Pending  string    // name of the person whose decision takes effect in a moment
	Until    time.Time // it was put off until then
	May      bool      // the reader may decide it
	Hash     string    // of its content: what a decision is bound to
	revision int64
}

// inboxRead bounds how many requests one look at an inbox opens. They are the oldest ones:
// whoever has more before them is not helped by a longer list.
const inboxRead = 200

// Inbox answers one box, the most pressing first: time left, which runs faster for what is
// riskier. A box of what is over is newest first.
func (r *Reader) Inbox(ctx context.Context, by access.Actor, box Box) ([]InboxLine, error) {
	if err := may(by, access.ReadChanges); err != nil || by.Sort != access.Staff {
		return nil, fault.New(fault.Denied, "staff_only")
	}
	var lines []InboxLine
	err := r.store.Snapshot(ctx, func(v View) error {
		put, err := v.Snoozes(by.ID, r.store.Now())
		if err != nil {
			return err
		}
		ids, err := v.boxed(by, box, put)
		if err != nil {
			return err
		}
		staff, err := v.Staff()
		if err != nil {
			return err
		}
		lines, err = r.inboxLines(v, by, staff, ids)
		lines = slices.DeleteFunc(lines, func(l InboxLine) bool { return !belongsIn(box, &l, put) })
		return err
	})
	if box != DecidedByMe {
		r.byUrgency(lines)
	}
	return lines, err
}

// boxed answers the ids of the requests that may belong in a box.
func (v View) boxed(by access.Actor, box Box, put []Snoozed) ([]change.ID, error) {
	switch box {
	case ByMe:
		return scanIDs[change.ID](v, `SELECT id FROM change_request WHERE open = 1 AND filed_by = $1 ORDER BY id LIMIT $2`, by.ID, inboxRead)
	case Later:
		ids := make([]change.ID, len(put))
		for i, s := range put {
			ids[i] = s.Change
		}
		return ids, nil
	case DecidedByMe:
		return scanIDs[change.ID](v, `SELECT DISTINCT change_id FROM verdict WHERE actor_id = $1 ORDER BY change_id DESC LIMIT $2`, by.ID, inboxRead)
	}
	return scanIDs[change.ID](v, `SELECT id FROM change_request WHERE state IN ('reviewing', 'disputed') AND (open = 1 OR state = 'disputed') ORDER BY id LIMIT $1`, inboxRead)
}

// belongsIn reports whether a request belongs in a box. What was put off comes back when
// its time has come, or as soon as anything happened to it.
func belongsIn(box Box, l *InboxLine, put []Snoozed) bool {
	i := slices.IndexFunc(put, func(s Snoozed) bool { return s.Change == l.ID && s.Revision == l.revision })
	if i >= 0 {
		l.Until = put[i].Until
	}
	switch box {
	case ForMe:
		return l.May && i < 0
	case Later:
		return i >= 0
	}
	return true
}

// byUrgency puts the most pressing request first.
func (r *Reader) byUrgency(lines []InboxLine) {
	now := r.store.Now()
	left := func(l InboxLine) time.Duration {
		if l.Due.IsZero() {
			return 1 << 62
		}
		d := l.Due.Sub(now)
		if d < 0 {
			return d * time.Duration(l.Risk.Weight())
		}
		return d / time.Duration(l.Risk.Weight())
	}
	slices.SortStableFunc(lines, func(a, b InboxLine) int { return cmp.Compare(left(a), left(b)) })
}

// inboxLines opens requests and the names of their customers.
func (r *Reader) inboxLines(v View, by access.Actor, staff org.Staff, ids []change.ID) ([]InboxLine, error) {
	lines := make([]InboxLine, 0, len(ids))
	for _, id := range ids {
		req, err := v.Change(id)
		if fault.KindOf(err) == fault.NotFound {
			continue // its record's key was destroyed since
		}
		if err != nil {
			return nil, err
		}
		l, err := r.inboxLine(v, by, staff, req)
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func (r *Reader) inboxLine(v View, by access.Actor, staff org.Staff, req change.Request) (InboxLine, error) {
	now := r.store.Now()
	state, _ := req.Next(now)
	l := InboxLine{
		ChangeLine: ChangeLine{
			ID: req.ID, Ref: req.Ref(), Submission: req.Submission, Lane: req.Lane, Kind: req.Kind, Record: req.Record, State: state,
			WaitsFor: req.OpenRole(now), FiledBy: req.Filed.ID, FiledAt: req.FiledAt,
		},
		Channel: req.Channel, Paused: req.Question() != nil, Items: r.items(by, req), Hash: req.Hash(), revision: req.Revision,
	}
	l.Risk, l.Concerns = policy.Concerns(req, r.store.catalog)
	if due, waits := req.Promise(now); waits {
		l.Since, l.Due = due.At, r.calendar.Add(due.At, due.Working)
	}
	if p, known := staff.Person(req.Assigned); known {
		l.Assigned = p.Name
	}
	if req.Pending != nil {
		l.Pending = req.Pending.By.Name
	}
	level, err := req.OpenLevel(now)
	if err == nil {
		l.Level, l.Need = level.Name, level.Quorum
		l.Have = req.ApprovalsOf(level.Name)
	}
	l.May = r.mayDecide(by, staff, req, now) == nil
	return l, r.nameInbox(v, by, req, &l)
}

// mayDecide answers nil if by may make the decision that a request waits for, and otherwise
// why not and who may.
func (r *Reader) mayDecide(by access.Actor, staff org.Staff, req change.Request, now time.Time) error {
	switch {
	case req.Frozen():
		if f := by.May(access.DecideDispute); f != nil {
			return f
		}
		return approve.MayVote(req, by, staff, now)
	case req.Conflict != nil && req.Open():
		if f := by.May(access.Rebase); f != nil {
			return f
		}
		return nil
	}
	if f := by.May(access.Approve); f != nil {
		return f
	}
	level, err := req.OpenLevel(now)
	if err != nil {
		return err
	}
	_, err = approve.May(req, level, by, staff, now)
	return err
}

// nameInbox adds whose request it is. A record that does not exist yet is called by the name
// that its request proposes.
func (r *Reader) nameInbox(v View, by access.Actor, req change.Request, l *InboxLine) error {
	rec, err := v.Record(req.Record)
	if fault.KindOf(err) == fault.NotFound {
		rec, err = customer.Record{ID: req.Record, Kind: req.RecordKind, Values: map[customer.Key]customer.Value{}}, nil
		for _, it := range req.Items {
			rec.Values[it.Key] = customer.Value{Content: it.Now}
		}
	}
	if err != nil {
		return err
	}
	l.Name, l.Class = r.line(by, rec).Name, string(rec.Get("customer_class"))
	return nil
}

// items are the proposals of a request beside what was reviewed.
func (r *Reader) items(by access.Actor, req change.Request) []Item {
	items := make([]Item, 0, len(req.Items))
	for _, it := range req.Items {
		is := Item{Field: it.Key, Base: it.Base, Now: r.shown(by, it.Key, it.Now)}
		if it.Was != nil {
			is.Was, is.WasGrade = r.shown(by, it.Key, it.Was.Content), it.Was.Grade
		}
		items = append(items, is)
	}
	return items
}
