package store_test

import (
	"testing"
	"time"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/fault"
	"amend/internal/store"
	"amend/org"
)

// as is a member of staff with one role.
func as(role access.Role) access.Actor {
	return access.Actor{ID: string(role), Name: string(role), Sort: access.Staff, Roles: []access.Role{role}}
}

func (v vault) reader() *store.Reader { return store.NewReader(v.Store, org.Calendar{}) }

func TestSystemSaysHowLongTheLongestWaitsAndHowManyNeedAPerson(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error { return tx.AddSystem(crm(), nil) })
		idle := crm()
		idle.ID, idle.Name = "erp", "ERP"
		v.do(func(tx *store.Tx) error { return tx.AddSystem(idle, nil) })
		v.raise(1)
		was := v.delivery()
		is := was
		is.Attempts, is.FailingSince, is.DueAt = 2, morning, morning.Add(time.Hour)
		v.do(func(tx *store.Tx) error {
			tx.SaveDelivery(was, is)
			tx.OpenException(downstream.Exception{System: "crm", Record: "other", Why: downstream.Refused, Owner: "sales", Since: tx.Now()})
			return nil
		})
		lines, err := v.reader().SystemLines(t.Context(), as(access.Steward))
		if err != nil || len(lines) != 2 {
			t.Fatalf("%+v %v", lines, err)
		}
		if l := lines[0]; l.Queue != 1 || l.Broken != 1 || !l.Oldest.Equal(morning) {
			t.Errorf("a delivery that failed waits since it failed first: %+v", l)
		}
		if l := lines[1]; l.Queue != 0 || l.Broken != 0 || !l.Oldest.IsZero() {
			t.Errorf("nothing waits for %s: %+v", l.Name, l)
		}
		if lines[0].Settings != nil {
			t.Error("a steward was told where the system is called")
		}
		if _, err := v.reader().SystemLines(t.Context(), as(access.Agent)); fault.CodeOf(err) != "not_allowed" {
			t.Errorf("an agent: %v", err)
		}
	})
}

func TestWhatWasSkippedIsFoundWithItsReasonAndWhatIsOpenWithItsOwner(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		v.do(func(tx *store.Tx) error { return tx.AddSystem(crm(), nil) })
		for _, id := range []customer.ID{"a", "b", "c"} {
			v.clock.add(time.Second)
			v.do(func(tx *store.Tx) error {
				tx.OpenException(downstream.Exception{System: "crm", Record: id, Why: downstream.Refused, Code: "http_422", Owner: "sales", Since: tx.Now()})
				return nil
			})
		}
		v.do(func(tx *store.Tx) error {
			x := downstream.Exception{System: "crm", Record: "b"}
			if err := x.Resolve(as(access.Steward), downstream.Skipped, "it keeps no such names", tx.Now()); err != nil {
				return err
			}
			tx.ResolveException(x)
			return nil
		})
		open, err := v.reader().Exceptions(t.Context(), as(access.Operator), "")
		if err != nil || len(open) != 2 || open[0].Record != "a" || open[0].Name != "CRM" || open[0].Owner != "sales" || open[0].Code != "http_422" {
			t.Errorf("%+v %v", open, err)
		}
		if none, err := v.reader().Exceptions(t.Context(), as(access.Operator), "erp"); err != nil || len(none) != 0 {
			t.Errorf("of another system: %+v %v", none, err)
		}
		skipped, err := v.reader().Skipped(t.Context(), as(access.Agent))
		if err != nil || len(skipped) != 1 || skipped[0].Record != "b" || skipped[0].Note != "it keeps no such names" || skipped[0].ResolvedBy != "steward" {
			t.Errorf("%+v %v", skipped, err)
		}
	})
}

func TestFinishedTaskIsListedWithWhoDidIt(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		task := store.Task{Kind: "call", Record: "r", Change: "c", Role: "agent", OpenedAt: morning, DueAt: morning.Add(time.Hour)}
		v.do(func(tx *store.Tx) error {
			task.ID = tx.NewID()
			tx.AddTask(task)
			open := task
			open.ID = tx.NewID()
			tx.AddTask(open)
			return nil
		})
		v.do(func(tx *store.Tx) error { tx.FinishTask(task, "ada", "done"); return nil })
		done, err := v.reader().FinishedTasks(t.Context(), as(access.Operator))
		if err != nil || len(done) != 1 || done[0].ID != task.ID || done[0].By != "ada" || done[0].Outcome != "done" {
			t.Errorf("%+v %v", done, err)
		}
	})
}

func TestHouseInWhichNothingHappenedHasEmptyBoards(t *testing.T) {
	eachVault(t, func(t *testing.T, v vault) {
		arrivals, err := v.reader().Arrivals(t.Context(), as(access.Integrator))
		if err != nil || len(arrivals) != 0 {
			t.Errorf("%+v %v", arrivals, err)
		}
		heads, err := v.reader().Checkpoints(t.Context(), as(access.Auditor), store.Slice{})
		if err != nil || len(heads.Items) != 0 {
			t.Errorf("%+v %v", heads, err)
		}
		if _, err := v.reader().Checkpoints(t.Context(), as(access.Auditor), store.Slice{Cursor: "x"}); fault.CodeOf(err) != "bad_parameter" {
			t.Errorf("got %v", err)
		}
		if _, err := v.reader().Arrivals(t.Context(), as(access.Agent)); fault.CodeOf(err) != "not_allowed" {
			t.Errorf("an agent: %v", err)
		}
	})
}
