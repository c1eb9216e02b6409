package console

import (
	"strconv"

	"amend/access"
	"amend/downstream"
	"amend/fault"
	"amend/internal/page"
	"amend/internal/store"
)

// systemPausePage says what a pause means to customers before somebody decides on it.
type systemPausePage struct {
	*page.Page
	Frame  page.ConsoleFrame
	Form   page.Form
	System systemLine
	Radius []page.Fact
}

func systemPauseShow(v *visit) error { return v.pausing(page.Form{}, 200) }

func (v *visit) pausing(form page.Form, status int) error {
	if f := v.by().May(access.ManageSystems); f != nil {
		return f
	}
	l, err := v.systemLine()
	if err != nil {
		return err
	}
	if l.Paused {
		return fault.New(fault.Conflict, "system_paused", "system", l.Name)
	}
	v.page.Title, v.page.Path = v.page.T("console.pause.title", "system", l.Name), systemPath(l.ID, "pause")
	return v.answer(status, systemPauseForm(systemPausePage{Page: v.page, Frame: v.frame("/systems"), Form: form, System: l, Radius: v.radius(l)}))
}

// radius is what a pause reaches: who waits already, who will, with which fields, and what
// is held back or must be blocked by hand.
func (v *visit) radius(l systemLine) []page.Fact {
	p, n := v.page, func(n int64) string { return strconv.FormatInt(n, 10) }
	waits := page.Fact{Icon: "users", Text: p.T("console.pause.nobody_waits"), Note: p.T("console.pause.waits_note")}
	switch {
	case l.Queue == 1:
		waits.Text = p.T("console.pause.one_waits")
	case l.Queue > 1:
		waits.Text = p.T("console.pause.some_wait", "n", n(l.Queue))
	}
	daily := page.Fact{Icon: "clock", Text: p.T("console.pause.none_daily"), Note: p.T("console.pause.daily_note")}
	switch day := l.Pace.Sum().Delivered(); day {
	case 0:
	case 1:
		daily.Text = p.T("console.pause.one_daily")
	default:
		daily.Text = p.T("console.pause.daily", "n", n(day))
	}
	labels := make([]string, 0, len(l.Fields))
	for _, f := range v.receives(l.SystemView) {
		labels = append(labels, f.Label)
	}
	fields := page.Fact{Icon: "lane", Text: p.T("console.pause.fields", "n", strconv.Itoa(len(labels))), Note: p.List(labels...)}
	must := page.Fact{Icon: "network", Text: p.T("console.pause.free")}
	if l.Must {
		must = page.Fact{Icon: "lock", Tone: page.Warn, Text: p.T("console.pause.must"), Note: p.T("console.pause.must_note")}
	}
	holds := page.Fact{Icon: "freeze", Tone: page.Warn, Text: p.T("console.pause.holds"), Note: p.T("console.pause.holds_note")}
	return []page.Fact{waits, daily, fields, must, holds}
}

// systemPause stops a system from being called, for a reason.
func systemPause(v *visit) error {
	id := downstream.SystemID(v.r.PathValue("system"))
	if err := v.Desk.Pause(v.ctx, v.by(), id, v.form.Get("reason")); err != nil {
		form, ok := v.form.Refused(v.page, err)
		if !ok {
			return err
		}
		return v.pausing(form, page.Status(err))
	}
	return v.goTo(systemPath(id, ""), "system_paused")
}

// systemResume lets it be called again.
func systemResume(v *visit) error {
	id := downstream.SystemID(v.r.PathValue("system"))
	if err := v.Desk.Resume(v.ctx, v.by(), id); err != nil {
		return err
	}
	return v.goTo(systemPath(id, ""), "system_resumed")
}

// pausedText says by whom, since when and why a system is paused.
func pausedText(p *page.Page, is downstream.Pause) string {
	switch since := p.Moment(is.Since); {
	case is.Since.IsZero():
		return p.T("console.paused.unknown")
	case is.ByItself():
		return p.T("console.paused.itself", "time", since, "code", is.Reason)
	case is.Reason == "":
		return p.T("console.paused.from_start", "who", is.Name, "time", since)
	default:
		return p.T("console.paused.by", "who", is.Name, "time", since, "reason", is.Reason)
	}
}

// pastPause says how one pause of the list began and ended.
func pastPause(p *page.Page, is store.PastPause) page.Fact {
	f := page.Fact{Icon: "pause", Text: pausedText(p, is.Pause), Note: p.T("console.paused.lasts")}
	if !is.Until.IsZero() {
		f.Note = p.T("console.paused.over", "who", is.EndBy, "time", p.Moment(is.Until), "span", p.Span(is.Until.Sub(is.Since)))
	}
	return f
}
