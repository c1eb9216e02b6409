package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"amend/fault"
)

// Meta answers one of the few things that the whole database has: its key's fingerprint,
// its log's key. It answers ErrNoRow for one that was never set.
func (v View) Meta(name string) (string, error) {
	var value string
	err := v.Row(`SELECT value FROM meta WHERE name = $1`, name).Scan(&value)
	if err != nil && !errors.Is(err, ErrNoRow) {
		err = fmt.Errorf("read %s: %w", name, err)
	}
	return value, err
}

// SetMeta sets one for the first time.
func (tx *Tx) SetMeta(name, value string) {
	tx.One(Stale, `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`, name, value)
}

// BackedAt is the name under which the database has when it was last backed up.
const BackedAt = "backed_at"

// PutMeta sets one that changes.
func (tx *Tx) PutMeta(name, value string) {
	tx.Exec(`INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
}

// Empty reports whether nothing was ever written here.
func (v View) Empty() (bool, error) {
	var n int64
	if err := v.Row(`SELECT (SELECT COUNT(*) FROM entry) + (SELECT COUNT(*) FROM record_key)`).Scan(&n); err != nil {
		return false, fmt.Errorf("look for data: %w", err)
	}
	return n == 0, nil
}

// Lease queues the taking or renewing of a shard of work for holder until a time. Each
// taking raises the epoch, which fences a holder that was paused; the verb fails with
// shard_taken while somebody else holds it. A lease that ends further ahead than a new one
// was written by a clock that was wrong, and holds nobody off.
func (tx *Tx) Lease(shard, holder string, until time.Time) {
	const q = `INSERT INTO lease (shard, holder, until_at, epoch) VALUES ($1, $2, $3, 1)
		ON CONFLICT (shard) DO UPDATE SET
			epoch = CASE WHEN lease.holder = excluded.holder AND lease.until_at > $4 THEN lease.epoch ELSE lease.epoch + 1 END,
			holder = excluded.holder, until_at = excluded.until_at
		WHERE lease.holder = excluded.holder OR lease.until_at <= $4 OR lease.until_at > $5`
	tx.One(fault.New(fault.Conflict, "shard_taken", "shard", shard), q, shard, holder, until, tx.Now(), until.Add(maxSkew))
}

// A Repeat is what is kept of a request with an idempotency key. An empty Answer means
// that its act is stored and its answer is not yet.
type Repeat struct {
	Request []byte // hash of method, path and body
	Status  int
	Answer  []byte
	At      time.Time
}

// onceKey is the context key under which Once travels.
type onceKey struct{}

// Once marks ctx so that the next verb stored with it stores the idempotency key in the
// same transaction: a crash between effect and answer leaves the key, so that a repeat
// has no second effect.
func Once(ctx context.Context, key string, request []byte) context.Context {
	return context.WithValue(ctx, onceKey{}, Repeat{Request: request, Answer: []byte(key)})
}

// claim queues the idempotency key of ctx, if there is one.
func (tx *Tx) claim(ctx context.Context) {
	r, ok := ctx.Value(onceKey{}).(Repeat)
	if !ok {
		return
	}
	const q = `INSERT INTO idempotency (key, request, status, at) VALUES ($1, $2, 0, $3) ON CONFLICT DO NOTHING`
	tx.One(fault.New(fault.Conflict, "repeat_running"), q, string(r.Answer), r.Request, tx.Now())
}

// Repeat answers what is kept under an idempotency key, ErrNoRow if nothing is.
func (v View) Repeat(key string) (Repeat, error) {
	var r Repeat
	var sealed []byte
	err := v.Row(`SELECT request, status, answer, at FROM idempotency WHERE key = $1`, key).Scan(&r.Request, &r.Status, &sealed, &r.At)
	if errors.Is(err, ErrNoRow) {
		return r, err
	}
	if err == nil && len(sealed) > 0 {
		r.Answer, err = v.store.keys.OpenFor("answer", sealed, []byte(key))
	}
	if err != nil {
		return r, fmt.Errorf("read stored answer: %w", err)
	}
	return r, nil
}

// ErrKept is the error of a verb that brings a second answer under an idempotency key.
var ErrKept = errors.New("an answer is kept already")

// KeepAnswer stores the answer of a request, sealed, for its repeats. The first one stays:
// somebody may have heard it.
func (tx *Tx) KeepAnswer(key string, request []byte, status int, answer []byte) {
	sealed := tx.store.keys.SealFor("answer", tx.Rand(), answer, []byte(key))
	const q = `INSERT INTO idempotency (key, request, status, answer, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET status = excluded.status, answer = excluded.answer WHERE idempotency.answer IS NULL`
	tx.One(ErrKept, q, key, request, status, sealed, tx.Now())
}

// ForgetAnswers drops what was kept before a time.
func (tx *Tx) ForgetAnswers(before time.Time) {
	tx.Exec(`DELETE FROM idempotency WHERE at < $1`, before)
}
