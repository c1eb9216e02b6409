package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"amend/customer"
	"amend/internal/store"
	"amend/internal/store/storetest"
	"amend/notify"
)

// notice is a message of a kind about a record.
func notice(id string, kind notify.Kind, rec customer.ID, due time.Time) store.Notice {
	n := store.Notice{Change: "c1", Audience: "phone"}
	n.ID, n.Kind, n.Record, n.Channel, n.To, n.Lang = id, kind, rec, notify.SMS, "+8613800138000", notify.ZH
	n.Submission, n.Lane, n.Due, n.Params = "REQ-1", 1, due, map[string]string{"code": "424242"}
	return n
}

func (v vault) queue(n store.Notice) {
	v.t.Helper()
	v.do(func(tx *store.Tx) error { return tx.QueueNotice(n) })
}

func (v vault) due(at time.Time) []store.Notice {
	v.t.Helper()
	due, err := v.view().DueNotices(at, 9)
	if err != nil {
		v.t.Fatal(err)
	}
	return due
}

func (v vault) noticeOf(id string) store.Notice {
	v.t.Helper()
	all, err := v.view().NoticesOf("c1")
	if err != nil {
		v.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(n store.Notice) bool { return n.ID == id })
	if i < 0 {
		v.t.Fatalf("no notice %s among %d", id, len(all))
	}
	return all[i]
}

func TestNoticeIsSealedUntilItIsDue(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		v.queue(notice("n1", notify.Code, rec.ID, morning))
		v.queue(notice("n2", notify.StaffTask, "", morning.Add(-time.Minute)))
		v.queue(notice("n3", notify.Code, rec.ID, morning.Add(time.Minute)))
		v.queue(notice("n4", notify.Code, rec.ID, time.Time{})) // for a person
		if plain := v.dump("notice"); strings.Contains(plain, "424242") || strings.Contains(plain, "13800138000") {
			t.Error("a message is plain in the database")
		}
		due := v.due(morning)
		if len(due) != 2 || due[0].ID != "n2" || due[1].ID != "n1" {
			t.Fatalf("due %+v, want n2 and n1", due)
		}
		if got := due[1]; got.To != "+8613800138000" || got.Params["code"] != "424242" || got.State != store.NoticeQueued || !got.Due.Equal(morning) {
			t.Errorf("%+v", got)
		}
		if shown := v.noticeOf("n1"); shown.To != "" || shown.Params != nil || shown.Audience != "phone" || !shown.QueuedAt.Equal(morning) {
			t.Errorf("shown unopened: %+v", shown)
		}
	})
}

func TestWordsOfACodeAreGoneOnceItWasSent(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		rec := v.xiaofang()
		body := func(id string) int64 { return number(t, v.Store, `SELECT COUNT(body) FROM notice WHERE id = $1`, id) }
		for id, n := range map[string]struct {
			kind  notify.Kind
			state store.NoticeState
			kept  int64
		}{
			"sent code":    {notify.Code, store.NoticeSent, 0},
			"unknown link": {notify.Link, store.NoticeUnknown, 0},
			"failed code":  {notify.CodeNew, store.NoticeFailed, 0},
			"waiting code": {notify.Code, store.NoticeQueued, 1},
			"sent news":    {notify.Changed, store.NoticeSent, 1},
		} {
			v.queue(notice(id, n.kind, rec.ID, morning))
			is := v.noticeOf(id)
			is.State, is.Attempts, is.Code, is.Ref, is.PartOf = n.state, 2, "250", "ref "+id, "m1"
			is.Due = time.Time{}
			if n.state == store.NoticeQueued {
				is.Due = morning.Add(time.Hour)
			}
			v.do(func(tx *store.Tx) error { tx.SaveNotice(is); return nil })
			if body(id) != n.kept {
				t.Errorf("%s: %d bodies kept, want %d", id, body(id), n.kept)
			}
			if got := v.noticeOf(id); got.State != n.state || got.Attempts != 2 || got.Code != "250" || got.PartOf != "m1" || !got.Due.Equal(is.Due) {
				t.Errorf("%s: %+v", id, got)
			}
		}
		if due := v.due(morning.Add(time.Hour)); len(due) != 1 || due[0].Params["code"] != "424242" {
			t.Errorf("due again: %+v, want the waiting code with its words", due)
		}
	})
}

