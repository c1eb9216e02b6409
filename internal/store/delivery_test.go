package store_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
)

// crm is the system of these tests.
func crm() downstream.System {
	return downstream.System{
		ID: "crm", Name: "CRM", Connector: "webhook", Settings: json.RawMessage(`{"url":"https://crm.example.com"}`),
		Fields: []downstream.Subscription{{Key: "phone"}}, Kinds: []customer.Kind{customer.Person}, Owner: "sales",
	}
}

func (v vault) raise(version int64) {
	v.t.Helper()
	v.do(func(tx *store.Tx) error { tx.RaiseDelivery("crm", "r", version); return nil })
}

func (v vault) delivery() downstream.Delivery {
	v.t.Helper()
	d, err := v.view().Delivery("crm", "r")
	if err != nil {
		v.t.Fatal(err)
	}
	return d
}

func TestSystemIsConnectedOnceAndTheLaterEditorWins(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		add := func(tx *store.Tx) error { return tx.AddSystem(crm(), []byte("sealed")) }
		v.do(add)
		v.refused("system_exists", add)
		row, err := v.view().System("crm")
		if err != nil || row.Name != "CRM" || string(row.Sealed) != "sealed" || row.Revision != 1 || string(row.Settings) != string(crm().Settings) {
			t.Errorf("%+v %v", row, err)
		}
		row.Paused = true
		v.do(func(tx *store.Tx) error { return tx.SaveSystem(row) })
		v.refused("stale", func(tx *store.Tx) error { return tx.SaveSystem(row) })
		v.do(func(tx *store.Tx) error { tx.MarkSystem("crm", morning.Add(time.Hour), morning, 3); return nil })
		all, err := v.view().Systems()
		if err != nil || len(all) != 1 || !all[0].Paused || all[0].Attempts != 3 || !all[0].DownUntil.Equal(morning.Add(time.Hour)) {
			t.Errorf("%+v %v", all, err)
		}
		if _, err := v.view().System("erp"); fault.CodeOf(err) != "no_system" {
			t.Errorf("got %v", err)
		}
	})
}

func TestRaiseInTheDatabaseDoesWhatTheRuleSays(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		starts := map[string]func(d *downstream.Delivery){
			"settled": func(d *downstream.Delivery) { d.Acknowledge(d.WantedSeq, 3, morning) },
			"owed":    func(*downstream.Delivery) {},
			"waiting": func(d *downstream.Delivery) {
				d.Attempts, d.Refusals, d.FailingSince, d.DueAt, d.LastCode = 3, 2, morning, morning.Add(time.Hour), "http_503"
			},
			"stopped": func(d *downstream.Delivery) {
				d.Attempts, d.FailingSince = 4, morning
				*d = d.GiveUp("timeout", morning)
			},
		}
		for name, start := range starts {
			for _, version := range []int64{0, 2, 9} {
				exec(t, v.Store, `DELETE FROM delivery`)
				v.raise(3)
				was := v.delivery()
				is := was
				start(&is)
				v.do(func(tx *store.Tx) error { tx.SaveDelivery(was, is); return nil })
				v.clock.add(time.Minute)
				v.raise(version)
				is.Raise(version, v.clock.now())
				if got := v.delivery(); fmt.Sprint(got) != fmt.Sprint(is) {
					t.Errorf("%s raised to %d:\n got %v\nwant %v", name, version, got, is)
				}
			}
		}
	})
}

func TestDeliveryThatWasNeverRaisedIsNew(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		if d := v.delivery(); d.WantedSeq != 0 || d.State != downstream.Settled || d.System != "crm" || d.Record != "r" {
			t.Errorf("%+v", d)
		}
		v.raise(1)
		if d := v.delivery(); d.WantedSeq != 1 || d.WantedVersion != 1 || d.State != downstream.Owed || !d.DueAt.Equal(morning) {
			t.Errorf("%+v", d)
		}
	})
}

func TestRaiseBetweenReadingAndSavingWins(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		for name, end := range map[string]func(d downstream.Delivery) downstream.Delivery{
			"acknowledged": func(d downstream.Delivery) downstream.Delivery {
				d.Acknowledge(d.WantedSeq, d.WantedVersion, morning)
				return d
			},
			"given up": func(d downstream.Delivery) downstream.Delivery { return d.GiveUp("timeout", morning) },
		} {
			exec(t, v.Store, `DELETE FROM delivery`)
			v.raise(1)
			was := v.delivery()
			is := end(was)
			v.raise(2) // while the system was answering
			v.do(func(tx *store.Tx) error { tx.SaveDelivery(was, is); return nil })
			got := v.delivery()
			if got.State != downstream.Owed || got.DueAt.IsZero() || got.WantedVersion != 2 || got.WantedSeq != 2 || got.AckedSeq != is.AckedSeq {
				t.Errorf("%s: the raise was lost: %+v", name, got)
			}
			due, err := v.view().DueDeliveries("crm", v.clock.now(), 9)
			if err != nil || len(due) != 1 {
				t.Errorf("%s: due %v %v", name, due, err)
			}
		}
	})
}

