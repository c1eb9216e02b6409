package change

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"time"
)

// Hash is what an approval is bound to: the diff, the proofs and evidence, and the
// policy version (invariant 6). The items' salts are in it, so that the hash of a
// short value cannot be guessed by somebody who may see the hash but not the value.
func (r Request) Hash() string {
	h := sha256.New()
	write(h, "amend content 1", string(r.ID), string(r.Record), string(r.Kind), r.Effective.UTC().Format(time.RFC3339Nano))
	writeInt(h, r.Plan.Policy)
	writeInt(h, int64(len(r.Items)))
	for _, it := range r.Items {
		write(h, string(it.Key), string(it.Now), string(it.Salt))
		writeInt(h, it.Base)
	}
	writeInt(h, int64(len(r.Proofs)))
	for _, p := range r.Proofs {
		write(h, string(p.Gate), string(p.Method), string(p.Contact), string(p.By.Sort), p.By.ID, p.Note, p.At.UTC().Format(time.RFC3339Nano))
		writeInt(h, bit(p.New)|bit(p.Weak)<<1)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func write(h hash.Hash, parts ...string) {
	for _, s := range parts {
		writeInt(h, int64(len(s)))
		h.Write([]byte(s))
	}
}

func writeInt(h hash.Hash, n int64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}
