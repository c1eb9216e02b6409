package customer

import (
	"math"
	"time"
)

// Class is the field class of row C17.
type Class string

// The field classes.
const (
	Identity    Class = "identity"
	ContactData Class = "contact"
	Transaction Class = "transaction"
	Behaviour   Class = "behaviour"
	Preference  Class = "preference"
)

// Tier is a field's sensitivity. It decides how much proof and how many people a change needs.
type Tier string

// The tiers, least sensitive first.
const (
	Low    Tier = "low"    // preference, interest
	Normal Tier = "normal" // name spelling, title, postal address
	High   Tier = "high"   // phone, mail, messenger
	Top    Tier = "top"    // legal name, identity numbers, licence, bank, tax, contract terms
)

// Type is what a value is made of; package quality knows each type's rules.
type Type string

// The types of value.
const (
	Text       Type = "text"        // one line of free text
	Name       Type = "name"        // a person's or an organization's name
	Phone      Type = "phone"       // E.164
	Email      Type = "email"       // documented subset of RFC 5321
	Address    Type = "address"     // structured postal address, JSON
	Messenger  Type = "messenger"   // service and id: "wechat:…"
	ResidentID Type = "resident_id" // GB 11643, permits 81–83, foreign permanent residents 9…
	Passport   Type = "passport"
	USCC       Type = "uscc"      // unified social credit code, GB 32100
	BankCard   Type = "bank_card" // Luhn
	CNAPS      Type = "cnaps"     // 12-digit bank branch code
	Date       Type = "date"      // RFC 3339 full-date
	Number     Type = "number"    // decimal in text
	Money      Type = "money"     // decimal and ISO 4217 code: "12.50 CNY"
	Flag       Type = "flag"      // "true" or "false"
	Choice     Type = "choice"    // one of the field's choices
	List       Type = "list"      // list of short texts, JSON
	Reference  Type = "reference" // id of another record: a relation
)

// Structured reports whether the canonical content of t is JSON rather than plain text.
func (t Type) Structured() bool { return t == Address || t == List }

// Field is one catalogued attribute. A field without purpose, owner and retention is not published.
type Field struct {
	Name      string            `json:"name"`
	Kinds     []Kind            `json:"kinds"` // the kinds of record that carry it
	Type      Type              `json:"type"`
	Class     Class             `json:"class"`
	Group     string            `json:"group"` // what the default recipes speak of: "phone", "email", "postal", "legal", "bank", "contract", "name", "preference" …
	Tier      Tier              `json:"tier"`
	Owner     string            `json:"owner"`              // the department that answers for it
	Purpose   string            `json:"purpose"`            // why it is held
	Retention string            `json:"retention"`          // how long after the relation ends: "3y", "90d"
	Validity  string            `json:"validity,omitempty"` // how long a checked value stays fresh: "365d"; "" forever
	Mask      string            `json:"mask"`               // none, phone, email, name, address, tail4, all
	Multi     bool              `json:"multi,omitempty"`    // may hold several values, one per slot
	Choices   []string          `json:"choices,omitempty"`  // for Choice
	Tokens    []string          `json:"tokens,omitempty"`   // search kinds granted: exact, tail, bigram, pinyin
	Label     map[string]string `json:"label"`              // zh, en
}

// Contact reports whether the field is a contact point: its change falls under the floor's contact rules.
func (f Field) Contact() bool {
	switch f.Type {
	case Phone, Email, Messenger:
		return true
	case Address:
		return f.Class == ContactData
	}
	return false
}

// Channel reports whether a code or link can be sent to the field's value.
func (f Field) Channel() bool { return f.Type == Phone || f.Type == Email }

// ValidFor is the field's validity period, 0 for forever.
func (f Field) ValidFor() time.Duration { return ParsePeriod(f.Validity) }

// ParsePeriod reads "90d", "3y", "12h"; 0 for "" or anything else. A year is 365 days.
func ParsePeriod(s string) time.Duration {
	if len(s) < 2 {
		return 0
	}
	n := 0
	for _, c := range []byte(s[:len(s)-1]) {
		if c < '0' || c > '9' || n > 10000 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	unit := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'y': 365 * 24 * time.Hour}[s[len(s)-1]]
	if unit > 0 && n > int(math.MaxInt64/unit) {
		return 0 // longer than a duration can be: 292 years
	}
	return time.Duration(n) * unit
}

// Catalog is the set of published fields, by name.
type Catalog map[string]Field

// Of answers the field that k belongs to.
func (c Catalog) Of(k Key) (Field, bool) {
	f, ok := c[k.Field()]
	return f, ok
}
