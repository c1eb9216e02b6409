package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"amend/fault"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestMetaIsSetOnce(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		if _, err := v.view().Meta("key"); !errors.Is(err, store.ErrNoRow) {
			t.Errorf("got %v", err)
		}
		v.do(func(tx *store.Tx) error { tx.SetMeta("key", "one"); return nil })
		v.refused("stale", func(tx *store.Tx) error { tx.SetMeta("key", "two"); return nil })
		if got, err := v.view().Meta("key"); got != "one" || err != nil {
			t.Errorf("%q %v", got, err)
		}
	})
}

func TestDatabaseIsEmptyUntilAnEntryOrAKeyIsIn(t *testing.T) {
	for name, act := range map[string]func(v vault){"entry": func(v vault) { v.act("a", "ask", "") }, "key": func(v vault) {
		v.do(func(tx *store.Tx) error { _, err := tx.Reserve("person"); return err })
	}} {
		t.Run(name, func(t *testing.T) {
			eachVault(t, func(t *testing.T, v vault) {
				if empty, err := v.view().Empty(); !empty || err != nil {
					t.Errorf("not empty: %v", err)
				}
				act(v)
				if empty, err := v.view().Empty(); empty || err != nil {
					t.Errorf("still empty: %v", err)
				}
			})
		})
	}
}

func TestShardHasOneHolderAndItsEpochFencesTheOneBefore(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		take := func(holder string, lasts time.Duration) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error { tx.Lease("log", holder, tx.Now().Add(lasts)); return nil })
		}
		epoch := func() int64 { return number(t, v.Store, `SELECT epoch FROM lease WHERE shard = 'log'`) }
		steps := []struct {
			name, holder string
			after, lasts time.Duration
			epoch        int64
			refused      bool
		}{
			{"first", "a", 0, time.Minute, 1, false},
			{"renewed", "a", 30 * time.Second, time.Minute, 1, false},
			{"taken", "b", 30 * time.Second, time.Minute, 1, true},
			{"expired", "b", 30 * time.Second, time.Minute, 2, false},
			{"paused and back", "a", 0, time.Minute, 2, true},
			{"late renewal", "b", time.Minute, time.Minute, 3, false},
			{"given back", "b", 0, 0, 3, false},
			{"free", "a", 0, time.Minute, 4, false},
			{"a clock that lags", "b", -5 * time.Minute, time.Minute, 4, true},
			{"a clock put back", "b", -10 * 365 * 24 * time.Hour, time.Minute, 5, false},
		}
		for _, s := range steps {
			v.clock.add(s.after)
			err := take(s.holder, s.lasts)
			if (fault.CodeOf(err) == "shard_taken") != s.refused || (err == nil) == s.refused {
				t.Fatalf("%s: %v", s.name, err)
			}
			if epoch() != s.epoch {
				t.Fatalf("%s: epoch %d, want %d", s.name, epoch(), s.epoch)
			}
		}
		won := 0
		v.clock.add(time.Hour)
		for _, err := range crowd(4, func(i int) error { return take(string(rune('p'+i)), time.Minute) }) {
			if err == nil {
				won++
			}
		}
		if won != 1 {
			t.Errorf("%d hold one shard", won)
		}
	})
}

func TestIdempotencyKeyIsStoredWithItsActOrNotAtAll(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		ctx := store.Once(t.Context(), "k1", []byte("request"))
		if err := v.Write(ctx, "", func(*store.Tx) error { return fault.New(fault.Invalid, "no") }); fault.CodeOf(err) != "no" {
			t.Fatal(err)
		}
		missed := fault.New(fault.Conflict, "missed")
		err := v.Write(ctx, "", func(tx *store.Tx) error { tx.One(missed, `DELETE FROM meta WHERE name = 'none'`); return nil })
		if fault.CodeOf(err) != "missed" {
			t.Fatal(err)
		}
		if _, err := v.view().Repeat("k1"); !errors.Is(err, store.ErrNoRow) {
			t.Errorf("a verb that failed kept its key: %v", err)
		}
		if err := v.Write(ctx, "", func(tx *store.Tx) error { tx.SetMeta("act", "done"); return nil }); err != nil {
			t.Fatal(err)
		}
		r, err := v.view().Repeat("k1")
		if err != nil || string(r.Request) != "request" || r.Status != 0 || len(r.Answer) != 0 || !r.At.Equal(morning) {
			t.Errorf("%+v %v", r, err)
		}
	})
}

func TestOfConcurrentRepeatsOneActs(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		acted := 0
		for _, err := range crowd(8, func(int) error {
			ctx := store.Once(t.Context(), "k1", []byte("request"))
			return v.Write(ctx, "", func(tx *store.Tx) error {
				tx.Exec(`INSERT INTO meta (name, value) VALUES ($1, 'act')`, tx.NewID())
				return nil
			})
		}) {
			if err == nil {
				acted++
			} else if fault.CodeOf(err) != "repeat_running" || fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if n := number(t, v.Store, `SELECT COUNT(*) FROM meta WHERE value = 'act'`); acted != 1 || n != 1 {
			t.Errorf("%d acted, %d acts", acted, n)
		}
	})
}

func TestKeptAnswerIsSealedUnderItsKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		v := newVault(t, open, newMaster(t), &tick{})
		answer := `{"phone":"+8613800138000"}`
		v.do(func(tx *store.Tx) error {
			tx.KeepAnswer("k1", []byte("request"), 201, []byte(answer))
			tx.KeepAnswer("k2", []byte("request"), 422, nil)
			return nil
		})
		r, err := v.view().Repeat("k1")
		if err != nil || string(r.Answer) != answer || r.Status != 201 {
			t.Errorf("%+v %v", r, err)
		}
		if strings.Contains(v.dump("idempotency"), "13800138000") {
			t.Error("the answer is plain")
		}
		write(t, v.Store, func(tx *store.Tx) {
			tx.Exec(`UPDATE idempotency SET answer = (SELECT answer FROM idempotency WHERE key = 'k1') WHERE key = 'k2'`)
		})
		if r, err := v.view().Repeat("k2"); err == nil {
			t.Errorf("another key's answer opened: %+v", r)
		}
		if _, err := newVault(t, open, newMaster(t), &tick{}).view().Repeat("k1"); err == nil {
			t.Error("a stranger's key opened it")
		}
		v.clock.add(49 * time.Hour)
		v.do(func(tx *store.Tx) error { tx.ForgetAnswers(tx.Now().Add(-48 * time.Hour)); return nil })
		if _, err := v.view().Repeat("k1"); !errors.Is(err, store.ErrNoRow) {
			t.Errorf("kept for ever: %v", err)
		}
	})
}

func TestFirstAnswerOfAKeyIsNeverReplaced(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		keep := func(answer string) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error {
				tx.KeepAnswer("k1", []byte("request"), 201, []byte(answer))
				return nil
			})
		}
		ctx := store.Once(t.Context(), "k1", []byte("request"))
		if err := v.Write(ctx, "", func(tx *store.Tx) error { tx.SetMeta("act", "done"); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := keep("first"); err != nil {
			t.Fatal(err)
		}
		if err := keep("late"); !errors.Is(err, store.ErrKept) {
			t.Fatalf("a second answer: %v", err)
		}
		if r, err := v.view().Repeat("k1"); err != nil || string(r.Answer) != "first" {
			t.Errorf("%s %v", r.Answer, err)
		}
	})
}
