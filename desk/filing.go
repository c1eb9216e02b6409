package desk

import (
	"fmt"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/policy"
)

// A filing is one proposal on its way to becoming requests.
type filing struct {
	d      *Desk
	tx     *store.Tx
	by     access.Actor
	p      Proposal
	rec    customer.Record
	holder customer.Record // whose contacts speak: the record itself, or an account's customer
	items  []change.Item
	facts  policy.Facts // what every item shares
	ch     channels
	shared []customer.Key // proposed contacts that another customer holds
	taken  bool           // a proposed identity number is another customer's
}

// filing loads what a proposal speaks of and checks it.
func (d *Desk) filing(tx *store.Tx, by access.Actor, p Proposal) (*filing, error) {
	f := &filing{d: d, tx: tx, by: by, p: p}
	if err := f.load(); err != nil {
		return nil, err
	}
	var err error
	if f.items, err = d.items(tx, f.rec, p.Items); err != nil {
		return nil, err
	}
	if !p.Effective.IsZero() && p.Effective.Before(tx.Now()) {
		return nil, fault.New(fault.Invalid, "effective_past", "field", "effective_at")
	}
	if err := f.appeal(); err != nil {
		return nil, err
	}
	if f.ch, err = d.channels(tx, f.holder); err != nil {
		return nil, err
	}
	if err := f.unique(); err != nil {
		return nil, err
	}
	return f, f.gather()
}

// unique is the duplicate check of a filing: an identity number that another record holds
// is refused, because two records of one customer would drift apart. A contact that is
// shared is legal (a family's phone), and the reviewer is told.
func (f *filing) unique() error {
	for _, it := range f.items {
		field, _ := f.d.house.Catalog.Of(it.Key)
		if it.Now == "" || !slices.Contains(field.Tokens, "exact") {
			continue
		}
		identity := field.Class == customer.Identity && field.Tier == customer.Top && field.Type != customer.Name
		if !identity && !field.Contact() {
			continue
		}
		taken, err := f.tx.Shared(f.rec.ID, field, it.Now)
		switch {
		case err != nil:
			return err
		case taken && identity && f.by.IsCustomer():
			f.taken = true // a customer must not learn whose number it is: the reviewer sees it
		case taken && identity:
			return fault.New(fault.Conflict, "identity_taken").On(string(it.Key))
		case taken:
			f.shared = append(f.shared, it.Key)
		}
	}
	return nil
}

func (f *filing) load() (err error) {
	if f.p.Record == "" {
		f.rec, err = f.tx.Reserve(f.p.RecordKind)
		f.holder = f.rec
		return err
	}
	if f.rec, err = f.tx.Record(f.p.Record); err != nil {
		return err
	}
	if f.holder, err = f.d.holder(f.tx, f.rec); err != nil {
		return err
	}
	if err = f.own(); err == nil && f.p.Seen > 0 && f.p.Seen != f.rec.Version {
		err = fault.New(fault.Conflict, "version_moved")
	}
	return err
}

// own keeps a customer to their own record and accounts. A foreign record and one that
// does not exist answer alike.
func (f *filing) own() error {
	if !f.by.IsCustomer() || string(f.rec.ID) == f.by.ID || string(f.holder.ID) == f.by.ID {
		return nil
	}
	return fault.New(fault.NotFound, "no_customer")
}

// holder answers the record whose contact points speak for rec: an account has none of
// its own, its customer's do.
func (d *Desk) holder(tx *store.Tx, rec customer.Record) (customer.Record, error) {
	if rec.Kind != customer.Account || rec.Get(holderKey) == "" {
		return rec, nil
	}
	return tx.Record(customer.ID(rec.Get(holderKey)))
}

// The fields that the desk itself reads.
const (
	holderKey   customer.Key = "holder"
	classKey    customer.Key = "customer_class"
	languageKey customer.Key = "language"
)

// gather collects the facts that every item shares.
func (f *filing) gather() error {
	changes, disputes, err := f.tx.History(f.rec.ID, f.tx.Now())
	if err != nil {
		return err
	}
	f.facts = policy.Facts{
		RecordKind: f.rec.Kind, Channel: f.p.Channel, Source: f.source(), FiledBy: filedBy(f.by),
		Assurance: assurance(f.by), CustomerClass: string(f.holder.Get(classKey)),
		LostChannel: f.p.LostChannel, Factors: f.ch.proven(), Changes30d: changes, Disputes1y: disputes,
	}
	if f.facts.CustomerClass == "" {
		f.facts.CustomerClass = "standard"
	}
	return nil
}

func (f *filing) source() string {
	if f.p.Source != "" && !f.by.IsCustomer() {
		return f.p.Source
	}
	return filedBy(f.by)
}

func filedBy(a access.Actor) string {
	switch a.Sort {
	case access.Customer:
		return "customer"
	case access.Staff:
		return "staff"
	}
	return "system"
}

// assurance is the grade that a value earns by the way it was filed: a signed-in customer
// has shown a credential, everybody else only said so.
func assurance(a access.Actor) customer.Grade {
	if a.IsCustomer() && a.Via != "link" {
		return customer.GradeB
	}
	return customer.GradeD
}

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
	return shared.Kind, f.d.house.Policy.PlanFor(shared, it.Key)
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
	if err := f.makeRoom(); err != nil {
		return Filed{}, err
	}
	filed := Filed{Submission: f.p.reference(f.tx), Record: f.rec.ID}
	for i, lane := range f.lanes() {
		if slices.ContainsFunc(lane.Items, func(it change.Item) bool { return slices.Contains(f.shared, it.Key) }) {
			lane.Plan.Standing = append(slices.Clone(lane.Plan.Standing), "contact_shared")
		}
		if f.taken {
			lane.Plan.Standing = append(slices.Clone(lane.Plan.Standing), "identity_shared")
		}
		r := f.request(lane, filed.Submission, i+1)
		if err := f.enter(&r); err != nil {
			return Filed{}, err
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

// appeal checks that a rejected request may be appealed: the same record, and once.
func (f *filing) appeal() error {
	if f.p.Appeals == "" {
		return nil
	}
	was, err := f.tx.Change(f.p.Appeals)
	if err != nil {
		return err
	}
	if was.Record != f.rec.ID || was.End != change.Refused {
		return fault.New(fault.Invalid, "no_appeal", "change", was.ID)
	}
	all, err := f.tx.Changes(f.rec.ID)
	if err != nil {
		return err
	}
	if was.Appeals != "" || slices.ContainsFunc(all, func(r change.Request) bool { return r.Appeals == was.ID }) {
		return fault.New(fault.Conflict, "appealed_once", "change", was.ID)
	}
	return nil
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

// due24 rounds a promise up to the full hour: nobody promises minutes.
func due24(t time.Time) time.Time { return t.Truncate(time.Hour).Add(time.Hour) }
