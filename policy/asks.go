package policy

import (
	"fmt"
	"slices"
	"strings"

	"amend/change"
)

// An AskKind is the sort of one thing that a plan says.
type AskKind string

// The sorts, in the order of a plan's lines.
const (
	AskRecipe    AskKind = "recipe"
	AskBecause   AskKind = "because"   // the rules that spoke
	AskWeak      AskKind = "weak"      // an inherited contact agrees
	AskLost      AskKind = "lost"      // no channel is left: the recovery lane
	AskAtOnce    AskKind = "at once"   // no gate at all
	AskAuthority AskKind = "authority" // a channel proven before agrees
	AskReach     AskKind = "reach"     // new contacts answer
	AskEvidence  AskKind = "evidence"
	AskApprove   AskKind = "approve"
	AskCool      AskKind = "cool"
	AskOther     AskKind = "gate" // a kind of gate that this version does not know
	AskHold      AskKind = "hold"
	AskNote      AskKind = "note" // what people should know
)

func askKinds() []AskKind {
	return []AskKind{AskRecipe, AskBecause, AskWeak, AskLost, AskAtOnce, AskAuthority, AskReach, AskEvidence, AskApprove, AskCool, AskOther, AskHold, AskNote}
}

// An Ask is one thing that a plan says: a line of a case, and of every comparison of plans.
type Ask struct {
	Kind  AskKind
	Words []string        // of a recipe, of the rules that spoke, of notes
	Gate  change.Gate     // of what a gate asks
	Hold  change.HoldRule // of a hold
}

// Asks takes a plan apart.
func Asks(p change.Plan) []Ask {
	asks := []Ask{{Kind: AskRecipe, Words: []string{p.Recipe}}, {Kind: AskBecause, Words: p.Rules}}
	if p.Weak {
		asks = append(asks, Ask{Kind: AskWeak})
	}
	if p.Lost {
		asks = append(asks, Ask{Kind: AskLost})
	}
	if p.Open() {
		asks = append(asks, Ask{Kind: AskAtOnce})
	}
	for _, g := range p.Gates {
		asks = append(asks, Ask{Kind: askOf(g), Gate: g})
	}
	for _, h := range p.Holds {
		asks = append(asks, Ask{Kind: AskHold, Hold: h})
	}
	if len(p.Standing) > 0 {
		asks = append(asks, Ask{Kind: AskNote, Words: p.Standing})
	}
	return asks
}

// Compare answers what only the first of two plans asks for, and what only the second does.
// Why they ask, and what people should know of it, does not count.
func Compare(a, b change.Plan) (less, more []Ask) {
	return missing(Asks(a), Asks(b)), missing(Asks(b), Asks(a))
}

// missing are the asks of a that b lacks; what a has twice, b must have twice.
func missing(a, b []Ask) []Ask {
	left := make([]string, len(b))
	for i, x := range b {
		left[i] = x.String()
	}
	var out []Ask
	for _, x := range a {
		i := slices.Index(left, x.String())
		if i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else if x.Kind != AskBecause && x.Kind != AskNote {
			out = append(out, x)
		}
	}
	return out
}

func askOf(g change.Gate) AskKind {
	switch g.Kind {
	case change.Authority:
		return AskAuthority
	case change.Reachability:
		return AskReach
	case change.Evidence:
		return AskEvidence
	case change.Approval:
		return AskApprove
	case change.Cool:
		return AskCool
	}
	return AskOther
}

// String is the line that a case has for a: "approve 2 approver L1 within 1wd".
func (a Ask) String() string {
	line := string(a.Kind)
	switch a.Kind {
	case AskAuthority, AskEvidence:
		line += " " + combosLine(a.Gate.Any)
	case AskReach:
		for _, k := range a.Gate.Keys {
			line += " " + string(k)
		}
	case AskApprove:
		line += levelLine(a.Gate.Level)
	case AskCool:
		line += " " + span(Period(a.Gate.For))
	case AskHold:
		line += " " + a.Hold.Action + " " + span(Period(a.Hold.For))
	case AskOther:
		line += " " + string(a.Gate.Kind)
	}
	return strings.Join(append([]string{line}, a.Words...), " ")
}

func combosLine(any []change.Combo) string {
	ways := make([]string, len(any))
	for i, c := range any {
		ways[i] = fmt.Sprintf("%d of", c.Need)
		for _, m := range c.Of {
			ways[i] += " " + string(m)
		}
	}
	return strings.Join(ways, " / ")
}

func levelLine(l *change.Level) string {
	if l == nil {
		return ""
	}
	line := fmt.Sprintf(" %d %s %s within %s", l.Quorum, l.Role, l.Name, span(Work(l.Within)))
	if l.Apart {
		line += " apart"
	}
	return line
}

// span writes a period as documents do.
func span(d interface{ MarshalJSON() ([]byte, error) }) string {
	text, _ := d.MarshalJSON() // which never fails
	return strings.Trim(string(text), `"`)
}

// canonical writes the spans of a line as span does, so that "72h" and "3d" are equal.
func canonical(line string) string {
	words := strings.Fields(line)
	for i, w := range words {
		quoted := []byte(`"` + w + `"`)
		var p Period
		var d Work
		switch {
		case i > 0 && words[i-1] == "within" && d.UnmarshalJSON(quoted) == nil:
			words[i] = span(d)
		case p.UnmarshalJSON(quoted) == nil:
			words[i] = span(p)
		}
	}
	return strings.Join(words, " ")
}
