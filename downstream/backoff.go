package downstream

import "time"

// maxWait bounds what a system may ask for with Retry-After, and is the schedule's last step.
const maxWait = 24 * time.Hour

// schedule is the waits after the first, second … miss, as Standard Webhooks recommends them.
func schedule() [10]time.Duration {
	const m, h = time.Minute, time.Hour
	return [...]time.Duration{5 * time.Second, m, 5 * m, 30 * m, 2 * h, 5 * h, 10 * h, 14 * h, 20 * h, maxWait}
}

// backoff is the wait after a miss that had tries misses before it, spread by a fifth
// either way so that records that failed together do not come back together.
func backoff(tries int, entropy uint64) time.Duration {
	steps := schedule()
	step := steps[min(max(tries, 0), len(steps)-1)]
	spread := float64(entropy>>11) / (1 << 53) // [0, 1)
	return time.Duration(float64(step) * (0.8 + 0.4*spread))
}

// Health is whether a system answers at all. While it is down the system pauses as a
// whole: one probe at a time goes out, so that a dead system costs the others nothing.
type Health struct {
	Since   time.Time // down since; zero: up
	Tries   int
	ProbeAt time.Time
	Code    string // the last Answer.Code
}

// Down reports whether the system is considered away.
func (h Health) Down() bool { return !h.Since.IsZero() }

// Open reports whether something may be sent at now: everything while up, one probe when due.
func (h Health) Open(now time.Time) bool { return !h.Down() || !now.Before(h.ProbeAt) }

// Lost reports whether the system has been away past the horizon: its deliveries are
// then given up, one by one, and shown. Probes go on.
func (h Health) Lost(now time.Time) bool { return h.Down() && now.Sub(h.Since) >= Horizon }

// maxProbe bounds the wait between probes, so that a system that is back is found soon.
const maxProbe = 30 * time.Minute

// After is h once the system has answered something. An answer that is not about the
// system as a whole, a refusal included, shows that it is there. A refused credential
// shuts every record out, so it counts as being away.
func (h Health) After(a Answer, now time.Time, entropy uint64) Health {
	if !a.Down && a.Outcome != Reauth {
		return Health{}
	}
	if h.Since.IsZero() {
		h.Since = now
	}
	wait := max(min(backoff(h.Tries, entropy), maxProbe), min(a.After, maxWait))
	h.Tries++
	h.ProbeAt, h.Code = now.Add(wait), a.Code
	return h
}
