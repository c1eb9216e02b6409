package main

import (
	"errors"
	"fmt"

	"amend/fault"
)

// The exit codes, which scripts rely on.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitUnproven = 3 // something was checked and is not as it should be
	exitRefused  = 4 // you may not, or it would do harm
	exitConflict = 5 // things have moved on: done before, running, waiting
)

// An exit is an error whose words were already printed, with its code.
type exit int

// Error names the code, for tests.
func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// report says what went wrong and answers the exit code.
func (a *app) report(err error) int {
	var said exit
	var f *fault.Error
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &said):
		return int(said)
	case errors.As(err, &f):
		a.advise("%s", "%s", a.sentence(f))
		return codeOf(f)
	}
	a.advise("没有完成：%v", "That didn't go through: %v", err)
	return exitFailed
}

// sentence says a fault to a person, in the common table's words unless the command line
// has fuller ones.
func (a *app) sentence(f *fault.Error) string {
	if own, ok := a.ownSentence(f); ok {
		return own
	}
	_, detail := a.lang.Fault(f)
	return detail
}

func codeOf(f *fault.Error) int {
	switch f.Kind {
	case fault.Denied, fault.Unauthenticated:
		return exitRefused
	case fault.Conflict:
		return exitConflict
	}
	return exitFailed
}

// advise writes one line for a person beside the results.
func (a *app) advise(zh, en string, args ...any) {
	fmt.Fprintf(a.err, a.pick(zh, en)+"\n", args...)
}

// say writes one line of the result.
func (a *app) say(zh, en string, args ...any) {
	fmt.Fprintf(a.out, a.pick(zh, en)+"\n", args...)
}

// asFault finds the fault in an error.
func asFault(err error) (*fault.Error, bool) {
	var f *fault.Error
	ok := errors.As(err, &f)
	return f, ok
}
