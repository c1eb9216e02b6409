package notify

import (
	"cmp"
	"slices"
	"time"

	"amend/customer"
)

// A Part is one thing to be told to one recipient. It keeps its own entry in the log,
// whichever message carries it.
type Part struct {
	ID         string // of the notice: stable, unique
	Kind       Kind
	Record     customer.ID // the customer it is about; "" for staff
	Channel    Medium
	To         string
	Lang       Lang
	Submission string
	Lane       int
	Due        time.Time
	Params     map[string]string
}

// A Message is the parts that travel together, in order.
type Message struct {
	Parts []Part
	Due   time.Time // when the first of them falls due
}

// joinWithin is how far apart two parts may fall due and still travel together.
const joinWithin = 10 * time.Minute

// Join puts what one recipient is to be told into as few messages as may be: parts that
// fall due within ten minutes of the first, and parts that tell the same of several
// lanes of one submission. Codes, links and security notices go alone. Parts about two
// customers never meet in one message, even where they share a phone.
func Join(parts []Part) []Message {
	sorted := slices.Clone(parts)
	slices.SortStableFunc(sorted, func(a, b Part) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Kind.order(), b.Kind.order()), cmp.Compare(a.ID, b.ID))
	})
	var out []Message
	for _, p := range sorted {
		i := slices.IndexFunc(out, func(m Message) bool { return m.takes(p) })
		if i < 0 {
			out = append(out, Message{Parts: []Part{p}, Due: p.Due})
			continue
		}
		out[i].Parts = append(out[i].Parts, p)
	}
	return out
}

func (m Message) takes(p Part) bool {
	first := m.Parts[0]
	if p.Kind.Alone() || first.Kind.Alone() || first.reader() != p.reader() {
		return false
	}
	return p.Due.Sub(m.Due) <= joinWithin || slices.ContainsFunc(m.Parts, p.sister)
}

// sister reports whether p and q tell the same of two lanes of one submission.
func (p Part) sister(q Part) bool {
	return p.Submission != "" && p.Submission == q.Submission && p.Kind == q.Kind && p.Lane != q.Lane
}

// A reader is who gets a part, about whom, and how.
type reader struct {
	record  customer.ID
	channel Medium
	to      string
	lang    Lang
	staff   bool
}

func (p Part) reader() reader {
	return reader{p.Record, p.Channel, p.To, p.Lang, p.Kind.Staff()}
}
