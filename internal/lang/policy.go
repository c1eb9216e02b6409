package lang

import (
	"maps"
	"strconv"
	"strings"
	"time"

	"amend/change"
	"amend/customer"
	"amend/policy"
)

// Ask says one thing that a plan asks for. The rules that spoke, and what is not known here,
// are their own names.
func (l Lang) Ask(a policy.Ask) string {
	key := "ask." + strings.ReplaceAll(string(a.Kind), " ", "_")
	params := map[string]string{}
	switch a.Kind {
	case policy.AskRecipe:
		params["name"] = l.Word("recipe", strings.Join(a.Words, ""))
	case policy.AskBecause:
		return strings.Join(a.Words, l.comma())
	case policy.AskNote:
		return l.words("standing", a.Words)
	case policy.AskAuthority, policy.AskEvidence:
		params["ways"] = l.ways(a.Gate.Any)
	case policy.AskApprove:
		if a.Gate.Level == nil {
			return a.String()
		}
		if a.Gate.Level.Apart {
			key = "ask.approve_apart"
		}
		params["level"], params["role"] = l.Word("level", a.Gate.Level.Name), l.Word("role", a.Gate.Level.Role)
		params["n"] = strconv.Itoa(a.Gate.Level.Quorum)
	case policy.AskCool:
		params["span"] = l.span(a.Gate.For)
	case policy.AskHold:
		params["hold"], params["span"] = l.Word("hold", a.Hold.Action), l.span(a.Hold.For)
	case policy.AskOther:
		params["name"] = string(a.Gate.Kind)
	}
	return l.Text(key, params)
}

// Asks says several things in one line.
func (l Lang) Asks(asks []policy.Ask) string {
	words := make([]string, len(asks))
	for i, a := range asks {
		words[i] = l.Ask(a)
	}
	return strings.Join(words, l.semicolon())
}

// ways says the combos of proofs that open a gate.
func (l Lang) ways(any []change.Combo) string {
	ways := make([]string, len(any))
	for i, c := range any {
		methods := make([]string, len(c.Of))
		for k, m := range c.Of {
			methods[k] = inside(l.Word("method", string(m)))
		}
		if c.Need == 1 {
			ways[i] = l.either(methods)
		} else {
			ways[i] = l.Text("ask.need", map[string]string{"n": strconv.Itoa(c.Need), "list": strings.Join(methods, l.comma())})
		}
	}
	return strings.Join(ways, l.Text("ask.or", nil))
}

// either is a list of which one is enough.
func (l Lang) either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return l.Text("when.either", map[string]string{"list": strings.Join(words[:last], l.comma()), "last": words[last]})
}

func (l Lang) words(family string, codes []string) string {
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = l.Word(family, code)
	}
	return strings.Join(words, l.semicolon())
}

// semicolon parts things that have commas inside.
func (l Lang) semicolon() string {
	if l == ZH {
		return "；"
	}
	return "; "
}

// span says a time as rules are talked about: 24 and 72 hours, but 7 days.
func (l Lang) span(d time.Duration) string {
	const day = 24 * time.Hour
	if d > 3*day && d%day == 0 {
		return l.Text("unit.days", map[string]string{"count": strconv.Itoa(int(d / day))})
	}
	if d%time.Hour != 0 {
		return l.Text("unit.minutes", map[string]string{"count": strconv.Itoa(int(d / time.Minute))})
	}
	return l.Text("unit.hours", map[string]string{"count": strconv.Itoa(int(d / time.Hour))})
}

// Finding says what is wrong with a policy at one place, and what to do about it.
func (l Lang) Finding(f policy.Finding, cat customer.Catalog) (what, remedy string) {
	key := "finding." + string(f.Flaw)
	params := maps.Clone(f.Params)
	params["asks"] = l.Asks(f.Asks)
	params["level"], params["role"] = l.Word("level", params["level"]), l.Word("role", params["role"])
	params["action"] = l.Word("hold", params["action"])
	for _, name := range []string{"time", "end"} {
		if d := customer.ParsePeriod(params[name]); d > 0 {
			params[name] = l.span(d)
		}
	}
	if field, known := cat[params["field"]]; known {
		params["field"] = field.Label[string(l)]
	}
	remedy = l.Text(key+".remedy", params)
	if tried := key + ".tried"; f.Severity == policy.Warning && l.Has(tried) {
		key = tried
	}
	return l.Text(key, params), remedy
}
