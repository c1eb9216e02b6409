package simulate

import (
	"math/rand/v2"
	"time"
)

// A chance makes every choice of a run. Entropy comes from another stream, so that a
// choice more or less does not change what ids look like.
type chance struct{ *rand.Rand }

// The streams of one seed.
const (
	choices uint64 = iota + 1
	secrets
)

func newChance(seed uint64) chance { return chance{rand.New(rand.NewPCG(seed, choices))} }

// newEntropy is what the product takes for randomness.
func newEntropy(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	from := rand.NewPCG(seed, secrets)
	for i := range key {
		key[i] = byte(from.Uint64())
	}
	return rand.NewChaCha8(key)
}

// once is true one time in n; never for 0.
func (c chance) once(n int) bool { return n > 0 && c.IntN(n) == 0 }

// percent is true p times in a hundred.
func (c chance) percent(p int) bool { return c.IntN(100) < p }

// upTo answers a time below d.
func (c chance) upTo(d time.Duration) time.Duration { return time.Duration(c.Int64N(int64(d))) }

// pick answers one of a list that is not empty.
func pick[T any](c chance, from []T) T { return from[c.IntN(len(from))] }

// A turn is one thing that may be done, with how often it is.
type turn struct {
	weight int
	do     func()
}

// one does one of the turns.
func (c chance) one(turns []turn) {
	sum := 0
	for _, t := range turns {
		sum += t.weight
	}
	n := c.IntN(sum)
	for _, t := range turns {
		if n -= t.weight; n < 0 {
			t.do()
			return
		}
	}
}
