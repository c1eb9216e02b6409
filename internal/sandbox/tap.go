package sandbox

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"amend/access"
	"amend/internal/keys"
)

// A Tap is what somebody holds who taps a link in a message: a credential, and, where the
// link proves something, the challenge with its code.
type Tap struct {
	By        access.Actor
	Challenge string
	Code      string
}

// linkForm is a link as messages carry it: a token, and behind it a challenge with its code.
var linkForm = regexp.MustCompile(`/l/([A-Za-z0-9_-]{43})(?:/([0-9a-v]{20})/([0-9]{6}))?`)

// Tap taps the newest link that came to a number or address for a purpose and still works.
// proves asks for one that carries a challenge.
func (w *World) Tap(ctx context.Context, to string, purpose access.Purpose, proves bool) (Tap, error) {
	messages := w.Mailbox.To(to)
	for _, m := range slices.Backward(messages) {
		for _, found := range linkForm.FindAllStringSubmatch(m.Text, -1) {
			if proves != (found[2] != "") {
				continue
			}
			link, record, err := w.Store.View(ctx).Link(keys.LinkHash(found[1]), w.Clock.Now())
			if err == nil && link.Purpose == purpose {
				by := access.Actor{ID: string(record), Sort: access.Customer, Via: "link", Link: link}
				return Tap{By: by, Challenge: found[2], Code: found[3]}, nil
			}
		}
	}
	return Tap{}, fmt.Errorf("no link for %s among %d messages", purpose, len(messages))
}
