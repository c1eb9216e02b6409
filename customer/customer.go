// Package customer is the golden record: persons, organizations and accounts, their
// catalogued fields, and the values with their provenance, grade and freshness.
package customer

import (
	"strings"
	"time"

	"amend/fault"
)

// ID names one record: 20 characters, time-ordered, made by the store.
type ID string

// Kind is what a record is about.
type Kind string

// The kinds of record.
const (
	Person       Kind = "person"
	Organization Kind = "organization"
	Account      Kind = "account" // a business relation of a customer; has its own governed fields
)

// Key addresses one value of a record: a field, or a field and a slot for fields
// that hold several ("phone", "phone/work", "address/delivery").
// Setting a key that holds nothing adds; setting it to nothing removes.
type Key string

// KeyOf joins a field and a slot; the main slot has no name.
func KeyOf(field, slot string) Key {
	if slot == "" {
		return Key(field)
	}
	return Key(field + "/" + slot)
}

// Field is the catalogued field that k belongs to.
func (k Key) Field() string {
	f, _, _ := strings.Cut(string(k), "/")
	return f
}

// Slot is the part behind the slash, "" for the main one.
func (k Key) Slot() string {
	_, s, _ := strings.Cut(string(k), "/")
	return s
}

// maxSlot bounds a slot's name, in bytes.
const maxSlot = 32

// ParseKey reads "field" or "field/slot": lower-case letters, digits and _, at most 32 bytes each.
func ParseKey(s string) (Key, error) {
	field, slot, slotted := strings.Cut(s, "/")
	if !plainName(field) || (slotted && !plainName(slot)) {
		return "", fault.New(fault.Malformed, "bad_key")
	}
	return Key(s), nil
}

func plainName(s string) bool {
	if s == "" || len(s) > maxSlot {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// Content is a value in its canonical form: the text itself for scalar types
// (E.164 for phones, RFC 3339 full-date for dates), compact JSON for structured
// ones (addresses, lists). Equal contents are equal values. The empty Content is no value.
type Content string

// Grade says how far a value can be trusted.
type Grade string

// The grades, best first.
const (
	GradeA Grade = "A" // proven by document or registry
	GradeB Grade = "B" // proven through a channel
	GradeC Grade = "C" // corroborated by an independent source
	GradeD Grade = "D" // declared, or inherited by a migration
	GradeE Grade = "E" // stale, bounced or contested
)

// AtLeast reports whether g is as good as min or better. An empty min asks nothing.
func (g Grade) AtLeast(min Grade) bool { return min == "" || (g != "" && g <= min) }

// Value is one value with its provenance. Times are UTC with microsecond precision.
type Value struct {
	Content     Content   `json:"content"`
	Grade       Grade     `json:"grade"`
	Source      string    `json:"source"`                // customer, staff, migration, system:NAME …
	Channel     string    `json:"channel"`               // portal, hotline, shop, api, import …
	By          string    `json:"by"`                    // id of the actor who filed it
	Cause       string    `json:"cause"`                 // the change request or migration run: no value without one
	Proofs      []string  `json:"proofs,omitempty"`      // the methods that proved it
	Since       time.Time `json:"since"`                 // in force since
	CheckedAt   time.Time `json:"checked_at"`            // freshness counts from here: last proven or confirmed
	ProvenSince time.Time `json:"proven_since,omitzero"` // a contact's channel is proven since; zero: never
	HeldSince   time.Time `json:"held_since,omitzero"`   // an inherited contact is held since; zero: not inherited
	Salt        []byte    `json:"salt"`                  // 16 random bytes: makes this value's commitment unguessable
}

// Former is a contact point that was valid until a change replaced or removed it. It is
// kept for 90 days, because every contact valid in the last 90 days hears of a contact change.
type Former struct {
	Key   Key
	Value Value
	Until time.Time
}

// FormerKept is how long a replaced contact point still hears of contact changes.
const FormerKept = 90 * 24 * time.Hour

// Record is the golden record of one customer or account: its one current version, opened.
type Record struct {
	ID      ID
	Kind    Kind
	Version int64 // counts its writes, from 1: changes of content, and of what a content is worth
	Values  map[Key]Value
	Changed map[Key]int64 // the record version at which each key last changed, removals included
	Former  []Former
}

// Effect is what one apply does to one key. A nil Value removes it.
type Effect struct {
	Key   Key
	Value *Value
	Keep  bool // only provenance moves (grade, proven since): the content's version stays
}

// Get answers the content under k, "" if there is none.
func (r Record) Get(k Key) Content { return r.Values[k].Content }

// Base is the version of the record at which k last changed: 0 if it never held anything.
// A change request remembers it, and applies only if it still holds.
func (r Record) Base(k Key) int64 { return r.Changed[k] }
