package work

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"amend/change"
	"amend/internal/store"
	"amend/internal/store/storetest"
)

func TestPoisonRowDoesNotStopItsNeighbours(t *testing.T) {
	w := newWorld(t, sqlite(t))
	people := w.load(2)
	w.poison(people[0].ID, "poison-1")
	healthy := w.expiring(people[1].ID)
	w.poison(people[0].ID, "poison-2")
	w.clock.jump(60 * 24 * time.Hour)

	w.settle(w.loop())

	r, err := w.store.View(t.Context()).Change(healthy)
	w.must(err)
	if state, _ := r.Next(w.clock.now()); state != change.Expired {
		t.Fatalf("the neighbour is %s", state)
	}
	for _, id := range []string{"poison-1", "poison-2"} {
		if n, err := w.store.View(t.Context()).Attempts(id); err != nil || n != 1 {
			t.Fatalf("%s: %d attempts, %v", id, n, err)
		}
	}
}

func TestPoisonRowIsTriedFiveTimesWithBackOffAndThenShown(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.poison(w.load(1)[0].ID, "poison")
	l := w.loop()
	for attempt := 1; attempt <= 5; attempt++ {
		w.settle(l)
		if n, err := w.store.View(t.Context()).Attempts("poison"); err != nil || n != attempt {
			t.Fatalf("%d attempts, want %d: %v", n, attempt, err)
		}
		w.clock.jump(firstBackOff << (2 * (attempt - 1)))
	}
	w.clock.jump(365 * 24 * time.Hour)
	w.settle(l)
	stuck, err := w.store.View(t.Context()).Quarantined(10)
	w.must(err)
	if len(stuck) != 1 || stuck[0].ID != "poison" || stuck[0].Attempts != 5 || stuck[0].Why != "sealed_damaged" {
		t.Fatalf("%+v", stuck)
	}
}

// firstBackOff is how long a row waits after its first failure; each later wait is four times that.
const firstBackOff = 2 * time.Minute

func TestPanicOfOneSystemIsItsOwnAndItsWordsAreLost(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.system("bad")
	w.system("crm")
	w.told.panics = "bad"
	w.load(3)
	var log bytes.Buffer
	failed := map[string]int{}
	l := New(Config{Desk: w.desk, Log: slog.New(slog.NewTextHandler(&log, nil)), Done: func(kind string, _ int, err error) {
		if err != nil {
			failed[kind]++
		}
	}})
	if _, err := l.Once(t.Context()); err == nil {
		t.Fatal("the panic was swallowed")
	}
	if got := w.told.of("crm"); got != 3 || failed["delivery"] != 1 {
		t.Fatalf("crm was told %d times, failures %v", got, failed)
	}
	if strings.Contains(log.String(), "13800138000") || !strings.Contains(log.String(), "panic") {
		t.Fatal(log.String())
	}
}

func TestShardBelongsToOneHolderUntilItsLeaseEnds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		w := newWorld(t, open)
		other := w.beside(open)
		w.system("crm")
		w.load(2)
		first, second := w.loop(), other.loop()
		w.settle(first)
		if got := w.told.of("crm"); got != 2 {
			t.Fatalf("the holder told %d", got)
		}

		_, err := w.desk.Load(t.Context(), integrator(), "crm")
		w.must(err)
		other.settle(second)
		if got := w.told.of("crm"); got != 2 {
			t.Fatalf("somebody else worked on a shard that is held: %d", got)
		}

		w.clock.jump(lease + time.Second) // the holder is gone
		other.settle(second)
		if got := w.told.of("crm"); got != 4 {
			t.Fatalf("nobody took over: %d", got)
		}
	})
}

func TestReleasedShardIsTakenAtOnce(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.system("crm")
	w.load(1)
	first, second := w.loop(), w.loop()
	w.settle(first)
	first.Release(t.Context())
	_, err := w.desk.Load(t.Context(), integrator(), "crm")
	w.must(err)
	w.settle(second)
	if got := w.told.of("crm"); got != 2 {
		t.Fatalf("told %d times", got)
	}
}

func TestTwoLoopsDoEachRowOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open storetest.Opener) {
		w := newWorld(t, open)
		other := w.beside(open)
		w.system("crm")
		w.system("erp")
		w.load(120)
		var both sync.WaitGroup
		for _, x := range []*world{w, other} {
			both.Go(func() { // each until it finds nothing: what the other holds is not its own
				l := x.loop()
				for {
					if did, err := l.Once(t.Context()); err != nil || did == 0 {
						return
					}
				}
			})
		}
		both.Wait()
		w.clock.jump(lease + time.Second)
		w.settle(w.loop())
		w.told.mu.Lock()
		defer w.told.mu.Unlock()
		if len(w.told.told) != 240 {
			t.Fatalf("%d deliveries of 240", len(w.told.told))
		}
		for key, times := range w.told.told {
			if times != 1 {
				t.Errorf("%s was told %d times", key, times)
			}
		}
	})
}

func TestIdleLoopWritesNothing(t *testing.T) {
	w := newWorld(t, sqlite(t))
	l := w.loop()
	w.settle(l)
	before := epochs(w)
	w.clock.jump(time.Hour)
	if did, err := l.Once(t.Context()); did != 0 || err != nil {
		t.Fatalf("%d, %v", did, err)
	}
	if after := epochs(w); after != before {
		t.Fatalf("leases moved: %d, then %d", before, after)
	}
}

func TestOldAnswersGoOnceADay(t *testing.T) {
	w := newWorld(t, sqlite(t))
	l := w.loop()
	w.settle(l)
	w.must(w.store.Write(t.Context(), "", func(tx *store.Tx) error {
		tx.KeepAnswer("key", []byte("hash"), 201, []byte("answer"))
		return nil
	}))
	w.clock.jump(49 * time.Hour)
	w.settle(l)
	if _, err := w.store.View(t.Context()).Repeat("key"); err == nil {
		t.Fatal("the answer is still there")
	}
}

// A waiting loop asks for ever longer waits, up to the longest, and a wake ends them.
func TestIdleLoopWaitsLongerAndLongerUntilItIsWoken(t *testing.T) {
	w := newWorld(t, sqlite(t))
	waits, fire := make(chan time.Duration), make(chan time.Time)
	l := New(Config{Desk: w.desk, Timer: func(d time.Duration) <-chan time.Time {
		if d == lease/3 || d == Patience {
			return nil // the keeper's, or that of a turn that nobody waits for
		}
		waits <- d
		return fire
	}})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(ctx)
	}()
	for _, want := range []time.Duration{100, 200, 400, 800, 1600, 2000, 2000} {
		if got := <-waits; got != want*time.Millisecond {
			t.Fatalf("waits %s, want %s", got, want*time.Millisecond)
		}
		fire <- time.Time{}
	}
	<-waits
	w.person("ada", "operator") // its entry wakes the loop
	if got := <-waits; got != firstWait {
		t.Fatalf("after a wake it waits %s", got)
	}
	stop()
	for {
		select {
		case <-waits:
			continue
		case <-ended:
			return
		}
	}
}

// The silent system is asked first, and never answers. The other one hears of everything, of
// what happens later too, and the loop ends when it is told to.
func TestSilentSystemKeepsNobodyElseWaiting(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.system("a-silent-one")
	w.system("crm")
	w.told.silent, w.told.called = "a-silent-one", make(chan struct{})
	people := w.load(3)
	told := make(chan int, 100)
	l := New(Config{Desk: w.desk, Done: func(kind string, rows int, _ error) {
		if kind == "delivery" && rows > 0 {
			told <- rows
		}
	}, Timer: func(d time.Duration) <-chan time.Time {
		if d != Patience {
			return time.After(d)
		}
		lost := make(chan time.Time)
		go func() {
			<-w.told.called // nobody is slow before
			close(lost)
		}()
		return lost
	}})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		l.Run(ctx)
	}()
	<-told
	if got := w.told.of("crm"); got != 3 {
		t.Errorf("crm was told %d times", got)
	}
	w.must(w.store.Write(t.Context(), "", func(tx *store.Tx) error {
		tx.RaiseDelivery("crm", people[0].ID, 0)
		return nil
	}))
	<-told
	stop()
	<-ended
}

func TestStoppedLoopGivesItsShardsBack(t *testing.T) {
	w := newWorld(t, sqlite(t))
	w.system("crm")
	w.load(1)
	ctx, stop := context.WithCancel(t.Context())
	l := New(Config{Desk: w.desk, Done: func(kind string, _ int, _ error) {
		if kind == "delivery" {
			stop()
		}
	}})
	l.Run(ctx)
	_, err := w.desk.Load(t.Context(), integrator(), "crm")
	w.must(err)
	w.settle(w.loop())
	if got := w.told.of("crm"); got != 2 {
		t.Fatalf("told %d times", got)
	}
}
