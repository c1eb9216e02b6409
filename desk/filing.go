package desk

import (
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
	d       *Desk
	tx      *store.Tx
	by      access.Actor
	p       Proposal
	rec     customer.Record
	holder  customer.Record // whose contacts speak: the record itself, or an account's customer
	items   []change.Item
	policy  *policy.Policy
	facts   policy.Facts                  // what every item shares
	judged  map[customer.Key]policy.Facts // what the policy was told of each item
	signals []change.Signal               // what was noticed about the filing as a whole
	ch      channels
	shared  []customer.Key // proposed contacts that another customer holds
	taken   bool           // a proposed identity number is another customer's
}

// filing loads what a proposal speaks of and checks it. Who only wants to know brings the
// policy: an act that is never stored cannot rely on what memory holds of it.
func (d *Desk) filing(tx *store.Tx, by access.Actor, p Proposal, in *policy.Policy) (*filing, error) {
	f := &filing{d: d, tx: tx, by: by, p: p, policy: in}
	if err := f.load(); err != nil {
		return nil, err
	}
	if err := f.collected(); err != nil {
		return nil, err
	}
	var err error
	if f.items, err = d.items(tx, f.rec, p.Items); err != nil {
		return nil, err
	}
	if !p.Effective.IsZero() && p.Effective.Before(tx.Now()) {
		return nil, fault.New(fault.Invalid, "effective_past", "field", "effective_at")
	}
	if p.Effective.After(tx.Now().Add(maxAhead)) {
		return nil, fault.New(fault.Invalid, "effective_far", "field", "effective_at", "days", int(maxAhead/(24*time.Hour)))
	}
	if f.holder, err = opener(tx, f.rec, f.items); err != nil {
		return nil, err
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

// collected refuses a collector who is nobody here, and one whom a customer names: who
// collects may not decide, so a thief would choose who may.
func (f *filing) collected() error {
	switch {
	case f.p.Collector == "":
		return nil
	case f.by.IsCustomer():
		return fault.New(fault.Denied, "staff_only").On("collector")
	}
	staff, err := f.tx.Staff()
	if err != nil {
		return err
	}
	if _, known := staff.Person(f.p.Collector); !known {
		return fault.New(fault.Invalid, "delegate_unknown").On("collector")
	}
	return nil
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
		identity := identifies(field)
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

// identifies reports whether no two records may hold one value of the field.
func identifies(f customer.Field) bool {
	return f.Class == customer.Identity && f.Tier == customer.Top && f.Type != customer.Name
}

// remarks are what the reviewer of items should know of other customers' values.
func (f *filing) remarks(items []change.Item) []string {
	var codes []string
	if slices.ContainsFunc(items, func(it change.Item) bool { return slices.Contains(f.shared, it.Key) }) {
		codes = append(codes, "contact_shared")
	}
	if f.taken {
		codes = append(codes, "identity_shared")
	}
	return codes
}

// maxAhead bounds an effective date: proofs and approvals age while they wait for it.
const maxAhead = 365 * 24 * time.Hour

func (f *filing) load() (err error) {
	if f.p.Record == "" {
		f.rec, err = f.tx.Reserve(f.p.RecordKind)
		f.holder = f.rec
		return err
	}
	if f.rec, err = f.tx.Record(f.p.Record); err != nil {
		return err
	}
	if f.holder, err = f.tx.Holder(f.rec); err != nil {
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

// The fields that the desk itself reads.
const (
	classKey    customer.Key = "customer_class"
	languageKey customer.Key = "language"
)

// gather collects the facts that every item shares.
func (f *filing) gather() error {
	if f.policy == nil {
		var err error
		if f.policy, err = f.tx.Policy(f.d.house.Policy); err != nil {
			return err
		}
	}
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
// has shown a credential, everybody else only said so. A code to a contact that was never
// proven shows nothing yet.
func assurance(a access.Actor) customer.Grade {
	if a.IsCustomer() && a.Via != "link" && !a.Weak {
		return customer.GradeB
	}
	return customer.GradeD
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
