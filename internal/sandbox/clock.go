package sandbox

import (
	"sync"
	"time"
)

// Clock is a clock that moves when it is told to, until it is told to follow another one.
// Between two readings a microsecond passes, so that no two acts fall together.
type Clock struct {
	mu     sync.Mutex
	now    time.Time
	follow func() time.Time // nil: moves when told
}

// NewClock starts a clock.
func NewClock(at time.Time) *Clock { return &Clock{now: at.UTC()} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.now.Add(time.Microsecond)
	if c.follow != nil {
		if t := c.follow().UTC(); t.After(next) {
			next = t
		}
	}
	c.now = next
	return next
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) { c.Set(c.Now().Add(d)) }

// Set moves the clock to a time; it never goes back.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.After(c.now) {
		c.now = t.UTC()
	}
}

// Follow lets the clock go with another one, usually the machine's. It never goes back:
// where it is ahead, it waits for the other.
func (c *Clock) Follow(source func() time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.follow = source
}
