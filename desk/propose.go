package desk

import (
	"context"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/quality"
)

// Proposal is what somebody files: one record, one or more items.
type Proposal struct {
	Record      customer.ID   // empty to create a record
	RecordKind  customer.Kind // of the record to create
	Channel     string        // where it came in: portal, hotline, shop, app, web, mail, api
	Source      string        // whose word it is: customer, staff, vendor:NAME, system:NAME; "" by the filer
	Reason      string
	Items       []Proposed
	Effective   time.Time // zero: as soon as the gates are met
	LostChannel bool      // the customer can no longer be reached on a contact on record: the recovery lane
	Collector   string    // id of the person who took it in, where that is not the filer
	Appeals     change.ID // the rejected request that this one appeals
	Seen        int64     // version of the record that the filer saw; 0: any
}

// Proposed is one value as it came through a door. A null Value removes.
type Proposed struct {
	Key   customer.Key
	Value json.RawMessage
}

// Filed is what became of a proposal: one request for each lane.
type Filed struct {
	Submission string
	Record     customer.ID
	Changes    []change.Request
}

// The bounds of one proposal.
const (
	maxItems  = 50
	maxReason = 1000
)

// Propose files a change: it checks every value, compares with the record, asks policy for
// the plan of each item, splits into lanes, and seals one request for each. What needs
// no gate is applied by the same act. Stories: propose.txtar, lanes.txtar.
func (d *Desk) Propose(ctx context.Context, by access.Actor, p Proposal) (Filed, error) {
	if err := mayPropose(by, p); err != nil {
		return Filed{}, err
	}
	var filed Filed
	err := d.store.Write(ctx, string(p.Record), func(tx *store.Tx) error {
		filed = Filed{}
		f, err := d.filing(tx, by, p, nil)
		if err != nil {
			return err
		}
		filed, err = f.file()
		return err
	})
	return filed, err
}

func mayPropose(by access.Actor, p Proposal) error {
	act := access.FileChange
	if p.Record == "" {
		act = access.FileCreate
	}
	if f := by.May(act); f != nil {
		return f
	}
	if by.IsCustomer() && p.Record == "" && by.ID != "" {
		return fault.New(fault.NotFound, "no_customer")
	}
	switch {
	case len(p.Items) == 0:
		return fault.New(fault.Invalid, "no_items")
	case len(p.Items) > maxItems:
		return fault.New(fault.Invalid, "too_many_items", "max", maxItems)
	case p.Reason == "":
		return fault.New(fault.Invalid, "reason_missing", "field", "reason")
	case len(p.Reason) > maxReason:
		return fault.New(fault.Invalid, "too_long", "field", "reason", "max", maxReason)
	case p.Channel == "":
		return fault.New(fault.Invalid, "channel_missing", "field", "channel")
	case !word.MatchString(p.Channel):
		return fault.New(fault.Invalid, "bad_channel", "field", "channel")
	case p.Source != "" && !source.MatchString(p.Source):
		return fault.New(fault.Invalid, "bad_source", "field", "source")
	}
	return nil
}

// Channels and sources are public facts of the log, so they are words and never free text.
var (
	word   = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)
	source = regexp.MustCompile(`^(customer|staff|(vendor|system|event|survey):[a-z][a-z0-9_-]{0,31})$`)
)

// items checks every proposed value and compares it with the record. All faults are
// reported together, each with its field.
func (d *Desk) items(tx *store.Tx, rec customer.Record, proposed []Proposed) ([]change.Item, error) {
	check := quality.Checker{Today: tx.Now().In(d.house.Calendar.Zone())}
	var faults []*fault.Error
	var items []change.Item
	for i, p := range proposed {
		content, f, err := d.content(tx, check, rec.Kind, p)
		if err != nil {
			return nil, err
		}
		if f == nil && slices.ContainsFunc(proposed[:i], func(before Proposed) bool { return before.Key == p.Key }) {
			f = fault.New(fault.Invalid, "field_twice")
		}
		if f != nil {
			faults = append(faults, f.On(string(p.Key)))
			continue
		}
		if content != rec.Get(p.Key) {
			items = append(items, newItem(tx, rec, p.Key, content))
		}
	}
	if err := fault.Join(faults...); err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, fault.New(fault.Invalid, "nothing_changes")
	}
	return items, nil
}

// content checks one proposed value: what may stand under its key, how it is written, and
// whether the record that it refers to is there.
func (d *Desk) content(tx *store.Tx, check quality.Checker, kind customer.Kind, p Proposed) (customer.Content, *fault.Error, error) {
	field, ok := d.house.Catalog.Of(p.Key)
	if f := admits(field, ok, kind, p.Key); f != nil {
		return "", f, nil
	}
	content, f := check.Normalise(field, p.Value)
	if f != nil || content == "" || field.Type != customer.Reference {
		return content, f, nil
	}
	err := tx.Exists(customer.ID(content))
	if err == nil && p.Key == holderKey {
		err = mayHold(tx, customer.ID(content))
	}
	if fault.KindOf(err) == fault.NotFound {
		return "", fault.New(fault.Invalid, "reference_unknown"), nil
	}
	return content, nil, err
}

// holderKey is the reference from an account to the customer that it belongs to.
const holderKey customer.Key = "holder"

// mayHold refuses an account as the holder of an account: a customer's contacts speak for
// it, and no mailbox for bills.
func mayHold(tx *store.Tx, id customer.ID) error {
	rec, err := tx.Record(id)
	if err == nil && rec.Kind == customer.Account {
		err = fault.New(fault.NotFound, "no_customer")
	}
	return err
}

// admits refuses a field that the catalogue does not know, or not for this kind of record.
func admits(f customer.Field, known bool, kind customer.Kind, k customer.Key) *fault.Error {
	switch {
	case !known:
		return fault.New(fault.Invalid, "unknown_field")
	case !slices.Contains(f.Kinds, kind):
		return fault.New(fault.Invalid, "field_not_of_kind", "kind", kind)
	case k.Slot() != "" && !f.Multi:
		return fault.New(fault.Invalid, "field_has_one_value")
	}
	return nil
}

func newItem(tx *store.Tx, rec customer.Record, k customer.Key, c customer.Content) change.Item {
	it := change.Item{Key: k, Base: rec.Base(k), Now: c, Salt: random(tx.Rand(), saltSize)}
	if v, ok := rec.Values[k]; ok {
		it.Was = &v
	}
	return it
}

// saltSize is the length of a commitment's salt: 128 bits cannot be guessed.
const saltSize = 16

// random answers n bytes of entropy. The source never fails: crypto/rand aborts the
// program rather than answer badly, and a simulation's source cannot fail.
func random(from io.Reader, n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(from, b); err != nil {
		panic("desk: no entropy: " + err.Error())
	}
	return b
}
