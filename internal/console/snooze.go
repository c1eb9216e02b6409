package console

import (
	"time"

	"amend/change"
	"amend/fault"
	"amend/internal/page"
)

// snoozeSet puts a request off in the reader's own inbox, or takes that back. Its clocks run
// on for everybody.
func snoozeSet(v *visit) error {
	id := v.changeID()
	if v.form.Has("awaken", "yes") {
		return v.act("snooze", "awakened", func(id change.ID) error { return v.Desk.Snooze(v.ctx, v.by(), id, time.Time{}) })
	}
	c := changePage{lexicon: v.lexicon(), Calendar: v.House.Calendar}
	until := time.Time{}
	for _, p := range pauses() {
		if v.form.Has("until", p.code) {
			until = p.till(v.page.Now, c)
		}
	}
	if until.IsZero() {
		return v.against(id, "snooze", fault.New(fault.Invalid, "choose_one", "field", "until"))
	}
	if err := v.Desk.Snooze(v.ctx, v.by(), id, until); err != nil {
		return v.against(id, "snooze", err)
	}
	return v.goTo(page.Back(v.form.Get("to"), Base+"/inbox"), "snoozed")
}
