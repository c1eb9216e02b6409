package policy

import (
	"slices"

	"amend/change"
	"amend/customer"
)

// Facts is everything a rule may see of one proposed value. It holds what the value is
// about, never the value itself. Vocabulary documents each fact for policy authors, under the
// names that its text has.
type Facts struct {
	Kind       change.Kind    `json:"kind,omitempty"`
	RecordKind customer.Kind  `json:"record_kind,omitempty"`
	Field      string         `json:"field,omitempty"` // the catalogued field; PlanFor takes it from the key
	Slot       string         `json:"slot,omitempty"`  // the slot behind the slash; PlanFor takes it from the key
	Type       customer.Type  `json:"type,omitempty"`
	Group      string         `json:"group,omitempty"`
	Class      customer.Class `json:"class,omitempty"`
	Tier       customer.Tier  `json:"tier,omitempty"`
	Contact    bool           `json:"contact,omitempty"` // a contact point: customer.Field.Contact
	Adds       bool           `json:"adds,omitempty"`    // the key holds nothing yet
	Removes    bool           `json:"removes,omitempty"` // the proposal is empty

	Channel   string         `json:"channel,omitempty"`   // portal, hotline, shop, app, web, mail, api, import …
	Source    string         `json:"source,omitempty"`    // customer, staff, system:NAME, vendor:NAME
	FiledBy   string         `json:"filed_by,omitempty"`  // customer, staff or system
	Assurance customer.Grade `json:"assurance,omitempty"` // the grade that a value earns by the way it was filed: B for a signed-in customer
	Grade     customer.Grade `json:"grade,omitempty"`     // of the present value, "" if there is none

	CustomerClass string `json:"customer_class,omitempty"` // standard or high
	ValueHigh     bool   `json:"value_high,omitempty"`     // goods, cards or payments above the company's limit follow this value

	// Authority is the best that the channels still in the customer's hands are worth:
	// "proven", "weak" (inherited) or anything else for none.
	Authority      string `json:"authority,omitempty"`
	LostChannel    bool   `json:"lost_channel,omitempty"`     // the customer says that a channel on record is lost
	Factors        int    `json:"factors,omitempty"`          // independent proven channels
	ChannelAgeDays int    `json:"channel_age_days,omitempty"` // days since that best channel was proven, or has been held if it is inherited
	Changes30d     int    `json:"changes_30d,omitempty"`      // applied changes of this record in 30 days
	Disputes1y     int    `json:"disputes_1y,omitempty"`      // disputes on this record in a year
}

// Worth of the best channel, as Facts.Authority says it.
const (
	Proven = "proven"
	Weak   = "weak"
	None   = "none"
)

// FactsOf answers the facts that the catalogue knows of a field.
func FactsOf(f customer.Field) Facts {
	return Facts{
		Field: f.Name, Type: f.Type, Group: f.Group, Class: f.Class, Tier: f.Tier, Contact: f.Contact(),
	}
}

// guardedGroups are under the floor whatever tier the catalogue gives them.
var guardedGroups = []string{"legal", "bank", "tax", "contract"}

// Guarded reports whether the floor guards the field: contact, identity, bank and
// contract data. A field whose tier is unknown is guarded.
func (f Facts) Guarded() bool {
	return f.Contact || (f.Tier != customer.Low && f.Tier != customer.Normal) || slices.Contains(guardedGroups, f.Group)
}

// worth is what the best channel may authorise: a channel proven less than 30 days ago
// authorises no contact change, an inherited one held less than 90 days authorises nothing.
func (f Facts) worth() string {
	switch {
	case f.Authority == Proven && (!f.Contact || f.ChannelAgeDays >= provenDays):
		return Proven
	case f.Authority == Weak && f.ChannelAgeDays >= heldDays:
		return Weak
	}
	return None
}

// opens reports whether the request begins a relation: nobody can have proven a channel before.
func (f Facts) opens() bool { return f.Kind == change.Create || f.Kind == change.Enrol }

// reaches reports whether the proposal sets a new contact that a code, a link or a call can reach.
// A postal address answers by letter only, which a recipe asks for as evidence.
func (f Facts) reaches() bool { return f.Contact && !f.Removes && f.Type != customer.Address }

// at places the facts at a key.
func (f Facts) at(k customer.Key) Facts {
	f.Field, f.Slot = k.Field(), k.Slot()
	return f
}
