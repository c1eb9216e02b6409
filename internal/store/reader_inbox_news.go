package store

import (
	"context"
	"time"

	"amend/access"
	"amend/change"
	"amend/fault"
)

// waitsHere is the condition of a request, named c, that waits for somebody of the house.
const waitsHere = `c.state IN ('reviewing', 'disputed') AND (c.open = 1 OR c.state = 'disputed')`

// Tally answers how many requests stand in the boxes that can be counted without opening a
// request: what one filed, what waits for the house, and what one put off.
func (r *Reader) Tally(ctx context.Context, by access.Actor) (map[Box]int64, error) {
	if err := may(by, access.ReadChanges); err != nil {
		return nil, err
	}
	n := map[Box]int64{}
	err := r.store.Snapshot(ctx, func(v View) error {
		for _, c := range []struct {
			box  Box
			q    string
			args []any
		}{
			{ByMe, `SELECT COUNT(*) FROM change_request WHERE open = 1 AND filed_by = $1`, []any{by.ID}},
			{ForTeam, `SELECT COUNT(*) FROM change_request c WHERE ` + waitsHere, nil},
			{Later, `SELECT COUNT(*) FROM snooze s JOIN change_request c ON c.id = s.change_id WHERE s.actor_id = $1 AND s.until_at > $2 AND c.revision = s.revision`, []any{by.ID, r.store.Now()}},
		} {
			var count int64
			if err := v.Row(c.q, c.args...).Scan(&count); err != nil {
				return err
			}
			n[c.box] = count
		}
		return nil
	})
	return n, err
}

// News answers how many requests began to wait for somebody like the reader, or moved while
// they waited, behind an entry of the log; newest is the entry to ask from next time. What
// the reader did themself is none. Nothing is opened for it, so that it may be asked often.
func (r *Reader) News(ctx context.Context, by access.Actor, since string) (n int, newest string, err error) {
	if err := may(by, access.ReadChanges); err != nil {
		return 0, since, err
	}
	const q = `SELECT c.entry, c.state, COALESCE(c.level, ''), e.actor_id FROM change_request c JOIN entry e ON e.id = c.entry WHERE ` + waitsHere + ` AND c.entry > $1`
	newest = since
	err = r.store.View(ctx).each("news", func(row Row) error {
		var entry, level, actor string
		var state change.State
		err := row.Scan(&entry, &state, &level, &actor)
		newest = max(newest, entry)
		if actor != by.ID && concerns(by, state, level) {
			n++
		}
		return err
	}, q, since)
	return n, newest, err
}

// concerns reports whether a request in this state waits for somebody with the reader's roles.
func concerns(by access.Actor, state change.State, level string) bool {
	if state == change.Disputed {
		return by.May(access.DecideDispute) == nil
	}
	return by.Has(access.Role(level))
}

// Undoable answers until when the reader may take back a decision that they just made; the
// zero time where there is none.
func (r *Reader) Undoable(ctx context.Context, by access.Actor, id change.ID) (time.Time, error) {
	req, err := r.opened(r.store.View(ctx), by, id)
	if fault.KindOf(err) == fault.NotFound || err == nil && (req.Pending == nil || req.Pending.By.ID != by.ID) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return req.Pending.Takes, nil
}
