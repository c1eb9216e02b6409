// Package channeltest is the conformance suite of notify.Channel: every channel that
// carries messages outside passes it against a far side that it can command.
package channeltest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"amend/notify"
)

// A Mood is how the far side treats what arrives next.
type Mood string

// The moods a far side must be able to take.
const (
	Takes   Mood = "takes"   // accepts, and answers with a reference where it has any
	Refuses Mood = "refuses" // no such recipient, and never will be
	Busy    Mood = "busy"    // not taken, come back later
	Silent  Mood = "silent"  // reads the whole message and never answers
	Garbled Mood = "garbled" // reads the whole message and hangs up, or answers nonsense
)

// Seen is one message as it reached the far side.
type Seen struct{ ID, To, Text string }

// A Far is a channel connected to a far side of its own, on loopback.
type Far struct {
	Channel notify.Channel
	Treat   func(Mood)      // how what arrives from now on is treated
	Seen    func() []Seen   // whole messages that reached the far side, in order
	Arrived <-chan struct{} // one token per whole message, whatever became of it; buffered
	To      string          // a recipient of the channel's kind
	Medium  notify.Medium
}

const secret = "482915"

// message is what the suite sends: a code, because that is the most delicate kind.
func (f Far) message(id string) notify.Outgoing {
	return notify.Outgoing{
		ID: id, Kind: notify.Code, Channel: f.Medium, To: f.To, Lang: notify.ZH, Brand: "Lan",
		Subject: "验证码：确认您的修改申请", Text: "【Lan】验证码 " + secret + "，10分钟内有效。",
		Template: "AMEND_CODE_ZH", Params: []notify.Param{{Name: "code", Value: secret}, {Name: "minutes", Value: "10"}},
	}
}

// Run checks that a channel keeps the promises of notify.Channel. Open makes a fresh far
// side for each of them.
func Run(t *testing.T, open func(t *testing.T) Far) {
	for name, check := range map[string]func(*testing.T, Far){
		"TakenMessageArrivesOnceWithItsReference": taken,
		"RefusedRecipientIsPermanent":             refused,
		"BusyFarSideIsTriedAgain":                 busy,
		"SilenceLeavesTheFateUnknown":             silent,
		"GarbledAnswerLeavesTheFateUnknown":       garbled,
		"RepeatCarriesTheSameID":                  repeated,
		"CancelledCallerSendsNothing":             cancelled,
		"ManyAtOnceAllArrive":                     many,
		"NothingSecretStandsInAnAnswerOrError":    discreet,
		"HostileAddressReachesNobodyElse":         hostile,
	} {
		t.Run(name, func(t *testing.T) { check(t, open(t)) })
	}
}

func send(t *testing.T, f Far, id string) notify.Answer {
	t.Helper()
	a, err := f.Channel.Send(t.Context(), f.message(id))
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	return a
}

func want(t *testing.T, a notify.Answer, o notify.Outcome) {
	t.Helper()
	if a.Outcome != o {
		t.Fatalf("got %+v, want %s", a, o)
	}
}

func taken(t *testing.T, f Far) {
	f.Treat(Takes)
	a := send(t, f, "n1")
	want(t, a, notify.Taken)
	if a.Ref == "" {
		t.Error("no reference: a receipt could not be matched")
	}
	seen := f.Seen()
	if len(seen) != 1 || seen[0].To != f.To || !strings.Contains(seen[0].Text, secret) || !strings.Contains(seen[0].Text, "验证码") {
		t.Errorf("got %+v", seen)
	}
}

func refused(t *testing.T, f Far) {
	f.Treat(Refuses)
	a := send(t, f, "n1")
	want(t, a, notify.Permanent)
	if a.Why != notify.BadAddress || a.Code == "" {
		t.Errorf("got %+v, want the reason and the far side's code", a)
	}
}

func busy(t *testing.T, f Far) {
	f.Treat(Busy)
	want(t, send(t, f, "n1"), notify.Retry)
	f.Treat(Takes)
	want(t, send(t, f, "n1"), notify.Taken)
}

// silent cancels once the far side has everything: no clock is involved.
func silent(t *testing.T, f Far) {
	f.Treat(Silent)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		<-f.Arrived
		cancel()
	}()
	a, err := f.Channel.Send(ctx, f.message("n1"))
	if err != nil {
		t.Fatalf("an error says that nothing left us: %v", err)
	}
	want(t, a, notify.Unknown)
	if a.Again(notify.Code) {
		t.Error("a code would be sent twice")
	}
	if n := len(f.Seen()); n != 1 {
		t.Errorf("the channel repeated the message on its own: %d", n)
	}
}

func garbled(t *testing.T, f Far) {
	f.Treat(Garbled)
	want(t, send(t, f, "n1"), notify.Unknown)
	if n := len(f.Seen()); n != 1 {
		t.Errorf("the channel repeated the message on its own: %d", n)
	}
}

func repeated(t *testing.T, f Far) {
	f.Treat(Takes)
	send(t, f, "n1")
	send(t, f, "n1")
	send(t, f, "n2")
	seen := f.Seen()
	if len(seen) != 3 || seen[0].ID == "" || seen[0].ID != seen[1].ID || seen[1].ID == seen[2].ID {
		t.Fatalf("got %+v", seen)
	}
}

func cancelled(t *testing.T, f Far) {
	f.Treat(Takes)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if a, err := f.Channel.Send(ctx, f.message("n1")); err == nil {
		t.Errorf("got %+v, want an error", a)
	}
	if len(f.Seen()) != 0 {
		t.Error("a cancelled message arrived")
	}
}

func many(t *testing.T, f Far) {
	f.Treat(Takes)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			a, err := f.Channel.Send(t.Context(), f.message(fmt.Sprintf("n%d", i)))
			if err != nil || a.Outcome != notify.Taken {
				t.Errorf("got %+v, %v", a, err)
			}
		})
	}
	wg.Wait()
	ids := map[string]bool{}
	for _, s := range f.Seen() {
		ids[s.ID] = true
	}
	if len(ids) != 8 {
		t.Errorf("%d of 8 arrived", len(ids))
	}
}

// discreet looks at everything a caller might log.
func discreet(t *testing.T, f Far) {
	dead, cancel := context.WithCancel(t.Context())
	cancel()
	for _, mood := range []Mood{Takes, Refuses, Busy, Garbled} {
		f.Treat(mood)
		for _, ctx := range []context.Context{t.Context(), dead} {
			a, err := f.Channel.Send(ctx, f.message("n1"))
			said := fmt.Sprintf("%+v %v", a, err)
			for _, s := range []string{f.To, secret, "验证码"} {
				if strings.Contains(said, s) {
					t.Errorf("%s: %q stands in %q", mood, s, said)
				}
			}
		}
	}
}

// hostile sends to what is no single recipient: it may be refused in any way, but
// nothing may reach the far side in somebody else's name.
func hostile(t *testing.T, f Far) {
	f.Treat(Takes)
	for _, to := range []string{"", f.To + "\r\nBcc: eve@evil.example", f.To + ",eve@evil.example", "Eve <eve@evil.example>", f.To + "\x00", f.To + " "} {
		m := f.message("n1")
		m.To = to
		if a, err := f.Channel.Send(t.Context(), m); err == nil && a.Outcome != notify.Permanent {
			t.Errorf("%q: got %+v", to, a)
		}
	}
	if seen := f.Seen(); len(seen) != 0 {
		t.Errorf("got %+v", seen)
	}
}
