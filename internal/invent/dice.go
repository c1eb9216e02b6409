package invent

import "math/bits"

// dice is SplitMix64 (Steele, Lea and Flood 2014): eight bytes of state, so that every row
// can have its own.
type dice uint64

// step is the odd number next to 2^64 divided by the golden ratio.
const step = 0x9E3779B97F4A7C15

// roll answers the dice of one row and one question about it.
func roll(seed uint64, row, stream int) dice {
	return dice(blend(blend(seed+uint64(stream)*step) + uint64(row)*step))
}

// blend makes every bit of its answer depend on every bit of x.
func blend(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

func (d *dice) next() uint64 {
	*d += step
	return blend(uint64(*d))
}

// below is a number from 0 to n-1; n is positive.
func (d *dice) below(n int) int {
	high, _ := bits.Mul64(d.next(), uint64(n))
	return int(high)
}

// chance is true in the given share of cases.
func (d *dice) chance(share float64) bool { return float64(d.next()>>11)/(1<<53) < share }

// pick answers one of the texts.
func (d *dice) pick(from []string) string { return from[d.below(len(from))] }

// scatter puts the numbers 0 to space-1 into another order, each once, so that what is
// numbered by it is unique and does not look counted. space is below 2^32 and no multiple
// of the prime it multiplies by.
func scatter(n int, seed, space uint64) uint64 {
	const prime = 2654435761
	return (uint64(n)%space*(prime%space) + blend(seed)%space) % space
}

// A bag answers its items as often as their weights say, in 4096ths, each at least once.
type bag[T any] struct {
	items []T
	slots []uint16
}

// fill makes a bag. The rounding is in favour of light items.
func fill[T any](items []T, weight func(int) int) bag[T] {
	total := 0
	for i := range items {
		total += weight(i)
	}
	b := bag[T]{items: items}
	for i := range items {
		for range max(1, weight(i)*4096/total) {
			b.slots = append(b.slots, uint16(i))
		}
	}
	return b
}

func (b *bag[T]) draw(d *dice) *T { return &b.items[b.slots[d.below(len(b.slots))]] }
