package portal

import (
	"net/http"
	"strings"
	"time"

	"amend/change"
	"amend/internal/store"
	"amend/policy"
)

// proofTime is how long a step of the customer's own is reckoned at.
const proofTime = time.Hour

// through is when the gates that are left should be met if everybody acts in time, rounded
// up to the hour: nobody promises minutes. It is what the message at filing promises, moved
// on by what has happened since.
func (v *visit) through(gates []store.GateView, effective time.Time) time.Time {
	at := v.page.Now
	for _, g := range gates {
		if g.Status == "met" {
			continue
		}
		from := at
		if g.Status == "open" && !g.Since.IsZero() {
			from = g.Since
		}
		switch g.Kind {
		case change.Approval:
			at = later(at, v.House.Calendar.Add(from, seconds(g)))
		case change.Cool:
			at = later(at, from.Add(seconds(g)))
		case change.Schedule:
			at = later(at, effective)
		default:
			at = at.Add(proofTime)
		}
	}
	return later(at, effective).Truncate(time.Hour).Add(time.Hour)
}

func seconds(g store.GateView) time.Duration { return time.Duration(g.Seconds) * time.Second }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// planned is a plan that no request has yet, as its gates are shown.
func planned(p change.Plan) store.PlanView {
	view := store.PlanView{Recipe: p.Recipe, Weak: p.Weak, Lost: p.Lost, Notices: p.Standing}
	for _, g := range p.Gates {
		is := store.GateView{Kind: g.Kind, Status: "waiting", Any: g.Any, Fields: g.Keys, Seconds: int64(g.For / time.Second)}
		if g.Level != nil {
			is.Level, is.Quorum, is.Seconds = g.Level.Name, g.Level.Quorum, int64(g.Level.Within/time.Second)
		}
		view.Gates = append(view.Gates, is)
	}
	for _, h := range p.Holds {
		view.Holds = append(view.Holds, store.HoldView{Action: h.Action, Seconds: int64(h.For / time.Second)})
	}
	return view
}

// slow is what a new phone number needs of a customer who has no contact left that may speak
// for them: the policy's own answer, whoever asks.
func (v *visit) slow() (store.PlanView, error) {
	p, err := v.Desk.Policy(v.ctx)
	if err != nil {
		return store.PlanView{}, err
	}
	f := policy.FactsOf(v.House.Catalog["phone"])
	f.Kind, f.RecordKind, f.Channel, f.Source, f.FiledBy = change.Update, "person", "portal", "customer", "customer"
	f.Assurance, f.CustomerClass, f.Authority, f.LostChannel = "D", "standard", policy.None, true
	return planned(p.PlanFor(f, "phone")), nil
}

// slowest is when such a change takes effect at the earliest.
func (v *visit) slowest() (time.Time, error) {
	plan, err := v.slow()
	return v.through(plan.Gates, time.Time{}), err
}

// promiseFile is the promised day as an entry for a calendar (RFC 5545). It names the request
// and none of its values: calendars are shared.
func promiseFile(v *visit) error {
	c, err := v.change()
	if err != nil {
		return err
	}
	at := v.through(c.Plan.Gates, c.Effective)
	stamp := func(t time.Time) string { return t.UTC().Format("20060102T150405Z") }
	lines := []string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Amend//Portal//EN", "BEGIN:VEVENT",
		"UID:" + string(c.ID) + "@" + v.page.House.Domain, "DTSTAMP:" + stamp(v.page.Now), "DTSTART:" + stamp(at), "DTEND:" + stamp(at),
		"SUMMARY:" + calendarText(v.page.T("portal.promise.summary", "brand", v.page.House.Brand, "ref", c.Ref)),
		"DESCRIPTION:" + calendarText(v.page.T("portal.promise.text", "hotline", v.page.House.Hotline)),
		"END:VEVENT", "END:VCALENDAR", "",
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+fileName(c.Ref)+`.ics"`)
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write([]byte(strings.Join(lines, "\r\n")))
	return nil
}

// calendarText escapes a text as calendars want it.
func calendarText(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s)
}

// fileName is a reference as the name of a file.
func fileName(ref string) string { return strings.ReplaceAll(ref, "/", "-") }
