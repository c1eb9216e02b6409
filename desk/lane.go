package desk

import (
	"fmt"
	"slices"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/policy"
	"amend/verify"
)

// kindOf is what an item's request wants: the first contact of a record that has none, and
// had none in the last 90 days, is an enrolment.
func (f *filing) kindOf(field customer.Field) change.Kind {
	switch {
	case f.p.Record == "":
		return change.Create
	case field.Contact() && field.Type != customer.Address && f.ch.none():
		return change.Enrol
	}
	return change.Update
}

// planOf asks policy what one item needs.
func (f *filing) planOf(it change.Item) (change.Kind, change.Plan) {
	field, _ := f.d.house.Catalog.Of(it.Key)
	own, shared := policy.FactsOf(field), f.facts
	shared.Field, shared.Type, shared.Group, shared.Class, shared.Tier, shared.Contact = own.Field, own.Type, own.Group, own.Class, own.Tier, own.Contact
	shared.Kind = f.kindOf(field)
	shared.Adds, shared.Removes = it.Was == nil, it.Now == ""
	if it.Was != nil {
		shared.Grade = it.Was.Grade
	}
	var lost []customer.Key
	if f.p.LostChannel {
		lost = f.keys()
	}
	shared.Authority, shared.ChannelAgeDays = f.ch.best(f.tx.Now(), field.Contact(), lost)
	if f.judged == nil {
		f.judged = map[customer.Key]policy.Facts{}
	}
	f.judged[it.Key] = shared
	return shared.Kind, f.policy.PlanFor(shared, it.Key)
}

func (f *filing) keys() []customer.Key {
	keys := make([]customer.Key, len(f.items))
	for i, it := range f.items {
		keys[i] = it.Key
	}
	return keys
}

// lanes groups items that need the same plan; creating a record is one lane of the strictest parts.
func (f *filing) lanes() []change.Request {
	var lanes []change.Request
	for _, it := range f.items {
		kind, plan := f.planOf(it)
		i := slices.IndexFunc(lanes, func(r change.Request) bool { return r.Kind == kind && (kind == change.Create || r.Plan.Same(plan)) })
		if i < 0 {
			lanes = append(lanes, change.Request{Kind: kind, Plan: plan, Items: []change.Item{it}})
			continue
		}
		lanes[i].Items = append(lanes[i].Items, it)
		if kind == change.Create {
			lanes[i].Plan = policy.Both(lanes[i].Plan, plan)
		} else {
			lanes[i].Plan = lanes[i].Plan.With(plan)
		}
	}
	return lanes
}

// file makes one request for each lane and seals it; what needs no gate is applied at once.
func (f *filing) file() (Filed, error) {
	if err := f.notice(); err != nil {
		return Filed{}, err
	}
	if err := f.makeRoom(); err != nil {
		return Filed{}, err
	}
	if f.p.Record != "" && f.d.touchesContact(change.Request{Items: f.items}) {
		if err := take(f.tx, "filed "+string(f.rec.ID)+" "+f.by.ID, verify.PerFiler()); err != nil {
			return Filed{}, err
		}
	}
	filed := Filed{Submission: f.p.reference(f.tx), Record: f.rec.ID}
	for i, lane := range f.lanes() {
		lane.Plan = lane.Plan.With(change.Plan{Standing: f.remarks(lane.Items)})
		r := f.request(lane, filed.Submission, i+1)
		if err := f.enter(&r); err != nil {
			return Filed{}, err
		}
		for _, k := range r.Keys() {
			f.tx.AddJudged(r.ID, k, f.judged[k])
		}
		filed.Changes = append(filed.Changes, r)
	}
	return filed, nil
}

func (f *filing) request(lane change.Request, submission string, number int) change.Request {
	r := lane
	r.ID, r.Submission, r.Lane = change.ID(f.tx.NewID()), submission, number
	r.Record, r.RecordKind = f.rec.ID, f.rec.Kind
	r.Channel, r.Source, r.Reason = f.p.Channel, f.facts.Source, f.p.Reason
	r.Filed, r.FiledAt, r.Effective, r.Appeals = change.PartyOf(f.by), f.tx.Now(), f.p.Effective, f.p.Appeals
	r.Signals = f.signalled(r.Items)
	if f.p.Collector != "" && f.p.Collector != f.by.ID {
		r.Collector = &change.Party{ID: f.p.Collector, Sort: access.Staff}
	}
	return r
}

// enter seals one request and tells who must hear of it.
func (f *filing) enter(r *change.Request) error {
	if _, _, open := r.OpenGate(f.tx.Now()); !open {
		return f.d.applyNow(f.tx, r, change.Event{Verb: change.ProposedNow, By: r.Filed, At: r.FiledAt})
	}
	ev := change.Event{Verb: change.Proposed, By: r.Filed, At: r.FiledAt, Facts: map[string]string{
		"kind": string(r.Kind), "channel": r.Channel, "recipe": r.Plan.Recipe, "policy": fmt.Sprint(r.Plan.Policy),
	}}
	if err := f.d.seal(f.tx, *r, ev, alteration{commits: commitItems(r.Items)}); err != nil {
		return err
	}
	return f.d.tellFiled(f.tx, *r, f.holder)
}

// makeRoom refuses fields that a dispute has frozen, and supersedes what the same
// submitter filed earlier on the same fields.
func (f *filing) makeRoom() error {
	if f.p.Record == "" {
		return nil
	}
	open, err := f.tx.OpenChanges(f.rec.ID)
	if err != nil {
		return err
	}
	for _, r := range open {
		if !overlaps(r, f.keys()) {
			continue
		}
		if r.Frozen() {
			return fault.New(fault.Conflict, "field_frozen", "change", r.ID)
		}
		if r.Filed.ID != f.by.ID || !r.Open() {
			continue
		}
		ev, err := r.Supersede(change.PartyOf(f.by), "", f.tx.Now())
		if err != nil {
			return err
		}
		if err := f.d.seal(f.tx, r, ev, alteration{}); err != nil {
			return err
		}
	}
	return nil
}

func overlaps(r change.Request, keys []customer.Key) bool {
	return slices.ContainsFunc(r.Items, func(it change.Item) bool { return slices.Contains(keys, it.Key) })
}

// refAlphabet leaves out letters and digits that are read for one another (Crockford's base 32).
const refAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// reference makes the customer's one reference: six random symbols and a check symbol,
// so that a misread one is noticed on the phone. Two equal ones are refused by the store.
func (p Proposal) reference(tx *store.Tx) string {
	b := random(tx.Rand(), 6)
	sum := 0
	for i := range b {
		n := int(b[i]) % len(refAlphabet)
		b[i] = refAlphabet[n]
		sum += n * (i + 2)
	}
	return "REQ-" + string(b) + string(refAlphabet[sum%len(refAlphabet)])
}
