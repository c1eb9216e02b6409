package desk_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"amend/audit"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
	"amend/internal/witness"
)

func (h *house) sequence() int {
	h.t.Helper()
	n, err := h.desk.Sequence(h.ctx)
	h.ok(err)
	return n
}

// replay reads the log again from its first leaf and compares it with the signed head.
func (h *house) replay() error {
	h.t.Helper()
	leaves, err := h.view().Leaves(0, 100_000)
	h.ok(err)
	var r audit.Replay
	for _, l := range leaves {
		if err := r.Add(l.Leaf); err != nil {
			return fmt.Errorf("at %d: %w", l.Pos, err)
		}
	}
	public, err := h.desk.LogKey(h.ctx)
	h.ok(err)
	key, err := note.NewVerifier(public)
	h.ok(err)
	_, signed, err := h.view().Head()
	h.ok(err)
	head, _, err := audit.OpenCheckpoint([]byte(signed), key)
	if err != nil {
		return err
	}
	return r.Match(head)
}

func TestEverySequencedActIsUnderASignedHead(t *testing.T) {
	h := open(t)
	if n := h.sequence(); n == 0 || h.sequence() != 0 {
		t.Errorf("%d entries", n)
	}
	h.fang()
	h.sequence()
	if err := h.replay(); err != nil {
		t.Error(err)
	}
}

func TestManySequencersMakeOneLog(t *testing.T) {
	h := open(t)
	placed := make(chan int, 64)
	errs := make(chan error, 64)
	for range 8 {
		h.fang()
		for range 8 {
			go func() {
				n, err := h.desk.Sequence(h.ctx)
				placed <- n
				errs <- err
			}()
		}
	}
	total := 0
	for range 64 {
		total += <-placed
		h.ok(<-errs)
	}
	total += h.sequence()
	if size, _, err := h.view().Head(); err != nil || size != int64(total) || size != h.count(`SELECT COUNT(*) FROM entry`) {
		t.Errorf("%d placed, size %d, %v", total, size, err)
	}
	if err := h.replay(); err != nil {
		t.Error(err)
	}
}

func TestClocksThatDisagreeDoNotBreakARecordsChain(t *testing.T) {
	h := open(t)
	id := h.fang()
	for i, entry := range []string{"zz", "yy", "xx", "ww"} {
		h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
			if _, err := tx.Record(id); err != nil {
				return err
			}
			v := customer.Value{Content: customer.Content(fmt.Sprint("+861390013900", i)), Salt: []byte("0123456789abcdef")}
			var e store.Entry
			e.ID, e.At, e.Verb, e.Actor, e.Record = entry, tx.Now(), "apply", "system", string(id)
			sealed, _, err := tx.Alter(id, []customer.Effect{{Key: "phone", Value: &v}}, entry)
			e.Effects = sealed
			return errors.Join(err, tx.Append(e))
		}))
	}
	h.sequence()
	if err := h.replay(); err != nil {
		t.Error(err)
	}
}

func TestWitnessCosignsAHeadThatGrowsAndRefusesARewind(t *testing.T) {
	h := open(t)
	h.ok(h.desk.Witness(h.ctx)) // none is set up
	w, err := witness.Open(witness.Config{Path: filepath.Join(t.TempDir(), "head"), Name: "witness.example.com", Log: h.desk.LogKey, Rand: rand.Reader})
	h.ok(err)
	h.out.Witness = w
	h.rebuild()
	h.sequence()
	h.ok(h.desk.Witness(h.ctx))
	h.fang()
	h.sequence()
	h.ok(h.desk.Witness(h.ctx))
	size, signed, err := h.view().Head()
	h.ok(err)
	h.ok(h.desk.Witness(h.ctx)) // the same head again changes nothing
	if _, again, _ := h.view().Head(); again != signed || !strings.Contains(signed, "— witness.example.com ") {
		t.Errorf("the head is %q, then %q", signed, again)
	}
	h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
		tx.Exec(`DELETE FROM checkpoint WHERE size = $1`, size) // whoever holds the log key takes the last acts back
		return nil
	}))
	if err := h.desk.Witness(h.ctx); err == nil {
		t.Error("a rewind was cosigned")
	}
}

func TestReceiptWaitsForAHeadThatCoversIt(t *testing.T) {
	h := open(t)
	fang := h.fang()
	r := h.file(self(fang), proposal(fang, "title", "Dr"))
	_, err := h.desk.Receipt(h.ctx, self(fang), r.ID)
	h.refused(err, "receipt_waits")
	h.sequence()
	receipt, err := h.desk.Receipt(h.ctx, self(fang), r.ID)
	h.ok(err)
	file, err := receipt.JSON()
	h.ok(err)
	key, err := h.desk.LogKey(h.ctx)
	h.ok(err)
	if _, err := audit.Verify(file, key); err != nil {
		t.Error(err)
	}
	_, err = h.desk.Receipt(h.ctx, self(h.fang()), r.ID)
	h.refused(err, "no_change")
	_, err = h.desk.Receipt(h.ctx, h.staff["bob"], h.phone(fang).ID)
	h.refused(err, "not_applied")
	if _, err = h.desk.Receipt(h.ctx, h.staff["otto"], r.ID); fault.KindOf(err) != fault.Denied {
		t.Errorf("otto reads a receipt: %v", err)
	}
}

func TestCancelledSequencerPlacesNothing(t *testing.T) {
	h := open(t)
	ctx, cancel := context.WithCancel(h.ctx)
	cancel()
	if n, err := h.desk.Sequence(ctx); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d %v", n, err)
	}
}

// The public key stands in the clear: whoever can write to the database, and has no master
// key, could sign a log of their own making and publish the key of that.
func TestLogKeyThatWasSwappedIsFound(t *testing.T) {
	h := open(t)
	h.ok(h.desk.CheckKeys(h.ctx))
	_, another, err := audit.NewLogKey(rand.Reader, origin)
	h.ok(err)
	for _, swapped := range []string{another, "no key"} {
		h.ok(h.store.Write(h.ctx, "", func(tx *store.Tx) error {
			tx.Exec(`UPDATE meta SET value = $1 WHERE name = 'log_public_key'`, swapped)
			return nil
		}))
		h.refused(h.desk.CheckKeys(h.ctx), "log_key_swapped")
	}
}
