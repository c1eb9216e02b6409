package notify

import (
	"strings"
	"time"

	"amend/access"
)

// A Moment is one of the ways a sentence names a time.
type Moment string

// The ways: "14:05 on 21 Nov", "24 Nov at 14:05", and to the second, for a freeze.
const (
	At     Moment = "at"
	On     Moment = "on"
	Second Moment = "second"
)

// A Line is one value of a change as a message may show it.
type Line struct {
	Field string // the field's label, in the reader's language
	Value string // the value after, already masked; "" if it is removed
	Added bool   // nothing stood there before
}

// A stem is one way to word a change; each has a phrase for set, add, remove and several.
type stem string

const (
	act    stem = "act"    // what the reader asks for, after "you asked to"
	old    stem = "old"    // the same without the new value
	result stem = "result" // what was done, as a sentence without its full stop
)

// wordless answers a word that the language lacks, "" if none.
func (in language) wordless() string {
	for _, s := range []stem{act, old, result} {
		for _, form := range []string{"_set", "_add", "_remove", "_several"} {
			if in.Phrases[string(s)+form] == "" {
				return string(s) + form
			}
		}
	}
	for _, key := range []string{"item_set", "item_remove", "between", "comma"} {
		if in.Phrases[key] == "" {
			return key
		}
	}
	for _, m := range []Moment{At, On, Second} {
		if in.Moments[string(m)] == "" {
			return string(m)
		}
	}
	for _, words := range []map[string]string{in.Places, in.Reasons, in.Tasks} {
		if words["other"] == "" {
			return "other"
		}
	}
	for _, key := range []string{"say", "help"} {
		if in.Receipt[key] == "" {
			return key
		}
	}
	for _, of := range []struct {
		words map[string]string
		codes []string
	}{{in.Steps, steps()}, {in.Tasks, tasks()}, {in.Roles, roles()}, {in.Stops, stops()}} {
		for _, key := range of.codes {
			if of.words[key] == "" {
				return key
			}
		}
	}
	if in.Remedies[lastRemedy] == "" {
		return lastRemedy
	}
	return ""
}

// lastRemedy is what a customer can always do.
const lastRemedy = "call_us"

// Place names a channel as a sentence of l does: "官网", "on our website".
func (b *Book) Place(l Lang, channel string) string {
	return oneOf(b.in(l).Places, channel, "other")
}

// Reason words why a request was not approved, without blame and without its full stop.
func (b *Book) Reason(l Lang, code string) string { return oneOf(b.in(l).Reasons, code, "other") }

// Remedy words what the customer can do about it, as a sentence without its full stop.
func (b *Book) Remedy(l Lang, code string) string { return oneOf(b.in(l).Remedies, code, lastRemedy) }

// Task words what a person of the company is asked to do.
func (b *Book) Task(l Lang, code string) string { return oneOf(b.in(l).Tasks, code, "other") }

// tasks are what a person of the company may be asked to do.
func tasks() []string {
	return []string{"answer_question", "decide", "decide_dispute", "expired", "failed"}
}

// stops are why a delivery needs a person: the reasons of downstream.Why.
func stops() []string {
	return []string{"waiting", "paused", "unreachable", "refused", "differs", "conflict", "ahead", "not_raised"}
}

func roles() []string {
	all := access.Roles()
	codes := make([]string, len(all))
	for i, r := range all {
		codes[i] = string(r)
	}
	return codes
}

// steps are the acts that a receipt tells its reader of.
func steps() []string {
	return []string{"propose", "propose+apply", "prove_authority", "prove_reachability", "prove_evidence", "approve", "apply", "confirm", "dispute", "revert"}
}

// Step words an act as a receipt tells it; false for one that does not concern the reader.
func (b *Book) Step(l Lang, code string) (string, bool) {
	w, ok := b.in(l).Steps[code]
	return w, ok
}

// ReceiptSay is what a receipt says first, and ReceiptHelp where to turn if it is wrong.
func (b *Book) ReceiptSay(l Lang) string { return b.in(l).Receipt["say"] }

// ReceiptHelp names the company's phone number for a reader who did not ask for the change.
func (b *Book) ReceiptHelp(l Lang, h House) string {
	return fill(b.in(l).Receipt["help"], h.params(nil))
}

func oneOf(words map[string]string, code, otherwise string) string {
	if w, ok := words[code]; ok {
		return w
	}
	return words[otherwise]
}

// Time writes t, which the caller has put in the company's time zone.
func (b *Book) Time(l Lang, m Moment, t time.Time) string {
	return t.Format(b.in(l).Moments[string(m)])
}

// Act words what a request asks for, as the object of "you asked to": a single value in
// full, several as the first and their number.
func (b *Book) Act(l Lang, lines []Line) string { return b.word(l, act, lines) }

// Replaces words the same for somebody who must not see the new value: the old
// contact at request may be in a stranger's hands.
func (b *Book) Replaces(l Lang, lines []Line) string { return b.word(l, old, lines) }

// Result words what was done, as a whole sentence without its full stop.
func (b *Book) Result(l Lang, lines []Line) string { return b.word(l, result, lines) }

// List words every line, for the messages that say what, and the value after (row N4).
func (b *Book) List(l Lang, lines []Line) string {
	parts := make([]string, len(lines))
	for i, line := range lines {
		key := "item_set"
		if line.Value == "" {
			key = "item_remove"
		}
		parts[i] = b.phrase(l, key, lines[i:i+1])
	}
	return strings.Join(parts, b.in(l).Phrases["between"])
}

func (b *Book) word(l Lang, s stem, lines []Line) string {
	switch {
	case len(lines) == 0:
		return ""
	case len(lines) > 1:
		return b.phrase(l, string(s)+"_several", lines)
	case lines[0].Value == "":
		return b.phrase(l, string(s)+"_remove", lines)
	case lines[0].Added:
		return b.phrase(l, string(s)+"_add", lines)
	}
	return b.phrase(l, string(s)+"_set", lines)
}
