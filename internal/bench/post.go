package bench

import (
	"context"
	"regexp"
	"sync"

	"amend/notify"
)

// A post is every channel there is: it takes each message at once, keeps none, and remembers
// the links that carry a code until somebody taps them.
type post struct {
	mu    sync.Mutex
	boxes map[string]chan tapped // by challenge
}

// tapped is what a link that proves something carries.
type tapped struct{ token, code string }

func newPost() *post { return &post{boxes: map[string]chan tapped{}} }

// proving is such a link, as messages carry it: a token, a challenge and its code.
var proving = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})/([0-9a-v]{20})/([0-9]{6})`)

// Send takes the message.
func (p *post) Send(_ context.Context, m notify.Outgoing) (notify.Answer, error) {
	if m.Kind.Secret() {
		for _, found := range proving.FindAllStringSubmatch(m.Text, -1) {
			select {
			case p.box(found[2]) <- tapped{found[1], found[3]}:
			default: // it came twice
			}
		}
	}
	return notify.Answer{Outcome: notify.Taken}, nil
}

// await waits for the link of a challenge.
func (p *post) await(ctx context.Context, challenge string) (tapped, error) {
	select {
	case t := <-p.box(challenge):
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.boxes, challenge)
		return t, nil
	case <-ctx.Done():
		return tapped{}, context.Cause(ctx)
	}
}

func (p *post) box(challenge string) chan tapped {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, ok := p.boxes[challenge]
	if !ok {
		b = make(chan tapped, 1)
		p.boxes[challenge] = b
	}
	return b
}
