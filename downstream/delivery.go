package downstream

import (
	"time"

	"amend/customer"
	"amend/fault"
)

// Horizon is how long a delivery is tried before a person must take it over.
const Horizon = 72 * time.Hour

// maxRefusals bounds the tries of an envelope that the system refuses: after the fifth it
// is taken out of the way of its neighbours and shown.
const maxRefusals = 5

// A Standing says where a delivery stands.
type Standing string

// The standings.
const (
	Settled Standing = "settled" // nothing owed
	Owed    Standing = "owed"    // due at DueAt
	Stopped Standing = "stopped" // given up until a person, a new change or the system's return moves it
)

// Why is the reason that a system is not in sync, as people are told it.
type Why string

// The reasons.
const (
	Waiting     Why = "waiting"     // on its way
	Held        Why = "paused"      // a person paused the system
	Unreachable Why = "unreachable" // the horizon passed, and the system was away or its credential refused
	Refused     Why = "refused"     // the system refuses it for good
	Differs     Why = "differs"     // acknowledged, but read back as something else
	Contested   Why = "conflict"    // the system asks for a person
	Ahead       Why = "ahead"       // the system holds more than it was ever sent
	NotRaised   Why = "not_raised"  // subscribed, but nothing is on its way: a defect
)

// Carriage says what became of the holds that a system was last told of.
type Carriage string

// The carriages; "" where there were no holds to carry.
const (
	Carried    Carriage = "carried"
	NotCarried Carriage = "not_carried" // this system has no place for holds: somebody must block there by hand
)

// Delivery is what one system has been told, and has acknowledged, of one record. There
// is one for each pair; it converges on the record as it is, instead of replaying changes.
// Its rules assume one worker for each pair at a time, which a lease on the shard gives.
type Delivery struct {
	System        SystemID
	Record        customer.ID
	WantedVersion int64 // record version that the system must reach; a subscribed field raised it
	AckedVersion  int64
	WantedSeq     int64 // raised by whatever the system must hear: fields, holds, merge, repair
	AckedSeq      int64
	ConfirmedSeq  int64 // the last one that was read back and agreed
	AckedAt       time.Time
	DueAt         time.Time // zero: nothing to do
	Attempts      int       // since the last acknowledgement
	Refusals      int       // those of them that were refused, not merely missed
	FailingSince  time.Time
	LastCode      string // the last Answer.Code
	Holds         Carriage
	State         Standing
	Why           Why // stopped: the reason
}

// Raise asks the system to hear of the record again. version is the record's version for
// a subscribed field change or a first load, and 0 for a hold, merge, mapping change or
// repair. A waiting retry keeps its time; a stopped delivery starts afresh.
func (d *Delivery) Raise(version int64, now time.Time) {
	d.WantedSeq++
	d.WantedVersion = max(d.WantedVersion, version)
	if d.State == Stopped {
		d.fresh()
	}
	if d.DueAt.IsZero() {
		d.DueAt = now
	}
	d.State = Owed
}

// Restart sends a stopped delivery off again: a person asked, or the system is back.
func (d *Delivery) Restart(now time.Time) error {
	if d.State != Stopped {
		return fault.New(fault.Conflict, "delivery_not_stopped", "system", d.System)
	}
	d.fresh()
	d.DueAt, d.State = now, Owed
	return nil
}

func (d *Delivery) fresh() {
	d.Attempts, d.Refusals, d.FailingSince, d.Why = 0, 0, time.Time{}, ""
}

// Acknowledge notes that the system holds seq, taken from record version. It never goes
// backwards, whatever order acknowledgements arrive in, and never beyond what was asked.
// It reports whether anything moved.
func (d *Delivery) Acknowledge(seq, version int64, now time.Time) bool {
	seq = min(seq, d.WantedSeq)
	if seq <= d.AckedSeq {
		return false
	}
	d.AckedSeq, d.AckedVersion, d.AckedAt = seq, max(d.AckedVersion, version), now
	d.fresh()
	d.LastCode, d.DueAt, d.State = "", time.Time{}, Settled
	if d.AckedSeq < d.WantedSeq { // it was raised while this was on its way
		d.DueAt, d.State = now, Owed
	}
	return true
}

// InSync reports whether the system has acknowledged version.
func (d Delivery) InSync(version int64) bool { return d.AckedVersion >= version }

// MayApply reports whether another change may apply to the record as far as s is
// concerned. A must system takes one at a time, so that each can be compensated.
func (s System) MayApply(d Delivery) bool { return !s.Must || d.InSync(d.WantedVersion) }

// After is d once the system has answered e. entropy spreads retries; any number will do.
func (d Delivery) After(e Envelope, a Answer, now time.Time, entropy uint64) Delivery {
	current := a.Seq == 0 || a.Seq == e.Seq // what was read back belongs to e, not to another state
	differs := a.Received() && current && len(Drift(e.Fields, a.ReadBack)) > 0
	switch {
	case e.Seq < d.AckedSeq:
		return d // late: the system is past this already
	case (e.Seq == d.AckedSeq || d.State == Stopped) && (differs || !a.Received()):
		return d // drift is repaired by Raise, and only good news moves what has stopped
	case a.Seq > d.WantedSeq:
		return d.stop(Ahead, a.Code, now)
	case differs:
		return d.refused(Differs, "read_back_differs", now, entropy)
	case a.Received():
		d.Acknowledge(e.Seq, e.Version, now)
		d.Holds = carriage(e, a)
		if a.ReadBack != nil && current {
			d.ConfirmedSeq = max(d.ConfirmedSeq, e.Seq)
		}
		return d
	case a.Outcome == Conflict:
		return d.stop(Contested, a.Code, now)
	case a.Outcome == Retry, a.Outcome == Reauth: // a refused credential is no fault of the record
		return d.missed(a, now, entropy)
	}
	return d.refused(Refused, a.Code, now, entropy) // permanent, or nothing we know
}

func carriage(e Envelope, a Answer) Carriage {
	switch {
	case len(e.Holds) == 0:
		return ""
	case a.Holds:
		return Carried
	}
	return NotCarried
}

func (d Delivery) missed(a Answer, now time.Time, entropy uint64) Delivery {
	d.again(a.Code, max(backoff(d.Attempts, entropy), min(a.After, maxWait)), now)
	if now.Sub(d.FailingSince) >= Horizon {
		return d.stop(Unreachable, a.Code, now)
	}
	return d
}

func (d Delivery) refused(why Why, code string, now time.Time, entropy uint64) Delivery {
	d.Refusals++
	d.again(code, backoff(d.Attempts, entropy), now)
	if d.Refusals >= maxRefusals || now.Sub(d.FailingSince) >= Horizon {
		return d.stop(why, code, now)
	}
	return d
}

func (d *Delivery) again(code string, wait time.Duration, now time.Time) {
	if d.FailingSince.IsZero() {
		d.FailingSince = now
	}
	d.Attempts++
	d.LastCode, d.DueAt, d.State = code, now.Add(wait), Owed
}

func (d Delivery) stop(why Why, code string, now time.Time) Delivery {
	if d.FailingSince.IsZero() {
		d.FailingSince = now
	}
	d.DueAt, d.State, d.Why, d.LastCode = time.Time{}, Stopped, why, code
	return d
}

// GiveUp stops a delivery whose system has been away past the horizon, or asked never to be
// called again.
func (d Delivery) GiveUp(code string, now time.Time) Delivery { return d.stop(Unreachable, code, now) }
