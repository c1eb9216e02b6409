package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/privacy"
	"amend/verify"
)

// Change answers one request with everything that happened to it. It is read at one moment.
func (r *Reader) Change(ctx context.Context, by access.Actor, id change.ID) (Change, error) {
	var c Change
	err := r.store.Snapshot(ctx, func(v View) error {
		req, err := r.opened(v, by, id)
		if err != nil {
			return err
		}
		c = r.head(by, req)
		for _, part := range []func(View, access.Actor, change.Request, *Change) error{r.showItems, r.showSystems, r.showNotices, r.showTasks, r.showChallenges} {
			if err := part(v, by, req, &c); err != nil {
				return err
			}
		}
		return nil
	})
	return c, err
}

// head is what a request itself says.
func (r *Reader) head(by access.Actor, req change.Request) Change {
	now := r.store.Now()
	state, _ := req.Next(now)
	c := Change{
		ID: req.ID, Ref: req.Ref(), Submission: req.Submission, Lane: req.Lane, Kind: req.Kind, State: state,
		Record: req.Record, RecordKind: req.RecordKind, Revision: req.Revision, ContentHash: req.Hash(), Channel: req.Channel, Source: req.Source,
		Reason: req.Reason, Filed: personOf(by, req.Filed), FiledAt: req.FiledAt, Effective: req.Effective, Assigned: req.Assigned, Appeals: req.Appeals,
		AppliedAt: req.AppliedAt, Version: req.Version, EndedAt: req.EndedAt, EndCode: req.EndCode, Plan: planOf(by, req, now),
		Proofs: proofsOf(by, req.Proofs), Decisions: []Decision{}, Voided: len(req.Voided), Questions: []Question{}, Dispute: disputeOf(by, req.Dispute),
	}
	for _, d := range req.Decisions {
		is := Decision{Level: d.Level, Verdict: d.Verdict, By: personOf(by, d.By), For: d.For, Reason: d.Reason, Comment: d.Comment, At: d.At}
		if by.IsCustomer() {
			is.For, is.Comment = "", ""
		}
		c.Decisions = append(c.Decisions, is)
	}
	for _, q := range req.Questions {
		c.Questions = append(c.Questions, Question{By: personOf(by, q.By), At: q.At, Text: q.Text, Answer: q.Answer, AnsweredAt: q.AnsweredAt, Expires: q.Expires()})
	}
	if by.IsCustomer() {
		c.ContentHash, c.Assigned = "", ""
	}
	return c
}

func proofsOf(by access.Actor, proofs []change.Proof) []Proof {
	out := make([]Proof, 0, len(proofs))
	for _, p := range proofs {
		is := Proof{Gate: p.Gate, Method: p.Method, Contact: p.Contact, New: p.New, Weak: p.Weak, By: personOf(by, p.By), At: p.At, Note: p.Note}
		if by.IsCustomer() {
			is.Note = ""
		}
		out = append(out, is)
	}
	return out
}

func disputeOf(by access.Actor, d *change.Disagreement) *Dispute {
	if d == nil {
		return nil
	}
	is := &Dispute{By: personOf(by, d.By), At: d.At, From: d.From, Reason: d.Reason, Proofs: proofsOf(by, d.Proofs), Votes: []VoteView{}, Outcome: d.Outcome, Closed: d.Closed}
	for _, v := range d.Votes {
		if !by.IsCustomer() {
			is.Votes = append(is.Votes, VoteView{By: personOf(by, v.By), Outcome: v.Outcome, Comment: v.Comment, At: v.At})
		}
	}
	return is
}

// planOf shows a plan's gates; which rules spoke, and which roles decide, stays inside.
func planOf(by access.Actor, req change.Request, now time.Time) PlanView {
	p := PlanView{Policy: req.Plan.Policy, Recipe: req.Plan.Recipe, Rules: req.Plan.Rules, Gates: []GateView{}, Weak: req.Plan.Weak, Lost: req.Plan.Lost, Notices: req.Plan.Standing}
	open := false
	for _, g := range req.Gates(now) {
		is := GateView{Kind: g.Gate.Kind, Status: "waiting", Any: g.Gate.Any, Fields: g.Gate.Keys, Seconds: int64(g.Gate.For / time.Second)}
		switch {
		case g.Met:
			is.Status, is.Since = "met", g.Since
		case !open:
			is.Status, is.Since, open = "open", g.Since, true
		}
		if l := g.Gate.Level; l != nil {
			is.Level, is.Quorum, is.Seconds = l.Name, l.Quorum, int64(l.Within/time.Second)
			if !by.IsCustomer() {
				is.Role = l.Role
			}
		}
		p.Gates = append(p.Gates, is)
	}
	for _, h := range req.Plan.Holds {
		p.Holds = append(p.Holds, HoldView{Action: h.Action, Seconds: int64(h.For / time.Second)})
	}
	if _, dues := req.Next(now); !by.IsCustomer() || req.Open() {
		if i := slices.IndexFunc(dues, func(d change.Due) bool { return d.What == change.DueExpire }); i >= 0 {
			p.Expires = dues[i].At
		}
	}
	if by.IsCustomer() { // that another customer holds the value is the reviewer's to know
		p.Rules = nil
		p.Notices = slices.DeleteFunc(slices.Clone(p.Notices), func(code string) bool { return strings.HasSuffix(code, "_shared") })
	}
	return p
}

