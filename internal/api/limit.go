package api

import (
	"crypto/sha256"
	"sync"
	"time"

	"amend/fault"
)

// The limit on visits without a credential that holds, for each network prefix: a burst,
// then one in three seconds. A token has 256 bits; the limit is for the database's sake.
const (
	limitBurst  = 30
	limitRefill = 3 * time.Second
	limitKept   = 10_000 // prefixes remembered, twice: older ones start afresh
)

// limiter is a token bucket for each prefix. It remembers two generations of everything, so
// that its memory is bounded however many networks ask.
type limiter struct {
	mu            sync.Mutex
	young, old    map[string]bucket
	known, before map[[sha256.Size]byte]bool // hashes of credentials that held lately
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter() *limiter {
	return &limiter{young: map[string]bucket{}, known: map[[sha256.Size]byte]bool{}}
}

// held reports whether a credential held lately: whoever works from a network that somebody
// guesses from goes on working. It still has to hold now.
func (l *limiter) held(credential string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	hash := sha256.Sum256([]byte(credential))
	return l.known[hash] || l.before[hash]
}

// hold remembers a credential that held.
func (l *limiter) hold(credential string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.known) >= limitKept {
		l.before, l.known = l.known, map[[sha256.Size]byte]bool{}
	}
	l.known[sha256.Sum256([]byte(credential))] = true
}

// count takes one token from a prefix.
func (l *limiter) count(prefix string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.find(prefix, now)
	if b.left < 1 {
		return limited(b, now)
	}
	b.left--
	l.keep(prefix, b)
	return nil
}

// look refuses a prefix that has used up its tokens, and takes none.
func (l *limiter) look(prefix string, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.find(prefix, now); b.left < 1 {
		return limited(b, now)
	}
	return nil
}

func limited(b bucket, now time.Time) error {
	wait := time.Duration((1 - b.left) * float64(limitRefill))
	return fault.New(fault.Limited, "too_many_visits", "until", now.Add(wait).UTC().Format(time.RFC3339))
}

// find answers a bucket, refilled up to now.
func (l *limiter) find(prefix string, now time.Time) bucket {
	b, ok := l.young[prefix]
	if !ok {
		b, ok = l.old[prefix]
	}
	if !ok {
		return bucket{limitBurst, now}
	}
	if since := now.Sub(b.at); since > 0 {
		b.left, b.at = min(limitBurst, b.left+float64(since)/float64(limitRefill)), now
	}
	return b
}

func (l *limiter) keep(prefix string, b bucket) {
	if len(l.young) >= limitKept {
		l.old, l.young = l.young, map[string]bucket{}
	}
	l.young[prefix] = b
}
