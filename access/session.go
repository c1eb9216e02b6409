package access

import "time"

// The bounds of a session (ASVS V7.3, NIST SP 800-63B-4 2.2.3). A customer's page may be open
// on a shared computer, and is done in minutes; a person works a shift.
const (
	staffIdle     = 15 * time.Minute
	staffEnds     = 12 * time.Hour
	customerIdle  = 20 * time.Minute
	customerEnds  = 2 * time.Hour
	stepHolds     = 5 * time.Minute
	sessionWarned = 2 * time.Minute
)

// Idle is how long a session of this sort may stand still.
func (s Sort) Idle() time.Duration {
	if s == Customer {
		return customerIdle
	}
	return staffIdle
}

// Lasts is how long a session of this sort lives, whatever its holder does.
func (s Sort) Lasts() time.Duration {
	if s == Customer {
		return customerEnds
	}
	return staffEnds
}

// Stepped reports whether a second factor that was given at a time still counts for an act
// of high risk.
func Stepped(at, now time.Time) bool { return !at.After(now) && now.Sub(at) < stepHolds }

// Warned is how long before its end the holder of a session is warned (WCAG 2.2.1).
func Warned() time.Duration { return sessionWarned }
