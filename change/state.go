package change

// State is where a request stands: the first gate of its plan that is still open, or its end.
type State string

// The states of product.md, Life of a change.
const (
	Draft       State = "draft"
	NeedsInfo   State = "needs_info"
	Verifying   State = "verifying"
	Reviewing   State = "reviewing"
	Cooling     State = "cooling"
	Scheduled   State = "scheduled"
	Applied     State = "applied"
	Disputed    State = "disputed"
	Confirmed   State = "confirmed"
	Unconfirmed State = "unconfirmed"
	Kept        State = "kept"
	Reverted    State = "reverted"
	Refused     State = "rejected"
	Withdrawn   State = "withdrawn"
	Expired     State = "expired"
	Failed      State = "failed"
	Superseded  State = "superseded"
)
