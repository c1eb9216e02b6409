package change

import "slices"

// A Milestone is a moment in the life of a request at which something follows once,
// whichever act led to it.
type Milestone string

// The milestones.
const (
	Accepted Milestone = "accepted" // nobody has to prove or agree any more
	Cools    Milestone = "cools"    // the same, and it waits while its holds are in force
	Dropped  Milestone = "dropped"  // it ended without applying, and its holds must go
)

// Reach records the milestone that r has reached in state, and answers it the first time.
func (r *Request) Reach(state State) Milestone {
	reached := func(m Milestone) bool { return slices.Contains(r.Fired, string(m)) }
	var m Milestone
	switch {
	case reached(Dropped), !r.AppliedAt.IsZero():
		return ""
	case r.End != "" && reached(Cools):
		m = Dropped
	case state == Cooling && !reached(Cools):
		m = Cools
	case state == Scheduled && !reached(Cools) && !reached(Accepted):
		m = Accepted
	default:
		return ""
	}
	r.Fired = append(r.Fired, string(m))
	return m
}

// WasAccepted reports whether the customer was told that nobody has to agree any more.
func (r Request) WasAccepted() bool {
	return slices.Contains(r.Fired, string(Accepted)) || slices.Contains(r.Fired, string(Cools))
}
