package downstream

import (
	"strconv"
	"time"

	"amend/customer"
)

// An Event is what an envelope is mainly about. The envelope always carries the whole
// desired state; the event only helps a receiver to route it.
type Event string

// The events.
const (
	CustomerChanged Event = "customer.changed"
	CustomerGone    Event = "customer.gone" // erased, or merged into another record
	HoldPlaced      Event = "hold.placed"
	HoldReleased    Event = "hold.released"
	Test            Event = "test" // of nobody: check it, answer, and keep nothing of it
)

// Desired is the state that every copy of a record should reach.
type Desired struct {
	Record     customer.Record
	Gone       bool        // erased or merged: copies let the values go
	MergedInto customer.ID // the survivor; implies Gone
	Holds      []Hold      // every hold of the record, ended ones too
}

// An Envelope is the desired state of one record as one system gets it.
type Envelope struct {
	ID         string // stable idempotency key: system, record and sequence number
	Event      Event
	System     SystemID
	Record     customer.ID
	Kind       customer.Kind
	Version    int64 // of the record
	Seq        int64 // of the delivery: version guards compare this
	Gone       bool
	MergedInto customer.ID
	Holds      []Block
	Changed    []string // members that changed since the last acknowledged version
	Fields     []Member // by name; empty when the record is gone
	ContactAge int      // whole days since a contact point last changed; -1: it has none
	At         time.Time
}

// EnvelopeID is the idempotency key of one delivery. The parts hold no colon.
func EnvelopeID(s SystemID, r customer.ID, seq int64) string {
	return string(s) + ":" + string(r) + ":" + strconv.FormatInt(seq, 10)
}

// Envelope packs what s should hold of want, for the sequence number that d now waits for.
func (s System) Envelope(d Delivery, want Desired, cat customer.Catalog, at time.Time) Envelope {
	rec := want.Record
	e := Envelope{
		ID:         EnvelopeID(s.ID, rec.ID, d.WantedSeq),
		Event:      eventOf(d, want, at),
		System:     s.ID,
		Record:     rec.ID,
		Kind:       rec.Kind,
		Version:    rec.Version,
		Seq:        d.WantedSeq,
		Gone:       want.Gone || want.MergedInto != "",
		MergedInto: want.MergedInto,
		Holds:      Blocks(want.Holds, at),
		ContactAge: contactAge(rec, cat, at),
		At:         at,
	}
	if e.Gone {
		e.ContactAge = -1
		return e
	}
	e.Fields = s.Payload(rec, cat)
	for _, m := range e.Fields {
		if rec.Base(m.Key) > d.AckedVersion {
			e.Changed = append(e.Changed, m.Name)
		}
	}
	return e
}

// eventOf says what happened since the last acknowledgement, the weightiest first.
func eventOf(d Delivery, want Desired, at time.Time) Event {
	if want.Gone || want.MergedInto != "" {
		return CustomerGone
	}
	if d.WantedVersion > d.AckedVersion {
		return CustomerChanged
	}
	released := false
	for _, h := range want.Holds {
		if h.From.After(d.AckedAt) && h.Active(at) {
			return HoldPlaced
		}
		released = released || h.ReleasedAt.After(d.AckedAt)
	}
	if released {
		return HoldReleased
	}
	return CustomerChanged
}

// contactAge counts whole days since a contact point was set or given up. An inherited
// one counts from when it was held, not from the day it was loaded.
func contactAge(rec customer.Record, cat customer.Catalog, at time.Time) int {
	var last time.Time
	seen := func(k customer.Key, t time.Time) {
		if f, ok := cat.Of(k); ok && f.Contact() && t.After(last) {
			last = t
		}
	}
	for k, v := range rec.Values {
		if v.HeldSince.IsZero() {
			seen(k, v.Since)
		} else {
			seen(k, v.HeldSince)
		}
	}
	for _, f := range rec.Former {
		seen(f.Key, f.Until)
	}
	if last.IsZero() {
		return -1
	}
	return max(0, int(at.Sub(last)/(24*time.Hour)))
}
