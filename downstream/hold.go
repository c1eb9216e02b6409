package downstream

import (
	"cmp"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
)

// A Hold blocks one downstream action on one record until a time or a release, so that
// whoever has just taken over a contact cannot use it to be paid.
type Hold struct {
	ID         string
	Record     customer.ID
	Action     string    // payout, password_reset, credit
	Reason     string    // code for lang: cooling, disputed, recovery …
	Change     change.ID // the request that asked for it
	From       time.Time
	Until      time.Time // zero: until it is counted or released
	ReleasedAt time.Time
	ReleasedBy string // id of the actor
}

// Active reports whether h blocks at now. The end itself is free.
func (h Hold) Active(now time.Time) bool { return !now.Before(h.From) && !h.Over(now) }

// Over reports whether h has ended or was released. It does not ask when h began: a node
// whose clock is behind must find, and may release, what another has just placed.
func (h Hold) Over(now time.Time) bool {
	return !h.ReleasedAt.IsZero() || !h.Until.IsZero() && !now.Before(h.Until)
}

// Count starts the time of a hold placed while its request cooled: it ends d after the
// request was applied. An end that is already set is never brought nearer.
func (h *Hold) Count(applied time.Time, d time.Duration) {
	if until := applied.Add(d); h.Until.IsZero() || until.After(h.Until) {
		h.Until = until
	}
}

// Release ends h early. A hold that has ended by itself or was released stays as it is.
func (h *Hold) Release(by access.Actor, now time.Time) error {
	if h.Over(now) {
		return fault.New(fault.Conflict, "hold_ended", "hold", h.ID)
	}
	h.ReleasedAt, h.ReleasedBy = now, by.ID
	return nil
}

// A Block is an active hold as a system is told it.
type Block struct {
	Action string
	Reason string
	Until  time.Time // zero: open-ended
}

// Blocks is what of holds is in force at now: one Block for each action, the one that lasts longest.
func Blocks(holds []Hold, now time.Time) []Block {
	var blocks []Block
	for _, h := range holds {
		if h.Over(now) {
			continue
		}
		b := Block{Action: h.Action, Reason: h.Reason, Until: h.Until}
		i := slices.IndexFunc(blocks, func(o Block) bool { return o.Action == b.Action })
		switch {
		case i < 0:
			blocks = append(blocks, b)
		case b.outlasts(blocks[i]):
			blocks[i] = b
		}
	}
	slices.SortFunc(blocks, func(a, b Block) int { return cmp.Compare(a.Action, b.Action) })
	return blocks
}

func (b Block) outlasts(o Block) bool {
	return !o.Until.IsZero() && (b.Until.IsZero() || b.Until.After(o.Until))
}
