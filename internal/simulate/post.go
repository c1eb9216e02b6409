package simulate

import (
	"context"
	"errors"
	"regexp"
	"time"

	"amend/notify"
)

// A post is the outside of the channels: every mailbox and handset there is.
type post struct {
	boxes    map[string][]notify.Outgoing // by address
	arrived  map[string]int               // by id of the message: how often it reached its reader
	receipts []notify.Receipt             // what providers will say later
}

func newPost() *post {
	return &post{boxes: map[string][]notify.Outgoing{}, arrived: map[string]int{}}
}

// A counter is where one node hands in its messages.
type counter struct{ n *node }

// errCounter is a channel that is not set up, for a moment.
var errCounter = errors.New("the channel is closed")

// Send takes a message, or refuses it, or loses its answer, as the weather is.
func (c counter) Send(ctx context.Context, m notify.Outgoing) (notify.Answer, error) {
	w := c.n.w
	if c.n.dead {
		panic(stopped{})
	}
	if ctx.Err() != nil {
		return notify.Answer{}, ctx.Err()
	}
	if w.fault.channel != nil {
		if a, err, planted := w.fault.channel(w, m); planted {
			return a, err
		}
	}
	if w.calm || !w.chance.percent(w.weather.lost) {
		w.post.take(m)
		return w.post.taken(w, m), nil
	}
	return w.post.rough(w, m)
}

func (p *post) take(m notify.Outgoing) {
	p.boxes[m.To] = append(p.boxes[m.To], m)
	p.arrived[m.ID]++
}

// taken answers as a provider does, who will say later what became of it.
func (p *post) taken(w *world, m notify.Outgoing) notify.Answer {
	ref := "ref-" + m.ID
	if w.chance.once(12) {
		state := pick(w.chance, []notify.ReceiptState{notify.Delivered, notify.Delivered, notify.Undelivered, notify.Pending})
		p.receipts = append(p.receipts, notify.Receipt{Ref: ref, ID: m.ID, State: state, Code: "dlr"})
	}
	return notify.Answer{Outcome: notify.Taken, Ref: ref}
}

// rough is every way in which a channel goes wrong.
func (p *post) rough(w *world, m notify.Outgoing) (notify.Answer, error) {
	switch w.chance.IntN(6) {
	case 0:
		return notify.Answer{Outcome: notify.Retry, After: w.chance.upTo(time.Hour), Code: "busy"}, nil
	case 1: // it was taken, and the answer was lost
		p.take(m)
		return notify.Answer{Outcome: notify.Unknown, Code: "timeout"}, nil
	case 2:
		return notify.Answer{Outcome: notify.Unknown, Code: "timeout"}, nil
	case 3:
		return notify.Answer{Outcome: notify.Permanent, Why: notify.BadAddress, Code: "no_such"}, nil
	case 4: // it came twice
		p.take(m)
		p.take(m)
		return p.taken(w, m), nil
	}
	return notify.Answer{}, errCounter
}

// The forms in which a message carries what a reader needs.
var (
	codeForm = regexp.MustCompile(`(?:^|[^0-9])([0-9]{6})(?:[^0-9]|$)`)
	linkForm = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})(?:/([0-9a-v]{20})/([0-9]{6}))?`)
)

// code finds the newest code that reached an address for a challenge, and the link token
// that carried it, if one did.
func (p *post) code(to, challenge string) (token, code string) {
	box := p.boxes[to]
	for i := len(box) - 1; i >= 0; i-- {
		m := box[i]
		switch m.Kind {
		case notify.Code, notify.CodeNew:
			if found := codeForm.FindStringSubmatch(m.Text); found != nil {
				return "", found[1]
			}
		case notify.Link, notify.LinkOld:
			if found := linkForm.FindStringSubmatch(m.Text); found != nil && found[2] == challenge {
				return found[1], found[3]
			}
		}
	}
	return "", ""
}

// tokens answers the link tokens in the newest messages to an address.
func (p *post) tokens(to string) []string {
	const newest = 6
	box := p.boxes[to]
	var tokens []string
	for _, m := range box[max(0, len(box)-newest):] {
		for _, found := range linkForm.FindAllStringSubmatch(m.Text, -1) {
			tokens = append(tokens, found[1])
		}
	}
	return tokens
}
