package doctor

import (
	"errors"
	"slices"
	"time"

	"amend/fault"
	"amend/internal/store"
)

// A Level says how much a finding matters.
type Level string

// The levels.
const (
	Well    Level = "well"
	Note    Level = "note"    // neither well nor ill: something that an operator should know
	Ill     Level = "ill"     // something doesn't work, or soon won't
	Damaged Level = "damaged" // what is stored is not what Amend stored
)

// A Finding is one thing that was looked at, and how it is. It names rows and settings,
// never a value.
type Finding struct {
	Area   string            `json:"area"` // what was looked at
	Code   string            `json:"code"` // what was found; Words has its sentence
	Level  Level             `json:"level"`
	N      int64             `json:"n,omitempty"`    // how many rows it is about
	Rows   []string          `json:"rows,omitempty"` // the first of them
	Params map[string]string `json:"params,omitempty"`
	Fault  *fault.Error      `json:"-"` // a refusal, which has its own sentence
}

// shownRows bounds how many rows a finding names.
const shownRows = 10

// A Report is what an examination found, in the order in which it looked.
type Report struct {
	At       time.Time    `json:"at"`
	Deep     bool         `json:"deep"`
	Extent   store.Extent `json:"extent"`
	Findings []Finding    `json:"findings"`
}

// Worst is the level of the worst finding.
func (r Report) Worst() Level {
	order := []Level{Well, Note, Ill, Damaged}
	worst := 0
	for _, f := range r.Findings {
		worst = max(worst, slices.Index(order, f.Level))
	}
	return order[worst]
}

// Wrong answers the findings that ask for something to be done.
func (r Report) Wrong() []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.Level == Ill || f.Level == Damaged {
			out = append(out, f)
		}
	}
	return out
}

func (x *exam) add(f Finding) { x.report.Findings = append(x.report.Findings, f) }

// well says that an area is; params are name, value pairs.
func (x *exam) well(area, code string, params ...string) {
	x.add(Finding{Area: area, Code: code, Level: Well, Params: pairs(params)})
}

// check says well if all is, and what is wrong if not.
func (x *exam) check(ok bool, area, well, ill string, params ...string) {
	if ok {
		x.well(area, well, params...)
		return
	}
	x.add(Finding{Area: area, Code: ill, Level: Ill, Params: pairs(params)})
}

func (x *exam) fault(level Level, area string, f *fault.Error) {
	x.add(Finding{Area: area, Code: f.Code, Level: level, Fault: f})
}

func pairs(list []string) map[string]string {
	if len(list) == 0 {
		return nil
	}
	m := make(map[string]string, len(list)/2)
	for i := 0; i+1 < len(list); i += 2 {
		m[list[i]] = list[i+1]
	}
	return m
}

func asFault(err error) (*fault.Error, bool) {
	var f *fault.Error
	ok := errors.As(err, &f)
	return f, ok
}

// gathered are flaws, one finding for each code, in the order they turned up.
type gathered struct {
	codes []string
	by    map[string]*Finding
}

// take is what an examination of the store gives its flaws to.
func (g *gathered) take(f store.Flaw) {
	if g.by == nil {
		g.by = map[string]*Finding{}
	}
	found := g.by[f.Code]
	if found == nil {
		found = &Finding{Area: areaOf(f.Code), Code: f.Code, Level: levelOfFlaw(f.Code)}
		g.by[f.Code], g.codes = found, append(g.codes, f.Code)
	}
	if f.Row == "" || !slices.Contains(found.Rows, f.Row) {
		found.N++
		if f.Row != "" && len(found.Rows) < shownRows {
			found.Rows = append(found.Rows, f.Row)
		}
	}
}

// tell adds what was gathered, and answers the areas that it is about.
func (x *exam) tell(g gathered) map[string]bool {
	areas := map[string]bool{}
	for _, code := range g.codes {
		f := *g.by[code]
		slices.Sort(f.Rows)
		x.add(f)
		areas[f.Area] = true
	}
	return areas
}

// areaOf is what a flaw is about.
func areaOf(code string) string {
	switch code {
	case store.KeyMissing, store.KeyWrong, store.ValuesUnreadable:
		return "keys"
	case store.RequestEdited, store.RequestInserted, store.RequestMissing, store.RequestPutBack, store.RequestEntryLost, store.RequestIdle:
		return "requests"
	case store.TokensMissing, store.TokensExtra:
		return "search"
	case store.RelationsWrong:
		return "relations"
	case store.DeliveryMissing, store.DeliveryIdle:
		return "deliveries"
	case store.Causeless:
		return "causes"
	case store.RecordEdited, store.RecordInserted, store.RecordMissing, store.RecordPutBack, store.RecordEntryMissing:
		return "records"
	}
	return "log"
}

// levelOfFlaw: what can be made again from what is whole is ill; all else is damage.
func levelOfFlaw(code string) Level {
	if store.Mendable(code) {
		return Ill
	}
	return Damaged
}

// Unusable is a finding about a setting that cannot be used, for who reads settings.
func Unusable(area string, err error) Finding {
	if f, ok := asFault(err); ok {
		return Finding{Area: area, Code: f.Code, Level: Ill, Fault: f}
	}
	return Finding{Area: area, Code: "unread", Level: Ill, Params: pairs([]string{"why", err.Error()})}
}
