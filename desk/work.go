package desk

import (
	"context"
	"time"

	"golang.org/x/mod/sumdb/note"

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

// Waiting says which kinds of work have something due. Looking writes nothing, so that an
// idle loop costs no flush to disk.
type Waiting struct {
	Entries  bool // without a place in the log
	Requests bool
	Systems  []downstream.SystemID // with something due that may be tried now
	Notices  bool
	Holds    bool
}

// Waiting looks for work that is due.
func (d *Desk) Waiting(ctx context.Context) (Waiting, error) {
	var w Waiting
	view, now := d.store.View(ctx), d.store.Now()
	entries, err := view.Unsequenced(1)
	if err != nil {
		return w, err
	}
	requests, err := view.DueChanges(now, 1)
	if err != nil {
		return w, err
	}
	notices, err := view.DueNotices(now, 1)
	if err != nil {
		return w, err
	}
	holds, err := view.DueHolds(now, 1)
	if err != nil {
		return w, err
	}
	w.Entries, w.Requests, w.Notices, w.Holds = len(entries) > 0, len(requests) > 0, len(notices) > 0, len(holds) > 0
	w.Systems, err = systemsWaiting(view, now)
	return w, err
}

func systemsWaiting(view store.View, now time.Time) ([]downstream.SystemID, error) {
	rows, err := view.Systems()
	if err != nil {
		return nil, err
	}
	var ids []downstream.SystemID
	for _, row := range rows {
		if row.Paused || row.DownUntil.After(now) {
			continue
		}
		due, err := view.DueDeliveries(row.ID, now, 1)
		if err != nil {
			return nil, err
		}
		if len(due) == 0 && !row.FailingSince.IsZero() { // down, and the time of its probe has come
			if due, err = view.Lost(row.ID, 1); err != nil {
				return nil, err
			}
		}
		if len(due) > 0 {
			ids = append(ids, row.ID)
		}
	}
	return ids, nil
}

// How long what only serves repeats and counting is kept.
const (
	answersKept = 48 * time.Hour      // of an idempotency key; a client that comes back later is told apart by its body
	guardsKept  = 30 * 24 * time.Hour // of counters of wrong codes and codes sent; the longest window is a day

	pacesKept = 8 * 24 * time.Hour // of how long deliveries waited; a day of them is shown

	sessionsKept = 24 * time.Hour // of sessions that are over, and of what was typed and not sent
)

// longestWait bounds how long a delivery or a notice may wait for its next try: the
// schedules end at a day, spread by a fifth.
const longestWait = 48 * time.Hour

// Tidy drops stored answers and counters that no rule looks at any more, and calls back what
// a clock that was ahead put off.
func (d *Desk) Tidy(ctx context.Context) error {
	return d.store.Write(ctx, "", func(tx *store.Tx) error {
		tx.ForgetAnswers(tx.Now().Add(-answersKept))
		tx.ForgetGuards(tx.Now().Add(-guardsKept))
		tx.ForgetPaces(tx.Now().Add(-pacesKept))
		tx.ForgetSessions(tx.Now().Add(-sessionsKept))
		tx.Recall(longestWait)
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

// CheckKeys answers nil if the master key opens what the database keeps under it, and the
// public key that stands there in the clear is the log's own: whoever put another in its
// place could have signed a log of their making.
func (d *Desk) CheckKeys(ctx context.Context) error {
	signer, err := d.logSigner(d.store.View(ctx))
	if err != nil {
		return err
	}
	public, err := d.LogKey(ctx)
	if err != nil {
		return err
	}
	swapped := fault.New(fault.Conflict, "log_key_swapped")
	log, err := note.NewVerifier(public)
	if err != nil {
		return swapped
	}
	probe := []byte("whether these two keys are one pair\n")
	signed, err := signer.Sign(probe)
	if err == nil && !log.Verify(probe, signed) {
		err = swapped
	}
	return err
}
