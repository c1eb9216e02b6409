package backup_test

import (
	"crypto/rand"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"amend/audit"
	"amend/internal/backup"
	"amend/internal/store"
)

// A ledger is a log in a store, grown by hand.
type ledger struct {
	safe
	signer note.Signer
	key    string
	tree   audit.Tree
}

func openLedger(t *testing.T) *ledger {
	t.Helper()
	l := &ledger{safe: safe{T: t, store: sqlite(t)}}
	secret, public, err := audit.NewLogKey(rand.Reader, "amend.example.com/log")
	l.must(err)
	l.signer, err = note.NewSigner(secret)
	l.must(err)
	l.key = public
	return l
}

// grow adds leaves and signs the head that they make.
func (l *ledger) grow(leaves ...string) audit.Checkpoint {
	l.Helper()
	hashes := make([]audit.Hash, len(leaves))
	for i, leaf := range leaves {
		hashes[i] = tlog.RecordHash([]byte(leaf))
	}
	next, rows := l.tree.Append(hashes...)
	head := audit.Checkpoint{Origin: l.signer.Name(), Size: next.Size(), Root: next.Root(), At: time.UnixMicro(next.Size()).UTC()}
	signed, err := head.Sign(l.signer)
	l.must(err)
	l.must(l.store.Write(l.Context(), "", func(tx *store.Tx) error {
		for _, r := range rows {
			tx.Exec(`INSERT INTO log_row (n, hashes) VALUES ($1, $2) ON CONFLICT (n) DO UPDATE SET hashes = excluded.hashes`, r.N, r.Hashes)
		}
		tx.Exec(`INSERT INTO checkpoint (size, note, at) VALUES ($1, $2, 0)`, next.Size(), string(signed))
		return nil
	}))
	l.tree = next
	return head
}

func (l *ledger) extends(older audit.Checkpoint) error {
	l.Helper()
	_, err := backup.Extends(older, l.store.View(l.Context()), l.key)
	return err
}

func TestLogThatWentOnExtendsItsBackup(t *testing.T) {
	l := openLedger(t)
	empty, err := backup.Head("", l.key)
	l.must(err)
	l.must(l.extends(empty)) // and the empty log extends itself
	older := l.grow("a", "b", "c")
	l.must(l.extends(older))
	l.grow("d", "e", "f", "g", "h")
	l.must(l.extends(older))
	l.must(l.extends(empty))
}

func TestLogThatWasCutOrRewrittenIsFound(t *testing.T) {
	l := openLedger(t)
	older := l.grow("a", "b", "c")

	cut := openLedger(t)
	cut.signer, cut.key = l.signer, l.key
	cut.grow("a", "b")
	cut.refused(cut.extends(older), "log_behind")

	rewritten := openLedger(t)
	rewritten.signer, rewritten.key = l.signer, l.key
	rewritten.grow("a", "x", "c", "d")
	rewritten.refused(rewritten.extends(older), "log_rewritten")

	foreign := openLedger(t)
	foreign.grow("a", "b", "c", "d")
	_, err := backup.Extends(older, foreign.store.View(t.Context()), l.key)
	foreign.refused(err, "bad_signature")
	_, err = backup.Head("no head", l.key)
	l.refused(err, "bad_signature")
	_, err = backup.Head("", "no key")
	l.refused(err, "bad_key_text")
}