// showItems puts each proposal beside what was reviewed, and in a conflict beside what is on record.
func (r *Reader) showItems(v View, by access.Actor, req change.Request, c *Change) error {
	var current customer.Record
	if req.Conflict != nil {
		var err error
		if current, err = v.Record(req.Record); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	c.Items = r.items(by, req)
	for i := range c.Items {
		if is := &c.Items[i]; req.Conflict != nil {
			is.Conflict, is.Current = slices.Contains(req.Conflict.Keys, is.Field), r.shown(by, is.Field, current.Get(is.Field))
		}
	}
	return nil
}

func (r *Reader) shown(by access.Actor, k customer.Key, content customer.Content) *privacy.Masked {
	if content == "" {
		return nil
	}
	m := r.mask(by, k, content)
	return &m
}

func (r *Reader) impact(by access.Actor, systems []downstream.System, req change.Request) []Impact {
	out := []Impact{}
	for _, s := range downstream.Impact(systems, r.scope(req)) {
		is := Impact{System: s.System, Name: s.Name, Must: s.Must, Paused: s.Paused, Region: s.Region}
		for _, m := range s.Fields {
			is.Fields = append(is.Fields, m.Key)
		}
		out = append(out, is)
	}
	return out
}

func (r *Reader) scope(req change.Request) downstream.Scope {
	return downstream.Scope{Kind: req.RecordKind, Catalog: r.store.catalog, Keys: req.Keys()}
}

// showSystems says who will receive the request, and, once it is applied, who has it.
func (r *Reader) showSystems(v View, by access.Actor, req change.Request, c *Change) error {
	systems, err := v.systems()
	if err != nil {
		return err
	}
	c.Impact, c.Completeness = r.impact(by, systems, req), []Complete{}
	if req.AppliedAt.IsZero() {
		return nil
	}
	deliveries, err := v.Deliveries(req.Record)
	if err != nil {
		return err
	}
	lines := downstream.Completeness(systems, deliveries, r.scope(req), req.Version)
	c.InSync = downstream.Complete(lines)
	for _, l := range lines {
		is := Complete{System: l.System, Name: l.Name, Must: l.Must, Owner: l.Owner, Acked: l.Acked, Confirmed: l.Confirmed, Why: l.Why, Code: l.Code, Holds: l.Holds, Pause: l.Pause}
		if by.IsCustomer() {
			is.Owner, is.Code, is.Pause = "", "", downstream.Pause{}
		}
		c.Completeness = append(c.Completeness, is)
	}
	return nil
}

// showNotices says what was told, to which contact, and what became of it. A customer sees
// what customers were told.
func (r *Reader) showNotices(v View, by access.Actor, req change.Request, c *Change) error {
	notices, err := v.NoticesOf(req.ID)
	if err != nil {
		return err
	}
	c.Notices = []Told{}
	for _, n := range notices {
		if n.Kind.Staff() && by.IsCustomer() {
			continue
		}
		told, err := r.told(v, by, n)
		if err != nil {
			return err
		}
		c.Notices = append(c.Notices, told)
	}
	return nil
}

// told masks where a notice goes. The words of a secret are gone once it was sent, and
// with them where it went.
func (r *Reader) told(v View, by access.Actor, n Notice) (Told, error) {
	is := Told{ID: n.ID, Kind: string(n.Kind), Channel: string(n.Channel), Audience: n.Audience, State: n.State, Code: n.Code, QueuedAt: n.QueuedAt, SentAt: n.SentAt}
	if n.Kind.Staff() || len(n.sealed) == 0 {
		return is, nil
	}
	if err := v.openNotice(&n); err != nil {
		return is, err
	}
	is.To = r.mask(by, customer.Key(n.Audience), customer.Content(n.To)).Text
	if by.IsCustomer() {
		is.Code = ""
	}
	return is, nil
}

func (r *Reader) showTasks(v View, by access.Actor, req change.Request, c *Change) error {
	c.Tasks = []TaskView{}
	if by.IsCustomer() {
		return nil
	}
	tasks, err := v.Tasks(req.ID)
	for _, t := range tasks {
		c.Tasks = append(c.Tasks, taskOf(t))
	}
	return err
}

func taskOf(t Task) TaskView {
	return TaskView{ID: t.ID, Kind: t.Kind, Change: t.Change, Record: t.Record, Contact: t.Contact, Role: t.Role, OpenedAt: t.OpenedAt, DueAt: t.DueAt, DoneAt: t.DoneAt, Outcome: t.Outcome}
}

func (r *Reader) showChallenges(v View, _ access.Actor, req change.Request, c *Change) error {
	all, err := v.Challenges(req.ID)
	c.Challenges = []Challenged{}
	for _, ch := range all {
		state := string(ch.State)
		if ch.State == verify.Live && !ch.Open(r.store.Now()) {
			state = "expired"
		}
		c.Challenges = append(c.Challenges, Challenged{ID: ch.ID, Gate: ch.Gate, Method: ch.Method, Contact: ch.Contact, New: ch.New, State: state, SentAt: ch.SentAt, Expires: ch.Expires})
	}
	return err
}
