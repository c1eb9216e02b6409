package console

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"amend/access"
	"amend/change"
	"amend/internal/page"
	"amend/internal/store"
	"amend/policy"
)

// homePage answers two questions: what needs me, and is anything wrong? Each card is read by
// itself, so that one that cannot be shown takes no other with it.
type homePage struct {
	lexicon
	Frame  page.ConsoleFrame
	Tiles  []tile
	Box    store.Box
	Next   []store.InboxLine
	Waits  int // in that box
	SLA    func(store.InboxLine) page.SLA
	Log    []entryLine // for whoever works with neither requests nor the house
	House  []houseLine
	Flow   page.BarLine
	Failed map[string]string // by card: what stood against it
	Pace   store.Pace
}

// A tile is one number with what it counts, and where its requests are.
type tile struct {
	Href  string
	Tone  page.Tone
	Name  string
	Count int
	Note  string // its definition
}

// shownNext is how many requests the home shows: enough to see what comes.
const shownNext = 5

func home(v *visit) error {
	v.page.Title = v.greeting()
	h := homePage{lexicon: v.lexicon(), Frame: v.frame("/"), Failed: map[string]string{}, Box: v.homeBox()}
	h.SLA = func(l store.InboxLine) page.SLA { return slaOf(v.page, v.House.Calendar, l.Since, l.Due, l.Paused) }
	for _, card := range []struct {
		name string
		act  access.Act
		read func(*homePage) error
	}{
		{"work", access.ReadChanges, v.homeWork},
		{"log", access.ReadLog, v.homeLog},
		{"house", access.ReadBoard, v.homeHouse},
		{"flow", access.ReadBoard, v.homeFlow},
	} {
		if v.by().May(card.act) != nil {
			continue
		}
		if err := card.read(&h); err != nil {
			f := asFault(err)
			if f == nil {
				v.Log.ErrorContext(v.ctx, "home", "card", card.name, "request", v.Door.RequestID(v.ctx), "error", err)
			}
			_, h.Failed[card.name] = v.page.Lang.Fault(f)
		}
	}
	return v.show(homeSheet(h))
}

// greeting names the reader, by the time of day where the house is.
func (v *visit) greeting() string {
	part := "evening"
	switch hour := v.page.Now.In(v.Door.Zone).Hour(); {
	case hour < 5:
	case hour < 12:
		part = "morning"
	case hour < 18:
		part = "afternoon"
	}
	return v.page.T("console.home."+part, "name", v.by().Name)
}

// Works reports whether the reader decides or files requests.
func (v *visit) works() bool {
	return v.by().May(access.Approve) == nil || v.by().May(access.FileChange) == nil
}

// homeWork reads what waits for the reader: for whoever files and decides nothing, what they
// filed themself.
func (v *visit) homeWork(h *homePage) error {
	if !v.works() {
		return nil
	}
	lines, err := v.Reader.Inbox(v.ctx, v.by(), h.Box)
	if err != nil {
		return err
	}
	if h.Pace, err = v.Reader.Pace(v.ctx, v.by()); err != nil {
		return err
	}
	h.Waits, h.Next = len(lines), lines[:min(len(lines), shownNext)]
	h.Tiles = v.fileTiles(lines)
	if h.Box == store.ForMe {
		h.Tiles, err = v.decideTiles(lines, h.Pace.Last)
	}
	return err
}

// decideTiles count what waits for somebody who decides, and what is new since they last did.
func (v *visit) decideTiles(lines []store.InboxLine, last time.Time) ([]tile, error) {
	board, err := v.Reader.Board(v.ctx, v.by())
	if err != nil {
		return nil, err
	}
	mine := v.tile("mine", page.Quiet, len(lines), inboxQuery{Box: store.ForMe})
	if !last.IsZero() {
		fresh := countOf(lines, func(l store.InboxLine) bool { return l.Since.After(last) })
		mine.Note = v.page.T("console.home.tile.mine_since", "n", strconv.Itoa(fresh), "time", v.page.Moment(last))
	}
	return []tile{
		mine,
		v.tile("near", page.Warn, countOf(lines, func(l store.InboxLine) bool { return near(l, v.page.Now, v.House.Calendar) }), inboxQuery{Box: store.ForMe, Due: "soon"}, "time", v.page.Span(slaNear)),
		v.tile("high", page.Risk, countOf(lines, func(l store.InboxLine) bool { return l.Risk == policy.HighRisk }), inboxQuery{Box: store.ForMe, Risk: string(policy.HighRisk)}),
		v.tile("disputed", page.Risk, len(board.Frozen), inboxQuery{Box: store.ForTeam, State: string(change.Disputed)}),
	}, nil
}

