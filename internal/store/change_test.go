package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"amend/access"
	"amend/change"
	"amend/customer"
	"amend/fault"
	"amend/internal/store"
)

// request is a request of one item on a record, as somebody files it.
func request(tx *store.Tx, rec customer.ID, k customer.Key, now customer.Content) change.Request {
	r := change.Request{
		ID: change.ID(tx.NewID()), Lane: 1, Kind: change.Update, Record: rec, RecordKind: customer.Person, Channel: "hotline", Reason: "lost handset",
		Items: []change.Item{{Key: k, Now: now, Salt: []byte("salt")}}, Filed: change.Party{ID: "ada", Sort: access.Staff}, FiledAt: tx.Now(),
	}
	r.Submission = "REQ-" + string(r.ID)
	return r
}

// save seals r and saves it by an entry of its own, in a state and due at a time.
func save(tx *store.Tx, r change.Request, state change.State, due time.Time) error {
	sealed, err := tx.SealChange(r)
	if err != nil {
		return err
	}
	var e store.Entry
	e.ID, e.At, e.Verb, e.Actor, e.Record, e.Change, e.Body = tx.NewID(), tx.Now(), "file", "ada", string(r.Record), string(r.ID), sealed
	tx.SaveChange(r, e.ID, state, "approver", due)
	return tx.Append(e)
}

// file stores a new request on a record.
func (v vault) file(rec customer.ID, k customer.Key, state change.State, due time.Time) (r change.Request) {
	v.t.Helper()
	v.do(func(tx *store.Tx) error {
		r = request(tx, rec, k, "+8613700137000")
		return save(tx, r, state, due)
	})
	return r
}

func (v vault) change(id change.ID) change.Request {
	v.t.Helper()
	r, err := v.view().Change(id)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func TestRequestIsReadAsItWasSaved(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		r := v.file(rec.ID, "phone", change.Reviewing, time.Time{})
		got := v.change(r.ID)
		if got.Revision != 1 || got.Items[0].Now != "+8613700137000" || got.Reason != "lost handset" || !got.FiledAt.Equal(r.FiledAt) {
			t.Errorf("got %+v", got)
		}
		v.do(func(tx *store.Tx) error {
			got.EndCode = "noted"
			return save(tx, got, change.Reviewing, time.Time{})
		})
		if again := v.change(r.ID); again.Revision != 2 || again.EndCode != "noted" {
			t.Errorf("revision %d, %q", again.Revision, again.EndCode)
		}
		if _, err := v.view().Change("nobody"); fault.CodeOf(err) != "no_change" {
			t.Errorf("got %v", err)
		}
	})
}

func TestOlderRevisionOfARequestIsRefused(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		r := v.change(v.file(v.xiaofang().ID, "phone", change.Reviewing, time.Time{}).ID)
		stay := func(tx *store.Tx) error { return save(tx, r, change.Reviewing, time.Time{}) }
		v.do(stay)
		v.refused("stale", stay)
		if v.change(r.ID).Revision != 2 {
			t.Error("saved twice")
		}
	})
}

func TestCrowdOnOneRequestLosesNoAct(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		id := v.file(v.xiaofang().ID, "phone", change.Reviewing, time.Time{}).ID
		var acts atomic.Int64
		for _, err := range crowd(8, func(int) error {
			err := v.Write(t.Context(), string(id), func(tx *store.Tx) error {
				r, err := tx.Change(id)
				if err != nil {
					return err
				}
				r.Questions = append(r.Questions, change.Question{Text: "again?"})
				return save(tx, r, change.NeedsInfo, time.Time{})
			})
			if err == nil {
				acts.Add(1)
			}
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if r := v.change(id); len(r.Questions) != 8 || r.Revision != 9 {
			t.Errorf("%d acts of %d on record, revision %d", len(r.Questions), acts.Load(), r.Revision)
		}
	})
}

func TestSealedRequestOfAnotherDoesNotOpen(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		a, b := v.file(rec.ID, "phone", change.Reviewing, time.Time{}), v.file(rec.ID, "email", change.Reviewing, time.Time{})
		write(t, v.Store, func(tx *store.Tx) {
			tx.Exec(`UPDATE change_request SET entry = (SELECT entry FROM change_request WHERE id = $2) WHERE id = $1`, a.ID, b.ID)
		})
		if got, err := v.view().Change(a.ID); err == nil {
			t.Errorf("opened as %+v", got)
		}
	})
}

func TestRequestsOfARecordByWhereTheyStand(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec, other := v.xiaofang(), v.xiaofang()
		open := v.file(rec.ID, "phone", change.Reviewing, time.Time{})
		frozen := v.file(rec.ID, "email", change.Reviewing, time.Time{})
		v.do(func(tx *store.Tx) error { // disputed after it was applied: no longer open, and frozen
			r, err := tx.Change(frozen.ID)
			r.AppliedAt, r.Version, r.Dispute = tx.Now(), 2, &change.Disagreement{}
			return errors.Join(err, save(tx, r, change.Disputed, time.Time{}))
		})
		ended := v.file(rec.ID, "address", change.Reviewing, time.Time{})
		v.do(func(tx *store.Tx) error {
			r, err := tx.Change(ended.ID)
			r.End = change.Withdrawn
			return errors.Join(err, save(tx, r, change.Withdrawn, time.Time{}))
		})
		v.file(other.ID, "phone", change.Reviewing, time.Time{})

		for name, want := range map[string][]change.ID{"open": {open.ID, frozen.ID}, "all": {open.ID, frozen.ID, ended.ID}} {
			read := map[string]func(customer.ID) ([]change.Request, error){"open": v.view().OpenChanges, "all": v.view().Changes}[name]
			got, err := read(rec.ID)
			ids := make([]change.ID, len(got))
			for i, r := range got {
				ids[i] = r.ID
			}
			slices.Sort(ids)
			slices.Sort(want)
			if err != nil || !slices.Equal(ids, want) {
				t.Errorf("%s: %v %v, want %v", name, ids, err, want)
			}
		}
		made, err := v.view().ChangeOfVersion(rec.ID, 2)
		if err != nil || made != frozen.ID {
			t.Errorf("version 2 was made by %q, %v", made, err)
		}
		if none, err := v.view().ChangeOfVersion(rec.ID, 7); none != "" || err != nil {
			t.Errorf("version 7 was made by %q, %v", none, err)
		}
	})
}

