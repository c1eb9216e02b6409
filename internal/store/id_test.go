package store

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestIDsSortByTheirMillisecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := int64(1)<<48 - 1
		a := rapid.Int64Range(0, limit).Draw(t, "a")
		b := rapid.Int64Range(0, limit).Draw(t, "b")
		noise := rapid.SliceOfN(rapid.Byte(), 14, 14).Draw(t, "noise")

		first, err1 := newID(time.UnixMilli(a), bytes.NewReader(noise[:7]))
		second, err2 := newID(time.UnixMilli(b), bytes.NewReader(noise[7:]))

		if err1 != nil || err2 != nil || len(first) != 20 || len(second) != 20 {
			t.Fatalf("%q %v, %q %v", first, err1, second, err2)
		}
		if a < b && first >= second || a > b && first <= second {
			t.Fatalf("%d gives %s, %d gives %s", a, first, b, second)
		}
	})
}

func TestIDKeepsEveryBitOfItsEntropy(t *testing.T) {
	for bit := range 56 {
		noise := make([]byte, 7)
		noise[bit/8] = 0x80 >> (bit % 8)
		zero, _ := newID(time.UnixMilli(1), bytes.NewReader(make([]byte, 7)))
		id, _ := newID(time.UnixMilli(1), bytes.NewReader(noise))
		if differs := id != zero; differs != (bit < 52) {
			t.Errorf("bit %d: differs %v", bit, differs)
		}
	}
}

func TestIDsOfOneMillisecondDiffer(t *testing.T) {
	seen := make(map[string]bool)
	for range 100_000 {
		id, err := newID(time.UnixMilli(1_700_000_000_000), rand.Reader)
		if err != nil || seen[id] {
			t.Fatalf("%s again, or %v", id, err)
		}
		seen[id] = true
	}
}
