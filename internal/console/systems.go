package console

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"amend/access"
	"amend/customer"
	"amend/downstream"
	"amend/internal/page"
	"amend/internal/store"
)

// lateAfter is how long a record may wait for a system before the system counts as late.
const lateAfter = 5 * time.Minute

// shownExceptions is how many deliveries that need a person the board itself shows.
const shownExceptions = 5

// systemsPage is how the systems follow: what waits, what stopped, and which change is
// where.
type systemsPage struct {
	*page.Page
	Frame      page.ConsoleFrame
	Systems    []systemLine
	Arrivals   []arrivalLine
	Exceptions []exceptionLine
	More       int  // exceptions that are not shown
	Manage     bool // may connect systems
}

// A systemLine is one system in words.
type systemLine struct {
	store.SystemLine
	State string // fine, late, down, paused
	Wait  time.Duration
}

// Href is the address of the system's page.
func (l systemLine) Href() string { return systemPath(l.ID, "") }

// Behind reports whether customers are affected by it now.
func (l systemLine) Behind() bool { return l.State == "late" || l.State == "down" && l.Queue > 0 }

// systemPath is the address of a system, or of an act on it.
func systemPath(id downstream.SystemID, act string) string {
	path := Base + "/systems/" + url.PathEscape(string(id))
	if act != "" {
		path += "/" + act
	}
	return path
}

// lineOf judges how a system is doing.
func lineOf(l store.SystemLine, now time.Time) systemLine {
	is := systemLine{SystemLine: l, State: "fine"}
	if !l.Oldest.IsZero() {
		is.Wait = max(0, now.Sub(l.Oldest))
	}
	switch {
	case l.Paused:
		is.State = "paused"
	case !l.DownUntil.IsZero():
		is.State = "down"
	case is.Wait > lateAfter:
		is.State = "late"
	}
	return is
}

func systemsShow(v *visit) error {
	v.page.Title = v.page.T("console.systems.title")
	s := systemsPage{Page: v.page, Frame: v.frame("/systems"), Manage: v.by().May(access.ManageSystems) == nil}
	lines, err := v.Reader.SystemLines(v.ctx, v.by())
	if err != nil {
		return err
	}
	for _, l := range lines {
		s.Systems = append(s.Systems, lineOf(l, v.page.Now))
	}
	arrivals, err := v.Reader.Arrivals(v.ctx, v.by())
	if err != nil {
		return err
	}
	for _, a := range arrivals {
		s.Arrivals = append(s.Arrivals, v.arrival(s.Systems, a))
	}
	broken, err := v.Reader.Exceptions(v.ctx, v.by(), "")
	if err != nil {
		return err
	}
	s.More = max(0, len(broken)-shownExceptions)
	s.Exceptions = v.exceptions(broken[:len(broken)-s.More])
	return v.show(systemsBoard(s))
}

// Worst are the systems that customers feel, the longest wait first.
func (s systemsPage) Worst() []systemLine {
	worst := slices.DeleteFunc(slices.Clone(s.Systems), func(l systemLine) bool { return !l.Behind() })
	slices.SortStableFunc(worst, func(a, b systemLine) int { return int(b.Wait - a.Wait) })
	return worst
}

// Paused are the systems that nobody calls now.
func (s systemsPage) Paused() []systemLine {
	return slices.DeleteFunc(slices.Clone(s.Systems), func(l systemLine) bool { return !l.Paused })
}

// Complete counts the shown changes that every system has.
func (s systemsPage) Complete() int {
	n := 0
	for _, a := range s.Arrivals {
		if a.Acked == a.Of {
			n++
		}
	}
	return n
}

// An arrivalLine is one applied change across all systems: what has it, waits and stopped
// together are the subscriptions.
type arrivalLine struct {
	store.Arrival
	Href    string // "" where the reader may not open requests
	What    string // its fields
	Cells   []page.Cell
	Acked   int
	Waits   int
	Paused  int // of those that wait: for a system that somebody paused
	Stopped int
	Of      int
}

