package intake_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"amend/customer"
	"amend/fault"
	"amend/intake"
)

func feed(t *testing.T, text string) *intake.Feed {
	t.Helper()
	table, err := intake.NewReader(strings.NewReader(text), intake.Options{})
	if err != nil {
		t.Fatal(err)
	}
	mapping, _ := intake.GuessMapping(table.Header(), customer.Shipped())
	bound, err := mapping.Bind(table.Header())
	if err != nil {
		t.Fatal(err)
	}
	return intake.NewFeed(table, bound)
}

func TestRowIsToldInItsOwnWordsWhenItIsSettled(t *testing.T) {
	f := feed(t, "legal_name,phone\nAda,1\nBob,2\nEve,3\n")
	for want := 2; ; want++ {
		line, _, _, err := f.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || line != want {
			t.Fatalf("line %d, %v", line, err)
		}
	}
	wrong := []intake.Fault{{Line: 3, Err: fault.New(fault.Invalid, "x")}, {Line: 4, Err: fault.New(fault.Invalid, "y")}, {Line: 3, Err: fault.New(fault.Invalid, "z")}}
	var told []string
	tell := func(row intake.Row, faults []intake.Fault) error {
		told = append(told, row.Cells[0])
		for _, x := range faults {
			told = append(told, x.Err.Code)
		}
		return nil
	}
	for _, line := range []int{3, 3, 9} {
		if err := f.Settle(line, wrong, tell); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Join(told, " "); got != "Bob x z Eve y" {
		t.Errorf("told %q", got)
	}
}

func TestRowThatCannotBeReadProposesNothingAndHasAFault(t *testing.T) {
	f := feed(t, "legal_name,phone\n\"Ada,1\nBob,2,3\n")
	faults := 0
	for {
		_, values, wrong, err := f.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if faults += len(wrong); len(wrong) > 0 && len(values) > 0 {
			t.Error("it proposes something")
		}
	}
	if faults == 0 {
		t.Error("no fault")
	}
}
