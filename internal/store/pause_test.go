package store_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// pause pauses the CRM as ivy, at the vault's time.
func (v vault) pause(reason string) {
	v.t.Helper()
	v.do(func(tx *store.Tx) error {
		row, err := tx.System("crm")
		if err != nil {
			return err
		}
		if row.System, err = row.Pausing(access.Actor{ID: "ivy"}, reason, tx.Now()); err != nil {
			return err
		}
		tx.PauseSystem(row.System)
		return tx.SaveSystem(row)
	})
}

func (v vault) resume() {
	v.t.Helper()
	v.do(func(tx *store.Tx) error {
		row, err := tx.System("crm")
		if err != nil {
			return err
		}
		if row.System, err = row.Resuming(); err != nil {
			return err
		}
		tx.ResumeSystem(row.ID, access.Actor{ID: "ivy"})
		return tx.SaveSystem(row)
	})
}

func TestPauseIsKnownWhereverTheSystemIsAndKeptWhenItIsOver(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error { return tx.AddSystem(crm(), nil) })
		v.hire("ivy", access.Integrator)
		v.raise(1)
		v.pause("upgrade")
		want := downstream.Pause{By: "ivy", Name: "The ivy", Since: morning, Reason: "upgrade"}
		row, err := v.view().System("crm")
		if err != nil || !row.Paused || row.Pause != want {
			t.Errorf("%+v %v", row.Pause, err)
		}
		b, err := v.reader().Board(t.Context(), as(access.Agent))
		if err != nil || len(b.Paused) != 1 || b.Paused[0].By != "ivy" || !b.Paused[0].Since.Equal(morning) || b.Paused[0].Name != "CRM" {
			t.Errorf("%+v %v", b.Paused, err)
		}
		v.do(func(tx *store.Tx) error { // the set that acts rely on knows it, too
			systems, err := tx.Systems()
			if err != nil || len(systems) != 1 || systems[0].Pause != want {
				t.Errorf("%+v %v", systems, err)
			}
			return nil
		})
		if h, err := v.view().Health(morning.Add(time.Hour)); err != nil || h.DueDeliveries != 0 {
			t.Errorf("what waits on purpose is late: %+v %v", h, err)
		}
		v.clock.add(time.Hour)
		v.resume()
		v.clock.add(time.Hour)
		v.pause("once more")
		pauses, err := v.reader().Pauses(t.Context(), as(access.Operator), "crm")
		if err != nil || len(pauses) != 2 || pauses[0].Reason != "once more" || !pauses[0].Until.IsZero() {
			t.Fatalf("%+v %v", pauses, err)
		}
		if p := pauses[1]; p.Pause != want || p.EndBy != "The ivy" || !p.Until.Equal(morning.Add(time.Hour)) {
			t.Errorf("%+v", p)
		}
		if _, err := v.reader().Pauses(t.Context(), as(access.Agent), "crm"); fault.CodeOf(err) != "not_allowed" {
			t.Errorf("an agent: %v", err)
		}
	})
}

// The horizon is for a system that is away, not for one that nobody called.
func TestResumedDeliveryBeginsItsTriesAnewAndKeepsSinceWhenItWaits(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error { return tx.AddSystem(crm(), nil) })
		v.raise(1)
		was := v.delivery()
		is := was
		is.Attempts, is.FailingSince, is.DueAt = 7, morning.Add(-70*time.Hour), morning.Add(20*time.Hour)
		v.do(func(tx *store.Tx) error {
			tx.SaveDelivery(was, is)
			tx.RaiseDelivery("crm", "other", 1)
			tx.MarkSystem("crm", morning.Add(time.Hour), morning.Add(-70*time.Hour), 9)
			return nil
		})
		v.pause("upgrade")
		v.clock.add(5 * time.Hour)
		v.resume()
		if d := v.delivery(); d.Attempts != 0 || !d.FailingSince.IsZero() || !d.DueAt.Equal(morning.Add(5*time.Hour)) || d.State != downstream.Owed {
			t.Errorf("%+v", d)
		}
		if d, err := v.view().Delivery("crm", "other"); err != nil || !d.DueAt.Equal(morning) {
			t.Errorf("one that never failed waits since it was raised: %+v %v", d, err)
		}
		if row, err := v.view().System("crm"); err != nil || row.Attempts != 0 || !row.DownUntil.IsZero() || !row.FailingSince.IsZero() {
			t.Errorf("%+v %v", row, err)
		}
	})
}

func TestPaceOfADayIsCountedByTheHour(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error { return tx.AddSystem(crm(), nil) })
		count := func(p downstream.Pace) {
			v.do(func(tx *store.Tx) error { tx.AddPace("crm", p); return nil })
		}
		count(downstream.Pace{3: 9})
		v.clock.add(time.Hour)
		count(downstream.Pace{3: 2, downstream.Missed: 1})
		count(downstream.Pace{3: 1, 5: 1})
		pace := func() store.DayPace {
			lines, err := v.reader().SystemLines(t.Context(), as(access.Operator))
			if err != nil || len(lines) != 1 {
				t.Fatalf("%+v %v", lines, err)
			}
			return lines[0].Pace
		}
		is := pace()
		if now, before := is[store.PaceHours-1], is[store.PaceHours-2]; now[3] != 3 || now[5] != 1 || now.Failed() != 1 || before[3] != 9 {
			t.Errorf("%v then %v", before, now)
		}
		if sum := is.Sum(); sum.Delivered() != 13 || sum.Failed() != 1 {
			t.Errorf("in all %v", sum)
		}
		v.clock.add(23 * time.Hour)
		if sum := pace().Sum(); sum.Delivered() != 4 {
			t.Errorf("a day later %v", sum)
		}
		v.do(func(tx *store.Tx) error { tx.ForgetPaces(tx.Now()); return nil })
		if n := number(t, v.Store, `SELECT COUNT(*) FROM system_hour`); n != 0 {
			t.Errorf("%d hours kept", n)
		}
	})
}

func TestTestThatWasOvertakenLeavesTheNewerOneAlone(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		tried := func() *store.Tried {
			is, err := v.reader().Tried(t.Context(), as(access.Operator), "crm")
			if err != nil {
				t.Fatal(err)
			}
			return is
		}
		if is := tried(); is != nil {
			t.Errorf("never tested: %+v", is)
		}
		v.do(func(tx *store.Tx) error { tx.BeginTest("crm", "ivy"); return nil })
		if is := tried(); is.By != "ivy" || is.Outcome != "" || !is.At.Equal(morning) {
			t.Errorf("%+v", is)
		}
		v.clock.add(time.Second)
		v.do(func(tx *store.Tx) error { tx.BeginTest("crm", "sue"); return nil })
		ok := downstream.Answer{Outcome: downstream.OK, Code: "http_200"}
		v.do(func(tx *store.Tx) error { tx.EndTest("crm", morning, ok, time.Second); return nil })
		if is := tried(); is.Outcome != "" || is.By != "sue" {
			t.Errorf("%+v", is)
		}
		v.do(func(tx *store.Tx) error {
			tx.EndTest("crm", morning.Add(time.Second), ok, 42*time.Millisecond)
			return nil
		})
		if is := tried(); is.Outcome != "ok" || is.Code != "http_200" || is.Millis != 42 {
			t.Errorf("%+v", is)
		}
	})
}
