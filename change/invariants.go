package change

import (
	"slices"

	"amend/access"
	"amend/customer"
	"amend/fault"
)

// Invariants is a running program's last word before a request is saved: it refuses what
// no sequence of acts may ever lead to, and names it. It judges by what is recorded, not
// by clocks, which two nodes may disagree about.
func Invariants(r Request) error {
	for _, rule := range []struct {
		name  string
		holds func(Request) bool
	}{
		{"items_differ", itemsDiffer},
		{"deciders_differ", decidersDiffer},
		{"deciders_uninvolved", decidersUninvolved},
		{"rejection_ends", rejectionEnds},
		{"end_whole", endWhole},
		{"end_fits", endFits},
		{"gates_met", gatesMet},
		{"dispute_decided", disputeDecided},
		{"voters_uninvolved", votersUninvolved},
	} {
		if !rule.holds(r) {
			return broken(r, rule.name)
		}
	}
	return nil
}

// Follows refuses a request that no act can have made of was: an end replaced without a
// dispute, an apply undone, a word added after the end or while a dispute freezes it.
func Follows(was, is Request) error {
	settled := was.Frozen() && !is.Frozen()
	switch {
	case was.ID != is.ID || was.Record != is.Record || was.Kind != is.Kind || was.Filed.ID != is.Filed.ID:
		return broken(was, "same_request")
	case was.End != "" && was.End != is.End && !settled:
		return broken(was, "one_end")
	case !was.AppliedAt.IsZero() && (!was.AppliedAt.Equal(is.AppliedAt) || was.Version != is.Version):
		return broken(was, "applied_once")
	case (!was.Open() || was.Frozen()) && !sameWords(was, is):
		return broken(was, "nothing_after_the_end")
	case was.Frozen() && (!is.AppliedAt.Equal(was.AppliedAt) || is.End != was.End && !settled):
		return broken(was, "frozen")
	}
	return nil
}

func broken(r Request, which string) error {
	return fault.New(fault.Internal, "invariant_broken", "change", r.ID, "which", which)
}

// sameWords reports whether what people proposed, proved, decided and asked is the same in both.
func sameWords(a, b Request) bool {
	return a.Hash() == b.Hash() && len(a.Unproven) == len(b.Unproven) && len(a.Decisions) == len(b.Decisions) &&
		len(a.Voided) == len(b.Voided) && len(a.Questions) == len(b.Questions) && (a.Question() == nil) == (b.Question() == nil)
}

func itemsDiffer(r Request) bool {
	seen := map[customer.Key]bool{}
	for _, it := range r.Items {
		if seen[it.Key] {
			return false
		}
		seen[it.Key] = true
	}
	return len(seen) > 0
}

// decidersDiffer: n approvals are n people, at whatever levels and on whosever behalf.
func decidersDiffer(r Request) bool {
	heard := map[string]bool{}
	for _, d := range r.Decisions {
		for _, id := range d.voices() {
			if heard[id] {
				return false
			}
			heard[id] = true
		}
	}
	return true
}

// decidersUninvolved: they are staff, and neither requester, collector nor verifier.
func decidersUninvolved(r Request) bool {
	return !slices.ContainsFunc(r.Decisions, func(d Decision) bool {
		return d.By.Sort != access.Staff || slices.ContainsFunc(d.voices(), r.hadHand)
	})
}

// hadHand reports whether a person filed, collected or proved r, even if the proof is void by now.
func (r Request) hadHand(id string) bool {
	gave := func(p Proof) bool { return p.By.ID == id }
	return r.Filed.ID == id || r.Collector != nil && r.Collector.ID == id ||
		slices.ContainsFunc(r.Proofs, gave) || slices.ContainsFunc(r.Unproven, gave)
}

// rejectionEnds: a rejection is the last decision, and one of two causes of that end.
func rejectionEnds(r Request) bool {
	i := slices.IndexFunc(r.Decisions, func(d Decision) bool { return d.Verdict != Approved })
	rejected := i >= 0 && r.Decisions[i].Verdict == Rejected && i == len(r.Decisions)-1
	disputed := r.Dispute != nil && r.Dispute.Outcome == Reject
	return (i < 0 || rejected) && (r.End == Refused) == (rejected || disputed)
}

// endWhole: an end has its time and its reason; what has not ended has neither.
func endWhole(r Request) bool {
	ended := r.End != ""
	return ended == !r.EndedAt.IsZero() && ended == (r.EndCode != "")
}

// endFits: only what applied can be confirmed or reverted, only what did not can be refused.
func endFits(r Request) bool {
	switch r.End {
	case "":
		return true
	case Confirmed, Unconfirmed, Kept, Reverted:
		return !r.AppliedAt.IsZero()
	case Refused, Withdrawn, Expired, Failed, Superseded:
		return r.AppliedAt.IsZero()
	}
	return false
}

// gatesMet: nothing was applied before its time, and every apply made a version.
func gatesMet(r Request) bool {
	if r.AppliedAt.IsZero() {
		return r.Version == 0
	}
	_, _, open := r.OpenGate(r.AppliedAt)
	return !open && !r.waits() && r.Version > 0
}

// disputeDecided: an outcome has the people it needs and is the request's end.
func disputeDecided(r Request) bool {
	if r.Dispute == nil || r.Dispute.Outcome == "" {
		return r.End != Reverted && (r.End != Kept || r.Dispute != nil)
	}
	ends := map[Outcome]State{Reject: Refused, Keep: Kept, Revert: Reverted}
	if end, final := ends[r.Dispute.Outcome]; final && r.End != end {
		return false
	}
	needed := r.votesNeeded(r.Dispute.Outcome)
	return needed > 0 && r.votesFor(r.Dispute.Outcome) >= needed
}

// votersUninvolved: a dispute is decided by different people, none of whom took part. Who
// let a request go on may work on it afterwards.
func votersUninvolved(r Request) bool {
	if r.Dispute == nil || r.Dispute.Outcome == Resume {
		return true
	}
	heard := map[string]bool{r.Dispute.By.ID: true}
	for _, d := range slices.Concat(r.Decisions, r.Voided) {
		for _, id := range d.voices() {
			heard[id] = true
		}
	}
	for _, p := range r.Dispute.Proofs {
		heard[p.By.ID] = true
	}
	for _, v := range r.Dispute.Votes {
		if heard[v.By.ID] || r.hadHand(v.By.ID) {
			return false
		}
		heard[v.By.ID] = true
	}
	return true
}
