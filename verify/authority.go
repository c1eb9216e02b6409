package verify

import (
	"time"

	"amend/customer"
)

// Strength is what a contact point is worth as authority.
type Strength string

// The strengths.
const (
	Proven Strength = "proven" // proven through it long enough before: authorises
	Weak   Strength = "weak"   // inherited and held long enough: authorises only with more people and time
	None   Strength = "none"
)

const (
	provenFor = 30 * 24 * time.Hour // a channel proven later cannot authorise another contact change
	heldFor   = 90 * 24 * time.Hour // an inherited contact held less is no authority at all
)

// A Claim is a contact point that shall speak for the customer.
type Claim struct {
	Value   customer.Value
	Filed   time.Time // when the request was filed
	Shared  bool      // another customer holds the same contact
	Contact bool      // the request changes a contact point: the channel must be 30 days old
}

// Authority answers what a contact point was worth at the moment a request was filed. A
// contested or stale value has grade E. A value that the request itself proposes is
// never asked: it is not on record yet.
func Authority(c Claim) Strength {
	v, filed, shared := c.Value, c.Filed, c.Shared
	switch {
	case v.Content == "" || v.Grade == customer.GradeE || v.Since.After(filed):
		return None
	case !v.ProvenSince.IsZero():
		if age := filed.Sub(v.ProvenSince); age >= provenFor || (!c.Contact && age >= 0) {
			return Proven
		}
		return None
	case !v.HeldSince.IsZero() && filed.Sub(v.HeldSince) >= heldFor && !shared:
		return Weak
	}
	return None
}
