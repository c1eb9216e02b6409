package change

import (
	"fmt"
	"slices"
	"time"

	"amend/access"
)

// What is due: something that time, not a person, makes happen to a request.
type What string

// The things that fall due.
const (
	DueApply    What = "apply"    // every gate is met
	DueScreen   What = "screen"   // one hour before a scheduled change: screen it again
	DueRemind   What = "remind"   // a question waits for its answer
	DueEscalate What = "escalate" // a level waits too long: tell the pool, then the owner and the lead
	DueExpire   What = "expire"   // nobody proved or answered in time
	DueAsk      What = "ask"      // ask the customer to confirm
	DueClose    What = "close"    // the customer never said: close as unconfirmed
	DueDecide   What = "decide"   // a dispute waits too long for its decision
	DueSettle   What = "settle"   // a decision takes effect
	DueForget   What = "forget"   // a record that never came to be: its key is destroyed, and what was filed with it
)

// A Due is one thing with its time. Working is working time counted from At by the company's calendar.
type Due struct {
	What    What
	Key     string // names the ring of the timer: none rings twice
	At      time.Time
	Working time.Duration
}

// The timers of product.md that are not part of a plan.
const (
	firstReminder  = 3 * 24 * time.Hour
	secondReminder = 7 * 24 * time.Hour
	answerExpires  = 14 * 24 * time.Hour
	secondAsk      = 3 * 24 * time.Hour
	thirdAsk       = 10 * 24 * time.Hour
	confirmCloses  = 14 * 24 * time.Hour
	screenBefore   = time.Hour
	forgetAfter    = 30 * 24 * time.Hour // long enough to appeal
	workingDay     = 9 * time.Hour       // what org.Calendar counts as one working day by default
	// DisputeOpen is how long after its apply a change may be disputed.
	DisputeOpen = 90 * 24 * time.Hour
)

// Next answers the state of r at now, and what falls due next if nobody acts. It is the
// only author of a state: the first gate of the plan that is still open, or the end.
func (r Request) Next(now time.Time) (State, []Due) {
	state, dues := r.next(now)
	return state, slices.DeleteFunc(dues, func(d Due) bool { return slices.Contains(r.Fired, d.Key) })
}

// Promise is when whoever the request waits for should have answered, whether an alarm has
// rung since or not; false if it waits for nobody here.
func (r Request) Promise(now time.Time) (Due, bool) {
	_, dues := r.next(now)
	i := slices.IndexFunc(dues, func(d Due) bool { return d.What == DueEscalate || d.What == DueDecide })
	if i < 0 {
		return Due{}, false
	}
	return dues[i], true
}

func (r Request) next(now time.Time) (State, []Due) {
	switch {
	case r.Frozen():
		return Disputed, []Due{{What: DueDecide, Key: fmt.Sprintf("decide:%d", r.Dispute.At.Unix()), At: r.Dispute.At, Working: 2 * workingDay}}
	case r.End != "":
		return r.End, r.forgetDues()
	case !r.AppliedAt.IsZero():
		return Applied, r.confirmDues()
	case r.Question() != nil:
		return NeedsInfo, r.questionDues()
	case r.Conflict != nil:
		return Reviewing, []Due{{What: DueEscalate, Key: r.ring("rebase"), At: r.Conflict.At, Working: workingDay}}
	}
	gate, since, open := r.OpenGate(now)
	if !open {
		return Scheduled, []Due{{What: DueApply, Key: r.ring("apply"), At: later(since, r.Effective)}}
	}
	switch gate.Kind {
	case Authority, Reachability, Evidence:
		return Verifying, []Due{{What: DueExpire, Key: "expire", At: r.clockStart().Add(r.Plan.Expire)}}
	case Approval:
		return Reviewing, append(r.pendingDues(), r.levelDues(gate.level(), since)...)
	case Cool:
		return Cooling, r.applyDues(since.Add(gate.For))
	default:
		return Scheduled, r.applyDues(since)
	}
}

// applyDues applies what waits for nothing but time: from met on, or on its effective
// date, and then it is screened again one hour before.
func (r Request) applyDues(met time.Time) []Due {
	apply := Due{What: DueApply, Key: r.ring("apply"), At: later(met, r.Effective)}
	if !r.Effective.After(met) {
		return []Due{apply}
	}
	return []Due{{What: DueScreen, Key: r.ring("screen"), At: later(met, r.Effective.Add(-screenBefore))}, apply}
}

// forgetDues lets go of what was filed for a record that never came to be.
func (r Request) forgetDues() []Due {
	if r.Kind != Create || !r.AppliedAt.IsZero() {
		return nil
	}
	return []Due{{What: DueForget, Key: "forget", At: r.EndedAt.Add(forgetAfter)}}
}

// ring makes a timer's key unique per content and round of questions, so that it rings again after either moved.
func (r Request) ring(name string) string {
	return fmt.Sprintf("%s:%d:%d", name, len(r.Questions), len(r.Voided))
}

func (r Request) questionDues() []Due {
	asked, n := r.Question().At, len(r.Questions)
	return []Due{
		{What: DueRemind, Key: fmt.Sprintf("remind:%d:1", n), At: asked.Add(firstReminder)},
		{What: DueRemind, Key: fmt.Sprintf("remind:%d:2", n), At: asked.Add(secondReminder)},
		{What: DueExpire, Key: "expire", At: asked.Add(answerExpires)},
	}
}

// pendingDues is when a decision that waits takes effect: before anything else.
func (r Request) pendingDues() []Due {
	if r.Pending == nil {
		return nil
	}
	return []Due{{What: DueSettle, Key: fmt.Sprintf("settle:%d", r.Pending.Takes.UnixMicro()), At: r.Pending.Takes}}
}

func (r Request) levelDues(l Level, since time.Time) []Due {
	return []Due{
		{What: DueEscalate, Key: r.ring("pool:" + l.Name), At: since, Working: l.Within},
		{What: DueEscalate, Key: r.ring("lead:" + l.Name), At: since, Working: 2 * l.Within},
	}
}

func (r Request) confirmDues() []Due {
	return []Due{
		{What: DueAsk, Key: "ask:1", At: r.AppliedAt.Add(secondAsk)},
		{What: DueAsk, Key: "ask:2", At: r.AppliedAt.Add(thirdAsk)},
		{What: DueClose, Key: "close", At: r.AppliedAt.Add(confirmCloses)},
	}
}

// Ring records that a timer has rung.
func (r *Request) Ring(d Due) { r.Fired = append(r.Fired, d.Key) }

// OpenRole is the role whose decision the request waits for now, "" if it waits for none.
func (r Request) OpenRole(now time.Time) string {
	if state, _ := r.next(now); state != Reviewing {
		return ""
	}
	g, _, _ := r.OpenGate(now)
	if r.Conflict != nil || !g.sound() {
		return string(access.Steward)
	}
	return g.Level.Role
}