func (v *visit) arrival(systems []systemLine, a store.Arrival) arrivalLine {
	l := arrivalLine{Arrival: a, Of: len(a.Systems)}
	if v.by().May(access.ReadChanges) == nil {
		l.Href = Base + "/changes/" + url.PathEscape(string(a.ID))
	}
	fields := make([]string, len(a.Fields))
	for i, k := range a.Fields {
		fields[i] = v.called(k)
	}
	l.What = v.page.List(fields...)
	for _, s := range systems {
		i := slices.IndexFunc(a.Systems, func(c store.Complete) bool { return c.System == s.ID })
		if i < 0 {
			l.Cells = append(l.Cells, page.Cell{Text: v.page.T("console.systems.not_received")})
			continue
		}
		cell := standing(v.page, a.Systems[i])
		l.Cells = append(l.Cells, cell)
		switch cell.Is {
		case page.CellOK:
			l.Acked++
		case page.CellExcep:
			l.Stopped++
		default:
			l.Waits++
		}
		if a.Systems[i].Why == downstream.Held {
			l.Paused++
		}
	}
	return l
}

// standing is how one system stands towards one change.
func standing(p *page.Page, c store.Complete) page.Cell {
	switch {
	case c.Acked:
		return page.Cell{Is: page.CellOK, Text: p.T("console.systems.acked")}
	case c.Why == downstream.Held:
		return page.Cell{Is: page.CellWait, Text: p.Word("system_state", "paused")}
	case c.Why == downstream.Waiting && c.Code == "":
		return page.Cell{Is: page.CellWait, Text: p.T("console.systems.waits")}
	case c.Why == downstream.Waiting:
		return page.Cell{Is: page.CellBad, Text: p.T("console.systems.retries")}
	case c.Why == downstream.NotRaised:
		return page.Cell{Is: page.CellBad, Text: p.Word("delivery_why", string(c.Why))}
	}
	return page.Cell{Is: page.CellExcep, Text: p.T("console.systems.stopped_word")}
}

// Verdict says in words whether the change is complete.
func (l arrivalLine) Verdict(p *page.Page) string {
	n := strconv.Itoa
	switch {
	case l.Of == 0:
		return p.T("console.systems.nobody_receives")
	case l.Acked == l.Of:
		return p.T("console.systems.complete")
	case l.Waits == l.Paused && l.Stopped == 0:
		return p.T("console.systems.some_paused", "n", n(l.Paused))
	case l.Stopped == 0:
		return p.T("console.systems.some_wait", "n", n(l.Waits))
	case l.Waits == 0:
		return p.T("console.systems.some_stopped", "n", n(l.Stopped))
	}
	return p.T("console.systems.some_both", "n", n(l.Waits), "stopped", n(l.Stopped))
}

// An exceptionLine is a delivery that needs a person, and what they may do.
type exceptionLine struct {
	store.Broken
	Change string // address of the request; "" where the reader may not open it
	Who    string // address of the record; "" likewise
	May    bool   // send again, or go without
	ID     string // tells it from others on the page
}

func (v *visit) exceptions(all []store.Broken) []exceptionLine {
	lines := make([]exceptionLine, len(all))
	for i, x := range all {
		l := exceptionLine{Broken: x, May: v.by().May(access.RetryDeliveries) == nil, ID: strconv.Itoa(i)}
		if x.Exception.Change != "" && v.by().May(access.ReadChanges) == nil {
			l.Change = Base + "/changes/" + url.PathEscape(string(x.Exception.Change))
		}
		if v.by().May(access.ReadCustomers) == nil {
			l.Who = Base + "/customers/" + url.PathEscape(string(x.Record))
		}
		lines[i] = l
	}
	return lines
}

// called is what people call a field, with its slot behind it.
func (v *visit) called(k customer.Key) string {
	name := k.Field()
	if f, known := v.House.Catalog.Of(k); known {
		name = v.page.Label(f.Label, f.Name)
	}
	if k.Slot() != "" {
		name += " · " + k.Slot()
	}
	return name
}

// systemLook is how a state is drawn: an icon beside its word, and a colour only where
// somebody should look.
func systemLook(state string) (tone page.Tone, icon string) {
	switch state {
	case "late":
		return page.Warn, "clock"
	case "down":
		return page.Risk, "alert"
	case "paused":
		return page.Quiet, "pause"
	}
	return page.OK, "check"
}