func TestHistoryCountsAMonthOfChangesAndAYearOfDisputes(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		past := func(days int, state change.State, version int64) {
			v.do(func(tx *store.Tx) error {
				r := request(tx, rec.ID, "phone", "+8613700137000")
				r.FiledAt = morning.Add(-time.Duration(days) * 24 * time.Hour)
				r.Version = version
				return save(tx, r, state, time.Time{})
			})
		}
		past(1, change.Confirmed, 2)
		past(29, change.Applied, 3)
		past(31, change.Confirmed, 4) // older than a month
		past(2, change.Withdrawn, 0)  // never applied
		past(3, change.Disputed, 0)
		past(300, change.Kept, 5)
		past(300, change.Reverted, 6)
		past(400, change.Kept, 7) // older than a year
		changes, disputes, err := v.view().History(rec.ID, morning)
		if err != nil || changes != 2 || disputes != 3 {
			t.Errorf("%d changes, %d disputes, %v; want 2 and 3", changes, disputes, err)
		}
		if changes, disputes, err = v.view().History("nobody", morning); err != nil || changes+disputes != 0 {
			t.Errorf("of nobody: %d %d %v", changes, disputes, err)
		}
	})
}

func TestMostOverdueRequestComesFirst(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		late := v.file(rec.ID, "phone", change.Reviewing, morning.Add(-time.Minute))
		later := v.file(rec.ID, "email", change.Reviewing, morning.Add(-time.Hour))
		v.file(rec.ID, "address", change.Reviewing, morning.Add(time.Minute))
		v.file(rec.ID, "title", change.Reviewing, time.Time{})
		for limit, want := range map[int][]change.ID{1: {later.ID}, 9: {later.ID, late.ID}} {
			if due, err := v.view().DueChanges(morning, limit); err != nil || !slices.Equal(due, want) {
				t.Errorf("limit %d: %v %v, want %v", limit, due, err, want)
			}
		}
		v.do(func(tx *store.Tx) error {
			tx.RescheduleChange(v.change(later.ID), morning.Add(time.Hour))
			stale := later // a revision that is no more: somebody moved the request meanwhile
			stale.Revision = 7
			tx.RescheduleChange(stale, morning.Add(-2*time.Hour))
			return nil
		})
		if due, err := v.view().DueChanges(morning, 9); err != nil || !slices.Equal(due, []change.ID{late.ID}) {
			t.Errorf("after one was put off: %v %v", due, err)
		}
		if v.change(later.ID).Revision != 1 {
			t.Error("putting off counts as an act")
		}
	})
}

func TestRequestThatFailsFiveTimesIsQuarantinedAndShown(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		r := v.file(v.xiaofang().ID, "phone", change.Reviewing, morning)
		for i := range 5 {
			if due, err := v.view().DueChanges(morning, 9); err != nil || len(due) != 1 {
				t.Fatalf("after %d failures: %v %v", i, due, err)
			}
			v.do(func(tx *store.Tx) error { tx.PostponeChange(r.ID, "trouble", morning); return nil })
			if n, err := v.view().Attempts(string(r.ID)); n != i+1 || err != nil {
				t.Errorf("%d attempts, %v", n, err)
			}
		}
		due, err := v.view().DueChanges(morning.Add(1000*time.Hour), 9)
		if err != nil || len(due) != 0 {
			t.Errorf("it is tried a sixth time: %v %v", due, err)
		}
		shown, err := v.view().Quarantined(9)
		if err != nil || fmt.Sprint(shown) != fmt.Sprint([]store.Quarantined{{ID: string(r.ID), Why: "trouble", Attempts: 5}}) {
			t.Errorf("shown %v %v", shown, err)
		}
		if h, err := v.view().Health(morning); err != nil || h.Quarantined != 1 {
			t.Errorf("health %+v %v", h, err)
		}
		got := v.change(r.ID) // an act of somebody takes it out
		v.do(func(tx *store.Tx) error { return save(tx, got, change.Reviewing, morning) })
		if due, err := v.view().DueChanges(morning, 9); err != nil || len(due) != 1 {
			t.Errorf("after an act: %v %v", due, err)
		}
	})
}

func TestKeyOfARecordThatNeverCameToBeIsDestroyed(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		var r change.Request
		v.do(func(tx *store.Tx) error {
			empty, err := tx.Reserve(customer.Person)
			if err != nil {
				return err
			}
			r = request(tx, empty.ID, "phone", "+8613700137000")
			return save(tx, r, change.Expired, time.Time{})
		})
		v.change(r.ID) // the key is in memory now
		v.do(func(tx *store.Tx) error {
			tx.Unreserve(r.Record)
			tx.Unreserve(rec.ID)
			return nil
		})
		if got, err := v.view().Change(r.ID); fault.CodeOf(err) != "no_customer" {
			t.Errorf("what was filed still opens: %+v %v", got, err)
		}
		if n := number(t, v.Store, `SELECT COUNT(*) FROM record_key`); n != 1 {
			t.Errorf("%d keys, want that of the record that exists", n)
		}
		v.record(rec.ID)
	})
}
