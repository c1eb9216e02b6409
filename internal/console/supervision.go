package console

import (
	"net/url"
	"slices"
	"time"

	"amend/access"
	"amend/change"
	"amend/downstream"
	"amend/internal/page"
	"amend/internal/store"
)

// supervisionPage says how the house stands: what is late, what was left out, and that
// nothing went past a request.
type supervisionPage struct {
	*page.Page
	Frame   page.ConsoleFrame
	Board   store.Board
	Skipped []store.Broken
	Done    []store.DoneTask
	Names   map[string]string
	Called  map[downstream.SystemID]string // the systems' names; nil for whoever may not see systems
	Why     map[downstream.SystemID]string // why those that are paused are; likewise
	Open    bool                           // the reader may open requests
	Whole   string                         // the part that is shown to its end
}

// shownLines is how many lines of a part are shown at first.
const shownLines = 10

func supervisionShow(v *visit) error {
	v.page.Title = v.page.T("console.supervision.title")
	s := supervisionPage{
		Page: v.page, Frame: v.frame("/supervision"),
		Open: v.by().May(access.ReadChanges) == nil, Whole: v.r.URL.Query().Get("whole"),
	}
	if v.by().May(access.ReadSystems) == nil {
		systems, err := v.Reader.Systems(v.ctx, v.by())
		if err != nil {
			return err
		}
		s.Called, s.Why = map[downstream.SystemID]string{}, map[downstream.SystemID]string{}
		for _, one := range systems {
			s.Called[one.ID] = one.Name
			if one.Paused {
				s.Why[one.ID] = pausedText(v.page, one.Pause)
			}
		}
	}
	var err error
	if s.Board, err = v.Reader.Board(v.ctx, v.by()); err != nil {
		return err
	}
	if s.Skipped, err = v.Reader.Skipped(v.ctx, v.by()); err != nil {
		return err
	}
	if s.Done, err = v.Reader.FinishedTasks(v.ctx, v.by()); err != nil {
		return err
	}
	if s.Names, err = v.Reader.Names(v.ctx, v.by()); err != nil {
		return err
	}
	return v.show(supervisionBoard(s))
}

// Shown is how many of n lines of a part are shown.
func (s supervisionPage) Shown(part string, n int) int {
	if s.Whole == part {
		return n
	}
	return min(n, shownLines)
}

// System is what a system is called, its id for whoever may not see systems.
func (s supervisionPage) System(id downstream.SystemID) string {
	if name := s.Called[id]; name != "" {
		return name
	}
	return string(id)
}

// PausedBy says by whom and since when a system is paused, and why to whoever may see systems.
func (s supervisionPage) PausedBy(one store.PausedSystem) string {
	if why := s.Why[one.System]; why != "" {
		return why
	}
	return s.T("console.supervision.by", "who", s.Who(one.By), "time", s.Moment(one.Since))
}

// Lasts is how long a system has been paused, "" where that isn't on record.
func (s supervisionPage) Lasts(one store.PausedSystem) string {
	if one.Since.IsZero() {
		return ""
	}
	return s.Span(s.Now.Sub(one.Since))
}

// Stands reports whether a system is paused, so that what waits for it waits on purpose.
func (s supervisionPage) Stands(id downstream.SystemID) bool {
	return slices.ContainsFunc(s.Board.Paused, func(p store.PausedSystem) bool { return p.System == id })
}

// Behind is how many records some system still has to hear of.
func (s supervisionPage) Behind() (n int64) {
	for _, c := range s.Board.NotInSync {
		n += c.Count
	}
	return n
}

// Request is the address of a request, "" for whoever may not open it.
func (s supervisionPage) Request(id change.ID) string {
	if !s.Open || id == "" {
		return ""
	}
	return Base + "/changes/" + url.PathEscape(string(id))
}

// Overdue reports whether a task should have been done by now.
func (s supervisionPage) Overdue(t store.TaskView) bool {
	return !t.DueAt.IsZero() && s.Now.After(t.DueAt)
}

// Since reads the time of an exception of the board.
func (s supervisionPage) Since(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return s.Moment(at)
}

// Who is what an actor is called.
func (s supervisionPage) Who(id string) string {
	if name := s.Names[id]; name != "" {
		return name
	}
	return s.Word("sort", string(access.Customer))
}
