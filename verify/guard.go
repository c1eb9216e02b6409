package verify

import (
	"time"

	"amend/fault"
)

// The limits on guessing. A guess is tried against one code of a million, two of which may
// be live: ten wrong codes of a customer leave a thief at most twenty chances in a million
// for a day, however many channels there are. Then only the slow path is left.
const (
	triesPerRest = 5                // wrong codes, shared by every live code of one channel of one customer
	rest         = 15 * time.Minute // how long the channel then rests for this customer
	triesPerDay  = 10               // wrong codes of one customer over all channels, then no code for a day
	day          = 24 * time.Hour
)

// Guard counts wrong codes: of one customer on one channel, or on all of them.
type Guard struct {
	Misses    int       // channel: since the last hit or rest; all: until a day went by without one
	Last      time.Time // when the last one was
	RestUntil time.Time // the channel rests
}

// Tries are the two guards that every code stands behind. They belong to the customer, not
// to a code: asking for a new code never resets them (NIST SP 800-63B 3.1.3).
type Tries struct {
	Channel Guard // of the contact point that the code was sent to
	All     Guard // of the customer, over every channel
}

// maxSkew is how far the clocks of two nodes may differ. What stands further ahead was
// written by a clock that was wrong: no limit may hold until that time comes.
const maxSkew = 10 * time.Minute

func ahead(t, now time.Time) bool { return t.After(now.Add(maxSkew)) }

// Allow answers when a code may be tried again, as a fault, or nil if now.
func (t Tries) Allow(now time.Time) error {
	if now.Before(t.Channel.RestUntil) && !ahead(t.Channel.Last, now) {
		return fault.New(fault.Limited, "channel_rests", "until", t.Channel.RestUntil.Format(time.RFC3339))
	}
	if ahead(t.All.Last, now) {
		return nil
	}
	if until := t.All.Last.Add(day); t.All.Misses >= triesPerDay && now.Before(until) {
		return fault.New(fault.Limited, "codes_used_up", "until", until.Format(time.RFC3339))
	}
	return nil
}

// Miss counts a wrong code and answers how many tries are left before a rest. The count of
// the day ends only when a whole day went by without a miss: ten misses fall into no
// stretch of 24 hours twice, wherever a thief lets it begin.
func (t Tries) Miss(now time.Time) (Tries, int) {
	if !now.Before(t.All.Last.Add(day)) || ahead(t.All.Last, now) {
		t.All.Misses = 0
	}
	if ahead(t.Channel.Last, now) {
		t.Channel = Guard{}
	}
	t.All.Misses++
	t.Channel.Misses++
	t.All.Last, t.Channel.Last = now, now
	left := max(0, min(triesPerRest-t.Channel.Misses, triesPerDay-t.All.Misses))
	if t.Channel.Misses >= triesPerRest {
		t.Channel.Misses, t.Channel.RestUntil = 0, now.Add(rest)
	}
	return t, left
}

// Hit forgets the channel's misses since its last rest; those of the day stay counted.
func (t Tries) Hit() Tries {
	t.Channel.Misses = 0
	return t
}

// The limits on sending. A code costs money and patience: they hold for one destination
// across every purpose, for one source address, and for the whole installation.
const (
	resendAfter      = 60 * time.Second
	sendsPerDay      = 5
	sendsPerHour     = 20
	filingsPerDay    = 10
	entersPerHour    = 600 // a whole office behind one address
	revealsPerDay    = 300 // a busy day at the counter; far from a copy of the customer base
	rehearsalsPerDay = 10
	clerkPerDay      = 80 // a full day of six minutes each
	testsPerHour     = 20
	maxSendPerDay    = 50_000
)

// A Quota is one limit on sending: at most Max in Window, and Gap between two.
type Quota struct {
	Max    int
	Window time.Duration
	Gap    time.Duration
	Reads  bool // what is counted are values seen, not codes sent
}

// PerDestination limits the codes to one phone or mailbox, whoever asked for them.
func PerDestination() Quota { return Quota{Max: sendsPerDay, Window: day, Gap: resendAfter} }

// PerSource limits the codes asked for from one network prefix or by one client.
func PerSource() Quota { return Quota{Max: sendsPerHour, Window: time.Hour} }

// PerEntrance limits the tries to sign in from one network prefix, whatever names they use.
func PerEntrance() Quota { return Quota{Max: entersPerHour, Window: time.Hour} }

// PerFiler limits the contact changes that one person files on one record: each warns every
// contact of the last 90 days, and warnings without end are harassment (threat T9).
func PerFiler() Quota { return Quota{Max: filingsPerDay, Window: day} }

// PerReader limits how often one person or client sees values in clear in a day (threat T20).
func PerReader() Quota { return Quota{Max: revealsPerDay, Window: day, Reads: true} }

// PerClerk is how many requests one member of staff files on a busy day: more is a reason to look.
func PerClerk() Quota { return Quota{Max: clerkPerDay, Window: day} }

// PerRehearser limits how often one person sends a text with invented values in a day.
func PerRehearser() Quota { return Quota{Max: rehearsalsPerDay, Window: day} }

// PerTested limits the tests of one connected system, whoever sends them: enough to find a
// fault together with its engineers, too few to trouble it.
func PerTested() Quota { return Quota{Max: testsPerHour, Window: time.Hour} }

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
	if ahead(s.Last, now) {
		s = Sends{}
	}
	if apart := now.Sub(s.Last).Abs(); apart < q.Gap { // another node's clock may be ahead of ours
		return s, fault.New(fault.Limited, "resend_wait", "until", s.Last.Add(q.Gap).Format(time.RFC3339))
	}
	if !now.Before(s.Start.Add(q.Window)) {
		s.Start, s.Count = now, 0
	}
	if s.Count >= q.Max {
		until := s.Start.Add(q.Window).Format(time.RFC3339)
		if q.Reads {
			return s, fault.New(fault.Limited, "reveal_limit", "until", until)
		}
		return s, fault.New(fault.Limited, "send_limit", "until", until)
	}
	s.Count++
	s.Last = now
	return s, nil
}
