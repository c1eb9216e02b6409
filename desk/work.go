package desk

import (
	"context"
	"time"

	"amend/change"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// Now is the desk's clock, which every deadline of the work loop goes by.
func (d *Desk) Now() time.Time { return d.store.Now() }

// Woken answers a channel that is closed when there may be something new to do.
func (d *Desk) Woken() <-chan struct{} { return d.store.Woken() }

// ClaimShard takes or renews a shard of the work for holder, and answers until when it is
// theirs; false means that somebody else has it.
func (d *Desk) ClaimShard(ctx context.Context, shard, holder string, lease time.Duration) (time.Time, bool, error) {
	var until time.Time
	err := d.store.Write(ctx, "", func(tx *store.Tx) error {
		until = tx.Now().Add(lease)
		tx.Lease(shard, holder, until)
		return nil
	})
	if fault.CodeOf(err) == "shard_taken" {
		return time.Time{}, false, nil
	}
	return until, err == nil, err
}

// DueRequests answers the requests whose time has come, most overdue first.
func (d *Desk) DueRequests(ctx context.Context, limit int) ([]change.ID, error) {
	return d.store.View(ctx).DueChanges(d.store.Now(), limit)
}

// firstPostpone is how long a request whose timer failed waits at first; the wait grows
// fourfold, so that five attempts take some three hours and outlast a restart or a repair.
const firstPostpone = 2 * time.Minute

// PostponeDue puts a request whose timer failed off, and after five attempts into
// quarantine, where people see it. why is a code or the name of an error, never a value.
func (d *Desk) PostponeDue(ctx context.Context, id change.ID, why string) error {
	return d.store.Write(ctx, string(id), func(tx *store.Tx) error {
		failed, err := tx.Attempts(string(id))
		if err != nil {
			return err
		}
		tx.PostponeChange(id, why, tx.Now().Add(firstPostpone<<(2*min(failed, 8))))
		return nil
	})
}

// SystemsToTell answers the systems that work is done for, by id: not the paused ones.
func (d *Desk) SystemsToTell(ctx context.Context) ([]downstream.SystemID, error) {
	rows, err := d.store.View(ctx).Systems()
	if err != nil {
		return nil, err
	}
	ids := make([]downstream.SystemID, 0, len(rows))
	for _, row := range rows {
		if !row.Paused {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

// How long what only serves repeats and counting is kept.
const (
	answersKept = 48 * time.Hour      // of an idempotency key; a client that comes back later is told apart by its body
	guardsKept  = 30 * 24 * time.Hour // of counters of wrong codes and codes sent; the longest window is a day
)

// Tidy drops stored answers and counters that no rule looks at any more.
func (d *Desk) Tidy(ctx context.Context) error {
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		tx.ForgetAnswers(tx.Now().Add(-answersKept))
		tx.ForgetGuards(tx.Now().Add(-guardsKept))
		return nil
	})
}

// KeyOf answers the fingerprint of the master key that a database belongs to, without
// changing anything in it: "" for an empty database, which belongs to nobody yet.
func KeyOf(ctx context.Context, url string) (string, error) {
	print, empty, err := store.Peek(ctx, url, keyName)
	if err == nil && print == "" && !empty {
		return "", fault.New(fault.Unavailable, "key_unknown")
	}
	return print, err
}
