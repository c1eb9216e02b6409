package desk

import "runtime/debug"

// A Panic is what a connector or a channel did instead of answering. Its own words may hold
// anything, so only the place is kept, for the log.
type Panic struct{ Stack string }

// Error says nothing but what happened.
func (p *Panic) Error() string { return "panic" }

// panicked is the code of what ended in a panic.
const panicked = "panic"

// contained calls the outside world. A panic there is the failure of one row, and must not
// keep its neighbours waiting.
func contained(call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = &Panic{string(debug.Stack())}
		}
	}()
	return call()
}
