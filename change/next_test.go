package change_test

import (
	"slices"
	"testing"
	"time"

	"amend/change"
	"amend/change/changetest"
	"amend/customer"
)

type ring struct {
	what    change.What
	at      time.Duration // after filing
	working time.Duration
}

// rings fails t unless exactly these timers run at now.
func rings(t *testing.T, r change.Request, now time.Time, want ...ring) {
	t.Helper()
	_, dues := r.Next(now)
	var got []ring
	for _, d := range dues {
		got = append(got, ring{d.What, d.At.Sub(changetest.At(0)), d.Working})
	}
	if !slices.Equal(got, want) {
		t.Errorf("timers are %v, want %v", got, want)
	}
}

func TestProofsHaveAsLongAsThePlanSays(t *testing.T) {
	rings(t, changetest.Filed(), changetest.At(0), ring{change.DueExpire, 7 * day, 0})
}

func TestSilentLevelAlertsThePoolAndThenTheLead(t *testing.T) {
	rings(t, changetest.Verified(t), changetest.At(2*time.Hour),
		ring{change.DueEscalate, time.Hour, 9 * time.Hour}, ring{change.DueEscalate, time.Hour, 18 * time.Hour})
}

func TestQuestionRemindsTwiceAndExpires(t *testing.T) {
	r := changetest.Verified(t)
	_, err := r.Ask(changetest.Staff("bob"), "why?", changetest.At(day))
	ok(t, err)
	rings(t, r, changetest.At(day), ring{change.DueRemind, 4 * day, 0}, ring{change.DueRemind, 8 * day, 0}, ring{change.DueExpire, 15 * day, 0})
	if r.Question().Expires() != changetest.At(15*day) {
		t.Errorf("the customer is told %v", r.Question().Expires())
	}
}

func TestCoolingAppliesWhenItsTimeIsOver(t *testing.T) {
	rings(t, changetest.Approved(t), changetest.At(3*time.Hour), ring{change.DueApply, 26 * time.Hour, 0})
}

func TestEffectiveDateIsScreenedAnHourBefore(t *testing.T) {
	for name, c := range map[string]struct {
		effective time.Duration
		cooling   []ring
	}{
		"before the cooling ends": {20 * time.Hour, []ring{{change.DueApply, 26 * time.Hour, 0}}},
		"as the cooling ends":     {26 * time.Hour, []ring{{change.DueApply, 26 * time.Hour, 0}}},
		"right after":             {26*time.Hour + time.Minute, []ring{{change.DueScreen, 26 * time.Hour, 0}, {change.DueApply, 26*time.Hour + time.Minute, 0}}},
		"days after":              {5 * day, []ring{{change.DueScreen, 5*day - time.Hour, 0}, {change.DueApply, 5 * day, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := changetest.Approved(t)
			r.Effective = changetest.At(c.effective)
			reapprove(t, &r)
			rings(t, r, changetest.At(3*time.Hour), c.cooling...)
			if c.effective > 26*time.Hour {
				state(t, r, changetest.At(26*time.Hour), change.Scheduled)
				rings(t, r, changetest.At(26*time.Hour), c.cooling...)
			}
			state(t, r, changetest.At(max(c.effective, 26*time.Hour)), change.Scheduled)
			_, err := r.Apply(changetest.Staff("system"), 4, changetest.At(max(c.effective, 26*time.Hour)))
			ok(t, err)
		})
	}
}

// reapprove binds the approvals to the content as it is now.
func reapprove(t *testing.T, r *change.Request) {
	t.Helper()
	for i := range r.Decisions {
		r.Decisions[i].Hash = r.Hash()
	}
}

func TestScreeningMayFindAConflict(t *testing.T) {
	r := changetest.Filed()
	r.Plan.Gates, r.Effective = nil, changetest.At(5*day)
	_, err := r.Collide([]customer.Key{"phone"}, changetest.At(5*day-time.Hour))
	ok(t, err)
	state(t, r, changetest.At(6*day), change.Reviewing)
	rings(t, r, changetest.At(6*day), ring{change.DueEscalate, 5*day - time.Hour, 9 * time.Hour})
}

func TestCustomerIsAskedAgainAndThenNoMore(t *testing.T) {
	r := changetest.Applied(t)
	rings(t, r, changetest.At(10*day), ring{change.DueAsk, 13 * day, 0}, ring{change.DueAsk, 20 * day, 0}, ring{change.DueClose, 24 * day, 0})
	_, err := r.Confirm(changetest.Customer(), changetest.At(11*day))
	ok(t, err)
	rings(t, r, changetest.At(11*day))
}

func TestDisputeWaitsTwoWorkingDaysForItsDecision(t *testing.T) {
	r := frozen(t, changetest.Applied(t), changetest.At(11*day))
	rings(t, r, changetest.At(11*day), ring{change.DueDecide, 11 * day, 18 * time.Hour})
	_, dues := r.Next(changetest.At(12 * day))
	r.Ring(dues[0])
	rings(t, r, changetest.At(14*day))

	_, err := vote(&r, "gus", change.Keep)
	ok(t, err)
	r = frozen(t, r, changetest.At(30*day))
	rings(t, r, changetest.At(30*day), ring{change.DueDecide, 30 * day, 18 * time.Hour}) // another dispute, another clock
}

func TestRecordThatNeverCameToBeIsForgotten(t *testing.T) {
	r := changetest.Filed()
	r.Kind = change.Create
	_, err := r.Withdraw(changetest.Customer(), changetest.At(day))
	ok(t, err)
	rings(t, r, changetest.At(day), ring{change.DueForget, 31 * day, 0})

	born := changetest.Applied(t)
	born.Kind = change.Create
	_, err = born.Confirm(changetest.Customer(), changetest.At(11*day))
	ok(t, err)
	rings(t, born, changetest.At(11*day))
}

func TestNoTimerRingsTwiceForTheSameContent(t *testing.T) {
	r := changetest.Verified(t)
	_, dues := r.Next(changetest.At(2 * time.Hour))
	r.Ring(dues[0])
	rings(t, r, changetest.At(2*time.Hour), ring{change.DueEscalate, time.Hour, 18 * time.Hour})

	_, err := r.Ask(changetest.Staff("bob"), "why?", changetest.At(3*time.Hour))
	ok(t, err)
	_, err = r.Answer(changetest.Customer(), "so", nil, changetest.At(4*time.Hour))
	ok(t, err)
	rings(t, r, changetest.At(4*time.Hour), // a new round of review: both ring again
		ring{change.DueEscalate, 4 * time.Hour, 9 * time.Hour}, ring{change.DueEscalate, 4 * time.Hour, 18 * time.Hour})
}

func TestRoleIsAskedOnlyWhileItReviews(t *testing.T) {
	for name, c := range map[string]struct {
		r    change.Request
		want string
	}{
		"verifying": {changetest.Filed(), ""},
		"reviewing": {changetest.Verified(t), "approver"},
		"cooling":   {changetest.Approved(t), ""},
		"applied":   {changetest.Applied(t), ""},
	} {
		if got := c.r.OpenRole(changetest.At(3 * time.Hour)); got != c.want {
			t.Errorf("%s waits for %q, want %q", name, got, c.want)
		}
	}
}
