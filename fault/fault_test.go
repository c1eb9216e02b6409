package fault

import (
	"errors"
	"fmt"
	"testing"
)

func TestFaultIsACodeWithParameters(t *testing.T) {
	e := New(Invalid, "too_long", "field", "reason", "max", 1000)
	if e.Kind != Invalid || e.Code != "too_long" || e.Field != "reason" || e.Params["max"] != "1000" || e.Params["field"] != "reason" {
		t.Errorf("got %+v", e)
	}
	if bare := New(Denied, "staff_only", "left over"); bare.Params != nil || bare.Error() != "staff_only" {
		t.Errorf("got %+v", bare)
	}
}

func TestLogLineNamesCodesAndFieldsAndNoParameter(t *testing.T) {
	e := Join(New(Invalid, "bad_phone", "field", "phone", "why", "secret"), New(Invalid, "too_long").On("name"))
	if got := e.Error(); got != "bad_phone field=phone; too_long field=name" {
		t.Errorf("got %q", got)
	}
}

func TestKindAndCodeSurviveWrapping(t *testing.T) {
	e := New(Conflict, "stale")
	wrapped := fmt.Errorf("approve r1: %w", e)
	if KindOf(wrapped) != Conflict || CodeOf(wrapped) != "stale" || !errors.Is(wrapped, New(Internal, "stale")) {
		t.Errorf("got %v, %q", KindOf(wrapped), CodeOf(wrapped))
	}
	other := errors.New("disk full")
	if KindOf(other) != Internal || CodeOf(other) != "" || KindOf(nil) != Internal || CodeOf(nil) != "" || errors.Is(e, other) || errors.Is(e, New(Conflict, "other")) {
		t.Error("something that is no fault passes for one")
	}
}

func TestPlacedFaultLeavesItsSentinelAlone(t *testing.T) {
	e := New(Invalid, "bad_email")
	if placed := e.On("email/work"); placed.Field != "email/work" || e.Field != "" {
		t.Errorf("got %q, sentinel %q", placed.Field, e.Field)
	}
}

func TestSeveralFaultsOfOneInputTravelTogether(t *testing.T) {
	a, b, c := New(Invalid, "a"), New(Malformed, "b"), New(Limited, "c")
	if err := Join(nil, nil); err != nil {
		t.Errorf("no fault at all gives %v", err)
	}
	err := Join(nil, a, nil, b, c)
	var e *Error
	if !errors.As(err, &e) || e.Kind != Invalid || e.Code != "a" || len(e.More) != 2 || len(a.More) != 0 {
		t.Fatalf("got %+v", e)
	}
	again := Join(err.(*Error), New(Denied, "d")).(*Error)
	if len(again.More) != 3 || len(e.More) != 2 {
		t.Errorf("joined again: %d, the first: %d", len(again.More), len(e.More))
	}
}