// fileTiles count what somebody who files is asked for.
func (v *visit) fileTiles(lines []store.InboxLine) []tile {
	in := func(states ...change.State) int {
		return countOf(lines, func(l store.InboxLine) bool { return slices.Contains(states, l.State) })
	}
	filed := func(s change.State) inboxQuery { return inboxQuery{Box: store.ByMe, State: string(s)} }
	return []tile{
		v.tile("filed", page.Quiet, len(lines), inboxQuery{Box: store.ByMe}),
		v.tile("proofs", page.Warn, in(change.Verifying), filed(change.Verifying)),
		v.tile("answers", page.Warn, in(change.NeedsInfo), filed(change.NeedsInfo)),
		v.tile("reviewed", page.Quiet, in(change.Reviewing), filed(change.Reviewing)),
	}
}

// tile words a number. Zero has no colour: it is as it should be.
func (v *visit) tile(name string, tone page.Tone, n int, q inboxQuery, params ...string) tile {
	if n == 0 {
		tone = page.Quiet
	}
	return tile{Href: q.path(), Tone: tone, Name: v.page.T("console.home.tile." + name), Count: n, Note: v.page.T("console.home.tile."+name+"_note", params...)}
}

func countOf(lines []store.InboxLine, is func(store.InboxLine) bool) int {
	n := 0
	for _, l := range lines {
		if is(l) {
			n++
		}
	}
	return n
}

// homeLog reads the newest entries of the log, for whoever watches over it.
func (v *visit) homeLog(h *homePage) error {
	if v.works() {
		return nil
	}
	names, err := v.Reader.Names(v.ctx, v.by())
	if err != nil {
		return err
	}
	found, err := v.Reader.Entries(v.ctx, v.by(), store.EntryFilter{}, store.Slice{Limit: 2 * shownNext})
	for _, l := range found.Items {
		h.Log = append(h.Log, v.entryLine(names, l))
	}
	return err
}

// flowDays is how far back the chart goes.
const flowDays = 14

// homeFlow reads how the requests of two weeks went.
func (v *visit) homeFlow(h *homePage) error {
	days, err := v.Reader.Flow(v.ctx, v.by(), flowDays)
	if err != nil {
		return err
	}
	p := v.page
	h.Flow = page.BarLine{
		Title: p.T("console.flow.title"), Step: p.T("console.flow.day"), First: p.T("console.flow.same"), Rest: p.T("console.flow.later"),
		Line: p.T("console.flow.median"), Unit: "h",
	}
	for i, d := range days {
		b := page.Bar{Label: d.Day.Format("01-02"), First: float64(d.Same), Rest: float64(d.Filed - d.Same), Line: rounded(d.Median.Hours()), Blank: d.Over == 0}
		if i == len(days)-1 {
			b.Label, b.Today = p.T("console.flow.today"), true
		}
		h.Flow.Bars = append(h.Flow.Bars, b)
	}
	return nil
}

// rounded keeps one digit behind the point.
func rounded(f float64) float64 { return float64(int(f*10+0.5)) / 10 }

// Day is the date with its weekday.
func (h homePage) Day() string {
	return joined([]string{h.Date(h.Now), h.T("console.home.weekday." + strings.ToLower(h.Now.In(h.Zone).Format("Mon")))})
}

// First is the page of the request to begin with, "" for none.
func (h homePage) First() string {
	if len(h.Next) == 0 || h.Box != store.ForMe {
		return ""
	}
	return h.Row(h.Next[0])
}

// Row is the address of a request, in its list.
func (h homePage) Row(l store.InboxLine) string { return listPlace{Box: h.Box}.here(l.ID) }

// Idle says that nothing waits, and when the reader decided last.
func (h homePage) Idle() string {
	if h.Pace.Last.IsZero() {
		return ""
	}
	return h.T("console.inbox.last", "time", h.Moment(h.Pace.Last))
}