func TestManyRaisesAreOneDelivery(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		for _, err := range crowd(16, func(i int) error {
			return v.Write(t.Context(), "", func(tx *store.Tx) error { tx.RaiseDelivery("crm", "r", int64(i)); return nil })
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		if d := v.delivery(); d.WantedSeq != 16 || d.WantedVersion != 15 {
			t.Errorf("seq %d, version %d; want 16 and 15", d.WantedSeq, d.WantedVersion)
		}
		if n := number(t, v.Store, `SELECT COUNT(*) FROM delivery`); n != 1 {
			t.Errorf("%d deliveries", n)
		}
	})
}

func TestDeliveriesAreFoundBySystemAndRecordAndDue(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		for i, id := range []customer.ID{"a", "b", "c"} {
			v.do(func(tx *store.Tx) error {
				tx.RaiseDelivery("crm", id, 1)
				tx.RaiseDelivery("erp", id, 1)
				return nil
			})
			v.do(func(tx *store.Tx) error {
				was, err := tx.Delivery("crm", id)
				is := was
				is.DueAt = morning.Add(-time.Duration(i) * time.Minute)
				tx.SaveDelivery(was, is)
				return err
			})
		}
		v.do(func(tx *store.Tx) error { // settled: neither due nor shown
			was, err := tx.Delivery("crm", "b")
			is := was
			is.Acknowledge(1, 1, morning)
			tx.SaveDelivery(was, is)
			return err
		})
		records := func(ds []downstream.Delivery, err error) string {
			if err != nil {
				t.Error(err)
			}
			s := ""
			for _, d := range ds {
				s += string(d.System) + ":" + string(d.Record) + " "
			}
			return s
		}
		for got, want := range map[string]string{
			records(v.view().DueDeliveries("crm", morning, 9)):     "crm:c crm:a ",
			records(v.view().DueDeliveries("crm", morning, 1)):     "crm:c ",
			records(v.view().OwedDeliveries("crm", 0, "", 9)):      "crm:c crm:a ",
			records(v.view().StoppedDeliveries("crm", "", 9)):      "",
			records(v.view().Deliveries("b")):                      "crm:b erp:b ",
			records(v.view().DueDeliveries("mailing", morning, 9)): "",
		} {
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	})
}

func TestDeliveryHasOneOpenException(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		open := func() []downstream.Exception {
			t.Helper()
			xs, err := v.view().Exceptions(9)
			if err != nil {
				t.Fatal(err)
			}
			return xs
		}
		x := downstream.Exception{System: "crm", Record: "r", Change: "c", Why: downstream.Refused, Code: "http_422", Owner: "sales", Since: morning}
		v.do(func(tx *store.Tx) error { tx.OpenException(x); tx.OpenException(x); return nil })
		v.do(func(tx *store.Tx) error { tx.OpenException(x); return nil })
		if got := open(); !slices.Equal(got, []downstream.Exception{x}) {
			t.Errorf("open: %+v", got)
		}
		closed := x
		closed.Remedy, closed.ResolvedAt, closed.ResolvedBy = downstream.Delivered, morning, "system"
		v.do(func(tx *store.Tx) error {
			tx.CloseExceptions(closed, []customer.ID{"another", closed.Record, "a third"})
			tx.CloseExceptions(closed, []customer.ID{closed.Record})
			return nil
		})
		if got := open(); len(got) != 0 {
			t.Errorf("still open: %+v", got)
		}
		v.do(func(tx *store.Tx) error { tx.OpenException(x); return nil }) // it stopped again
		if n := number(t, v.Store, `SELECT COUNT(*) FROM exception`); len(open()) != 1 || n != 2 {
			t.Errorf("%d open of %d", len(open()), n)
		}
	})
}

func TestHoldEndsOnce(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		h := downstream.Hold{ID: "h1", Record: "r", Change: "c", Action: "payout", Reason: "change", From: morning, Until: morning.Add(time.Hour)}
		endless := downstream.Hold{ID: "h2", Record: "r", Change: "c", Action: "password_reset", Reason: "disputed", From: morning}
		v.do(func(tx *store.Tx) error { tx.PlaceHold(h); tx.PlaceHold(endless); return nil })
		if got, err := v.view().Holds("r"); err != nil || !slices.Equal(got, []downstream.Hold{h, endless}) {
			t.Errorf("%+v %v", got, err)
		}
		due := func(at time.Time) []downstream.Hold {
			t.Helper()
			got, err := v.view().DueHolds(at, 9)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		if len(due(morning)) != 0 || !slices.Equal(due(morning.Add(time.Hour)), []downstream.Hold{h}) {
			t.Errorf("due %+v, then %+v", due(morning), due(morning.Add(time.Hour)))
		}
		h.ReleasedAt = morning.Add(time.Hour)
		v.do(func(tx *store.Tx) error { tx.EndHold(h); return nil })
		v.refused("hold_ended", func(tx *store.Tx) error { tx.EndHold(h); return nil })
		if left := due(morning.Add(1000 * time.Hour)); len(left) != 0 {
			t.Errorf("due again: %+v", left)
		}
		endless.Until = morning.Add(2 * time.Hour)
		v.do(func(tx *store.Tx) error { tx.SaveHold(endless); return nil })
		if len(due(morning.Add(2*time.Hour))) != 1 {
			t.Error("a hold that was given an end does not end")
		}
		endless.ReleasedAt = morning
		v.do(func(tx *store.Tx) error { tx.SaveHold(endless); return nil })
		if len(due(morning.Add(2*time.Hour))) != 0 {
			t.Error("a released hold ends again")
		}
	})
}
