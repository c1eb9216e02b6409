package downstream

import "time"

// A Step says how long a delivery waited until its system had it, or that a call failed.
type Step int

// The steps of calls that failed. From 0 on a step is one of Steps.
const (
	Missed Step = -1 // nobody answered, or not now
	Turned Step = -2 // refused, or read back as something else
)

// Steps are the bounds that waits are counted by, as a person would say them: the last is
// for whatever took longer.
func Steps() []time.Duration {
	const ms, s, m, h = time.Millisecond, time.Second, time.Minute, time.Hour
	return []time.Duration{
		100 * ms, 200 * ms, 500 * ms, s, 2 * s, 5 * s, 10 * s, 20 * s, 30 * s, m, 2 * m, 5 * m, 10 * m, 20 * m, 30 * m,
		h, 2 * h, 5 * h, 12 * h, 24 * h, 48 * h, 72 * h, 30 * 24 * h,
	}
}

// StepOf is the step of a wait.
func StepOf(wait time.Duration) Step {
	steps := Steps()
	for i, most := range steps {
		if wait <= most {
			return Step(i)
		}
	}
	return Step(len(steps) - 1)
}

// Took is how d, which became is by a, counts. A delivery waits since it was raised or, once
// a call of it failed, since it failed first. What came too late to move anything counts as
// nothing.
func (d Delivery) Took(is Delivery, a Answer, now time.Time) (step Step, counts bool) {
	since := d.DueAt
	if !d.FailingSince.IsZero() {
		since = d.FailingSince
	}
	switch {
	case is.AckedSeq > d.AckedSeq && !since.IsZero():
		return StepOf(max(0, now.Sub(since))), true
	case a.Outcome == Retry, a.Outcome == Reauth:
		return Missed, true
	case is.Attempts > d.Attempts, is.State == Stopped && d.State != Stopped:
		return Turned, true
	}
	return 0, false
}

// A Pace is how many deliveries of a system took which step.
type Pace map[Step]int64

// Delivered counts what arrived.
func (p Pace) Delivered() (n int64) {
	for step, count := range p {
		if step >= 0 {
			n += count
		}
	}
	return n
}

// Failed counts the calls that failed.
func (p Pace) Failed() int64 { return p[Missed] + p[Turned] }

// Within answers the wait that a share of the deliveries did not exceed, by its step; false
// if nothing was delivered.
func (p Pace) Within(share float64) (wait time.Duration, any bool) {
	all, sum := p.Delivered(), int64(0)
	for i, most := range Steps() {
		sum += p[Step(i)]
		if all > 0 && float64(sum) >= share*float64(all) {
			return most, true
		}
	}
	return 0, false
}

// Add counts what another pace did, too.
func (p Pace) Add(o Pace) {
	for step, n := range o {
		p[step] += n
	}
}
