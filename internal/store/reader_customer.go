package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/privacy"
)

// A CustomerLine is one record in a list.
type CustomerLine struct {
	ID      customer.ID    `json:"id"`
	Kind    customer.Kind  `json:"kind"`
	Version int64          `json:"version"`
	Name    privacy.Masked `json:"name"`
}

// Customers pages through records by id; kind "" is every kind.
func (r *Reader) Customers(ctx context.Context, by access.Actor, kind customer.Kind, s Slice) (Page[CustomerLine], error) {
	if err := may(by, access.ListCustomers); err != nil {
		return Page[CustomerLine]{}, err
	}
	const q = `SELECT id FROM golden_record WHERE id > $1 AND (kind = $2 OR $2 = '') ORDER BY id LIMIT $3`
	v := r.store.View(ctx)
	ids, err := scanIDs[customer.ID](v, q, s.Cursor, string(kind), s.size()+1)
	if err != nil {
		return Page[CustomerLine]{}, err
	}
	lines := make([]CustomerLine, len(ids))
	for i, id := range ids {
		rec, err := v.Record(id)
		if err != nil {
			return Page[CustomerLine]{}, err
		}
		lines[i] = r.line(by, rec)
	}
	return pageOf(lines, s.size(), func(l CustomerLine) string { return string(l.ID) }), nil
}

func (r *Reader) line(by access.Actor, rec customer.Record) CustomerLine {
	l := CustomerLine{ID: rec.ID, Kind: rec.Kind, Version: rec.Version}
	for _, k := range []customer.Key{"legal_name", "preferred_name", "org_name", "short_name", "account_no", "contract_no", "member_card"} {
		if c := rec.Get(k); c != "" {
			l.Name = r.mask(by, k, c)
			break
		}
	}
	return l
}

func (r *Reader) mask(by access.Actor, k customer.Key, c customer.Content) privacy.Masked {
	f, _ := r.store.catalog.Of(k)
	return privacy.Mask(by, f, c, false)
}

// A Freshness is the age of a value against its field's validity.
type Freshness string

// The freshnesses. Due is the last tenth of the validity: time to ask.
const (
	Fresh   Freshness = "fresh"
	Due     Freshness = "due"
	Expired Freshness = "expired"
)

// freshness is computed at read, never stored: it depends on today.
func freshness(f customer.Field, v customer.Value, now time.Time) Freshness {
	valid := f.ValidFor()
	switch age := now.Sub(v.CheckedAt); {
	case valid == 0 || age < valid-valid/10:
		return Fresh
	case age < valid:
		return Due
	}
	return Expired
}

// A Demand is how good a value must be for its reader.
type Demand struct {
	Grade customer.Grade // at least; "" asks nothing
	Age   time.Duration  // at most, since it was last checked; 0 asks nothing
	AsOf  time.Time      // the record as it was then; zero: as it is
}

func (d Demand) met(v customer.Value, now time.Time) bool {
	return v.Grade.AtLeast(d.Grade) && (d.Age == 0 || now.Sub(v.CheckedAt) <= d.Age)
}

// A Held is one value as its reader may see it, with where it came from.
type Held struct {
	Field       customer.Key   `json:"field"`
	Value       *string        `json:"value,omitempty"` // masked; left out where it is weaker than what was demanded
	Hidden      bool           `json:"hidden"`          // a reveal would show more
	Weaker      bool           `json:"needs_reconfirmation,omitempty"`
	Grade       customer.Grade `json:"grade"`
	Freshness   Freshness      `json:"freshness"`
	Source      string         `json:"source"`
	Channel     string         `json:"channel"`
	FiledBy     string         `json:"by,omitempty"`
	Cause       string         `json:"cause"`
	Proofs      []string       `json:"proofs,omitempty"`
	Since       time.Time      `json:"since"`
	CheckedAt   time.Time      `json:"checked_at"`
	ProvenSince time.Time      `json:"proven_since,omitzero"`
	HeldSince   time.Time      `json:"held_since,omitzero"`
	Base        int64          `json:"base"` // record version at which the value last changed
}

// A Relation is a reference from one record to another.
type Relation struct {
	From  customer.ID  `json:"from"`
	Field customer.Key `json:"field"`
	To    customer.ID  `json:"to"`
}

// A Blocked is a downstream action that is held.
type Blocked struct {
	Action string    `json:"action"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until,omitzero"`
}

// A Customer is one record as its reader may see it.
type Customer struct {
	ID        customer.ID   `json:"id"`
	Kind      customer.Kind `json:"kind"`
	Version   int64         `json:"version"`
	AsOf      time.Time     `json:"as_of,omitzero"`
	Values    []Held        `json:"values"`
	Relations []Relation    `json:"relations"`
	Holds     []Blocked     `json:"holds"`
}

