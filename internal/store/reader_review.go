package store

import (
	"context"
	"time"

	"amend/access"
	"amend/audit"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/org"
	"amend/policy"
	"amend/privacy"
)

// A Review is one request with everything that helps a person judge it, every value masked.
type Review struct {
	Change
	Name     privacy.Masked // of the customer
	Class    string
	Risk     policy.Risk
	Concerns []policy.Concern
	Pending  *PendingVerdict
	Since    time.Time // it has waited since then; zero: for nobody here
	Due      time.Time
	Paused   bool // waits for the customer
	May      Powers
	Acts     []Act                   // what was done to it, oldest first, each with its place in the log
	Facts    map[string][]audit.Fact // what is public of each, by its entry
	Shared   []SharedValue           // proposed values that other customers hold too
	Others   []ChangeLine            // other open requests on the record
	Filer    FilerHistory            // of whoever filed it
	Names    map[string]string       // of people, by id
	Values   map[customer.Key]Held   // on record now, of the fields that it touches
}

// A PendingVerdict is a verdict that takes effect in a moment.
type PendingVerdict struct {
	Verdict change.Verdict
	By      Person
	Takes   time.Time
}

// Powers are the acts that the reader may do on a request now. Refused says why they may
// not make the decision that it waits for: its words name who may.
type Powers struct {
	Decide   bool // approve or reject
	Vote     bool // end its dispute
	Undo     bool
	Ask      bool
	Answer   bool
	Withdraw bool
	Attest   bool
	Freeze   bool
	Rebase   bool
	Reassign bool
	Reveal   bool
	Refused  *fault.Error
}

// A SharedValue is a proposed value that other customers hold too.
type SharedValue struct {
	Field  customer.Key
	Others []CustomerLine
}

// A FilerHistory is how requests of one filer went in the last 90 days: how many were filed
// for this record, and how many of those were refused or disputed.
type FilerHistory struct {
	Filed, Applied, Refused, Disputed int64
}

