package simulate

import (
	"amend/desk"
	"amend/downstream"
	"amend/notify"
)

// A Fault is something that is broken on purpose, to see that the judge would notice. It is
// planted around the product or behind its back, never inside it.
type Fault struct {
	Name   string    // as a person asks for it
	Breaks Invariant // what must be found not to hold
	How    string    // what is done

	now       func(*world) bool // done between two steps, until it answers that it is done
	often     bool              // done again and again
	always    bool              // done before every step
	late      bool              // done after the walk is half over
	last      func(*world)      // done at the very end
	forgetful bool              // clients that give no idempotency key
	house     func(*desk.House)
	channel   func(*world, notify.Outgoing) (notify.Answer, error, bool)
	connector func(*world, downstream.System) error
	deliver   func(*far, downstream.Envelope) (downstream.Answer, bool)
}

// Faults lists what can be planted: at least one against every invariant.
func Faults() []Fault {
	return append(append(behindTheBack(), byIntruders()...), aroundIt()...)
}

// plantOdds is how rarely a fault is planted: some steps must go by for it to meet something.
const plantOdds = 12

// plant breaks what is to be broken, where this run has a fault.
func (w *world) plant() {
	f := w.fault
	if f.now == nil || w.depth > 0 || w.planted && !f.often && !f.always || f.late && len(w.ledger.requests) < w.config.Requests/2 || !f.always && !w.chance.once(plantOdds) {
		return
	}
	if f.now(w) {
		w.planted = true
		w.trace("planted: %s", f.Name)
	}
}