// Customer answers one record: each value masked, with provenance, grade and freshness. A
// value weaker than the demand is named and not shown.
func (r *Reader) Customer(ctx context.Context, by access.Actor, id customer.ID, want Demand) (Customer, error) {
	var c Customer
	err := r.store.Snapshot(ctx, func(v View) error {
		rec, err := r.record(v, by, id)
		if err != nil {
			return err
		}
		now := r.store.Now()
		if !want.AsOf.IsZero() {
			if rec, err = v.recordAt(rec, want.AsOf); err != nil {
				return err
			}
			now = want.AsOf
		}
		c = Customer{ID: rec.ID, Kind: rec.Kind, Version: rec.Version, AsOf: want.AsOf, Values: r.values(by, rec, want, now)}
		if c.Holds, err = v.blocked(id, now); err == nil {
			c.Relations, err = v.relations(by, id)
		}
		return err
	})
	return c, err
}

func (r *Reader) values(by access.Actor, rec customer.Record, want Demand, now time.Time) []Held {
	out := make([]Held, 0, len(rec.Values))
	for k, v := range rec.Values {
		f, _ := r.store.catalog.Of(k)
		shown := privacy.Mask(by, f, v.Content, false)
		h := Held{
			Field: k, Value: &shown.Text, Hidden: shown.Hidden, Grade: v.Grade, Freshness: freshness(f, v, now),
			Source: v.Source, Channel: v.Channel, FiledBy: v.By, Cause: v.Cause, Proofs: v.Proofs,
			Since: v.Since, CheckedAt: v.CheckedAt, ProvenSince: v.ProvenSince, HeldSince: v.HeldSince, Base: rec.Base(k),
		}
		if !want.met(v, now) {
			h.Value, h.Weaker = nil, true
		}
		if by.IsCustomer() {
			h.FiledBy = ""
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Held) int { return cmp.Compare(a.Field, b.Field) })
	return out
}

// blocked answers what was held at a time.
func (v View) blocked(id customer.ID, at time.Time) ([]Blocked, error) {
	holds, err := v.Holds(id)
	if err != nil {
		return nil, err
	}
	for i, h := range holds { // a release later than at does not count yet
		if h.ReleasedAt.After(at) {
			holds[i].ReleasedAt = time.Time{}
		}
	}
	out := []Blocked{}
	for _, b := range downstream.Blocks(holds, at) {
		out = append(out, Blocked{Action: b.Action, Reason: b.Reason, Until: b.Until})
	}
	return out, nil
}

// relations reads the references of a record from both ends, at most 200. A customer sees
// their own references and the accounts that they hold.
func (v View) relations(by access.Actor, id customer.ID) ([]Relation, error) {
	const q = `SELECT record_id, key, to_id FROM relation WHERE record_id = $1
		UNION ALL SELECT record_id, key, to_id FROM relation WHERE to_id = $1 AND record_id <> $1 ORDER BY 1, 2 LIMIT $2`
	out := []Relation{}
	err := v.each("relations", func(row Row) error {
		var l Relation
		err := row.Scan(&l.From, &l.Field, &l.To)
		if !by.IsCustomer() || l.From == id || l.Field == holderKey {
			out = append(out, l)
		}
		return err
	}, q, id, pageMax)
	return out, err
}

// recordAt answers rec as it was at a time: the fold of its entries up to then.
func (v View) recordAt(rec customer.Record, at time.Time) (customer.Record, error) {
	doc, err := v.documentAt(rec.ID, at)
	if err != nil {
		return customer.Record{}, err
	}
	if doc.Version == 0 {
		return customer.Record{}, fault.New(fault.NotFound, "no_customer")
	}
	key, err := v.dataKey(rec.ID)
	if err != nil {
		return customer.Record{}, err
	}
	return openDocument(key, rec.ID, rec.Kind, doc)
}

// documentAt folds what a record's entries did to it. They are followed from the newest
// one back, each naming the one before: order never depends on a clock.
func (v View) documentAt(id customer.ID, at time.Time) (customer.Document, error) {
	var doc customer.Document
	var entry string
	if err := v.Row(`SELECT entry FROM golden_record WHERE id = $1`, id).Scan(&entry); err != nil {
		return doc, fmt.Errorf("read record %s: %w", id, err)
	}
	type step struct {
		at      time.Time
		effects []byte
	}
	var steps []step
	for entry != "" {
		var s step
		const q = `SELECT at, effects, COALESCE(prev_id, '') FROM entry WHERE id = $1`
		if err := v.Row(q, entry).Scan(&s.at, &s.effects, &entry); err != nil {
			return doc, fmt.Errorf("read the entries of record %s: %w", id, err)
		}
		steps = append(steps, s)
	}
	for _, s := range slices.Backward(steps) {
		if s.at.After(at) {
			break
		}
		effects, err := customer.DecodeEffects(s.effects)
		if err != nil {
			return doc, fmt.Errorf("record %s: %w", id, err)
		}
		doc = doc.Fold(effects, s.at)
	}
	return doc, nil
}
