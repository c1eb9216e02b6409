package downstream

import (
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// A Remedy is how an exception ended.
type Remedy string

// The remedies.
const (
	Delivered   Remedy = "delivered"   // the system acknowledged after all
	Skipped     Remedy = "skipped"     // a person decided that the system goes without, and says why
	Compensated Remedy = "compensated" // a must system failed, and the change was taken back
)

// An Exception is a delivery that stopped, with somebody who owns it: deliveries and
// exceptions together are the subscriptions, so no system is forgotten.
type Exception struct {
	System     SystemID
	Record     customer.ID
	Change     change.ID // the change that first missed the system
	Why        Why
	Code       string // Delivery.LastCode
	Owner      string // System.Owner
	Since      time.Time
	Remedy     Remedy // "" while open
	Note       string
	ResolvedBy string // id of the actor
	ResolvedAt time.Time
}

// NewException is the exception that a stopped d needs; ok is false if d has not stopped.
func NewException(s System, d Delivery, missed change.ID, now time.Time) (x Exception, ok bool) {
	return Exception{
		System: s.ID, Record: d.Record, Change: missed,
		Why: d.Why, Code: d.LastCode, Owner: s.Owner, Since: now,
	}, d.State == Stopped
}

// Open reports whether nobody has resolved x yet.
func (x Exception) Open() bool { return x.Remedy == "" }

// Resolve closes x. Only Amend itself can say that the system acknowledged; only a member
// of staff can decide that it goes without, and must say why.
func (x *Exception) Resolve(by access.Actor, how Remedy, note string, now time.Time) error {
	switch {
	case !x.Open():
		return fault.New(fault.Conflict, "exception_closed", "system", x.System)
	case how == Delivered && by.Sort != access.System:
		return fault.New(fault.Denied, "remedy_not_yours", "remedy", how)
	case how == Skipped && by.Sort != access.Staff:
		return fault.New(fault.Denied, "remedy_not_yours", "remedy", how)
	case how == Skipped && note == "":
		return fault.New(fault.Invalid, "skip_needs_reason", "system", x.System)
	case how != Delivered && how != Skipped && how != Compensated:
		return fault.New(fault.Invalid, "unknown_remedy")
	}
	x.Remedy, x.Note, x.ResolvedBy, x.ResolvedAt = how, note, by.ID, now
	return nil
}
