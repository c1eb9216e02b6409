package experiments

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"amend/change"
)

// A fieldFate is what became of one operation.
type fieldFate int

const (
	fieldRead    fieldFate = iota + 1
	fieldWritten           // applied at once: one version more
	fieldSame              // refused: the value stood there already
	fieldMoved             // refused: the version that the client saw is gone
	fieldRefused           // refused: others were faster, again and again
)

// fieldAll is the field of a read, which shows all five.
const fieldAll = -1

// A fieldState is five registers with the version of the record.
type fieldState struct {
	version int64
	values  [fieldCount]string
	bases   [fieldCount]int64 // the version at which each value last changed
}

type fieldInput struct {
	field int
	value string
	seen  int64 // the version that the client insists on; 0: any
}

type fieldOutput struct {
	fate   fieldFate
	state  fieldState // of a read; of a write only the version that it made
	change change.ID
}

// A fieldOp is one operation with when it was called and answered.
type fieldOp struct {
	client       int
	in           fieldInput
	out          fieldOutput
	Call, Return int64
}

// recordStep is the whole record as one object: what each answer may be in each state.
func recordStep(s fieldState, in fieldInput, out fieldOutput) (bool, fieldState) {
	switch out.fate {
	case fieldRead:
		return out.state == s, s
	case fieldSame:
		return s.values[in.field] == in.value, s
	case fieldMoved:
		return s.version != in.seen, s
	case fieldWritten:
		legal := out.state.version == s.version+1 && s.values[in.field] != in.value && (in.seen == 0 || in.seen == s.version)
		s.version++
		s.values[in.field], s.bases[in.field] = in.value, s.version
		return legal, s
	}
	return false, s
}

func recordModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return fieldState{version: 1} },
		Step: func(s, in, out any) (bool, any) {
			return recordStep(s.(fieldState), in.(fieldInput), out.(fieldOutput))
		},
	}
}

// linearLimit bounds the search for a serial order. One that ends without an answer fails.
const linearLimit = 5 * time.Minute

// linearizable looks for a serial order of a history that explains every answer in it.
func linearizable(history []fieldOp) porcupine.CheckResult {
	narrow, possible := narrowed(history)
	if !possible {
		return porcupine.Illegal
	}
	ops := make([]porcupine.Operation, len(narrow))
	for i, op := range narrow {
		ops[i] = porcupine.Operation{ClientId: op.client, Input: op.in, Output: op.out, Call: op.Call, Return: op.Return}
	}
	return porcupine.CheckOperationsTimeout(recordModel(), ops, linearLimit)
}

// fieldScale makes room between two moments of the clock for the order of versions.
const fieldScale = 10_000

// narrowed is the same history, with what versions say of the order put into the times, so
// that the search does not try every order of calls that ran at once: whoever saw or made
// a version came after everybody who saw or made an earlier one, and so not before those
// were even called. It excludes no order that the model would accept. Tries that were
// refused because others were faster say nothing of the record and are left out.
func narrowed(history []fieldOp) (narrow []fieldOp, possible bool) {
	for _, op := range history {
		if op.out.fate != fieldRefused {
			op.Call, op.Return = op.Call*fieldScale, op.Return*fieldScale+fieldScale-1
			narrow = append(narrow, op)
		}
	}
	slices.SortStableFunc(narrow, func(a, b fieldOp) int { // a version is made before it is read
		return cmp.Or(cmp.Compare(a.out.state.version, b.out.state.version), cmp.Compare(b.out.fate, a.out.fate), cmp.Compare(a.Call, b.Call))
	})
	var at int64
	for i := range narrow {
		op := &narrow[i]
		if op.out.state.version == 0 {
			continue // a refusal names no version
		}
		op.Call = max(op.Call, at+1)
		at = op.Call
		if op.Call > op.Return {
			return narrow, false // somebody saw a later version before this one was asked for
		}
	}
	return narrow, true
}

// linear finds a serial order of everything that happened, and sees that the same history
// with two answers swapped has none.
func (f *fieldRace) linear() {
	f.Helper()
	if got := linearizable(f.history); got != porcupine.Ok {
		f.Errorf("the record has no serial order: %s", got)
	}
	if got := linearizable(swapped(f.history)); got != porcupine.Illegal {
		f.Errorf("two answers were swapped, and the checker says %s", got)
	}
}

// swapped is a history in which the first and the last read have each other's answers.
func swapped(history []fieldOp) []fieldOp {
	broken := append([]fieldOp(nil), history...)
	first, last := -1, -1
	for i, op := range broken {
		if op.out.fate != fieldRead {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	broken[first].out, broken[last].out = broken[last].out, broken[first].out
	return broken
}

// A checker that accepts everything proves nothing: here are lies of every kind, and it finds each.
func TestCheckerRefusesHistoriesThatNoSerialOrderExplains(t *testing.T) {
	write := func(at, version int64, value string) fieldOp {
		return fieldOp{in: fieldInput{value: value}, out: fieldOutput{fate: fieldWritten, state: fieldState{version: version}}, Call: at, Return: at + 1}
	}
	read := func(at, version int64, value string) fieldOp {
		s := fieldState{version: version, values: [fieldCount]string{value}, bases: [fieldCount]int64{version}}
		return fieldOp{in: fieldInput{field: fieldAll}, out: fieldOutput{fate: fieldRead, state: s}, Call: at, Return: at + 1}
	}
	honest := []fieldOp{write(0, 2, "a"), read(10, 2, "a"), write(20, 3, "b"), read(30, 3, "b")}
	if got := linearizable(honest); got != porcupine.Ok {
		t.Fatalf("an honest history: %s", got)
	}
	atOnce := []fieldOp{write(3, 3, "b"), write(0, 2, "a"), read(2, 2, "a"), read(2, 3, "b"), read(1, 2, "a")}
	for i := range atOnce {
		atOnce[i].Return = 9
	}
	if got := linearizable(atOnce); got != porcupine.Ok {
		t.Fatalf("an honest history of calls at once: %s", got)
	}
	for name, lie := range map[string][]fieldOp{
		"a lost update":              {write(0, 2, "a"), write(10, 3, "b"), read(20, 2, "a")},
		"a lost value":               {write(0, 2, "a"), write(10, 3, "b"), read(20, 3, "a")},
		"a read from the future":     {read(0, 2, "a"), write(10, 2, "a")},
		"one version for two":        {write(0, 2, "a"), write(0, 2, "b")},
		"a version that nobody made": {write(0, 2, "a"), write(10, 4, "b")},
		"a refusal without a reason": {write(0, 2, "a"), {in: fieldInput{seen: 2}, out: fieldOutput{fate: fieldMoved}, Call: 10, Return: 11}},
		"two answers are swapped":    swapped(honest),
	} {
		if got := linearizable(lie); got != porcupine.Illegal {
			t.Errorf("%s: %s", name, got)
		}
	}
}