func TestSealedNoticeOpensUnderItsOwnNameAndKeyAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		v := newVault(t, open, newMaster(t), &tick{})
		rec, other := v.xiaofang(), v.xiaofang()
		v.queue(notice("n1", notify.Code, rec.ID, morning))
		v.queue(notice("n2", notify.Code, other.ID, time.Time{}))
		v.queue(notice("s1", notify.StaffTask, rec.ID, time.Time{}))
		stranger := newVault(t, open, newMaster(t), &tick{})
		if due, err := stranger.view().DueNotices(morning, 9); err == nil && len(due) > 0 && due[0].To != "" {
			t.Error("a stranger's key opened a notice")
		}
		for _, from := range []string{"n2", "s1"} {
			write(t, v.Store, func(tx *store.Tx) {
				tx.Exec(`UPDATE notice SET body = (SELECT body FROM notice WHERE id = $1) WHERE id = 'n1'`, from)
			})
			if due, err := v.view().DueNotices(morning, 9); err == nil && len(due) > 0 && due[0].To != "" {
				t.Errorf("the words of %s opened as another's: %+v", from, due[0])
			}
		}
	})
}

func TestFirstFinalReceiptHolds(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.queue(notice("n1", notify.StaffTask, "", morning))
		receipt := func(state notify.ReceiptState, code string) {
			v.do(func(tx *store.Tx) error {
				tx.SaveReceipt(notify.Receipt{Ref: "ref", State: state, Code: code})
				return nil
			})
		}
		receipt(notify.Delivered, "") // before anything was sent: not ours
		sent := v.noticeOf("n1")
		sent.State, sent.Ref, sent.SentAt, sent.Due = store.NoticeSent, "ref", morning, time.Time{}
		v.do(func(tx *store.Tx) error { tx.SaveNotice(sent); return nil })
		receipt(notify.Undelivered, "no such number")
		receipt(notify.Delivered, "late")
		got, err := v.view().NoticeRef("ref")
		if err != nil || got.ID != "n1" || got.State != store.NoticeFailed || got.Code != "no such number" || !got.SentAt.Equal(morning) {
			t.Errorf("%+v %v", got, err)
		}
		if _, err := v.view().NoticeRef("other"); !errors.Is(err, store.ErrNoRow) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTaskIsFinishedOnce(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		task := func(id, kind string, due time.Time) store.Task {
			return store.Task{ID: id, Kind: kind, Record: "r", Change: "c1", Contact: "phone", Role: "agent", OpenedAt: morning, DueAt: due}
		}
		call, letter := task("t1", "callback", morning.Add(time.Hour)), task("t2", "letter", morning.Add(time.Minute))
		v.do(func(tx *store.Tx) error { tx.AddTask(call); tx.AddTask(letter); return nil })
		if open, err := v.view().OpenTasks(9); err != nil || !slices.Equal(open, []store.Task{letter, call}) {
			t.Errorf("open %+v %v", open, err)
		}
		v.do(func(tx *store.Tx) error { tx.FinishTasks("c1", "callback", "sam", "passed"); return nil })
		v.do(func(tx *store.Tx) error { tx.FinishTasks("c1", "callback", "ann", "failed"); return nil })
		call.DoneAt, call.DoneBy, call.Outcome = morning, "sam", "passed"
		if all, err := v.view().Tasks("c1"); err != nil || !slices.Equal(all, []store.Task{call, letter}) {
			t.Errorf("%+v %v", all, err)
		}
		if open, _ := v.view().OpenTasks(9); !slices.Equal(open, []store.Task{letter}) {
			t.Errorf("open %+v", open)
		}
	})
}

func TestDocumentVersionIsWrittenOnceAndTheNewestHolds(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		if _, _, err := v.view().Document("policy"); !errors.Is(err, store.ErrNoRow) {
			t.Errorf("got %v", err)
		}
		add := func(version int64, body string) func(tx *store.Tx) error {
			return func(tx *store.Tx) error { tx.AddDocument("policy", version, body, "sid"); return nil }
		}
		v.do(add(1, "one"))
		v.do(add(2, "two"))
		v.refused("stale", add(2, "another two"))
		v.do(func(tx *store.Tx) error { tx.AddDocument("calendar", 9, "days", "sid"); return nil })
		if version, body, err := v.view().Document("policy"); version != 2 || body != "two" || err != nil {
			t.Errorf("%d %q %v", version, body, err)
		}
	})
}
