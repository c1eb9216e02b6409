package doctor

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"amend/internal/store"
)

// work says whether anything waits for longer than a running server would let it, and what
// waits for a person.
func (x *exam) work() error {
	h, err := x.view.Health(x.store.Now())
	if err != nil {
		return err
	}
	x.queues(h)
	if err := x.stuck(h); err != nil {
		return err
	}
	x.check(h.Untaken == 0, "untaken", "none", "untaken", "n", fmt.Sprint(h.Untaken))
	x.check(h.Exceptions == 0, "exceptions", "none", "exceptions", "n", fmt.Sprint(h.Exceptions))
	return x.paused()
}

// paused names the systems that nobody has called for long because they are paused. What
// waits for them waits on purpose, so it is no failure; but a pause is easily forgotten.
func (x *exam) paused() error {
	rows, err := x.view.Systems()
	if err != nil {
		return err
	}
	f, longest := Finding{Area: "systems", Code: "systems_paused", Level: Note}, time.Duration(0)
	for _, s := range rows {
		if s.Paused && s.Pause.Long(x.store.Now()) {
			f.N, f.Rows, longest = f.N+1, append(f.Rows, string(s.ID)), max(longest, x.age(s.Pause.Since))
		}
	}
	if f.N == 0 {
		x.well("systems", "systems_well")
		return nil
	}
	f.Params = pairs([]string{"longest", longest.String()})
	x.add(f)
	return nil
}

// queues says how long the work that is due has waited.
func (x *exam) queues(h store.Health) {
	for _, q := range []struct {
		area  string
		n     int64
		since time.Time
	}{{"requests_due", h.DueChanges, h.OldestDue}, {"deliveries_due", h.DueDeliveries, h.OldestDelivery}, {"notices_due", h.DueNotices, h.OldestNotice}} {
		if q.n == 0 {
			x.well(q.area, "none", "n", "0")
			continue
		}
		waits := x.age(q.since)
		x.check(waits < lateWork, q.area, "queue_well", "queue_late", "n", fmt.Sprint(q.n), "oldest", waits.String())
	}
}

// stuck names the requests that no retry helps any more.
func (x *exam) stuck(h store.Health) error {
	list, err := x.view.Quarantined(shownRows)
	if err != nil || len(list) == 0 {
		x.well("quarantine", "none", "n", "0")
		return err
	}
	f := Finding{Area: "quarantine", Code: store.RequestStuck, Level: Ill, N: h.Quarantined}
	for _, q := range list {
		f.Rows = append(f.Rows, strings.TrimSpace(q.ID+" "+code(q.Why)))
	}
	x.add(f)
	return nil
}

// codeShape is how a stored reason looks. Whatever else stands in its place, put there by
// hand, is not repeated.
var codeShape = regexp.MustCompile(`^[a-z][a-z_]{0,39}$`)

func code(why string) string {
	if !codeShape.MatchString(why) {
		return ""
	}
	return why
}

// leases looks for shards of the work that are held for longer than any server holds one:
// whoever wrote that is gone, or had a clock that was ahead, and nobody else may work.
func (x *exam) leases() error {
	f := Finding{Area: "leases", Code: store.LeaseFar, Level: Ill}
	err := x.farLeases(func(l store.Lease) {
		f.N++
		f.Rows = append(f.Rows, l.Shard)
		f.Params = pairs([]string{"until", l.Until.Format(time.RFC3339)})
	})
	switch {
	case err != nil:
		return err
	case f.N > 0:
		x.add(f)
	default:
		x.well("leases", "leases_well")
	}
	return nil
}

// farLeases gives each shard that is held for longer than any server holds one.
func (x *exam) farLeases(each func(store.Lease)) error {
	list, err := x.view.Leases()
	for _, l := range list {
		if l.Until.Sub(x.store.Now()) > lateWork {
			each(l)
		}
	}
	return err
}

// channels says which ways to customers are missing, without which no code goes out, and
// whether there is anybody to call.
func (x *exam) channels() {
	if !x.SMS {
		x.add(Finding{Area: "sms", Code: "sms_none", Level: Note})
	}
	if !x.Mail {
		x.add(Finding{Area: "mail", Code: "mail_none", Level: Note})
	}
	if !x.OnCall {
		x.add(Finding{Area: "on_call", Code: "on_call_none", Level: Note})
	}
}
