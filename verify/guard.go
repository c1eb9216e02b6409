package verify

import (
	"time"

	"amend/fault"
)

// The limits on guessing. Six digits, five tries and two live codes leave a thief ten
// chances in a million for each rest; ten wrong codes in a day leave only the slow path.
const (
	triesPerRest = 5                // wrong codes, shared by every live code of one channel of one customer
	rest         = 15 * time.Minute // how long the channel then rests for this customer
	triesPerDay  = 10               // wrong codes in a day, then no code at all until the day is over
	day          = 24 * time.Hour
)

// Guard counts the wrong codes of one customer on one channel. It belongs to the
// customer and the channel, not to a code: asking for a new code never resets it
// (NIST SP 800-63B 3.1.3).
type Guard struct {
	Misses    int       // since the last hit or rest
	RestUntil time.Time // the channel rests
	Day       time.Time // start of the running day of misses
	DayMisses int
}

// Allow answers when the channel may be tried again, as a fault, or nil if now.
func (g Guard) Allow(now time.Time) error {
	if now.Before(g.RestUntil) {
		return fault.New(fault.Limited, "channel_rests", "until", g.RestUntil.Format(time.RFC3339))
	}
	if g.DayMisses >= triesPerDay && now.Before(g.Day.Add(day)) {
		return fault.New(fault.Limited, "codes_used_up", "until", g.Day.Add(day).Format(time.RFC3339))
	}
	return nil
}

// Miss counts a wrong code and answers how many tries are left before the channel rests.
func (g Guard) Miss(now time.Time) (Guard, int) {
	if !now.Before(g.Day.Add(day)) {
		g.Day, g.DayMisses = now, 0
	}
	g.Misses++
	g.DayMisses++
	left := min(triesPerRest-g.Misses, triesPerDay-g.DayMisses)
	if left <= 0 {
		g.Misses, g.RestUntil = 0, now.Add(rest)
	}
	return g, max(left, 0)
}

// Hit forgets the misses since the last rest; those of the day stay counted.
func (g Guard) Hit() Guard {
	g.Misses = 0
	return g
}

// The limits on sending. A code costs money and patience: they hold for one destination
// across every purpose, for one source address, and for the whole installation.
const (
	resendAfter   = 60 * time.Second
	sendsPerDay   = 5
	sendsPerHour  = 20
	maxSendPerDay = 50_000
)

// A Quota is one limit on sending: at most Max in Window, and Gap between two.
type Quota struct {
	Max    int
	Window time.Duration
	Gap    time.Duration
}

// PerDestination limits the codes to one phone or mailbox, whoever asked for them.
func PerDestination() Quota { return Quota{Max: sendsPerDay, Window: day, Gap: resendAfter} }

// PerSource limits the codes asked for from one network prefix or by one client.
func PerSource() Quota { return Quota{Max: sendsPerHour, Window: time.Hour} }

// Everything limits the codes of the whole installation in a day.
func Everything() Quota { return Quota{Max: maxSendPerDay, Window: day} }

// Sends counts what was sent under one quota.
type Sends struct {
	Start time.Time // of the running window
	Count int
	Last  time.Time
}

// Take counts one more send at now, or answers when it may be tried again.
func (s Sends) Take(q Quota, now time.Time) (Sends, error) {
	if next := s.Last.Add(q.Gap); now.Before(next) {
		return s, fault.New(fault.Limited, "resend_wait", "until", next.Format(time.RFC3339))
	}
	if !now.Before(s.Start.Add(q.Window)) {
		s.Start, s.Count = now, 0
	}
	if s.Count >= q.Max {
		return s, fault.New(fault.Limited, "send_limit", "until", s.Start.Add(q.Window).Format(time.RFC3339))
	}
	s.Count++
	s.Last = now
	return s, nil
}