// Review answers one request for whoever judges it. It is read at one moment.
func (r *Reader) Review(ctx context.Context, by access.Actor, id change.ID) (Review, error) {
	if by.Sort != access.Staff {
		return Review{}, fault.New(fault.Denied, "staff_only")
	}
	c, err := r.Change(ctx, by, id)
	if err != nil {
		return Review{}, err
	}
	out := Review{Change: c, Facts: map[string][]audit.Fact{}, Names: map[string]string{}, Values: map[customer.Key]Held{}}
	err = r.store.Snapshot(ctx, func(v View) error {
		req, err := r.opened(v, by, id)
		if err != nil {
			return err
		}
		staff, err := v.Staff()
		if err != nil {
			return err
		}
		r.judged(by, staff, req, &out)
		for _, part := range []func(View, access.Actor, change.Request, *Review) error{r.reviewRecord, r.reviewActs, r.reviewShared, r.reviewFiler} {
			if err := part(v, by, req, &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// judged says how pressing and how risky a request is, and what the reader may do.
func (r *Reader) judged(by access.Actor, staff org.Staff, req change.Request, out *Review) {
	now := r.store.Now()
	out.Risk, out.Concerns = policy.Concerns(req, r.store.catalog)
	out.Paused = req.Question() != nil
	if due, waits := req.Promise(now); waits {
		out.Since, out.Due = due.At, r.calendar.Add(due.At, due.Working)
	}
	if p := req.Pending; p != nil {
		out.Pending = &PendingVerdict{Verdict: p.Verdict, By: personOf(by, p.By), Takes: p.Takes}
	}
	for _, p := range staff.People {
		out.Names[p.ID] = p.Name
	}
	out.May = r.powers(by, staff, req, now)
}

func (r *Reader) powers(by access.Actor, staff org.Staff, req change.Request, now time.Time) Powers {
	can := func(act access.Act) bool { return by.May(act) == nil }
	state, _ := req.Next(now)
	err := r.mayDecide(by, staff, req, now)
	p := Powers{
		Decide:   err == nil && !req.Frozen() && req.Conflict == nil,
		Vote:     err == nil && req.Frozen() && !req.VotedBy(by.ID),
		Rebase:   err == nil && req.Conflict != nil && !req.Frozen(),
		Undo:     req.Pending != nil && req.Pending.By.ID == by.ID,
		Answer:   req.Question() != nil && by.ID == req.Filed.ID && can(access.Answer),
		Withdraw: req.Open() && !req.Frozen() && by.ID == req.Filed.ID && can(access.Withdraw),
		Attest:   state == change.Verifying && (can(access.AttestCallback) || can(access.AttestSighted)),
		Freeze:   can(access.Freeze) && !req.Frozen() && (req.Open() || !req.AppliedAt.IsZero() && now.Before(req.AppliedAt.Add(change.DisputeOpen)) && req.End != change.Reverted),
		Reassign: state == change.Reviewing && can(access.Reassign),
		Reveal:   can(access.Reveal),
	}
	p.Ask = p.Decide && can(access.Ask)
	if f, refused := err.(*fault.Error); refused && (req.Open() || req.Frozen()) {
		p.Refused = f
	}
	return p
}

// reviewRecord adds whose request it is, what is on record now, and what else is open there.
func (r *Reader) reviewRecord(v View, by access.Actor, req change.Request, out *Review) error {
	var l InboxLine
	if err := r.nameInbox(v, by, req, &l); err != nil {
		return err
	}
	out.Name, out.Class = l.Name, l.Class
	const q = `SELECT id, submission, lane, kind, record_id, state, COALESCE(level, ''), filed_by, filed_at FROM change_request
		WHERE record_id = $1 AND id <> $2 AND (open = 1 OR state = 'disputed') ORDER BY id DESC LIMIT 20`
	var err error
	if out.Others, err = list(v, "requests", changeLine(by), q, req.Record, req.ID); err != nil {
		return err
	}
	rec, err := v.Record(req.Record)
	if fault.KindOf(err) == fault.NotFound {
		return nil // it comes to be with this request
	}
	if err != nil {
		return err
	}
	for _, held := range r.values(by, rec, Demand{}, r.store.Now()) {
		if _, touched := req.Item(held.Field); touched {
			out.Values[held.Field] = held
		}
	}
	return nil
}

// reviewActs lists what was done to a request, oldest first.
func (r *Reader) reviewActs(v View, by access.Actor, req change.Request, out *Review) (err error) {
	const q = `SELECT e.id, p.pos, e.leaf FROM entry e LEFT JOIN entry_place p ON p.entry_id = e.id
		WHERE e.change_id = $1 AND e.change_id <> '' ORDER BY CASE WHEN p.pos IS NULL THEN 1 ELSE 0 END, p.pos, e.id LIMIT 200`
	out.Acts, err = list(v, "acts", func(row Row) (Act, error) {
		act, facts, err := scanFacts(by, row)
		out.Facts[act.Entry] = facts
		return act, err
	}, q, req.ID)
	return err
}

// scanFacts scans an act with what is public of it.
func scanFacts(by access.Actor, row Row) (Act, []audit.Fact, error) {
	var id string
	var pos *int64
	var leaf []byte
	if err := row.Scan(&id, &pos, &leaf); err != nil {
		return Act{}, nil, err
	}
	act, err := scanAct(by, row)
	if err != nil {
		return act, nil, err
	}
	e, err := audit.ParseLeaf(leaf)
	return act, e.Facts, err
}

// reviewShared looks who else holds a proposed contact or number.
func (r *Reader) reviewShared(v View, by access.Actor, req change.Request, out *Review) error {
	for _, it := range req.Items {
		f, _ := r.store.catalog.Of(it.Key)
		if it.Now == "" || !f.Contact() || f.Type == customer.Address {
			continue
		}
		holders, err := v.Holders(f, it.Now)
		if err != nil {
			return err
		}
		shared := SharedValue{Field: it.Key}
		for id := range holders {
			if id == req.Record {
				continue
			}
			rec, err := v.Record(id)
			if err != nil {
				return err
			}
			shared.Others = append(shared.Others, r.line(by, rec))
		}
		if len(shared.Others) > 0 {
			out.Shared = append(out.Shared, shared)
		}
	}
	return nil
}

// filerHistory is how far back the requests of a filer are counted.
const filerHistory = 90 * 24 * time.Hour

func (r *Reader) reviewFiler(v View, by access.Actor, req change.Request, out *Review) error {
	const q = `SELECT COUNT(*), COALESCE(SUM(CASE WHEN applied_version > 0 THEN 1 ELSE 0 END), 0),
			COALESCE(SUM(CASE WHEN state IN ('rejected', 'failed') THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN state IN ('disputed', 'reverted', 'kept') THEN 1 ELSE 0 END), 0)
		FROM change_request WHERE record_id = $1 AND filed_by = $2 AND filed_at > $3 AND id <> $4`
	return v.Row(q, req.Record, req.Filed.ID, r.store.Now().Add(-filerHistory), req.ID).
		Scan(&out.Filer.Filed, &out.Filer.Applied, &out.Filer.Refused, &out.Filer.Disputed)
}
