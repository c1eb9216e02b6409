package desk

import (
	"fmt"
	"hash/crc32"

	"amend/fault"
	"amend/internal/store"
	"amend/verify"
)

// maySend counts one more message against the limits of its destination, of whoever asks,
// and of the whole installation. The destination is counted under a keyed hash.
func (d *Desk) maySend(tx *store.Tx, challenge, to, from string) error {
	if err := take(tx, "to "+fmt.Sprint(d.keys.Token("destination", to)), verify.PerDestination()); err != nil {
		return err
	}
	if from != "" {
		if err := take(tx, "from "+from, verify.PerSource()); err != nil {
			return err
		}
	}
	return takeShare(tx, challenge)
}

// shares is in how many parts the count of the whole installation is kept. A counter is
// written by compare-and-set: of thirty-two who ask for a code at once, one would get past a
// single counter at a time, and most would be refused for no reason of their own.
const shares = 50

// takeShare counts one more for the whole installation, in the part that a challenge's fresh
// id falls into, or else in the next one that has room: together they hold the limit to the
// very last.
func takeShare(tx *store.Tx, challenge string) error {
	quota := verify.Everything()
	quota.Max /= shares
	lot := crc32.ChecksumIEEE([]byte(challenge)) % shares
	var full error
	for i := range uint32(shares) {
		full = take(tx, fmt.Sprintf("all %d", (lot+i)%shares), quota)
		if fault.KindOf(full) != fault.Limited {
			return full
		}
	}
	return full
}

// take counts one more under name, or refuses what is beyond its quota.
func take(tx *store.Tx, name string, quota verify.Quota) error {
	was, err := tx.Sends(name)
	if err != nil {
		return err
	}
	is, err := was.Take(quota, tx.Now())
	if err != nil {
		return err
	}
	return tx.SaveSends(name, was, is)
}
